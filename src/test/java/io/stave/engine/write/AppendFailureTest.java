package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.NoSpaceException;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A failed append leaves nothing, fails what was gathered behind it, and the store lives on (I8). */
@ExtendWith(QuietLog.class)
class AppendFailureTest {

    /** Nobody but the writer of a test writes to segments. */
    private static final Options OPTIONS = Options.defaults().mergePolicy(MergePolicy.manual());

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, OPTIONS, false);
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private static IOException full() {
        return new NoSpaceException("a segment", null);
    }

    /** Fails the next write to a segment, and only that one. */
    private void failNextWrite(IOException failure) {
        AtomicBoolean done = new AtomicBoolean();
        directory.rule((act, name, position, length) -> {
            // Zeros that are written ahead, and what is written of a segment that is created ahead, may fail, and
            // nothing comes of it.
            if (act == Act.WRITE
                    && GateDirectory.segment(name)
                    && !Thread.currentThread().getName().equals("stave-roll")
                    && position > 0
                    && length < 100_000
                    && done.compareAndSet(false, true)) {
                throw failure;
            }
        });
    }

    @Test
    void aFullDiskFailsTheWriteAndTheStoreLivesOn() {
        store.put(key(1), VALUE);
        failNextWrite(full());
        assertThrows(StoreFullException.class, () -> store.put(key(1), "other".getBytes(UTF_8)));
        assertArrayEquals(VALUE, store.get(key(1)));
        long version = store.put(key(2), new byte[5000]);
        assertEquals(version, store.getEntry(key(2)).version());
    }

    @Test
    void anErrorOfTheDiskFailsTheWriteAndTheStoreLivesOn() {
        store.put(key(1), VALUE);
        failNextWrite(new IOException("Input/output error"));
        assertThrows(StoreIOException.class, () -> store.delete(key(1)));
        assertArrayEquals(VALUE, store.get(key(1)));
        store.delete(key(1));
        assertNull(store.get(key(1)));
    }

    /** Both groups are used in turn, and one whose write failed must take any record again. */
    @Test
    void everyWriteMayBeLongerThanTheOneThatFailedBefore() {
        for (int i = 1; i < 200; i++) {
            failNextWrite(full());
            int length = 100 * i;
            assertThrows(StoreFullException.class, () -> store.put(key(0), new byte[length]));
            store.put(key(i), new byte[length + 50]);
            store.put(key(i), new byte[length + 99]);
            assertEquals(length + 99, store.get(key(i)).length);
        }
        assertNull(store.get(key(0)));
    }

    @Test
    void nothingOfAFailedAppendComesBack() throws IOException {
        store.put(key(1), VALUE);
        // The second half of a large value fails: the first half is in the file.
        AtomicInteger writes = new AtomicInteger();
        GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
            if (act == Act.WRITE && GateDirectory.segment(name) && writes.incrementAndGet() == 4) {
                throw full();
            }
        });
        byte[] large = new byte[1 << 20];
        java.util.Arrays.fill(large, (byte) 7);
        assertThrows(StoreFullException.class, () -> store.put(key(2), large));
        assertTrue(writes.get() > 4, "the undo wrote zeros");
        directory.remove(rule);
        assertNull(store.get(key(2)));
        store.put(key(3), VALUE);
        store.close();
        store = Stave.open(path);
        assertTrue(store.recoveryReport().cuts().isEmpty());
        assertArrayEquals(VALUE, store.get(key(1)));
        assertNull(store.get(key(2)));
        assertArrayEquals(VALUE, store.get(key(3)));
    }

    @Test
    void anAppendThatCannotBeUndoneStopsTheStore() throws IOException {
        store.put(key(1), VALUE);
        AtomicInteger writes = new AtomicInteger();
        IOException cause = new IOException("Input/output error");
        GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
            if (act == Act.WRITE && GateDirectory.segment(name) && writes.incrementAndGet() >= 2) {
                throw cause;
            }
        });
        byte[] inPieces = new byte[600_000];
        Arrays.fill(inPieces, (byte) 1); // zeros would leave nothing to undo
        assertThrows(StoreFailedException.class, () -> store.put(key(2), inPieces));
        directory.remove(rule);
        StoreFailedException later = assertThrows(StoreFailedException.class, () -> store.put(key(3), VALUE));
        assertNotNull(later.getCause());
        assertArrayEquals(VALUE, store.get(key(1)));
        assertNull(store.get(key(2)));
        store.close();
        store = Stave.open(path);
        assertArrayEquals(VALUE, store.get(key(1)));
        store.put(key(3), VALUE);
    }

    /** A condition may have counted on the write that failed, so all that was gathered behind it fails too. */
    @Test
    void whatWasGatheredBehindAFailedAppendFailsToo() throws Exception {
        long first = store.put(key(1), VALUE);
        GateDirectory.Gate gate = directory.hold(Act.WRITE, GateDirectory::segment);
        failNextWrite(full());
        Background<Long> failing = Background.run(() -> store.put(key(1), "second".getBytes(UTF_8)));
        gate.awaitArrivals(1);
        Background<Long> conditional =
                Background.run(() -> store.compareAndSet(key(1), first + 1, "third".getBytes(UTF_8)));
        conditional.awaitParkedOn(Outcome.class);
        CompletableFuture<Long> async = store.putAsync(key(2), VALUE);
        directory.open(gate);
        assertThrows(StoreFullException.class, failing::join);
        assertThrows(StoreFullException.class, conditional::join);
        ExecutionException failure = assertThrows(ExecutionException.class, async::get);
        assertTrue(failure.getCause() instanceof StoreFullException);
        assertArrayEquals(VALUE, store.get(key(1)));
        assertNull(store.get(key(2)));
        assertTrue(store.compareAndSet(key(1), first, "third".getBytes(UTF_8)) > 0);
    }

    /** A refusal that rests on a write that failed is decided anew. */
    @Test
    void aRefusalThatRestsOnAFailedAppendIsDecidedAnew() throws Exception {
        GateDirectory.Gate gate = directory.hold(Act.WRITE, GateDirectory::segment);
        failNextWrite(full());
        Background<Long> failing = Background.run(() -> store.put(key(1), VALUE));
        gate.awaitArrivals(1);
        Background<Long> absent = Background.run(() -> store.putIfAbsent(key(1), "mine".getBytes(UTF_8)));
        absent.awaitParkedOn(Outcome.class);
        directory.open(gate);
        assertThrows(StoreFullException.class, failing::join);
        assertTrue(absent.join() > 0);
        assertArrayEquals("mine".getBytes(UTF_8), store.get(key(1)));
    }

    /** One failure fails one group and the one behind it, however many writers try again at once. */
    @Test
    void oneFailureDoesNotFailAllThatFollow() throws Exception {
        for (int round = 0; round < 20; round++) {
            failNextWrite(full());
            AtomicInteger failures = new AtomicInteger();
            List<Background<Boolean>> writers = new ArrayList<>();
            for (int t = 0; t < 6; t++) {
                int thread = t;
                writers.add(Background.start(() -> {
                    for (int i = 0; i < 40; ) {
                        try {
                            store.put(key(100 * thread + i), VALUE);
                            i++;
                        } catch (StoreFullException e) {
                            failures.incrementAndGet();
                        }
                    }
                }));
            }
            for (Background<Boolean> writer : writers) {
                writer.join();
            }
            assertTrue(failures.get() >= 1);
            assertTrue(failures.get() <= writers.size(), failures + " writes failed");
        }
    }

    /** What was acknowledged can be forced although somebody else's write, which shares the group, fails. */
    @Test
    void syncSucceedsBesideWritesThatFail() throws Exception {
        store.put(key(1), VALUE, OS);
        GateDirectory.Gate gate = directory.hold(Act.WRITE, GateDirectory::segment);
        failNextWrite(full());
        Background<Long> failing = Background.run(() -> store.put(key(2), VALUE, OS));
        gate.awaitArrivals(1);
        Background<Boolean> sync = Background.start(store::sync).awaitParkedOn(Outcome.class);
        int forces = directory.count(Act.FORCE, GateDirectory::segment);
        directory.open(gate);
        assertThrows(StaveException.class, failing::join);
        assertTrue(sync.join());
        assertTrue(directory.count(Act.FORCE, GateDirectory::segment) > forces);
    }

    private static long segmentsIn(GateDirectory directory) throws IOException {
        return directory.list().stream().filter(GateDirectory::segment).count();
    }

    /** Each attempt to create a segment takes back what it did. */
    @Test
    void aSegmentThatCannotBeListedLeavesNothingBehind() throws IOException {
        store.close();
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, OPTIONS.segmentLength(4096), false);
        store.put(
                key(0), new byte[3980]); // as long as the first mapping, and no other is made that has to be given back
        int mappings = directory.mappings() - 1; // what was noted of the full segment goes when that is sealed
        long segments = segmentsIn(directory);
        GateDirectory.Rule rule = directory.fail(Act.CREATE, name -> name.startsWith("MANIFEST"), full());
        for (int i = 0; i < 3; i++) {
            assertThrows(StoreFullException.class, () -> store.put(key(1), VALUE));
        }
        Background.await(() -> directory.mappings() <= mappings);
        assertEquals(mappings, directory.mappings());
        assertEquals(segments, segmentsIn(directory));
        directory.remove(rule);
        store.put(key(1), VALUE);
        assertArrayEquals(VALUE, store.get(key(1)));
    }
}
