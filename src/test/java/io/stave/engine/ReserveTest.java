package io.stave.engine;

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
import io.stave.engine.model.Keys;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The file that holds room for a MANIFEST, a small output and some tombstones, whoever takes the rest of the disk (I8). */
@ExtendWith(QuietLog.class)
class ReserveTest {

    private static final long VOLUME = 64 * 4096;

    /** A sixty-fourth of the volume. */
    private static final long LENGTH = 4096;

    private static final Options OPTIONS =
            Options.defaults().segmentLength(8192).mergePolicy(MergePolicy.manual());

    private SimulatedDirectory directory = new SimulatedDirectory();

    private Reserve tight() throws IOException {
        directory.capacity(VOLUME);
        leave(VOLUME / 4 - 1);
        return Reserve.open(directory);
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
    void whereThereIsPlentyOfRoomThereIsNoFile() throws IOException {
        Reserve reserve = Reserve.open(directory);
        reserve.refill(1L << 40);
        assertFalse(directory.exists(Reserve.NAME));
        assertEquals(0, reserve.bytes());
    }

    @Test
    void whereRoomGetsTightTheFileTakesSome() throws IOException {
        Reserve reserve = tight();
        long usable = directory.usableBytes();
        reserve.refill(10 * LENGTH);
        assertEquals(LENGTH, reserve.bytes());
        assertEquals(usable - LENGTH, directory.usableBytes(), "for real");
        assertTrue(reserve.release());
        assertEquals(usable, directory.usableBytes());
        assertFalse(reserve.release(), "only once");
    }

    @Test
    void itDoesNotTakeWhatPutsAndMergesAreToHave() throws IOException {
        Reserve reserve = tight();
        reserve.refill(2 * LENGTH - 1);
        assertEquals(0, reserve.bytes());
    }

    @Test
    void aFileThatCannotBeWrittenIsNoHarm() throws IOException {
        Reserve reserve = tight();
        directory.failAt(1, Fault.ENOSPC.on(Fault.Call.WRITE));
        reserve.refill(10 * LENGTH);
        assertEquals(0, reserve.bytes());
        assertFalse(directory.exists(Reserve.NAME));
        reserve.refill(10 * LENGTH);
        assertEquals(LENGTH, reserve.bytes());
    }

    @Test
    void theNextOpenerTakesItOver() throws IOException {
        tight().refill(10 * LENGTH);
        assertEquals(LENGTH, Reserve.open(directory).bytes());
        leave(LENGTH - 1);
        assertEquals(0, Reserve.open(directory).bytes());
        assertFalse(directory.exists(Reserve.NAME), "without room for a MANIFEST not even an open succeeds");
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(8).putInt(i).putInt(~i).array();
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
            store.put(key(i), Keys.value(i + 1000, 500)); // rolls, and so makes the file
        }
        assertTrue(directory.exists(Reserve.NAME));
        leave(0);
        return store;
    }

    @Test
    void onADiskThatOthersHaveFilledDeletesAndMergesStillWork() throws IOException {
        try (Stave store = filledByOthers()) {
            assertThrows(StoreFullException.class, () -> store.put(key(999), new byte[500]));
            for (int i = 0; i < 20; i++) {
                assertTrue(store.delete(key(i)) > 0, "delete " + i);
            }
            assertTrue(store.merge().bytesReclaimed() > 15 * 500, "the first two segments are dead");
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
            store.delete(key(0));
            assertFalse(directory.exists(Reserve.NAME));
            leave(60_000);
            for (int i = 0; i < 30; i++) {
                store.put(key(i), Keys.value(i, 500));
            }
            assertTrue(directory.exists(Reserve.NAME));
        }
    }
}
