package io.stave.keydir.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.keydir.KeyRange;
import io.stave.keydir.NeedsChronicle;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.time.Duration;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import org.junit.jupiter.api.Test;

/** What the memory of a map may be used for. */
@NeedsChronicle
class HeldMapTest {

    private static Probe probe(int i) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).putInt(0, i);
        Probe probe = Probe.of(new KeyRange().at(bytes, 0, Integer.BYTES));
        probe.place.set(i, i, i);
        return probe;
    }

    /** A close does not wait for readers before it writes the keydir down: the lock of one that is inside lies in the memory. */
    @Test
    void lockOfAReaderThatWasInsideHoldsNobodyUpLater() throws Exception {
        Plan plan = new Plan(256, 4);
        HeldMap map = new HeldMap(plan);
        HeldMap copy = new HeldMap(plan);
        map.put(probe(1));
        try (ExternalMapQueryContext<MapKey, Place, ?> reader = inner(map).queryContext(probe(1).key)) {
            reader.readLock().lock();
            assertEquals(map.layout(), copy.layout());
            copy.memory().put(map.memory());
        }
        copy.resetLocks();
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            copy.put(probe(2));
            Probe changed = probe(1);
            changed.place.set(7, 7, 7);
            copy.put(changed); // what a reader may be looking at is changed when none is inside
        });
        assertTrue(copy.get(probe(2)));
        Probe probe = probe(1);
        assertTrue(copy.get(probe));
        assertEquals(7, probe.place.segment);
        map.close();
        copy.close();
    }

    @SuppressWarnings("unchecked")
    private static ChronicleMap<MapKey, Place> inner(HeldMap map) throws ReflectiveOperationException {
        Field field = HeldMap.class.getDeclaredField("map");
        field.setAccessible(true);
        return (ChronicleMap<MapKey, Place>) field.get(map);
    }

    /** Room for keys that nobody planned for is taken elsewhere; then the memory is not all of the map. */
    @Test
    void mapThatHasRunOverSaysSo() {
        HeldMap map = new HeldMap(new Plan(256, 4));
        for (int i = 0; i < 256; i++) {
            map.put(probe(i));
        }
        assertEquals(false, map.hasRunOver());
        int i = 256;
        try {
            for (; i < 100_000; i++) {
                map.put(probe(i));
            }
        } catch (IllegalStateException e) {
            // Full for good.
        }
        assertTrue(map.hasRunOver(), i + " keys");
        HeldMap larger = new HeldMap(new Plan(2L * i, 4));
        assertEquals(4L * i, map.copyTo(larger, true));
        for (int j = 0; j < i; j++) {
            assertTrue(larger.get(probe(j)), "key " + j);
        }
        map.close();
        larger.close();
    }
}
