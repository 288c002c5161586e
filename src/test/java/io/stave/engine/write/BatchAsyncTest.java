package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Overflow;
import io.stave.Stave;
import io.stave.StoreBusyException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that nobody waits for: order, copies, and how much may be under way. */
class BatchAsyncTest {

    private static final Options OPTIONS = Options.defaults().mergePolicy(MergePolicy.manual());

    private static final WriteOptions REFUSE = WriteOptions.defaults().overflow(Overflow.REFUSE);
    private static final int LIMIT = 1 << 20;
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;
    private GateDirectory.Gate gate;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, OPTIONS.asyncBytes(LIMIT), false);
        store.put("first".getBytes(UTF_8), VALUE);
    }

    @AfterEach
    void close() throws Exception {
        if (gate != null) {
            directory.open(gate);
        }
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private static Batch of(int bytes) {
        return new Batch().put(KEY, new byte[bytes / 2]).put("other".getBytes(UTF_8), new byte[bytes / 2]);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Holds the force of a put, so that all that follows queues up. */
    private CompletableFuture<Long> hold() throws InterruptedException {
        gate = directory.hold(Act.FORCE, GateDirectory::segment);
        CompletableFuture<Long> held = store.putAsync(key(0), VALUE);
        gate.awaitArrivals(1);
        return held;
    }

    @Test
    void areAnsweredInTheOrderOfTheirVersions() throws Exception {
        List<Long> order = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<?>[] futures = new CompletableFuture<?>[600];
        for (int i = 0; i < futures.length; i++) {
            int length = i % 50 == 7 ? BatchWrite.LARGE : i % 300;
            if (i % 3 == 0) {
                futures[i] = store.putAsync(key(i), new byte[i]).thenAccept(order::add);
            } else if (i % 10 == 4) {
                // Refused: it has no version, and keeps its place.
                futures[i] = store.applyAsync(of(length).require(key(0), 99))
                        .thenAccept(result -> order.add(order.get(order.size() - 1)));
            } else {
                futures[i] = store.applyAsync(of(length)).thenAccept(result -> order.add(result.version(1)));
            }
        }
        get(CompletableFuture.allOf(futures));
        assertEquals(futures.length, order.size());
        List<Long> sorted = new ArrayList<>(order);
        Collections.sort(sorted);
        assertEquals(sorted, order);
        assertEquals(0, store.stats().operations().asyncBytesInFlight());
    }

    @Test
    void theBatchMayChangeAfterTheCall() throws Exception {
        CompletableFuture<Long> held = hold();
        List<CompletableFuture<BatchResult>> results = new ArrayList<>();
        Batch batch = new Batch();
        int[] lengths = {0, 10, 1000, Group.LARGE_VALUE / 2, 2 * Group.LARGE_VALUE};
        for (int length : lengths) {
            byte[] value = new byte[length];
            Arrays.fill(value, (byte) length);
            results.add(store.applyAsync(
                    batch.clear().put(key(length), value).delete(KEY).put(key(length + 1), VALUE)));
        }
        batch.clear();
        directory.open(gate);
        get(held);
        for (int i = 0; i < lengths.length; i++) {
            int length = lengths[i];
            assertEquals(
                    get(results.get(i)).version(0), store.getEntry(key(length)).version());
            byte[] expected = new byte[length];
            Arrays.fill(expected, (byte) length);
            assertArrayEquals(expected, store.get(key(length)));
            assertArrayEquals(VALUE, store.get(key(length + 1)));
        }
    }

    @Test
    void allBytesOfABatchCountAsUnderWay() throws Exception {
        CompletableFuture<Long> held = hold();
        long before = store.stats().operations().asyncBytesInFlight();
        Batch small = of(1000).require(KEY, Stave.NO_VERSION);
        Batch refused = of(50_000).require(KEY, 1);
        Batch large = of(500_000);
        List<CompletableFuture<BatchResult>> results = new ArrayList<>();
        for (Batch batch : List.of(small, refused, large)) {
            results.add(store.applyAsync(batch, REFUSE));
        }
        assertEquals(
                before + small.bytes() + refused.bytes() + large.bytes(),
                store.stats().operations().asyncBytesInFlight());
        assertFalse(results.get(1).isDone(), "a refusal keeps its place");
        directory.open(gate);
        get(held);
        assertTrue(get(results.get(0)).applied());
        assertEquals(refused(0), get(results.get(1)));
        assertTrue(get(results.get(2)).applied());
        Background.await(() -> store.stats().operations().asyncBytesInFlight() == 0);
    }

    private static BatchResult refused(int condition) {
        return new BatchResult(false, condition, Stave.NO_VERSION, 0);
    }

    /** Whoever is refused, or has to wait, has not taken memory for it. */
    @Test
    void beyondTheLimitBatchesAreRefusedOrWaitBeforeTheyAreCopied() throws Exception {
        CompletableFuture<Long> held = hold();
        CompletableFuture<BatchResult> accepted = store.applyAsync(of(LIMIT * 3 / 4), REFUSE);
        long memory = directMemory();
        Batch large = of(30 * LIMIT);
        StoreBusyException busy = assertThrows(StoreBusyException.class, () -> store.applyAsync(large, REFUSE));
        assertEquals(LIMIT, busy.limit());
        assertThrows(StoreBusyException.class, () -> store.applyAsync(of(LIMIT / 2), REFUSE));
        List<Background<BatchResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(Background.run(() -> store.applyAsync(large).join()));
        }
        waiting.forEach(Background::awaitWaiting);
        assertTrue(waiting.stream().noneMatch(Background::done));
        // What others in this JVM have taken and dropped the collector gives back; what these had taken they would
        // hold.
        Background.await(() -> {
            System.gc();
            return directMemory() - memory < 4 * LIMIT;
        });
        directory.open(gate);
        get(held);
        assertTrue(get(accepted).applied());
        for (Background<BatchResult> one : waiting) {
            assertTrue(one.join().applied());
        }
    }

    @Test
    void aBatchBeyondTheLimitIsAcceptedWhenNothingElseIsUnderWay() throws Exception {
        assertTrue(get(store.applyAsync(of(5 * LIMIT), REFUSE)).applied());
    }

    /** Else small writes, which take whatever is given back, would keep a batch waiting for ever that needs all of the room. */
    @Test
    void whoComesLaterDoesNotTakeTheRoomThatABatchWaitsFor() throws Exception {
        CompletableFuture<Long> held = hold();
        Background<BatchResult> large =
                Background.run(() -> get(store.applyAsync(of(2 * LIMIT)))).awaitWaiting();
        Background<Long> small = Background.run(() -> get(store.putAsync(KEY, VALUE)))
                .awaitParkedOn(AbstractQueuedSynchronizer.ConditionObject.class);
        assertFalse(small.done());
        CompletableFuture<Long> refusing = store.putAsync(key(1), VALUE, REFUSE);
        directory.open(gate);
        get(held);
        BatchResult applied = large.join();
        assertTrue(applied.applied());
        assertTrue(small.join() > Stave.NO_VERSION);
        assertTrue(get(refusing) < applied.firstVersion(), "there was room for it");
    }

    @Test
    void aCallbackMayApplyABatch() throws Exception {
        CompletableFuture<BatchResult> chain = store.applyAsync(of(10));
        for (int i = 0; i < 50; i++) {
            int number = i;
            chain = chain.thenCompose(result -> {
                store.apply(of(number).require(KEY, result.version(0)));
                return store.applyAsync(
                        of(number % 5 == 0 ? BatchWrite.LARGE : 10).require(KEY, result.version(1) + 1));
            });
        }
        assertEquals(3 + 4 * 50, get(chain).version(1));
    }

    /** A large buffer is not kept for the groups to come. */
    @Test
    void theMemoryOfALargeBatchIsGivenBack() throws Exception {
        long before = directMemory();
        for (int i = 0; i < 5; i++) {
            get(store.applyAsync(of(30 << 20)));
            store.apply(of(1000));
        }
        Background.await(() -> {
            System.gc();
            return directMemory() - before < 20 << 20;
        });
    }
}
