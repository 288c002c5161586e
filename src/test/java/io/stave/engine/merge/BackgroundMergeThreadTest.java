package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The background merge on its own thread: what wakes it, what ends it, and what it does to writers. */
@ExtendWith(QuietLog.class)
class BackgroundMergeThreadTest {

    private static final String THREAD = "stave-merge";
    private static final int KEYS = 200;

    /** One of so many puts is joined by one of a key that is never written again. */
    private static final int LIVING = 8;

    private static final Options OPTIONS =
            Options.defaults().segmentLength(16 << 10).durability(Durability.OS);

    private final SimulatedDirectory files = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(files);

    private Stave open(Options options) {
        return Engine.open(directory, options, false);
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(8).putInt(i).putInt(~i).array();
    }

    private static void put(Stave store, int i) {
        store.put(key(i % KEYS), Keys.value(i, 500));
    }

    private static void assertHolds(Stave store, int puts) {
        assertEquals(Math.min(puts, KEYS), store.stats().keys());
        for (int i = Math.max(0, puts - KEYS); i < puts; i++) {
            assertArrayEquals(Keys.value(i, 500), store.get(key(i % KEYS)), "key " + i % KEYS);
        }
    }

    private static boolean merging() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(THREAD));
    }

    /** An operation of the background merge, for a rule. */
    private static boolean onMergeThread() {
        return Thread.currentThread().getName().equals(THREAD);
    }

    /** Nothing is written any more when its force fails, so only the close is left to tell. */
    @Test
    void failureOfItsForceIsToldAtTheLatestByTheClose() {
        Predicate<String> itsOwn = name -> onMergeThread() && GateDirectory.segment(name);
        Gate gate = directory.hold(Act.FORCE, itsOwn);
        directory.fail(Act.FORCE, itsOwn, new IOException("Input/output error"));
        Stave store = open(OPTIONS);
        putUntil(store, gate);
        directory.open(gate);
        Background.await(() -> !store.health().writable());
        assertThrows(StoreFailedException.class, store::close);
        assertFalse(merging());
        assertEquals(List.of(), files.leaks());
    }

    /** A put has said that a force failed; that the merge meets the failure too is no news. */
    @Test
    void closeDoesNotSayAgainWhatAPutHasSaid() {
        Gate gate = directory.hold(Act.CREATE, name -> onMergeThread() && GateDirectory.segment(name));
        Stave store = open(OPTIONS);
        putUntil(store, gate);
        Thread writer = Thread.currentThread();
        directory.fail(Act.FORCE, name -> Thread.currentThread() == writer, new IOException("Input/output error"));
        WriteOptions sync = WriteOptions.defaults().durability(Durability.SYNC);
        assertThrows(StoreFailedException.class, () -> store.put(key(0), new byte[1], sync));
        directory.open(gate);
        Background.await(() -> !store.stats().merges().running());
        store.close();
        assertFalse(merging());
        assertEquals(List.of(), files.leaks());
    }

    /** Each hand takes memory of its own, a multiple of the longest value; a heap that does for one may not do for all. */
    @Test
    void memoryThatDoesNotDoForSeveralHandsIsLeftToOne() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "several hands take several processors");
        AtomicInteger refused = new AtomicInteger();
        directory.rule((act, name, position, length) -> {
            String thread = Thread.currentThread().getName();
            if (thread.startsWith(THREAD) && act == Act.FORCE) {
                LockSupport.parkNanos(5_000_000); // so that writers are held back
            }
            if (thread.equals("stave-merge-hand") && act == Act.CREATE) {
                refused.incrementAndGet();
                throw new OutOfMemoryError("for this test");
            }
        });
        Gate gate = directory.hold(Act.CREATE, name -> onMergeThread() && GateDirectory.segment(name));
        SplittableRandom random = new SplittableRandom(7); // so that much lives in each segment
        int[] last = new int[KEYS];
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        try (Stave store = open(OPTIONS)) {
            for (int i = 0; i < KEYS || !store.stats().backPressure().engaged(); i++) {
                putRandom(store, i, random, last);
            }
            directory.open(gate);
            for (int i = 0; refused.get() == 0 && System.nanoTime() < deadline; i++) {
                putRandom(store, KEYS + i, random, last);
            }
            assertTrue(refused.get() > 0, "no second hand ever came");
            long merged = store.stats().merges().count();
            deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            for (int i = 0; store.stats().merges().count() < merged + 10 && System.nanoTime() < deadline; i++) {
                putRandom(store, KEYS + i, random, last);
            }
            assertTrue(store.stats().merges().count() >= merged + 10, "it goes on");
            assertTrue(refused.get() < Runtime.getRuntime().availableProcessors(), "in one round only: " + refused);
            for (int key = 0; key < KEYS; key++) {
                assertArrayEquals(Keys.value(last[key], 500), store.get(key(key)));
            }
        }
        assertEquals(List.of(), files.leaks());
    }

    /** All keys once, then any. */
    private static void putRandom(Stave store, int i, SplittableRandom random, int[] last) {
        int key = i < KEYS ? i : random.nextInt(KEYS);
        last[key] = i;
        store.put(key(key), Keys.value(i, 500));
    }

    @Test
    void segmentsThatAreSealedAreMergedWithoutAnyCall() {
        Stave store = open(OPTIONS);
        for (int i = 0; i < 3000; i++) {
            put(store, i);
        }
        Background.await(() -> dead(store) < 0.3);
        assertTrue(store.stats().merges().count() > 0);
        assertHolds(store, 3000);
        store.close();
        assertEquals(List.of(), files.leaks());
        try (Stave reopened = Engine.open(files.afterCrash(CrashState.syncedOnly()), OPTIONS, true)) {
            assertHolds(reopened, 3000);
        }
    }

    private static double dead(Stave store) {
        Stats stats = store.stats();
        return (double) stats.space().deadBytes() / stats.space().diskBytes();
    }

    /** Tombstones are short: much can die before a segment is full. */
    @Test
    void deletesWakeIt() {
        try (Stave store = open(OPTIONS)) {
            for (int i = 0; i < KEYS; i++) {
                put(store, i);
            }
            for (int i = 0; i < KEYS; i++) {
                store.delete(key(i));
            }
            Background.await(() -> store.stats().space().diskBytes() < 3 * (16 << 10));
        }
    }

    @Test
    void aStoreThatIsOpenedWithMuchToMergeIsMerged() throws IOException {
        try (Stave store = open(OPTIONS.mergePolicy(MergePolicy.manual()))) {
            for (int i = 0; i < 1000; i++) {
                put(store, i);
            }
        }
        try (Stave store = Engine.open(files.afterCrash(CrashState.everything()), OPTIONS, false)) {
            Background.await(() -> dead(store) < 0.2);
            assertHolds(store, 1000);
        }
    }

    @Test
    void underTheManualPolicyThereIsNoThread() {
        try (Stave store = open(OPTIONS.mergePolicy(MergePolicy.manual()))) {
            for (int i = 0; i < 1000; i++) {
                put(store, i);
            }
            store.merge();
            assertFalse(merging());
        }
    }

    @Test
    void aStoreThatHasNothingToMergeHasNoThread() throws IOException {
        try (Stave store = open(OPTIONS)) {
            put(store, 0);
        }
        try (Stave store = Engine.open(files.afterCrash(CrashState.everything()), OPTIONS, false)) {
            assertHolds(store, 1);
            assertFalse(merging());
        }
    }

    /**
     * Puts until the merge stands at the gate. Some of what is put lives on, in every segment: a merge that comes late
     * finds nothing alive in what has only been overwritten, and drops it without writing anything.
     */
    private static int putUntil(Stave store, Gate gate) {
        int i = 0;
        while (gate.arrived() == 0) {
            if (i % LIVING == 0) {
                store.put(living(i), Keys.value(i, 500));
            }
            put(store, i++);
            assertTrue(i < 100_000, "no merge came that far");
        }
        return i;
    }

    private static byte[] living(int i) {
        return key(KEYS + i);
    }

    @Test
    void closeEndsARoundInTheMiddleAndItNeverHappened() throws Exception {
        Gate gate = directory.hold(Act.CREATE, name -> onMergeThread() && GateDirectory.segment(name));
        Stave store = open(OPTIONS);
        int puts = putUntil(store, gate);
        Background<Boolean> closing = Background.start(store::close).awaitWaiting();
        directory.open(gate);
        closing.join();
        assertFalse(merging());
        assertEquals(List.of(), files.leaks());
        try (Stave reopened = Engine.open(files.afterCrash(CrashState.syncedOnly()), OPTIONS, true)) {
            assertTrue(reopened.recoveryReport().clean());
            for (int i = 0; i < puts; i += LIVING) {
                assertArrayEquals(Keys.value(i, 500), reopened.get(living(i)), "living " + i);
                reopened.delete(living(i));
            }
            assertHolds(reopened, puts);
        }
    }

    @Test
    void closeDoesNotWaitForTheRateOfThePolicy() throws Exception {
        Stave store = open(OPTIONS.mergePolicy(MergePolicy.automatic().bytesPerSecond(1)));
        putUntilTheMergeRests(store);
        Background.start(store::close).join();
        assertFalse(merging());
        assertEquals(List.of(), files.leaks());
    }

    @Test
    void aMergeByHandDoesNotWaitForTheRateOfThePolicy() throws Exception {
        try (Stave store = open(OPTIONS.mergePolicy(MergePolicy.automatic().bytesPerSecond(1)))) {
            int puts = putUntilTheMergeRests(store);
            Background.start(store::merge).join();
            assertHolds(store, puts);
        }
    }

    /** At a byte a second it would rest for days, in the middle of a round. */
    private static int putUntilTheMergeRests(Stave store) {
        AtomicInteger puts = new AtomicInteger();
        Background.await(() -> {
            put(store, puts.getAndIncrement());
            return Thread.getAllStackTraces().entrySet().stream()
                    .filter(entry -> entry.getKey().getName().equals(THREAD))
                    .flatMap(entry -> Stream.of(entry.getValue()))
                    .anyMatch(frame -> frame.getClassName().equals(MergePace.class.getName())
                            && frame.getMethodName().equals("rest"));
        });
        return puts.get();
    }

    @Test
    void writersAreSlowedDownWhenMergingCannotKeepUpAndLetGoWhenItHas() {
        Gate gate = directory.hold(Act.CREATE, name -> onMergeThread() && GateDirectory.segment(name));
        try (Stave store = open(OPTIONS)) {
            int i = 0;
            while (!store.stats().backPressure().engaged()) {
                put(store, i++);
                assertTrue(i < 100_000, "no back pressure");
            }
            assertTrue(dead(store) > 0.15, () -> store.stats().toString());
            directory.open(gate);
            // It finds out with the next groups.
            int puts = i;
            AtomicBoolean changed = new AtomicBoolean();
            Background.await(() -> {
                store.put(key(1), Keys.value(7, 500));
                changed.set(true);
                return !store.stats().backPressure().engaged() && dead(store) < 0.25;
            });
            assertTrue(changed.get() && puts > KEYS);
            assertTrue(store.stats().backPressure().totalNanos() > 0);
        }
    }

    @Test
    void deletesAreNotSlowedDown() {
        Gate gate = directory.hold(Act.CREATE, name -> onMergeThread() && GateDirectory.segment(name));
        try (Stave store = open(OPTIONS)) {
            for (int i = 0; !store.stats().backPressure().engaged(); i++) {
                put(store, i);
            }
            long before = store.stats().backPressure().totalNanos();
            for (int i = 0; i < KEYS; i++) {
                assertTrue(store.delete(key(i)) > 0);
            }
            assertEquals(before, store.stats().backPressure().totalNanos());
            directory.open(gate);
        }
    }

    /** A merge that fails cannot help, however much is dead. */
    @Test
    void nobodyIsSlowedDownForAMergeThatFails() {
        directory.rule((act, name, position, length) -> {
            if (act == Act.CREATE && GateDirectory.segment(name) && onMergeThread()) {
                throw new IOException("Input/output error");
            }
        });
        try (Stave store = open(OPTIONS)) {
            for (int i = 0; i < 3000; i++) {
                put(store, i);
            }
            Background.await(() -> !store.stats().backPressure().engaged());
            for (int i = 3000; i < 4000; i++) {
                put(store, i);
            }
            assertTrue(store.stats().backPressure().totalNanos() < TimeUnit.SECONDS.toNanos(2));
            assertHolds(store, 4000);
        }
    }
}
