package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.keydir.Fingerprints.Family;
import io.stave.keydir.Fingerprints.Key;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The keydir does what a map does, whatever the fingerprints are. */
class KeydirProperties {

    /** What the map holds for a key. */
    private record Place(int segment, int offset, int length, int flags) {
        static Place of(Location location) {
            return new Place(location.segment, location.offset, location.length, location.flags);
        }
    }

    private final Location location = new Location();

    @Provide
    Arbitrary<Family> families() {
        return Fingerprints.families();
    }

    @Provide
    Arbitrary<Integer> universes() {
        return Fingerprints.evenlyUpTo(1_000);
    }

    @Provide
    Arbitrary<Integer> smallUniverses() {
        return Fingerprints.evenlyUpTo(180);
    }

    @Property(tries = 400)
    void anySequenceOfCallsAgreesWithAMap(
            @ForAll("families") Family family, @ForAll("universes") int universe, @ForAll long seed) {
        HeapMemory memory = new HeapMemory();
        Keydir keydir = ChosenKeydir.empty(memory);
        Map<Key, Place> model = new HashMap<>();
        SplittableRandom random = new SplittableRandom(seed);
        int calls = 3 * universe;
        for (int i = 0; i < calls; i++) {
            // Waves of puts and of removals, so that tables both fill up and empty.
            int puts = i / Math.max(1, universe / 2) % 2 == 0 ? 80 : 15;
            call(keydir, model, family.key(random.nextInt(universe), universe), random, puts);
            assertEquals(model.size(), keydir.count());
            if (i % 97 == 0 || i > calls - 5) {
                assertSame(family, universe, model, keydir);
            }
        }
        keydir.close();
        assertEquals(0, memory.bytes());
    }

    @Property(tries = 100)
    void everyKeyIsFoundAfterEverySingleInsertAndRemoval(
            @ForAll("families") Family family, @ForAll("smallUniverses") int universe, @ForAll long seed) {
        Keydir keydir = ChosenKeydir.empty(new HeapMemory());
        Map<Key, Place> model = new HashMap<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < universe; i++) {
            call(keydir, model, family.key(i, universe), random, 100);
            assertSame(family, universe, model, keydir);
        }
        for (int i = 0; i < universe; i++) {
            call(keydir, model, family.key(random.nextInt(universe), universe), random, 0);
            assertSame(family, universe, model, keydir);
        }
        keydir.close();
    }

    /** One call, on both; percent says how likely it is a put, the rest are removals and replacements. */
    private void call(Keydir keydir, Map<Key, Place> model, Key key, SplittableRandom random, int percent) {
        Place place = new Place(
                random.nextInt(4), random.nextInt(4), random.nextInt(Location.MAX_LENGTH + 1), random.nextInt(128));
        int dice = random.nextInt(100);
        if (dice < percent) {
            boolean replaced = keydir.put(
                    key.high(), key.low(), key, place.segment, place.offset, place.length, place.flags, location);
            assertPrevious(model.put(key, place), replaced);
        } else if (dice % 4 > 1) {
            assertPrevious(model.remove(key), keydir.remove(key.high(), key.low(), key, location));
        } else if (dice % 4 == 1) {
            // Half of the time the right place, half of the time a wrong one perhaps.
            Place there = model.get(key);
            Place asked = there != null && random.nextBoolean() ? there : place;
            boolean stands = there != null && there.segment == asked.segment && there.offset == asked.offset;
            boolean removed = keydir.removeIf(key.high(), key.low(), key, asked.segment, asked.offset, location);
            assertPrevious(stands ? model.remove(key) : null, removed);
        } else {
            Place there = model.get(key);
            boolean expected = there != null && there.segment == place.segment && there.offset == place.offset;
            assertEquals(
                    expected, keydir.replace(key.high(), key.low(), key, place.segment, place.offset, -7, 1 << 30));
            if (there != null && expected) {
                model.put(key, new Place(-7, 1 << 30, there.length, there.flags));
            }
        }
    }

    private void assertPrevious(Place expected, boolean found) {
        assertEquals(expected != null, found);
        if (found) {
            assertEquals(expected, Place.of(location));
        }
    }

    private void assertSame(Family family, int universe, Map<Key, Place> model, Keydir keydir) {
        for (int i = 0; i < universe; i++) {
            Key key = family.key(i, universe);
            Place expected = model.get(key);
            assertEquals(expected != null, keydir.find(key.high(), key.low(), key, location), () -> "key " + key);
            if (expected != null) {
                assertEquals(expected, Place.of(location));
            }
        }
        assertTrue(keydir.load() < (ChosenKeydir.isCompact() ? 0.88 : 1.01));
    }
}
