package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.keydir.Fingerprints.Key;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every keydir does; see {@link ChosenKeydir}. */
class KeydirContractTest {

    private final Keydir keydir = ChosenKeydir.empty(new HeapMemory());
    private final Location location = new Location();

    @AfterEach
    void close() {
        keydir.close();
    }

    private boolean find(long high, int low, Location out) {
        return keydir.find(high, low, new Key(high, low), out);
    }

    private boolean put(long high, int low, int segment, int offset, int length, int flags, Location previous) {
        return keydir.put(high, low, new Key(high, low), segment, offset, length, flags, previous);
    }

    private boolean remove(long high, int low, Location previous) {
        return keydir.remove(high, low, new Key(high, low), previous);
    }

    private boolean removeIf(long high, int low, int segment, int offset, Location previous) {
        return keydir.removeIf(high, low, new Key(high, low), segment, offset, previous);
    }

    private boolean replace(long high, int low, int segment, int offset, int newSegment, int newOffset) {
        return keydir.replace(high, low, new Key(high, low), segment, offset, newSegment, newOffset);
    }

    @Test
    void locationIsFilledOnlyWhenThereIsOne() {
        location.segment = 77;
        assertFalse(find(1, 2, location));
        assertFalse(put(1, 2, 3, 4, 5, 6, location));
        assertFalse(remove(1, 3, location));
        assertEquals(77, location.segment);

        assertTrue(put(1, 2, 30, 40, 50, 60, location));
        assertLocation(3, 4, 5, 6);
        assertTrue(find(1, 2, location));
        assertLocation(30, 40, 50, 60);
        assertTrue(remove(1, 2, new Location()));
        assertFalse(find(1, 2, location));
        assertLocation(30, 40, 50, 60);
    }

    @Test
    void replaceMovesALocationOnlyFromWhereItIsExpected() {
        put(1, 2, 3, 4, 5, 6, location);
        assertFalse(replace(1, 2, 9, 4, 8, 8));
        assertFalse(replace(1, 2, 3, 9, 8, 8));
        assertFalse(replace(1, 9, 3, 4, 8, 8));
        find(1, 2, location);
        assertLocation(3, 4, 5, 6);

        assertTrue(replace(1, 2, 3, 4, 8, 9));
        find(1, 2, location);
        assertLocation(8, 9, 5, 6);
        assertEquals(1, keydir.count());
    }

    @Test
    void removeIfRemovesALocationOnlyFromWhereItIsExpected() {
        put(1, 2, 3, 4, 5, 6, location);
        assertFalse(removeIf(1, 2, 9, 4, location));
        assertFalse(removeIf(1, 2, 3, 9, location));
        assertFalse(removeIf(1, 9, 3, 4, location));
        assertTrue(find(1, 2, location));

        assertTrue(removeIf(1, 2, 3, 4, location));
        assertLocation(3, 4, 5, 6);
        assertFalse(find(1, 2, location));
        assertEquals(0, keydir.count());
    }

