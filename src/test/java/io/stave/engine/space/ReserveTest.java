package io.stave.engine.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The file that holds room for a merge and some deletes, whoever takes the rest of the disk (I8). */
@ExtendWith(QuietLog.class)
class ReserveTest {

    private static final long VOLUME = 64 * 4096;
    private static final long PIECE = 64 << 10;

    private static final Options OPTIONS =
            Options.defaults().segmentLength(8192).mergePolicy(MergePolicy.manual());

    private SimulatedDirectory directory = new SimulatedDirectory();

    /** Makes the file so long. */
    private Reserve reserve(long bytes) throws IOException {
        Reserve reserve = Reserve.open(directory);
        while (reserve.bytes() < bytes) {
            assertTrue(reserve.grow(bytes));
        }
        return reserve;
    }

    /** Somebody else takes all but so many bytes of the disk. */
    private void leave(long bytes) throws IOException {
        if (directory.exists("other")) {
            directory.delete("other");
        }
        long take = directory.usableBytes() - bytes;
        try (var file = directory.create("other")) {
            file.write(ByteBuffer.allocate((int) take), 0);
        }
    }

    @Test
    void itTakesRoomPieceByPieceAndGivesItBackInBlocks() throws IOException {
        long usable = directory.usableBytes();
        Reserve reserve = Reserve.open(directory);
        assertTrue(reserve.grow(2 * PIECE));
        assertEquals(PIECE, reserve.bytes(), "nobody waits for more than a piece");
        assertTrue(reserve.grow(2 * PIECE));
        assertFalse(reserve.grow(2 * PIECE), "it is as long as it should be");
        assertEquals(usable - 2 * PIECE, directory.usableBytes(), "for real");
        assertTrue(reserve.shrink(5000));
        assertEquals(2 * PIECE - 8192, reserve.bytes());
        assertTrue(reserve.grow(2 * PIECE));
        assertEquals(usable - 2 * PIECE, directory.usableBytes());
        assertTrue(reserve.shrink(1 << 20), "all that there is");
        assertFalse(reserve.shrink(1), "nothing is left");
        assertFalse(directory.exists(Reserve.NAME));
        assertEquals(usable, directory.usableBytes());
        assertEquals(List.of(), directory.leaks());
    }

    @Test
    void itIsReleasedOnce() throws IOException {
        Reserve reserve = reserve(PIECE);
        assertTrue(reserve.release());
        assertFalse(reserve.release());
        assertEquals(0, reserve.bytes());
        assertFalse(directory.exists(Reserve.NAME));
    }

    @Test
    void aFileThatCannotBeMadeLongerKeepsWhatItHas() throws IOException {
        Reserve reserve = reserve(PIECE);
        directory.failAt(1, Fault.ENOSPC.on(Fault.Call.WRITE));
        assertFalse(reserve.grow(2 * PIECE));
        assertEquals(PIECE, reserve.bytes());
        assertEquals(PIECE, directory.content(Reserve.NAME).length, "what was written of the rest is given back");
        assertTrue(reserve.grow(2 * PIECE));
        directory.failAt(1, Fault.EIO.on(Fault.Call.TRUNCATE));
        assertTrue(reserve.shrink(1));
        assertFalse(directory.exists(Reserve.NAME), "what cannot be made shorter goes");
        assertEquals(0, reserve.bytes());
    }

    @Test
    void theNextOpenerTakesItOver() throws IOException {
        reserve(2 * PIECE).close();
        Reserve next = Reserve.open(directory);
        assertEquals(2 * PIECE, next.bytes());
        assertTrue(next.shrink(PIECE));
        assertEquals(PIECE, next.bytes());
        assertTrue(next.grow(3 * PIECE), "from the beginning, for it is another's");
        next.close();
        assertEquals(PIECE, directory.content(Reserve.NAME).length);
        assertEquals(List.of(), directory.leaks());
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(8).putInt(i).putInt(~i).array();
    }

    private long length() throws IOException {
        return directory.exists(Reserve.NAME) ? directory.content(Reserve.NAME).length : 0;
    }

    /** A store with some segments and the file, on a disk that somebody else then fills to the last byte. */
    private Stave filledByOthers() throws IOException {
        directory.capacity(VOLUME);
        Stave store = Engine.open(directory, OPTIONS, true);
        for (int i = 0; i < 150; i++) {
            store.put(key(i), Keys.value(i, 500));
        }
        leave(40_000);
        for (int i = 0; i < 20; i++) {
            store.put(key(i), Keys.value(i + 1000, 500));
        }
        assertTrue(length() > 8192 * 5 / 4, "room for a copy of a segment and its hint");
        leave(0);
        return store;
    }

    @Test
    void onADiskThatOthersHaveFilledDeletesAndMergesStillWork() throws IOException {
        try (Stave store = filledByOthers()) {
            long length = length();
            assertThrows(StoreFullException.class, () -> store.put(key(999), new byte[500]));
            for (int i = 0; i < 20; i++) {
                assertTrue(store.delete(key(i)) > 0, "delete " + i);
            }
            assertTrue(length() < length, "the deletes have some of it");
            assertTrue(length() > 8192 * 5 / 4, "and the merge has its part");
            assertTrue(store.merge().bytesReclaimed() > 15 * 500, "the first two segments are dead");
            assertEquals(length, length(), 4096, "what the merge has gained is taken at once");
            assertArrayEquals(Keys.value(30, 500), store.get(key(30)));
        }
        assertEquals(List.of(), directory.leaks());
    }

    @Test
    void onADiskThatOthersHaveFilledAStoreCanBeOpened() throws IOException {
        Stave store = filledByOthers();
        // It dies before it can be closed.
        SimulatedDirectory after = directory.crash(CrashState.everything());
        assertNotNull(store);
        directory = after;
        leave(0);
        try (Stave again = Engine.open(directory, OPTIONS, true)) {
            assertEquals(150, again.stats().keys());
        }
    }

    @Test
    void whenThereIsRoomAgainTheFileComesBack() throws IOException {
        try (Stave store = filledByOthers()) {
            long length = length();
            for (int i = 30; i < 40; i++) {
                store.delete(key(i));
            }
            assertTrue(length() < length);
            leave(60_000);
            for (int i = 0; i < 30; i++) {
                store.put(key(i), Keys.value(i, 500));
            }
            assertEquals(length, length(), 4096);
            directory.capacity(1L << 30);
            for (int i = 0; i < 30; i++) {
                store.put(key(i), Keys.value(i, 500));
            }
            assertEquals(0, length(), "where there is plenty of room nothing is held");
        }
    }
}
