package io.stave.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Overflow;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreIOException;
import io.stave.StoreLockedException;
import io.stave.WriteOptions;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.engine.write.Group;
import io.stave.engine.write.Outcome;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Closing waits for what is under way, makes everything durable, lets go of everything, and refuses what comes later. */
@ExtendWith(QuietLog.class)
class CloseTest {

    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
    }

    private void open(Options options) throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, options, false);
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private void reopen(Options options) throws IOException {
        store.close();
        open(options);
    }

    @Test
    void everyCallAfterCloseSaysThatTheStoreIsClosed() {
        store.put(KEY, VALUE);
        store.close();
        List<Executable> calls = List.of(
                () -> store.get(KEY),
                () -> store.getEntry(KEY),
                () -> store.getAll(List.of(KEY)),
                () -> store.contains(KEY),
                () -> store.read(KEY, (value, version) -> version),
                () -> store.put(KEY, VALUE),
                () -> store.delete(KEY),
                () -> store.putIfAbsent(KEY, VALUE),
                () -> store.compareAndSet(KEY, 1, VALUE),
                () -> store.delete(KEY, 1),
                () -> store.putAsync(KEY, VALUE),
                () -> store.deleteAsync(KEY),
                () -> store.sync(),
                () -> store.merge(),
                () -> store.merge(List.of(1L)),
                () -> store.planMerge(),
                () -> store.planMerge(List.of(1L)),
                () -> store.stats());
        for (Executable call : calls) {
            assertThrows(StoreClosedException.class, call);
        }
        assertEquals(0, store.recoveryReport().cuts().size());
        store.close();
    }

    /** It is the last thing that a close should fail for. */
    @Test
    void wantOfMemoryForDeletingTheStatsKeepsNothingOpen() throws IOException {
        store.put(KEY, VALUE);
        directory.rule((act, name, position, length) -> {
            if (act == Act.DELETE && name.startsWith("STATS")) {
                throw new OutOfMemoryError("for this test");
            }
        });
        reopen(Options.defaults());
        assertArrayEquals(VALUE, store.get(KEY));
    }

    @Test
    void readsInsideFinishBeforeAnythingIsFreed() throws Exception {
        store.put(KEY, VALUE);
        GateDirectory.Gate gate = directory.hold(Act.TOUCH, GateDirectory::segment);
        Background<byte[]> reader = Background.run(() -> store.get(KEY));
        gate.awaitArrivals(1);
        Background<Boolean> closer = Background.start(store::close);
        Background.await(() -> closer.done() || waitsIn(closer.thread(), "Reclaimer"));
        assertFalse(closer.done());
        assertEquals(0, directory.count(Act.RELEASE, GateDirectory::segment));
        directory.open(gate);
        assertArrayEquals(VALUE, reader.join());
        closer.join();
    }

    private static boolean waitsIn(Thread thread, String className) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().endsWith(className)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void everyMappingAndTableIsFreed() throws IOException {
        Options small = Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .segmentLength(4096)
                .durability(Durability.OS);
        reopen(small);
        for (int i = 0; i < 3000; i++) {
            store.put(("key " + i % 700).getBytes(UTF_8), new byte[i % 100]);
        }
        assertTrue(store.stats().segments().size() > 10);
        store.merge();
        store.close();
        assertEquals(0, directory.mappings());
        reopen(small);
        assertArrayEquals(new byte[2999 % 100], store.get(("key " + 2999 % 700).getBytes(UTF_8)));
        store.close();
        assertEquals(0, directory.mappings());
    }

    /** A small keydir lies on the heap, so it takes many keys; some of its tables grow, and are retired, again and again. */
    @Test
    void theTablesOfALargeKeydirAreFreed() throws IOException {
        reopen(Options.defaults().mergePolicy(MergePolicy.manual()).durability(Durability.OS));
        for (int i = 0; i < 80_000; i++) {
            store.put(("key " + i).getBytes(UTF_8), VALUE);
        }
        assertTrue(directory.count(Act.ALLOCATE, name -> true) > 256);
        store.close();
        assertEquals(0, directory.mappings());
    }

    @Test
    void whatWasNotForcedIsForced() throws IOException {
        store.put(KEY, VALUE, WriteOptions.defaults().durability(Durability.OS));
        store.put(VALUE, KEY, WriteOptions.defaults().durability(Durability.interval(Duration.ofHours(1))));
        assertEquals(1, directory.count(Act.FORCE, GateDirectory::segment), "only the header was forced");
        store.close();
        assertTrue(directory.count(Act.FORCE, GateDirectory::segment) >= 2);
    }

    /** Sealing stops at the first segment that cannot be sealed, and forces none behind it. */
    @Test
    void whatCannotBeSealedIsForced() throws Exception {
        reopen(Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .segmentLength(4096)
                .durability(Durability.OS));
        store.put(KEY, new byte[4000]);
        GateDirectory.Gate gate = directory.hold(Act.FORCE, "0000000000000001.seg"::equals);
        store.put(KEY, VALUE);
        gate.awaitArrivals(1); // the one who seals it
        int before = directory.count(Act.FORCE, "0000000000000002.seg"::equals);
        directory.fail(Act.CREATE, "MANIFEST.tmp"::equals, new IOException("Input/output error"));
        directory.open(gate);
        store.close();
        assertEquals(before + 1, directory.count(Act.FORCE, "0000000000000002.seg"::equals));
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertFalse(store.recoveryReport().clean());
        assertArrayEquals(VALUE, store.get(KEY));
    }

    /** Else another process would recover what this one still writes. */
    @Test
    void theLockIsHeldToTheLastChange() {
        store.put(KEY, VALUE, WriteOptions.defaults().durability(Durability.OS));
        List<String> unguarded = new CopyOnWriteArrayList<>();
        AtomicInteger asked = new AtomicInteger();
        Set<Act> changes = EnumSet.of(Act.CREATE, Act.WRITE, Act.EXTEND, Act.RENAME, Act.FORCE, Act.FORCE_NAMES);
        directory.rule((act, name, position, length) -> {
            if (changes.contains(act)) {
                asked.incrementAndGet();
                try (Stave other = Stave.open(path)) {
                    unguarded.add(
                            act + " of " + name + " beside " + other.stats().keys() + " keys");
                } catch (StoreLockedException e) {
                    assertEquals(path.toString(), e.store());
                }
            }
        });
        store.close();
        assertEquals(List.of(), unguarded);
        assertTrue(asked.get() > 5, asked + " changes");
    }

    /** What goes wrong is told, and the store is closed nevertheless: it can be opened again. */
    @Test
    void lockAndMemoryAreLetGoWhateverFails() throws IOException {
        for (Act act : List.of(Act.FORCE, Act.CLOSE, Act.FORCE_NAMES, Act.CREATE, Act.RENAME)) {
            store.put(KEY, VALUE, WriteOptions.defaults().durability(Durability.OS));
            GateDirectory.Rule rule = directory.fail(act, name -> true, new IOException("Input/output error"));
            try {
                store.close();
            } catch (StaveException e) {
                assertTrue(e.getMessage() != null);
            }
            directory.remove(rule);
            assertEquals(0, directory.mappings(), act.toString());
            open(Options.defaults().mergePolicy(MergePolicy.manual()));
            assertArrayEquals(VALUE, store.get(KEY));
        }
    }

    @Test
    void whatIsUnderWayFinishesAndWhatComesLaterIsRefused() throws Exception {
        store.put(KEY, VALUE);
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        Background<Long> leader = Background.run(() -> store.put(KEY, "1".getBytes(UTF_8)));
        gate.awaitArrivals(1);
        Background<Long> follower = Background.run(() -> store.put(KEY, "2".getBytes(UTF_8)));
        follower.awaitParkedOn(Outcome.class);
        CompletableFuture<Long> async = store.putAsync(KEY, "3".getBytes(UTF_8));
        Background<Boolean> closer = Background.start(store::close).awaitWaiting();
        Background.await(() -> refused(() -> store.putAsync("x".getBytes(UTF_8), VALUE)));
        assertFalse(leader.done() || follower.done() || closer.done() || async.isDone());
        directory.open(gate);
        long first = leader.join();
        assertEquals(first + 1, follower.join());
        assertEquals(first + 2, async.get(60, TimeUnit.SECONDS));
        closer.join();
        assertTrue(async.isDone());
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertArrayEquals("3".getBytes(UTF_8), store.get(KEY));
    }

    private static boolean refused(Runnable call) {
        try {
            call.run();
            return false;
        } catch (StoreClosedException e) {
            return true;
        }
    }

    @Test
    void writersThatWaitForRoomAreRefused() throws Exception {
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        byte[] large = new byte[Group.LARGE_VALUE + 1];
        Background<Long> leader = Background.run(() -> store.put(KEY, VALUE));
        gate.awaitArrivals(1);
        Background<Long> full = Background.run(() -> store.put(KEY, large)).awaitParkedOn(Outcome.class);
        List<Background<Long>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(Background.run(() -> store.put(KEY, VALUE)).awaitWaiting());
        }
        Background<Boolean> closer = Background.start(store::close);
        for (Background<Long> writer : waiting) {
            assertThrows(StoreClosedException.class, writer::join);
        }
        directory.open(gate);
        assertEquals(leader.join() + 1, full.join());
        closer.join();
    }

    @Test
    void allFuturesAreDoneWhenCloseReturns() {
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            futures.add(store.putAsync(("key " + i).getBytes(UTF_8), VALUE));
        }
        store.close();
        for (CompletableFuture<Long> future : futures) {
            assertTrue(future.isDone() && !future.isCompletedExceptionally());
        }
    }

    @Test
    void canBeDoneInACallback() throws Exception {
        store.put(KEY, VALUE);
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment); // or else it might run here
        CompletableFuture<Boolean> closed = store.putAsync(KEY, VALUE).thenApply(version -> {
            store.close();
            return refused(() -> store.get(KEY));
        });
        directory.open(gate);
        assertTrue(closed.get(60, TimeUnit.SECONDS));
        store.close();
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertArrayEquals(VALUE, store.get(KEY));
    }

    /** The one who closes waits for the callback, so the callback must not wait for the one who closes. */
    @Test
    void inACallbackAndOutsideAtOnceDoesNotDeadlock() throws Exception {
        for (int round = 0; round < 10; round++) {
            CompletableFuture<Void> inCallback = new CompletableFuture<>();
            CompletableFuture<Void> go = new CompletableFuture<>();
            store.put(KEY, VALUE);
            GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment); // or else it might run here
            CompletableFuture<Void> closed = store.putAsync(KEY, VALUE).thenAccept(version -> {
                inCallback.complete(null);
                go.join();
                store.close();
            });
            directory.open(gate);
            inCallback.get(60, TimeUnit.SECONDS);
            Background<Boolean> closer = Background.start(store::close);
            Background.await(() -> closer.done() || waitsIn(closer.thread(), "Worker"));
            go.complete(null);
            closed.get(60, TimeUnit.SECONDS);
            closer.join();
            open(Options.defaults().mergePolicy(MergePolicy.manual()));
        }
    }

    @Test
    void severalClosersAllReturnWhenItIsClosed() throws Exception {
        store.put(KEY, VALUE);
        GateDirectory.Gate gate = directory.hold(Act.RENAME, name -> true);
        List<Background<Boolean>> closers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closers.add(Background.start(store::close));
        }
        gate.awaitArrivals(1);
        closers.forEach(Background::awaitWaiting);
        assertTrue(closers.stream().noneMatch(Background::done));
        directory.open(gate);
        for (Background<Boolean> closer : closers) {
            closer.join();
        }
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
    }

    /** A writer that the completion of futures holds up is let go, as is a refused one. */
    @Test
    void asynchronousWritersThatWaitForRoomAreRefused() throws Exception {
        reopen(Options.defaults().mergePolicy(MergePolicy.manual()).asyncBytes(64 * 1024));
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        CompletableFuture<Long> first = store.putAsync(KEY, new byte[60 * 1024]);
        gate.awaitArrivals(1);
        Background<CompletableFuture<Long>> blocked = Background.run(() -> store.putAsync(
                        KEY, new byte[60 * 1024], WriteOptions.defaults().overflow(Overflow.BLOCK)))
                .awaitWaiting();
        Background<Boolean> closer = Background.start(store::close);
        assertThrows(StoreClosedException.class, blocked::join);
        directory.open(gate);
        assertTrue(first.get(60, TimeUnit.SECONDS) > 0);
        closer.join();
    }

    @Test
    void endsARunningMerge() throws Exception {
        reopen(Options.defaults().mergePolicy(MergePolicy.manual()).segmentLength(4096));
        for (int i = 0; i < 100; i++) {
            store.put(KEY, new byte[100]);
        }
        GateDirectory.Gate gate = directory.hold(Act.READ, GateDirectory::segment);
        AtomicBoolean ended = new AtomicBoolean();
        Background<Boolean> merge = Background.start(() -> {
            assertThrows(StoreClosedException.class, () -> store.merge());
            ended.set(true);
        });
        gate.awaitArrivals(1);
        Background<Boolean> closer = Background.start(() -> {
            store.close();
            assertTrue(ended.get() || merge.thread().isAlive());
        });
        Background.await(() -> refused(() -> store.stats()));
        closer.awaitWaiting();
        directory.open(gate);
        merge.join();
        closer.join();
        assertEquals(0, directory.mappings());
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertEquals(100, store.get(KEY).length);
        assertTrue(store.recoveryReport().clean());
    }

    @Test
    void anInterruptedCloserClosesEverything() throws IOException {
        store.put(KEY, VALUE, WriteOptions.defaults().durability(Durability.OS));
        Thread.currentThread().interrupt();
        store.close();
        assertTrue(Thread.interrupted());
        assertEquals(0, directory.mappings());
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertTrue(store.recoveryReport().clean());
        assertArrayEquals(VALUE, store.get(KEY));
        assertThrows(
                StoreIOException.class,
                () -> Stave.open(
                        path.resolve("nothing"),
                        Options.defaults().mergePolicy(MergePolicy.manual()).createIfMissing(false)));
    }
}
