package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.WriteOptions;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Every truncation and every flipped bit of every file of a small store, closed or crashed: never a wrong value, never an old one in its
 * place, and either all is there, or what may be cut is cut (I4), or the failure is one of ours.
 */
class StoreDamageProperties {

    private static final Options OPTIONS = Options.defaults().segmentLength(4096);
    private static final WriteOptions UNFORCED = WriteOptions.defaults().durability(Durability.OS);

    static {
        Silence.please();
    }

    /** A store on disk, and the states it went through; certificates vouch for those up to {@code certified}, the last one is what it holds. */
    private record Image(SimulatedDirectory files, List<Map<Integer, Held>> states, int certified) {

        Map<Integer, Held> contents() {
            return states.get(states.size() - 1);
        }

        SimulatedDirectory copy() {
            return files.afterCrash(CrashState.everything());
        }
    }

    /** Two sealed segments with live and dead records, tombstones and certificates, and their hints. */
    private static Image closed() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Map<Integer, Held> contents = new TreeMap<>();
        for (int session = 0; session < 2; session++) {
            try (Stave store = Engine.open(directory, OPTIONS, true)) {
                put(store, contents, session, 9);
                put(store, contents, 2, 8 + session);
                put(store, contents, 3 + session, 0);
                store.delete(Keys.key(session));
                contents.remove(session);
            }
            directory = directory.afterCrash(CrashState.everything());
        }
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            assertEquals(2, store.stats().segments().size());
            assertEquals(contents, StoreModel.contents(store));
        }
        return new Image(directory.afterCrash(CrashState.everything()), List.of(contents), 0);
    }

    /** A sealed segment, and one that the crash left unsealed: two forced records, a certificate for them, and two that were not forced. */
    private static Image crashed() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Map<Integer, Held> contents = new TreeMap<>();
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            put(store, contents, 0, 9);
            put(store, contents, 1, 9);
        }
        directory = directory.afterCrash(CrashState.everything());
        List<Map<Integer, Held>> states = new ArrayList<>();
        states.add(new TreeMap<>(contents));
        Stave store = Engine.open(directory, OPTIONS, true);
        put(store, contents, 0, 10);
        states.add(new TreeMap<>(contents));
        store.delete(Keys.key(1));
        contents.remove(1);
        states.add(new TreeMap<>(contents));
        for (int i = 2; i < 4; i++) {
            byte[] value = Keys.value(i, 12);
            contents.put(i, new Held(store.put(Keys.key(i), value, UNFORCED), value));
            states.add(new TreeMap<>(contents));
        }
        return new Image(directory.crash(CrashState.everything()), states, 2);
    }

    private static void put(Stave store, Map<Integer, Held> contents, int key, int length) {
        byte[] value = Keys.value(100 * key + length, length);
        contents.put(key, new Held(store.put(Keys.key(key), value), value));
    }

    /** The bytes of a file that mean something: of a segment not the zeros that the writer has put ahead of itself. */
    private static byte[] content(Image image, String name) throws IOException {
        byte[] content = image.files.content(name);
        int end = content.length;
        while (end > 0 && content[end - 1] == 0) {
            end--;
        }
        return name.endsWith(".seg") ? Arrays.copyOf(content, Math.min(content.length, end + 8)) : content;
    }

    private static List<String> files(Image image, String suffix) throws IOException {
        return image.files.list().stream().filter(name -> name.endsWith(suffix)).toList();
    }

    /** A damaged file, or several. */
    private interface Damage {
        void to(SimulatedDirectory directory) throws IOException;
    }

    private static Damage flip(String name, int bit) {
        return directory -> {
            byte[] whole = directory.content(name);
            whole[bit / 8] ^= (byte) (1 << bit % 8);
            directory.damage(name, whole);
        };
    }

    private static Damage truncate(String name, int length) {
        return directory -> directory.damage(name, Arrays.copyOf(directory.content(name), length));
    }

    private static List<Damage> everyDamage(Image image, String name) throws IOException {
        byte[] content = content(image, name);
        List<Damage> all = new ArrayList<>();
        for (int bit = 0; bit < content.length * 8; bit++) {
            all.add(flip(name, bit));
        }
        for (int length = 0; length < content.length; length++) {
            all.add(truncate(name, length));
        }
        return all;
    }

    /** What became of a damaged store. */
    private record Outcome(
            @Nullable StaveException refused, Map<Integer, Held> read, Set<Integer> unreadable, boolean cut) {}

    /** Opens and reads everything; anything but an exception of ours is a failure. */
    private static Outcome open(SimulatedDirectory directory) {
        Map<Integer, Held> read = new TreeMap<>();
        Set<Integer> unreadable = new TreeSet<>();
        boolean cut;
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            cut = !store.recoveryReport().cuts().isEmpty();
            for (int i = 0; i < Keys.COUNT; i++) {
                try {
                    Entry entry = store.getEntry(Keys.key(i));
                    if (entry != null) {
                        read.put(i, new Held(entry.version(), entry.value()));
                    }
                } catch (CorruptionException e) {
                    unreadable.add(i);
                }
            }
        } catch (StaveException e) {
            assertEquals(List.of(), directory.leaks());
            return new Outcome(e, read, unreadable, false);
        }
        assertEquals(List.of(), directory.leaks());
        return new Outcome(null, read, unreadable, cut);
    }

    private static Outcome outcome(Image image, Damage damage) throws IOException {
        SimulatedDirectory directory = image.copy();
        damage.to(directory);
        return open(directory);
    }

    @Example
    void damagedHintChangesNothing() throws IOException {
        Image image = closed();
        for (String name : files(image, ".hint")) {
            for (Damage damage : everyDamage(image, name)) {
                assertEquals(new Outcome(null, image.contents(), Set.of(), false), outcome(image, damage));
            }
        }
    }

    @Example
    void damagedManifestIsRefused() throws IOException {
        for (Image image : List.of(closed(), crashed())) {
            for (Damage damage : everyDamage(image, ManifestFile.NAME)) {
                assertTrue(outcome(image, damage).refused instanceof CorruptionException);
            }
        }
    }

    /** With its hint a segment is not read in full when it is opened: damage shows when a record is read, and for its key alone. */
    @Example
    void damagedSealedSegmentIsRefusedOrAffectsOneKey() throws IOException {
        Image image = closed();
        int unreadable = 0;
        for (String name : files(image, ".seg")) {
            for (Damage damage : everyDamage(image, name)) {
                Outcome outcome = outcome(image, damage);
                if (outcome.refused == null) {
                    Map<Integer, Held> expected = new TreeMap<>(image.contents());
                    expected.keySet().removeAll(outcome.unreadable);
                    assertEquals(expected, outcome.read);
                    assertTrue(outcome.unreadable.size() <= 1);
                    assertTrue(image.contents().keySet().containsAll(outcome.unreadable));
                    unreadable += outcome.unreadable.size();
                } else {
                    assertTrue(outcome.refused instanceof CorruptionException, outcome.refused::toString);
                }
            }
        }
        assertTrue(unreadable > 0, "no damage hit a live record");
    }

    @Example
    void damagedSealedSegmentWithoutAHintIsRefused() throws IOException {
        Image image = closed();
        for (ListedSegment segment : ManifestFile.read(image.copy()).segments()) {
            String name = files(image, ".seg").stream()
                    .filter(n -> n.startsWith(String.format("%016x", segment.id())))
                    .findFirst()
                    .orElseThrow();
            for (int bit = 0; bit < segment.length() * 8; bit++) {
                int flipped = bit;
                Outcome outcome = outcome(image, directory -> {
                    directory.delete(name.replace(".seg", ".hint"));
                    flip(name, flipped).to(directory);
                });
                assertTrue(outcome.refused instanceof CorruptionException, () -> "bit " + flipped + ": " + outcome);
            }
        }
    }

    /** Damage below the certificate is refused; behind it the log ends where the damage is, and that is told. */
    @Example
    void flippedBitOfAnUnsealedSegmentIsRefusedOrCutAndReported() throws IOException {
        Image image = crashed();
        String last = lastSegment(image);
        byte[] content = content(image, last);
        Set<Integer> seen = new TreeSet<>();
        for (int bit = 0; bit < content.length * 8; bit++) {
            Outcome outcome = outcome(image, flip(last, bit));
            if (outcome.refused == null) {
                int state = image.states.indexOf(outcome.read);
                assertTrue(state >= image.certified, () -> outcome + " is not in " + image.states);
                assertTrue(outcome.cut, "bit " + bit);
                seen.add(state);
            } else {
                assertTrue(outcome.refused instanceof CorruptionException, outcome.refused::toString);
            }
        }
        assertEquals(Set.of(2, 3, 4), seen);
    }

    /** Nothing is left to vouch for what was cut off together with its certificate: but it is a state the store went through. */
    @Example
    void truncatedUnsealedSegmentShowsAStateTheStoreWentThrough() throws IOException {
        Image image = crashed();
        String last = lastSegment(image);
        Set<Integer> seen = new TreeSet<>();
        for (int length = 0; length < content(image, last).length; length++) {
            Outcome outcome = outcome(image, truncate(last, length));
            if (outcome.refused == null) {
                seen.add(image.states.indexOf(outcome.read));
            } else {
                assertTrue(outcome.refused instanceof CorruptionException, outcome.refused::toString);
            }
        }
        assertEquals(Set.of(0, 1, 2, 3, 4), seen);
    }

    private static String lastSegment(Image image) throws IOException {
        List<String> segments = files(image, ".seg");
        return segments.get(segments.size() - 1);
    }

    @Property(tries = 300)
    void anyMixOfDamageNeverShowsAWrongValue(@ForAll long seed) throws IOException {
        for (Image image : List.of(closed(), crashed())) {
            Outcome outcome = outcome(image, directory -> mangle(directory, seed));
            outcome.read.forEach((key, held) -> assertTrue(
                    image.states.stream().anyMatch(state -> held.equals(state.get(key))),
                    () -> "key " + key + " shows " + held));
        }
    }

    private static void mangle(SimulatedDirectory directory, long seed) throws IOException {
        java.util.Random random = new java.util.Random(seed);
        List<String> names = directory.list();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String name = names.get(random.nextInt(names.size()));
            byte[] content = directory.content(name);
            switch (random.nextInt(5)) {
                case 0 -> directory.delete(name);
                case 1 -> directory.damage(name, Arrays.copyOf(content, random.nextInt(content.length + 1)));
                case 2 -> directory.damage(name, directory.content(names.get(random.nextInt(names.size()))));
                case 3 -> {
                    Arrays.fill(content, Math.min(content.length, random.nextInt(300)), content.length, (byte) 0);
                    directory.damage(name, content);
                }
                default -> {
                    for (int n = random.nextInt(8); n >= 0 && content.length > 0; n--) {
                        content[random.nextInt(Math.min(content.length, 400))] = (byte) random.nextInt();
                    }
                    directory.damage(name, content);
                }
            }
            names = directory.list();
        }
        assertFalse(names.isEmpty());
    }
}
