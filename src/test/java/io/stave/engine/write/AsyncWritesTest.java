package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsyncWritesTest {

    private static final WriteOptions REFUSE = WriteOptions.defaults().overflow(Overflow.REFUSE);
    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws Exception {
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
    }

    private void open(Options options) throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, options, false);
    }

    private void reopen(Options options) throws Exception {
        close();
        open(options);
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void areAcknowledgedWithTheirVersions() throws Exception {
        long put = get(store.putAsync(KEY, VALUE));
        assertEquals(put, store.getEntry(KEY).version());
        assertEquals(put + 1, get(store.deleteAsync(KEY)));
        assertNull(store.get(KEY));
        assertEquals(put + 2, store.put(KEY, VALUE));
    }

    @Test
    void completeInTheOrderTheyWereMade() throws Exception {
        List<Long> order = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<?>[] futures = new CompletableFuture<?>[2000];
        for (int i = 0; i < futures.length; i++) {
            // Of all durabilities, sizes and groups, and with synchronous ones in between.
            byte[] value = new byte[i % 100 == 7 ? Group.LARGE_VALUE + 1 : i % 50];
            WriteOptions how = i % 3 == 0 ? OS : WriteOptions.defaults();
            futures[i] = store.putAsync(key(i), value, how).thenAccept(order::add);
            if (i % 200 == 0) {
                store.put(KEY, VALUE, OS);
            }
        }
        get(CompletableFuture.allOf(futures));
        List<Long> sorted = new ArrayList<>(order);
        Collections.sort(sorted);
        assertEquals(sorted, order);
        assertEquals(futures.length, order.size());
        assertEquals(0, store.stats().operations().asyncBytesInFlight());
    }

    /** An absent key has no version to sort by, but the answer keeps its place. */
    @Test
    void theDeleteOfAnAbsentKeyCompletesInOrderWithNoVersion() throws Exception {
        GateDirectory.Gate gate = holdForces();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<?> first = store.putAsync(KEY, VALUE).thenAccept(version -> order.add("put"));
        gate.awaitArrivals(1);
        CompletableFuture<?> absent = store.deleteAsync(key(1)).thenAccept(version -> order.add("absent " + version));
        CompletableFuture<?> present = store.deleteAsync(KEY).thenAccept(version -> order.add("present"));
        CompletableFuture<?> gone = store.deleteAsync(KEY).thenAccept(version -> order.add("gone " + version));
        assertFalse(first.isDone() || absent.isDone() || present.isDone() || gone.isDone());
        directory.open(gate);
        get(CompletableFuture.allOf(first, absent, present, gone));
        assertEquals(List.of("put", "absent 0", "present", "gone 0"), order);
    }

    private GateDirectory.Gate holdForces() {
        store.put("first".getBytes(UTF_8), VALUE);
        return directory.hold(Act.FORCE, GateDirectory::segment);
    }

    @Test
    void argumentsMayChangeAfterTheCall() throws Exception {
        GateDirectory.Gate gate = holdForces();
        CompletableFuture<Long> first = store.putAsync(KEY, VALUE);
        gate.awaitArrivals(1);
        List<CompletableFuture<Long>> futures = new ArrayList<>(List.of(first));
        for (int length : new int[] {0, 10, Group.LARGE_VALUE, Group.LARGE_VALUE + 1, 1 << 20}) {
            byte[] key = key(length);
            byte[] value = new byte[length];
            Arrays.fill(value, (byte) 1);
            ByteBuffer direct = ByteBuffer.allocateDirect(length).put(0, value);
            futures.add(store.putAsync(key, value));
            futures.add(store.putAsync(ByteBuffer.wrap(("direct " + length).getBytes(UTF_8)), direct));
            Arrays.fill(key, (byte) 9);
            Arrays.fill(value, (byte) 9);
            direct.put(0, value);
        }
        directory.open(gate);
        for (CompletableFuture<Long> future : futures) {
            get(future);
        }
        for (int length : new int[] {0, 10, Group.LARGE_VALUE, Group.LARGE_VALUE + 1, 1 << 20}) {
            byte[] expected = new byte[length];
            Arrays.fill(expected, (byte) 1);
            assertArrayEquals(expected, store.get(key(length)));
            assertArrayEquals(expected, store.get(("direct " + length).getBytes(UTF_8)));
        }
    }

    @Test
    void beyondTheLimitRefuseRefuses() throws Exception {
        reopen(Options.defaults().mergePolicy(MergePolicy.manual()).asyncBytes(64 * 1024));
        GateDirectory.Gate gate = holdForces();
        List<CompletableFuture<Long>> accepted = new ArrayList<>();
        StoreBusyException busy = assertThrows(StoreBusyException.class, () -> {
            for (int i = 0; i < 100; i++) {
                accepted.add(store.putAsync(key(i), new byte[1000], REFUSE));
            }
        });
        assertEquals(64 * 1024, busy.limit());
        assertTrue(busy.underWay() > 63 * 1024 && busy.underWay() <= 64 * 1024, "" + busy.underWay());
        assertEquals(busy.underWay(), store.stats().operations().asyncBytesInFlight());
        assertTrue(accepted.size() > 60);
        assertThrows(StoreBusyException.class, () -> {
            for (int i = 0; i < 100; i++) {
                accepted.add(store.deleteAsync(key(i), REFUSE));
            }
        });
        directory.open(gate);
        for (CompletableFuture<Long> future : accepted) {
            get(future);
        }
        Background.await(() -> store.stats().operations().asyncBytesInFlight() == 0);
        get(store.putAsync(KEY, new byte[1000], REFUSE));
    }

    @Test
    void beyondTheLimitBlockWaits() throws Exception {
        reopen(Options.defaults().mergePolicy(MergePolicy.manual()).asyncBytes(64 * 1024));
        GateDirectory.Gate gate = holdForces();
        List<CompletableFuture<Long>> accepted = Collections.synchronizedList(new ArrayList<>());
        List<Background<Boolean>> writers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int thread = t;
            writers.add(Background.start(() -> {
                for (int i = 0; i < 200; i++) {
                    accepted.add(store.putAsync(key(1000 * thread + i), new byte[1000]));
                }
            }));
        }
        gate.awaitArrivals(1);
        writers.forEach(Background::awaitWaiting);
        assertTrue(writers.stream().noneMatch(Background::done));
        assertTrue(store.stats().operations().asyncBytesInFlight() <= 64 * 1024);
        directory.open(gate);
        for (Background<Boolean> writer : writers) {
            writer.join();
        }
        for (CompletableFuture<Long> future : accepted) {
            get(future);
        }
        assertEquals(600 + 1, store.stats().keys());
    }

    /** Nothing would ever make room for it. */
    @Test
    void aWriteBeyondTheLimitIsAcceptedWhenNothingElseWaits() throws Exception {
        reopen(Options.defaults().mergePolicy(MergePolicy.manual()).asyncBytes(64 * 1024));
        get(store.putAsync(KEY, new byte[1 << 20], REFUSE));
        GateDirectory.Gate gate = holdForces();
        CompletableFuture<Long> small = store.putAsync(KEY, VALUE, REFUSE);
        gate.awaitArrivals(1);
        assertThrows(StoreBusyException.class, () -> store.putAsync(KEY, new byte[1 << 20], REFUSE));
        directory.open(gate);
        get(small);
    }

    /** Many groups behind a held force: what they take is bounded by the limit and not by their number. */
    @Test
    void memoryIsBoundedThoughGroupsQueueUp() throws Exception {
        reopen(Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .segmentLength(64 * 1024)
                .asyncBytes(4 << 20));
        GateDirectory.Gate gate = holdForces();
        long before = directMemory();
        List<CompletableFuture<Long>> accepted = new ArrayList<>();
        assertThrows(StoreBusyException.class, () -> {
            for (int i = 0; i < 100_000; i++) {
                accepted.add(store.putAsync(key(i), new byte[1000], REFUSE));
            }
        });
        long after = directMemory();
        directory.open(gate);
        for (CompletableFuture<Long> future : accepted) {
            get(future);
        }
        assertTrue(accepted.size() > 3000);
        assertTrue(after - before < 16 << 20, (after - before) + " bytes more");
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void callbacksMayUseTheStore() throws Exception {
        CompletableFuture<Long> chain = store.putAsync(key(0), VALUE);
        for (int i = 1; i <= 100; i++) {
            int number = i;
            chain = chain.thenCompose(version -> {
                store.put(key(1000 + number), VALUE);
                store.put(key(2000 + number), VALUE, OS);
                assertTrue(store.delete(key(1000 + number)) > version);
                assertEquals(0, store.putIfAbsent(key(number - 1), VALUE));
                assertArrayEquals(VALUE, store.get(key(number - 1)));
                if (number % 25 == 0) {
                    store.sync();
                    store.merge();
                }
                return store.putAsync(key(number), VALUE);
            });
        }
        long last = get(chain);
        assertEquals(last, store.getEntry(key(100)).version());
        assertEquals(201, store.stats().keys());
    }

    /** The thread that runs callbacks makes the room, so it is refused where others wait. */
    @Test
    void aCallbackNeverWaitsForRoom() throws Exception {
        reopen(Options.defaults().mergePolicy(MergePolicy.manual()).asyncBytes(64 * 1024));
        GateDirectory.Gate gate = holdForces(); // or else the callback might run here
        CompletableFuture<Integer> accepted = store.putAsync(KEY, VALUE).thenApply(version -> {
            for (int i = 0; ; i++) {
                try {
                    store.putAsync(
                            key(i), new byte[1000], WriteOptions.defaults().overflow(Overflow.BLOCK));
                } catch (StoreBusyException e) {
                    return i;
                }
            }
        });
        directory.open(gate);
        assertTrue(get(accepted) > 50);
        get(store.putAsync(KEY, VALUE));
        assertEquals(get(accepted) + 2, store.stats().keys());
    }

    @Test
    void aCallbackThatIsInterruptedHarmsNobody() throws Exception {
        for (int i = 1; i < 20; i++) {
            GateDirectory.Gate gate = holdForces(); // or else the callback might run here
            CompletableFuture<Void> interrupting = store.putAsync(key(i), VALUE)
                    .thenRun(() -> Thread.currentThread().interrupt());
            directory.open(gate);
            get(interrupting);
        }
        assertEquals(20, store.stats().keys());
        get(store.putAsync(KEY, VALUE).thenAccept(version -> store.put(KEY, KEY)));
        assertArrayEquals(KEY, store.get(KEY));
    }

    @Test
    void aFutureThatIsCancelledOrFailsInACallbackHarmsNobody() throws Exception {
        GateDirectory.Gate gate = holdForces();
        CompletableFuture<Long> first = store.putAsync(KEY, VALUE);
        gate.awaitArrivals(1);
        CompletableFuture<Long> cancelled = store.putAsync(key(1), VALUE);
        CompletableFuture<Object> failing = store.putAsync(key(2), VALUE).thenApply(version -> {
            throw new IllegalStateException("of a test");
        });
        CompletableFuture<Long> last = store.putAsync(key(3), VALUE);
        assertTrue(cancelled.cancel(true));
        directory.open(gate);
        get(last);
        get(first);
        assertTrue(failing.isCompletedExceptionally());
        assertArrayEquals(VALUE, store.get(key(1)), "a write under way is not taken back");
        Background.await(() -> store.stats().operations().asyncBytesInFlight() == 0);
    }

    @Test
    void anInterruptedCallerIsServed() throws Exception {
        Thread.currentThread().interrupt();
        CompletableFuture<Long> future = store.putAsync(KEY, VALUE);
        assertTrue(Thread.interrupted());
        assertEquals(get(future), store.getEntry(KEY).version());
    }

    @Test
    void manyWritersLoseNothing() throws Exception {
        reopen(Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .asyncBytes(256 * 1024)
                .segmentLength(64 * 1024));
        List<Background<long[]>> writers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            writers.add(Background.run(() -> {
                List<CompletableFuture<Long>> futures = new ArrayList<>();
                for (int i = 0; i < 2000; i++) {
                    futures.add(store.putAsync(key(10_000 * thread + i), new byte[i % 300]));
                }
                long[] versions = new long[futures.size()];
                for (int i = 0; i < versions.length; i++) {
                    versions[i] = get(futures.get(i));
                }
                return versions;
            }));
        }
        LongStream all = LongStream.empty();
        for (int t = 0; t < writers.size(); t++) {
            long[] versions = writers.get(t).join();
            for (int i = 0; i < versions.length; i++) {
                assertTrue(i == 0 || versions[i - 1] < versions[i], "each thread's writes are in its order");
                assertEquals(versions[i], store.getEntry(key(10_000 * t + i)).version());
            }
            all = LongStream.concat(all, Arrays.stream(versions));
        }
        assertEquals(8000, all.distinct().count());
    }
}
