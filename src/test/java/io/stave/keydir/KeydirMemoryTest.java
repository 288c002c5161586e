package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The memory a key takes: at most 36 bytes at any count from 200,000 on, and 28.5 when fullest. */
class KeydirMemoryTest {

    private static final int FROM = 200_000;
    private static final int TO = 2_000_000;

    private final HeapMemory memory = new HeapMemory();
    private final Location location = new Location();

    @Test
    void keyTakesAtMost36BytesAtAnyCountAndLessThan28AndAHalfWhenFullest() {
        CompactKeydir keydir = new CompactKeydir(memory);
        double most = 0;
        double least = Double.MAX_VALUE;
        for (int i = 1; i <= TO; i++) {
            keydir.put(Fingerprints.mix(i), i, 1, i, 100, 0, location);
            if (i >= FROM && i % 1_000 == 0) {
                assertEquals(keydir.bytes(), memory.bytes());
                double each = (double) memory.bytes() / i;
                most = Math.max(most, each);
                least = Math.min(least, each);
            }
        }
        assertTrue(most <= 36, "most " + most);
        assertTrue(least <= 28.5, "least " + least);
    }

    @Test
    void growthTakesTheMemoryOfOneStripeMoreAtATime() {
        CompactKeydir keydir = new CompactKeydir(memory);
        for (int i = 1; i <= TO; i++) {
            keydir.put(Fingerprints.mix(i), i, 1, i, 100, 0, location);
            if (i >= FROM && i % 10_000 == 0) {
                assertTrue(memory.peak() <= 36.5 * i, "peak at " + i + ": " + memory.peak());
            }
        }
    }

    @Test
    void loadedKeydirTakesNoMoreThanAFilledOne() {
        for (int count = FROM; count < TO; count = count * 5 / 4) {
            KeydirLoader loader = new KeydirLoader(memory);
            for (int i = 0; i < count; i++) {
                loader.offer(Fingerprints.mix(i), i, i, false, 1, i, 100, 0, location);
            }
            assertTrue(memory.bytes() <= 48.5 * count, "loading " + (double) memory.bytes() / count);
            try (CompactKeydir keydir = loader.finish()) {
                assertTrue(memory.bytes() <= 36.0 * count, count + " keys: " + (double) memory.bytes() / count);
                assertEquals(keydir.bytes(), memory.bytes());
            }
        }
        assertEquals(0, memory.bytes());
    }
}
