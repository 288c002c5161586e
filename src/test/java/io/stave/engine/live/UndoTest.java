package io.stave.engine.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.base.KeydirMemory;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.Location;
import io.stave.keydir.TableMemory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UndoTest {

    private static final long NO_LIMIT = 1L << 40;

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final KeydirMemory memory = new KeydirMemory(directory, mapping -> mapping.release());
    private final Location entry = new Location();

    @Test
    void namesTheRecordAtItsPlace() {
        Undo undo = new Undo(memory, NO_LIMIT);
        assertFalse(undo.find(1, 2, entry));
        undo.notePlace(1, 2, -7, Integer.MAX_VALUE);
        assertTrue(undo.find(1, 2, entry));
        assertTrue(Undo.names(entry, -7, Integer.MAX_VALUE, 5));
        assertFalse(Undo.names(entry, -8, Integer.MAX_VALUE, 5));
        assertFalse(Undo.names(entry, -7, Integer.MAX_VALUE - 1, 5));
        assertFalse(undo.find(1, 3, entry));
    }

    @Test
    void namesTheRecordWithItsSequenceWhereverItLies() {
        Undo undo = new Undo(memory, NO_LIMIT);
        for (long sequence : new long[] {1, Integer.MAX_VALUE, 1L << 31, 1L << 32, 1L << 62, Long.MAX_VALUE}) {
            undo.noteSequence(1, 2, sequence);
            assertTrue(undo.find(1, 2, entry));
            assertTrue(Undo.names(entry, 3, 4, sequence));
            assertFalse(Undo.names(entry, 3, 4, sequence - 1));
            assertFalse(Undo.names(entry, 3, 4, sequence ^ 1L << 40));
            assertFalse(Undo.names(entry, entry.segment, entry.offset, sequence ^ 1), "no place is meant");
        }
        assertEquals(1, undo.count());
    }

    /** The figures that the pages and the Javadoc state. */
    @Test
    void keyTakes28To35BytesFrom100000OnAndAtMost52From1000On() {
        Undo undo = new Undo(memory, NO_LIMIT);
        Random random = new Random(1);
        double most = 0;
        double least = Double.MAX_VALUE;
        for (int i = 1; i <= 1_000_000; i++) {
            undo.notePlace(random.nextLong(), i, 1, i);
            if (i == 999) {
                assertTrue(undo.bytes() <= 52_000, "999 keys: " + undo.bytes());
            }
            if (i >= 1000 && i < 100_000 && i % 100 == 0) {
                assertTrue(undo.bytes() <= 52L * i, i + " keys: " + undo.bytes());
            }
            if (i >= 100_000 && i % 1000 == 0) {
                most = Math.max(most, (double) undo.bytes() / i);
                least = Math.min(least, (double) undo.bytes() / i);
            }
        }
        assertTrue(most <= 35 && least >= 28, "from " + least + " to " + most);
        undo.close();
        assertEquals(List.of(), directory.leaks());
    }

    @Test
    void neverTakesMoreThanItsLimitAndKeepsWhatWasNoted() {
        for (long limit : new long[] {64 << 10, 1 << 20, 3_000_000}) {
            Undo undo = new Undo(memory, limit);
            Random random = new Random(limit);
            int noted = noteUntilFull(undo, random);
            assertTrue(undo.bytes() <= limit, limit + ": " + undo.bytes());
            assertTrue(noted >= (limit - 32_768) / 110, limit + " held only " + noted);
            assertEquals(noted, undo.count());
            Random again = new Random(limit);
            for (int i = 0; i < noted; i++) {
                assertTrue(undo.find(again.nextLong(), i, entry));
                assertTrue(Undo.names(entry, 1, i, 0));
            }
            undo.close();
        }
        assertEquals(List.of(), directory.leaks());
    }

    /** A table that grows is there twice for a moment; that must not exceed the limit either. */
    @Test
    void growthStaysBelowTheLimitToo() {
        long[] used = new long[2];
        TableMemory counted = new TableMemory() {
            @Override
            public ByteBuffer allocate(int bytes) {
                used[0] += bytes;
                used[1] = Math.max(used[0], used[1]);
                return memory.allocate(bytes);
            }

            @Override
            public void retire(ByteBuffer table) {
                used[0] -= table.capacity();
                memory.retire(table);
            }
        };
        for (long limit = 3 << 20; limit < 4 << 20; limit += 100_000) {
            Undo undo = new Undo(counted, limit);
            int noted = noteUntilFull(undo, new Random(limit));
            assertTrue(noted > limit / 52, limit + " held only " + noted);
            assertTrue(used[1] <= limit, limit + " became " + used[1]);
            undo.close();
            assertEquals(0, used[0]);
            used[1] = 0;
        }
    }

    private static int noteUntilFull(Undo undo, Random random) {
        for (int i = 0; ; i++) {
            try {
                undo.notePlace(random.nextLong(), i, 1, i);
            } catch (Undo.LimitException e) {
                return i;
            }
        }
    }

    @Test
    void notingTheSameAgainTakesNothing() {
        Undo undo = new Undo(memory, 64 << 10);
        for (int i = 0; i < 100_000; i++) {
            undo.notePlace(1 + i % 10, 1, 1, 1);
        }
        assertEquals(10, undo.count());
    }
}
