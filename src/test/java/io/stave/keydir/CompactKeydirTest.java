package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CompactKeydirTest {

    /** The compact keydir does not look at keys. */
    private static final io.stave.keydir.Key NONE = new KeyRange();

    private final HeapMemory memory = new HeapMemory();
    private final CompactKeydir keydir = new CompactKeydir(memory);
    private final Location location = new Location();

    @Test
    void emptyKeydirTakesNoTableMemory() {
        assertEquals(0, keydir.bytes());
        assertEquals(0, keydir.count());
        assertEquals(0, keydir.load());
        assertFalse(keydir.find(5, 5, location));
        assertFalse(keydir.remove(5, 5, location));
        assertFalse(keydir.replace(5, 5, NONE, 0, 0, 1, 1));
        assertEquals(0, keydir.bytes());
    }

    @Test
    void smallKeydirTakesTensOfKilobytesAndNoMapping() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            keydir.put(random.nextLong(), random.nextInt(), i, i, i, 0, location);
        }
        assertEquals(1_000, keydir.count());
        assertEquals(0, memory.bytes());
        assertTrue(keydir.bytes() < 64 << 10, keydir.bytes() + " bytes");
    }

    /** Whoever looks something up from then on must not come upon it, for nobody waits for him. */
    @Test
    void tableIsRetiredWhenItsSuccessorCanBeSeen() {
        int[] keys = new int[1];
        int[] retired = new int[1];
        CompactKeydir[] looked = new CompactKeydir[1];
        looked[0] = new CompactKeydir(new TableMemory() {
            @Override
            public ByteBuffer allocate(int bytes) {
                return ByteBuffer.allocateDirect(bytes);
            }

            @Override
            public void retire(ByteBuffer table) {
                retired[0]++;
                for (int at = 0; at < table.capacity(); at++) {
                    table.put(at, (byte) 0);
                }
                for (int i = 1; i <= keys[0]; i++) {
                    assertTrue(looked[0].find((long) i << 40, i, location), "key " + i + " of " + keys[0]);
                }
            }
        });
        for (int i = 1; i <= 1000; i++) {
            looked[0].put((long) i << 40, i, 1, i, 10, 0, location);
            keys[0] = i;
        }
        assertTrue(retired[0] > 3, "grown " + retired[0] + " times");
        for (int i = 1000; i > 0; i--) {
            keys[0] = i - 1;
            assertTrue(looked[0].remove((long) i << 40, i, location));
        }
        assertTrue(retired[0] > 5, "grown and shrunk " + retired[0] + " times");
    }

    @Test
    void everyTableGoesBackToItsOwner() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 300_000; i++) {
            keydir.put(random.nextLong(), random.nextInt(), i, i, 1, 0, location);
        }
        assertEquals(keydir.bytes(), memory.bytes());
        assertTrue(keydir.load() > 0.6 && keydir.load() < 0.88, "load " + keydir.load());
        keydir.close();
        assertEquals(0, memory.bytes());
        keydir.close();
    }

    @Test
    void memoryShrinksWhenKeysAreRemoved() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 300_000; i++) {
            keydir.put(random.nextLong(), random.nextInt(), i, i, 1, 0, location);
        }
        SplittableRandom again = new SplittableRandom(3);
        for (int i = 0; i < 300_000; i++) {
            assertTrue(keydir.remove(again.nextLong(), again.nextInt(), location));
            assertEquals(i, location.segment);
            if (i == 250_000) {
                assertTrue(
                        keydir.bytes() < 74 * keydir.count(),
                        "a third of the slots at least is in use: " + keydir.bytes());
            }
        }
        assertEquals(0, keydir.count());
        assertTrue(keydir.bytes() < 64 << 10, keydir.bytes() + " bytes");
        assertEquals(0, memory.bytes());
    }

    /** Fails allocation i, for every i, until the run succeeds. */
    @Test
    void refusedMemoryLeavesTheKeydirAsItWas() {
        int refusals = 0;
        for (int allowed = 0; refusals == allowed; allowed++) {
            HeapMemory scarce = new HeapMemory();
            CompactKeydir tight = new CompactKeydir(scarce);
            scarce.refuseAfter(allowed);
            if (fillAndEmptyMeetsARefusal(tight, scarce)) {
                refusals++;
            }
            tight.close();
            assertEquals(0, scarce.bytes());
        }
        assertTrue(refusals > 8, "only " + refusals + " allocations were tried");
    }

    /** Keys of one stripe, in and out; a call that is refused must have changed nothing, and succeeds when there is memory again. */
    private boolean fillAndEmptyMeetsARefusal(CompactKeydir tight, HeapMemory scarce) {
        boolean refused = false;
        int keys = 1_500;
        for (int i = 0; i < 2 * keys; i++) {
            long high = 0x42L << 56 | (i % keys + 1) * ((1L << 56) / (keys + 1));
            boolean in = i < keys;
            try {
                assertEquals(!in, change(tight, high, in));
            } catch (HeapMemory.Refused e) {
                refused = true;
                assertEquals(in ? i : 2 * keys - i, tight.count());
                assertEquals(!in, tight.find(high, 0, location));
                scarce.refuseAfter(Integer.MAX_VALUE);
                assertEquals(!in, change(tight, high, in));
            }
            assertEquals(in, tight.find(high, 0, location));
        }
        return refused;
    }

    private boolean change(CompactKeydir tight, long high, boolean in) {
        return in ? tight.put(high, 0, 1, 2, 3, 4, location) : tight.remove(high, 0, location);
    }
}
