package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.NoSpaceException;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A batch that fails leaves nothing behind, in the store or on the disk (I5, I8). */
@ExtendWith(QuietLog.class)
class BatchFailureTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());
    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final int KEYS = 8;

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private static byte[] filled(int length, int with) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) with);
        return value;
    }

    /** Puts all keys but the last, which it deletes; so many bytes in all, nearly. */
    private static Batch batch(int bytes, int with) {
        Batch batch = new Batch();
        for (int i = 0; i < KEYS - 1; i++) {
            batch.put(key(i), filled(bytes / (KEYS - 1), with));
        }
        return batch.delete(key(KEYS - 1));
    }

    private static void putAll(Stave store, int with) {
        for (int i = 0; i < KEYS; i++) {
            store.put(key(i), filled(50, with));
        }
    }

    /** Whether the store shows all of the batch; it must show all of it or none. */
    private static boolean shows(Stave store, int before, int bytes, int with) {
        boolean applied = !store.contains(key(KEYS - 1));
        for (int i = 0; i < KEYS - 1; i++) {
            byte[] expected = applied ? filled(bytes / (KEYS - 1), with) : filled(50, before);
            assertArrayEquals(expected, store.get(key(i)), "key " + i + ", applied " + applied);
        }
        return applied;
    }

    /** The next write of so many bytes or more to a segment breaks off. */
    private static void breakOff(GateDirectory directory, int length, int done, IOException failure) {
        AtomicBoolean broken = new AtomicBoolean();
        directory.rule((act, name, position, bytes) -> {
            if (act == Act.WRITE
                    && GateDirectory.segment(name)
                    && bytes >= length
                    && broken.compareAndSet(false, true)) {
                throw new GateDirectory.TornWrite(done, failure);
            }
        });
    }

    @Test
    void aWriteThatBreaksOffAnywhereLeavesNothingOfTheBatch() {
        for (int bytes : new int[] {700, 3000, BatchWrite.LARGE + 5000}) {
            int step = 1 + bytes / 60;
            for (int done = 0; done < bytes; done += step) {
                SimulatedDirectory directory = new SimulatedDirectory();
                GateDirectory gates = new GateDirectory(directory);
                Stave store = Engine.open(gates, OPTIONS, true);
                putAll(store, 1);
                Batch batch = batch(bytes, 2);
                breakOff(gates, bytes, done, new IOException("Input/output error"));
                assertThrows(StoreIOException.class, () -> store.apply(batch));
                assertFalse(shows(store, 1, bytes, 2));
                store.put("another".getBytes(UTF_8), filled(10, 3));
                assertFalse(shows(store, 1, bytes, 2));
                for (CrashState state : List.of(CrashState.syncedOnly(), CrashState.everything())) {
                    try (Stave recovered = Engine.open(directory.afterCrash(state), OPTIONS, true)) {
                        assertFalse(shows(recovered, 1, bytes, 2));
                    }
                }
                assertTrue(store.apply(batch).applied());
                assertTrue(shows(store, 1, bytes, 2));
                store.close();
            }
        }
    }

    @Test
    void aForceThatFailsShowsNothingOfTheBatchAndStopsTheStore() {
        boolean found = false;
        for (int bytes : new int[] {700, BatchWrite.LARGE + 5000}) {
            SimulatedDirectory directory = new SimulatedDirectory();
            GateDirectory gates = new GateDirectory(directory);
            Stave store = Engine.open(gates, OPTIONS, true);
            putAll(store, 1);
            store.apply(batch(bytes, 2), OS);
            putAll(store, 3);
            gates.fail(Act.FORCE, GateDirectory::segment, new IOException("Input/output error"));
            assertThrows(StoreFailedException.class, () -> store.apply(batch(bytes, 4)));
            assertFalse(shows(store, 3, bytes, 4));
            assertThrows(StoreFailedException.class, () -> store.apply(batch(bytes, 4), OS));
            assertThrows(StoreFailedException.class, () -> store.applyAsync(batch(bytes, 4)));
            assertThrows(StoreFailedException.class, () -> store.apply(new Batch()));
            assertFalse(shows(store, 3, bytes, 4));
            for (int seed = 0; seed < 20; seed++) {
                try (Stave recovered = Engine.open(directory.afterCrash(CrashState.random(seed)), OPTIONS, true)) {
                    shows(recovered, 3, bytes, 4);
                }
            }
            try (Stave recovered = Engine.open(directory.afterCrash(CrashState.everything()), OPTIONS, true)) {
                found |= shows(recovered, 3, bytes, 4);
            }
            store.close();
        }
        assertTrue(found, "all of one that was appended may be there");
    }

    /** Where the disk ends, there is all of a batch or nothing, and the store lives on. */
    @Test
    void aFullDiskRefusesABatchAsAWhole() throws IOException {
        int refused = 0;
        for (int bytes : new int[] {2000, BatchWrite.LARGE + 5000}) {
            for (long room = 0; room < 2L * bytes; room += 1 + bytes / 23) {
                SimulatedDirectory directory = new SimulatedDirectory();
                Stave store = Engine.open(directory, OPTIONS, true);
                putAll(store, 1);
                directory.capacity((1L << 40) - directory.usableBytes() + room);
                try {
                    assertTrue(store.apply(batch(bytes, 2)).applied());
                    assertTrue(shows(store, 1, bytes, 2));
                } catch (StoreFullException e) {
                    refused++;
                    assertFalse(shows(store, 1, bytes, 2));
                }
                directory.capacity(1L << 40);
                store.put("another".getBytes(UTF_8), filled(10, 3));
                store.close();
                try (Stave recovered = Engine.open(directory, OPTIONS, true)) {
                    shows(recovered, 1, bytes, 2);
                    assertTrue(recovered.contains("another".getBytes(UTF_8)));
                } catch (StoreIOException closed) {
                    try (Stave recovered = Engine.open(directory.afterCrash(CrashState.everything()), OPTIONS, true)) {
                        shows(recovered, 1, bytes, 2);
                        assertTrue(recovered.contains("another".getBytes(UTF_8)));
                    }
                }
            }
        }
        assertTrue(refused > 10, refused + " were refused");
    }

    /** A full store can be emptied by batches too, and one that was taken along by puts that failed is tried once more. */
    @Test
    void aBatchOfDeletesMayUseTheReserve() throws Exception {
        SimulatedDirectory disk = new SimulatedDirectory();
        try (Stave filled = Engine.open(disk, OPTIONS, true)) {
            putAll(filled, 1);
        }
        GateDirectory directory = new GateDirectory(disk.afterCrash(CrashState.everything()));
        directory.usable(60_000); // what is kept for puts to leave, less what deletes leave
        Stave store = Engine.open(directory, OPTIONS, false);
        Batch deletes = new Batch();
        for (int i = 0; i < 3; i++) {
            deletes.delete(key(i));
        }
        assertThrows(StoreFullException.class, () -> store.put(key(0), filled(4000, 2)));
        assertThrows(StoreFullException.class, () -> store.apply(batch(1000, 2)));
        assertThrows(
                StoreFullException.class,
                () -> store.apply(new Batch().delete(key(0)).put(key(1), new byte[9])));
        assertTrue(store.apply(deletes).applied());
        assertEquals(KEYS - 3, store.stats().keys());
        directory.usable(-1);
        putAll(store, 3);
        GateDirectory.Gate gate = directory.hold(Act.WRITE, GateDirectory::segment);
        Background<Long> leader = Background.run(() -> store.put("leader".getBytes(UTF_8), new byte[1]));
        gate.awaitArrivals(1);
        Background<Long> put = Background.run(() -> store.put("put".getBytes(UTF_8), new byte[100]));
        put.awaitParkedOn(Outcome.class);
        Background<BatchResult> deleting = Background.run(() -> store.apply(deletes));
        deleting.awaitParkedOn(Outcome.class);
        Batch large = new Batch();
        for (int i = 3; large.bytes() <= BatchWrite.LARGE; i++) {
            large.delete(i < KEYS ? key(i) : filled(60_000, i));
        }
        Background<BatchResult> deletingMuch = Background.run(() -> store.apply(large));
        deletingMuch.awaitParkedOn(Outcome.class);
        breakOff(directory, 100, 50, new NoSpaceException("a segment", null));
        directory.open(gate);
        leader.join();
        assertThrows(StoreFullException.class, put::join);
        assertTrue(deleting.join().applied());
        assertTrue(deletingMuch.join().applied());
        assertEquals(1, store.stats().keys());
        store.close();
    }

    /** Its key may have been read, its conditions judged: the future says what became of it. */
    @Test
    void theFutureOfABatchFailsWithIt() {
        GateDirectory directory = new GateDirectory(new SimulatedDirectory());
        Stave store = Engine.open(directory, OPTIONS, true);
        putAll(store, 1);
        for (int bytes : new int[] {700, BatchWrite.LARGE + 5000}) {
            breakOff(directory, bytes, 300, new IOException("Input/output error"));
            CompletionException failure =
                    assertThrows(CompletionException.class, () -> store.applyAsync(batch(bytes, 2))
                            .join());
            assertTrue(failure.getCause() instanceof StoreIOException, failure::toString);
            assertFalse(shows(store, 1, bytes, 2));
            assertEquals(0, store.stats().operations().asyncBytesInFlight());
        }
        store.close();
    }
}