    @Test
    void fingerprintsThatDifferInOneBitAreDifferentKeys() {
        long high = 0x123456789abcdef0L;
        for (int bit = 0; bit < Long.SIZE; bit++) {
            put(high ^ 1L << bit, 7, bit, 1, 1, 0, location);
        }
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            put(high, 7 ^ 1 << bit, 100 + bit, 1, 1, 0, location);
        }
        assertEquals(Long.SIZE + Integer.SIZE, keydir.count());
        assertFalse(find(high, 7, location));
        for (int bit = 0; bit < Long.SIZE; bit++) {
            assertTrue(find(high ^ 1L << bit, 7, location));
            assertEquals(bit, location.segment);
        }
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            assertTrue(find(high, 7 ^ 1 << bit, location));
            assertEquals(100 + bit, location.segment);
        }
    }

    @Test
    void fingerprintOfZerosIsAKeyLikeAnyOther() {
        assertFalse(put(0, 0, 3, 4, 5, 6, location));
        assertTrue(find(0, 0, location));
        assertLocation(3, 4, 5, 6);
        assertFalse(find(0, 1, location));
        assertFalse(put(0, 1, 1, 1, 1, 1, location));
        assertEquals(2, keydir.count());
        assertTrue(replace(0, 0, 3, 4, 7, 7));
        assertTrue(remove(0, 0, location));
        assertFalse(find(0, 0, location));
        assertTrue(find(0, 1, location));
    }

    @Test
    void whatDoesNotFitIsRefusedAndChangesNothing() {
        put(1, 2, 3, 4, 5, 6, location);
        assertThrows(IllegalArgumentException.class, () -> put(1, 2, 3, -1, 5, 6, location));
        assertThrows(IllegalArgumentException.class, () -> put(1, 2, 3, 4, Location.MAX_LENGTH + 1, 6, location));
        assertThrows(IllegalArgumentException.class, () -> replace(1, 2, 3, 4, 5, -1));
        find(1, 2, location);
        assertLocation(3, 4, 5, 6);
    }

    @Test
    void closedKeydirRefusesEveryCall() {
        put(1, 2, 3, 4, 5, 6, location);
        keydir.close();
        assertThrows(IllegalStateException.class, () -> find(1, 2, location));
        assertThrows(IllegalStateException.class, () -> put(1, 2, 3, 4, 5, 6, location));
        assertThrows(IllegalStateException.class, () -> remove(1, 2, location));
        assertThrows(IllegalStateException.class, () -> replace(1, 2, 3, 4, 5, 6));
        assertEquals(0, keydir.count());
        assertEquals(0, keydir.bytes());
    }

    @Test
    void touchingChangesNothing() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            long high = random.nextLong();
            put(high, i, 1, i, 3, 4, location);
            long unused = keydir.touch(high) + keydir.touch(random.nextLong()) + keydir.touch(0) + keydir.touch(-1);
        }
        assertEquals(100_000, keydir.count());
        random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            assertTrue(find(random.nextLong(), i, location));
            assertEquals(i, location.offset);
            random.nextLong();
        }
        keydir.close();
        assertEquals(0, keydir.touch(1));
    }

    @Test
    void everyLocationWithAFlagIsShown() {
        int keys = 1_000;
        for (int i = 0; i < keys; i++) {
            put(Fingerprints.mix(i), i, i, i, 1, i % 4, location);
        }
        BitSet seen = new BitSet();
        keydir.forEach(Location.BLOB, at -> {
            assertEquals(at.segment, at.offset);
            assertEquals(at.segment % 4, at.flags);
            assertFalse(seen.get(at.segment), "shown twice");
            seen.set(at.segment);
        });
        assertEquals(keys / 2, seen.cardinality());
        assertTrue(seen.stream().allMatch(i -> i % 4 >= Location.BLOB));
    }

    @Test
    void keysOutliveGrowthAndShrinking() {
        int keys = 60_000;
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < keys; i++) {
            assertFalse(put(random.nextLong(), random.nextInt(), i, i, 1, 0, location));
        }
        long full = keydir.bytes();
        SplittableRandom again = new SplittableRandom(4);
        for (int i = 0; i < keys; i++) {
            long high = again.nextLong();
            int low = again.nextInt();
            assertTrue(find(high, low, location), "key " + i);
            assertEquals(i, location.segment);
            if (i % 64 != 0) {
                assertTrue(remove(high, low, location));
            }
        }
        assertEquals((keys + 63) / 64, keydir.count());
        assertTrue(keydir.bytes() < full / 5, full + " bytes became " + keydir.bytes());
        again = new SplittableRandom(4);
        for (int i = 0; i < keys; i++) {
            assertEquals(i % 64 == 0, find(again.nextLong(), again.nextInt(), location), "key " + i);
        }
    }

    private void assertLocation(int segment, int offset, int length, int flags) {
        assertEquals(segment, location.segment);
        assertEquals(offset, location.offset);
        assertEquals(length, location.length);
        assertEquals(flags, location.flags);
    }
}
