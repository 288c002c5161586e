package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever is loaded, in whatever order, the window shows what is in the file. */
class FileWindowProperties {

    private static final int MEBI = 1024 * 1024;

    @Property(tries = 100)
    void anyRangeIsShownAsItIsInTheFile(
            @ForAll @IntRange(max = 3 * MEBI) int length,
            @ForAll @IntRange(max = 3 * MEBI) int limit,
            @ForAll Random random)
            throws IOException {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        FileWindow window = new FileWindow();
        window.open(new BytesFile("f", bytes), limit);
        int end = Math.min(length, limit);
        int at = 0;
        for (int i = 0; i < 30; i++) {
            int n = 1 + random.nextInt(random.nextBoolean() ? 100 : 2 * MEBI);
            // Mostly forwards, as a scan goes, now and then back to where a batch began.
            at = random.nextInt(5) == 0 ? random.nextInt(length + 10) : at;
            assertEquals(at + n <= end, window.load(at, n), "[" + at + ", +" + n + ") of " + end);
            if (at + n <= end) {
                assertEquals(bytes[at], window.buffer().get(window.position(at)));
                assertEquals(bytes[at + n - 1], window.buffer().get(window.position(at + n - 1)));
                assertTrue(window.end() <= end);
                byte[] shown = new byte[n];
                window.buffer().get(window.position(at), shown);
                assertTrue(java.util.Arrays.equals(shown, 0, n, bytes, at, at + n));
                at += n;
            }
        }
    }

    @Example
    void aFileThatBecameShorterIsNotShownBeyondItsEnd() throws IOException {
        FileWindow window = new FileWindow();
        window.open(new BytesFile("f", new byte[100]), 1000);
        assertTrue(window.load(0, 100));
        assertFalse(window.load(0, 101));
        assertFalse(window.load(100, 1));
        assertFalse(window.load(500, 10));
        assertTrue(window.load(99, 1));
    }

    @Example
    void theNextFileShowsNothingOfTheLast() throws IOException {
        FileWindow window = new FileWindow();
        window.open(new BytesFile("f", new byte[] {1, 2, 3}), 3);
        assertTrue(window.load(0, 3));
        window.close();
        window.open(new BytesFile("g", new byte[] {4}), 3);
        assertFalse(window.load(0, 3));
        assertTrue(window.load(0, 1));
        assertEquals(4, window.buffer().get(window.position(0)));
    }
}
