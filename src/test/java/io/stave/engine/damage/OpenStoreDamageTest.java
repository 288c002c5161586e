package io.stave.engine.damage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.MergeReport;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StaveReader;
import io.stave.engine.Engine;
import io.stave.engine.ReadOnlyEngine;
import io.stave.engine.model.Held;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bytes that change under a store that is open: what is damaged is said of its key when it is read, by everything that reads it (I4, I9). */
class OpenStoreDamageTest {

    private final Image image = Images.SMALL_CLOSED.get();
    private final SimulatedDirectory disk = image.copy();

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    private void flip(String file, int bit) throws IOException {
        byte[] bytes = disk.content(file);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        disk.damage(file, bytes);
    }

    private Sight sight(StaveReader store) {
        return Sight.of(store, image.keys());
    }

    /** Each bit of each sealed segment, flipped and flipped back. */
    private int flipEveryBit(StaveReader store) throws IOException {
        int found = 0;
        for (String file : image.files(".seg")) {
            for (int bit = 0; bit < disk.content(file).length * 8; bit++) {
                flip(file, bit);
                Sight sight = sight(store);
                assertTrue(sight.isOf(image.contents()) && sight.damaged().size() <= 1, sight::toString);
                for (Map.Entry<Integer, StaveException> damaged :
                        sight.damaged().entrySet()) {
                    CorruptionException e = assertInstanceOf(CorruptionException.class, damaged.getValue());
                    assertEquals(file, e.file());
                    assertTrue(e.offset() <= bit / 8, e::toString);
                    byte[] key = Story.key(damaged.getKey());
                    assertThrows(CorruptionException.class, () -> store.get(key));
                    assertThrows(CorruptionException.class, () -> store.read(key, (value, version) -> version));
                    found++;
                }
                flip(file, bit);
            }
        }
        assertEquals(image.contents(), sight(store).held());
        return found;
    }

    /** So many bits have the records that can be read. */
    private int bitsOfLiveRecords() {
        return image.contents().entrySet().stream()
                .mapToInt(e -> 8
                        * (20
                                + (e.getValue().expiry() == 0 ? 0 : 8)
                                + Story.key(e.getKey()).length
                                + e.getValue().value().length))
                .sum();
    }

    @Test
    void everyBitThatFlipsUnderAnOpenStoreIsNoticedForItsKeyAlone() throws IOException {
        try (Stave store = Engine.open(disk, Story.OPTIONS, true)) {
            assertEquals(bitsOfLiveRecords(), flipEveryBit(store));
        }
    }

    @Test
    void everyBitThatFlipsUnderAReaderIsNoticedForItsKeyAlone() throws IOException {
        try (ReadOnlyStave store = ReadOnlyEngine.open(disk, Story.OPTIONS, true)) {
            assertEquals(bitsOfLiveRecords(), flipEveryBit(store));
        }
    }

    /** Keys 20, 21 and 22 lie in one segment, half of which is dead. */
    private Stave threeAndDead() {
        Stave store = Engine.open(disk, Story.OPTIONS, true);
        for (int round = 0; round < 2; round++) {
            for (int key = 20; key < 23; key++) {
                store.put(Story.key(key), new byte[500 + key]);
            }
        }
        return store;
    }

    private static Map<Integer, Held> without(Map<Integer, Held> all, int key) {
        Map<Integer, Held> rest = new TreeMap<>(all);
        assertNotNull(rest.remove(key));
        return rest;
    }

    @Test
    void mergeAndWalkLeaveOutTheDamagedRecordAndNothingElse() throws IOException {
        threeAndDead().close();
        SimulatedDirectory left = disk.afterCrash(CrashState.everything());
        Set<Integer> keys = Set.of(0, 1, 2, 3, 4, 5, 20, 21, 22);
        String file = SegmentNames.segment(3);
        try (Stave store = Engine.open(left, Story.OPTIONS, true)) {
            Map<Integer, Held> all = Sight.of(store, keys).held();
            byte[] sound = left.content(file);
            byte[] damaged = sound.clone();
            damaged[damaged.length - 20] ^= 1; // in the value of key 22
            left.damage(file, damaged);
            assertEquals(without(all, 22), Sight.walk(store, keys));
            MergeReport report = store.merge();
            assertEquals(List.of(3L), report.damagedSegments(), report::toString);
            Sight sight = Sight.of(store, keys);
            assertEquals(Set.of(22), sight.damaged().keySet());
            assertEquals(without(all, 22), sight.held());
            assertEquals(without(all, 22), Sight.walk(store, keys));
            assertArrayEquals(damaged, left.content(file));
            left.damage(file, sound);
            assertEquals(all, Sight.of(store, keys).held());
            assertEquals(all, Sight.walk(store, keys));
        }
    }

    /** A hint is made of what was noted when the records were written, so the damage stays what it is: one record that cannot be read. */
    @Test
    void damageToTheSegmentThatIsWrittenIsThatOfOneRecord() throws IOException {
        String file = SegmentNames.segment(3);
        int bit = 8 * (SegmentHeader.LENGTH + 100);
        Set<Integer> keys = Set.of(20, 21, 22);
        try (Stave store = threeAndDead()) {
            flip(file, bit + 8 * 2000);
            Sight sight = Sight.of(store, keys);
            assertEquals(1, sight.damaged().size(), sight::toString);
        }
        SimulatedDirectory left = disk.afterCrash(CrashState.everything());
        try (Stave store = Engine.open(left.afterCrash(CrashState.everything()), Story.OPTIONS, true)) {
            Sight sight = Sight.of(store, keys);
            assertEquals(1, sight.damaged().size(), sight::toString);
            assertEquals(2, sight.held().size(), sight::toString);
            assertEquals(List.of(3L), store.merge().damagedSegments());
        }
        byte[] bytes = left.content(file);
        bytes[(bit + 8 * 2000) / 8] ^= 1;
        SimulatedDirectory mended = left.afterCrash(CrashState.everything());
        mended.damage(file, bytes);
        try (Stave store = Engine.open(mended, Story.OPTIONS, true)) {
            assertEquals(3, Sight.of(store, keys).held().size());
        }
    }
}
