package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePlan;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFailedException;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A round of a merge that several hands work on: what holds for one holds for all (I6, I7), whatever happens to one of them. */
class MergeHandsTest extends MergeStores {

    private static final int HANDS = 3;
    private static final String THREAD = "stave-merge-hand";
    private static final int KEYS = 12;

    private static BackgroundMerge background(Stave store) {
        return ((Engine) store).backgroundMerge();
    }

    private static MergeTally merge(Stave store) {
        return background(store).round(sealed(store), HANDS);
    }

    /** All sealed segments, whether anything is to be gained from them or not. */
    private static MergePlan sealed(Stave store) {
        List<SegmentStats> sealed = store.stats().segments().stream()
                .filter(segment -> segment.state() == SegmentStats.State.SEALED && !segment.damaged())
                .toList();
        return new MergePlan(sealed, 0, 0, List.of());
    }

    private static boolean onAnotherHand() {
        return Thread.currentThread().getName().equals(THREAD);
    }

    /** Some ten segments with live and dead records and tombstones. */
    private static void fill(Stave store, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 90; i++) {
            // Half of the keys are left alone after a while, so that not everything that lives is in the last segment.
            int key = i < 45 ? i % KEYS : random.nextInt(KEYS / 2);
            if (random.nextInt(4) == 0) {
                store.delete(Keys.key(key));
            } else {
                store.put(Keys.key(key), Keys.value(i, 100 + random.nextInt(800)));
            }
        }
    }

    /** Each hand has something to copy here, and so creates a segment of its own. The first record of all is dead. */
    private static void fillSegmentsOfOneRecord(Stave store) {
        for (int i = 0; i <= KEYS; i++) {
            store.put(Keys.key(i % KEYS), Keys.value(i, 3000));
        }
        store.put(Keys.key(0), Keys.value(0, 10));
    }

    private static Map<Integer, Held> contents(Stave store) {
        return StoreModel.contents(store);
    }

    @Test
    void roundOfSeveralHandsLosesNothingAndBringsNothingBack() {
        for (int seed = 1; seed <= 10; seed++) {
            SimulatedDirectory files = new SimulatedDirectory();
            Stave store = open(files);
            fill(store, seed);
            Map<Integer, Held> expected = contents(store);
            MergeTally tally = merge(store);
            assertTrue(tally.inputs.size() > 2 * HANDS && tally.outputs.size() > 1, tally.report()::toString);
            assertEquals(
                    tally.report().bytesRead() - tally.report().bytesReclaimed(),
                    tally.report().bytesWritten());
            assertEquals(expected, contents(store));
            for (SegmentStats segment : store.stats().segments()) {
                boolean made = tally.outputs.contains(segment.id());
                assertTrue(!made || segment.length() <= OPTIONS.segmentLength() * 4 / 3, segment::toString);
            }
            fill(store, -seed);
            expected = contents(store);
            merge(store);
            assertEquals(expected, contents(store));
            try (Stave recovered = open(files.afterCrash(CrashState.everything()))) {
                assertEquals(expected, contents(recovered));
                assertEquals(List.of(), recovered.recoveryReport().hintsRejected());
                assertTrue(recovered.recoveryReport().segmentsFromHints() > 1);
            }
            store.close();
            assertEquals(List.of(), files.leaks());
            try (Stave reopened = open(files.afterCrash(CrashState.syncedOnly()))) {
                assertEquals(expected, contents(reopened));
            }
        }
    }

    /** Each hand waits here for the others, so they do work beside each other; and each gets as much to copy. */
    @Test
    void handsShareTheWork() {
        GateDirectory directory = new GateDirectory(new SimulatedDirectory());
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            fillSegmentsOfOneRecord(store);
            Map<Thread, Set<String>> created = new ConcurrentHashMap<>();
            CyclicBarrier together = new CyclicBarrier(HANDS);
            directory.rule((act, name, position, length) -> {
                Set<String> mine =
                        created.computeIfAbsent(Thread.currentThread(), thread -> ConcurrentHashMap.newKeySet());
                if (act == Act.CREATE && GateDirectory.segment(name) && mine.add(name) && mine.size() == 1) {
                    await(together);
                }
            });
            MergeTally tally = merge(store);
            created.values().removeIf(Set::isEmpty);
            assertEquals(HANDS, created.size());
            created.values().forEach(names -> assertTrue(names.size() >= KEYS / HANDS - 1, created::toString));
            assertEquals(KEYS, tally.inputs.size());
            assertEquals(KEYS - 1, tally.outputs.size());
        }
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IOException("the hands do not work beside each other", e);
        }
    }

    @Test
    void crashAtAnyMomentOfSuchARoundLosesNothing() {
        SimulatedDirectory recording = several().keepHistory();
        Stave store = open(recording);
        Map<Integer, Held> expected = contents(store);
        int opened = recording.operations();
        MergeTally tally = merge(store);
        assertTrue(tally.inputs.size() >= HANDS && tally.report().recordsDropped() > 3);
        Replay replay = recording.replay();
        store.close();
        replay.to(opened);
        int states = 0;
        for (boolean more = true; more; more = replay.hasNext()) {
            for (CrashState state : List.of(CrashState.syncedOnly(), CrashState.everything())) {
                SimulatedDirectory after = replay.afterCrash(state);
                try (Stave recovered = open(after)) {
                    assertEquals(expected, contents(recovered));
                    recovered.merge();
                    assertEquals(expected, contents(recovered));
                } catch (StaveException | AssertionError e) {
                    throw new AssertionError("crash at " + replay.point() + " leaving " + state, e);
                }
                states++;
            }
            if (replay.hasNext()) {
                replay.step();
            }
        }
        assertTrue(states > 50, states + " states");
    }

    @Test
    void inputsThatTwoHandsCannotReadAreLeftOut() {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        fill(store, 3);
        Map<Integer, Held> expected = contents(store);
        Predicate<String> some = name -> GateDirectory.segment(name) && name.endsWith("5.seg");
        GateDirectory.Rule rule = directory.fail(Act.READ, some, new IOException("Input/output error"));
        MergeTally tally = merge(store);
        directory.remove(rule);
        assertFalse(tally.unreadable.isEmpty());
        assertTrue(tally.unreadable.stream().allMatch(id -> id % 16 == 5), tally.unreadable::toString);
        assertEquals(new HashSet<>(tally.unreadable).size(), tally.unreadable.size());
        assertFalse(tally.inputs.isEmpty());
        assertTrue(ids(store).containsAll(tally.unreadable));
        assertEquals(expected, contents(store));
        store.close();
        assertEquals(List.of(), files.leaks());
    }

    @Test
    void damagedInputsOfTwoHandsAreLeftOutAndToldOf() throws IOException {
        SimulatedDirectory files = new SimulatedDirectory();
        try (Stave store = open(files)) {
            fill(store, 4);
        }
        SimulatedDirectory damaged = files.afterCrash(CrashState.everything());
        for (long id : new long[] {2, 3, 7}) {
            byte[] content = damaged.content(SegmentNames.segment(id));
            content[SegmentHeader.LENGTH + SegmentLink.LENGTH + 25] ^= 1;
            damaged.damage(SegmentNames.segment(id), content);
        }
        try (Stave store = open(damaged)) {
            MergeTally tally = merge(store);
            List<Long> told = new ArrayList<>(tally.damaged);
            told.sort(null);
            assertEquals(List.of(2L, 3L, 7L), told);
            assertTrue(ids(store).containsAll(List.of(2L, 3L, 7L)));
        }
    }

    @Test
    void writeThatFailsInOneHandLeavesEverythingAsItWas() throws IOException {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        fillSegmentsOfOneRecord(store);
        Map<Integer, Held> expected = contents(store);
        List<Long> before = ids(store);
        List<String> names = files.list();
        CyclicBarrier together = new CyclicBarrier(HANDS);
        Set<Thread> creating = ConcurrentHashMap.newKeySet();
        GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
            if (act == Act.CREATE && GateDirectory.segment(name) && creating.add(Thread.currentThread())) {
                await(together);
            }
            if (act == Act.WRITE && onAnotherHand()) {
                throw new IOException("Input/output error");
            }
        });
        assertThrows(StoreIOException.class, () -> merge(store));
        directory.remove(rule);
        assertEquals(before, ids(store));
        assertEquals(names.size(), files.list().size(), "no output is left");
        assertEquals(expected, contents(store));
        assertFalse(merge(store).inputs.isEmpty(), "the store lives on");
        assertEquals(expected, contents(store));
        store.close();
        assertEquals(List.of(), files.leaks());
    }

    @Test
    void forceThatFailsInOneHandStopsTheStore() {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        fill(store, 6);
        Map<Integer, Held> expected = contents(store);
        directory.fail(Act.FORCE, GateDirectory::segment, new IOException("Input/output error"));
        assertThrows(StoreFailedException.class, () -> merge(store));
        assertStopped(store, files, expected);
    }

    /** What the other one has met first would by itself only leave an input out (I8). */
    @Test
    void forceThatFailsBesideAnInputThatCannotBeReadStopsTheStore() {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        fillSegmentsOfOneRecord(store);
        Map<Integer, Held> expected = contents(store);
        CountDownLatch forcing = new CountDownLatch(1);
        CompletableFuture<Thread> reading = new CompletableFuture<>();
        AtomicBoolean failed = new AtomicBoolean();
        directory.rule((act, name, position, length) -> {
            if (act == Act.READ && onAnotherHand() && !reading.isDone()) {
                await(forcing);
                reading.complete(Thread.currentThread());
                throw new IOException("Input/output error");
            }
            if (act == Act.FORCE && GateDirectory.segment(name) && failed.compareAndSet(false, true)) {
                forcing.countDown();
                Thread other = reading.join();
                Background.await(() -> !other.isAlive());
                throw new IOException("Input/output error");
            }
        });
        assertThrows(StoreFailedException.class, () -> background(store).round(sealed(store), 2));
        assertStopped(store, files, expected);
    }

    private static void assertStopped(Stave store, SimulatedDirectory files, Map<Integer, Held> expected) {
        assertFalse(store.health().lastForceSucceeded());
        assertThrows(StoreFailedException.class, () -> store.put(key("more"), new byte[1]));
        assertEquals(expected, contents(store));
        store.close();
        assertEquals(List.of(), files.leaks());
        try (Stave reopened = open(files.afterCrash(CrashState.syncedOnly()))) {
            assertEquals(expected, contents(reopened));
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(1, TimeUnit.MINUTES)) {
                throw new IOException("nothing is forced beside it");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void closeEndsAllHands() throws Exception {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        fillSegmentsOfOneRecord(store);
        Map<Integer, Held> expected = contents(store);
        GateDirectory.Gate gate = directory.hold(Act.CREATE, GateDirectory::segment);
        Background<MergeTally> merging = Background.run(() -> merge(store));
        gate.awaitArrivals(HANDS);
        Background<Boolean> closing = Background.start(store::close).awaitWaiting();
        directory.open(gate);
        assertTrue(assertThrows(Exception.class, merging::join).toString().contains("Closed"));
        closing.join();
        assertEquals(List.of(), files.leaks());
        try (Stave reopened = open(files.afterCrash(CrashState.syncedOnly()))) {
            assertEquals(expected, contents(reopened));
        }
    }

    /** With as many hands as there are inputs, and more. */
    @Test
    void moreHandsThanInputsAreNotNeeded() {
        try (Stave store = open(new SimulatedDirectory())) {
            store.put(Keys.key(1), Keys.value(1, 3000));
            store.put(Keys.key(1), Keys.value(2, 3000));
            store.put(Keys.key(2), Keys.value(3, 3000));
            Map<Integer, Held> expected = contents(store);
            MergeTally tally = background(store).round(sealed(store), 64);
            assertEquals(2, tally.inputs.size());
            assertEquals(expected, contents(store));
        }
    }
}
