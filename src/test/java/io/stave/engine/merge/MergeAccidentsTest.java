package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.MergeReport;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

/** What happens in the middle of a merge: crashes, damage, a close, writes; nothing is lost and nothing comes back (I6, I7). */
class MergeAccidentsTest extends MergeStores {

    @Test
    void crashAtAnyMomentOfAMergeLosesNothingAndBringsNothingBack() {
        SimulatedDirectory recording = several().keepHistory();
        Stave store = open(recording);
        Map<Integer, Held> expected = StoreModel.contents(store);
        int opened = recording.operations();
        MergeReport report = store.merge();
        assertTrue(report.inputs().size() >= 3 && report.recordsDropped() > 3 && report.tombstonesDropped() > 0);
        Replay replay = recording.replay();
        store.close();
        replay.to(opened);
        while (true) {
            for (CrashState state : states(replay.unsynced(), replay.point())) {
                SimulatedDirectory after = replay.afterCrash(state);
                try (Stave recovered = open(after)) {
                    assertEquals(expected, StoreModel.contents(recovered));
                    recovered.merge();
                    assertEquals(expected, StoreModel.contents(recovered));
                } catch (StaveException | AssertionError e) {
                    throw new AssertionError("crash at " + replay.point() + " leaving " + state, e);
                }
                assertEquals(List.of(), after.leaks());
            }
            if (!replay.hasNext()) {
                break;
            }
            replay.step();
        }
    }

    private static List<CrashState> states(List<Operation> unsynced, int seed) {
        List<CrashState> states = new ArrayList<>();
        states.add(CrashState.syncedOnly());
        states.add(CrashState.everything());
        for (Operation operation : unsynced) {
            states.add(CrashState.only(operation.index()));
            states.add(CrashState.without(operation.index()));
        }
        for (int i = 0; i < 3; i++) {
            states.add(CrashState.random(100L * seed + i));
        }
        return states;
    }

    /** What is appended while a merge commits was not forced by it, and a power cut takes it back: the MANIFEST must not call that damage. */
    @Test
    void mergeVouchesForNoMoreThanItHasForced() {
        SimulatedDirectory directory = several();
        GateDirectory gated = new GateDirectory(directory);
        Stave store = Engine.open(gated, OPTIONS, true);
        store.put(key("active"), new byte[10]);
        Map<Integer, Held> expected = StoreModel.contents(store);
        List<Long> segments = ids(store).subList(0, 3);
        GateDirectory.Rule appending = gated.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.FORCE_NAMES) {
                store.put(key("late"), new byte[1], WriteOptions.defaults().durability(Durability.OS));
            }
        });
        assertEquals(segments, store.merge(segments).inputs());
        gated.remove(appending);
        assertNotNull(store.get(key("late")));
        try (Stave recovered = open(directory.crash(CrashState.syncedOnly()))) {
            assertNotNull(recovered.get(key("active")));
            assertNull(recovered.get(key("late")));
            assertEquals(expected, StoreModel.contents(recovered));
        }
    }

    /** What is put while a merge copies supersedes records that it has not come to, and those are not copied. */
    @Test
    void whatAMergeMeetsOnItsWayIsForcedBeforeItsInputsGo() {
        SimulatedDirectory directory = new SimulatedDirectory();
        GateDirectory gated = new GateDirectory(directory);
        Stave store = Engine.open(gated, OPTIONS, true);
        for (int i = 0; i < 12; i++) {
            store.put(Keys.key(i), Keys.value(i, 900));
        }
        store.put(Keys.key(0), new byte[0]);
        List<Long> segments = ids(store).subList(0, 2);
        boolean[] late = new boolean[1];
        GateDirectory.Rule putting = gated.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.CREATE && GateDirectory.segment(name) && !late[0]) {
                late[0] = true; // the first copy has been judged, and no other
                for (int i = 1; i < 12; i++) {
                    store.put(Keys.key(i), new byte[1], WriteOptions.defaults().durability(Durability.OS));
                }
            }
        });
        MergeReport report = store.merge(segments);
        gated.remove(putting);
        assertTrue(late[0] && report.recordsDropped() > 5, report::toString);
        try (Stave recovered = open(directory.crash(CrashState.syncedOnly()))) {
            for (int i = 0; i < 12; i++) {
                assertNotNull(recovered.get(Keys.key(i)), "key " + i);
            }
        }
    }

    /** The log is forced on another thread. */
    @Test
    void mergeDoesNotCommitBeforeTheLogIsForced() throws Exception {
        GateDirectory gated = new GateDirectory(several());
        AtomicBoolean forced = new AtomicBoolean();
        AtomicBoolean early = new AtomicBoolean();
        try (Stave store = Engine.open(gated, OPTIONS.durability(Durability.OS), false)) {
            List<Long> segments = ids(store).subList(0, 3);
            store.put(key("active"), new byte[10]);
            String active = store.stats().segments().get(ids(store).size() - 1).fileName();
            GateDirectory.Gate force = gated.hold(GateDirectory.Act.FORCE, active::equals);
            Thread[] merging = new Thread[1];
            GateDirectory.Rule committing = gated.rule((act, name, position, length) -> {
                if (act == GateDirectory.Act.FORCE_NAMES && Thread.currentThread() == merging[0] && !forced.get()) {
                    early.set(true);
                }
            });
            Background<MergeReport> merge = Background.run(() -> {
                merging[0] = Thread.currentThread();
                return store.merge(segments);
            });
            force.awaitArrivals(1);
            merge.awaitWaiting();
            forced.set(true);
            gated.open(force);
            assertEquals(3, merge.join().inputs().size());
            assertFalse(early.get());
            gated.remove(committing);
        }
    }

    /** The inputs are there until the keydir points at the copies. */
    @Test
    void everyKeyCanBeReadAtEveryOperationOfAMerge() {
        GateDirectory gated = new GateDirectory(several());
        Stave store = Engine.open(gated, OPTIONS, true);
        Map<Integer, Held> expected = StoreModel.contents(store);
        int[] looks = new int[1];
        boolean[] looking = new boolean[1];
        GateDirectory.Rule reading = gated.rule((act, name, position, length) -> {
            if (!looking[0]) {
                looking[0] = true;
                assertEquals(expected, StoreModel.contents(store), act + " of " + name);
                looking[0] = false;
                looks[0]++;
            }
        });
        assertTrue(store.merge().inputs().size() >= 3);
        gated.remove(reading);
        assertTrue(looks[0] > 20, looks[0] + " operations");
        assertEquals(expected, StoreModel.contents(store));
        store.close();
    }

    /** Bit 3 of the byte in the middle of what "x1" holds in segment 1. */
    private static SimulatedDirectory damaged(SimulatedDirectory directory) throws IOException {
        byte[] content = directory.content("0000000000000001.seg");
        content[64 + 20 + 20 + 4 + 1960 + 20 + 20 + 2 + 900] ^= 8;
        directory.damage("0000000000000001.seg", content);
        return directory;
    }

    @Test
    void damagedInputStaysWithTheTombstonesItNeeds() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        threeSegments(directory).close();
        SimulatedDirectory damaged = damaged(directory.afterCrash(CrashState.everything()));
        Stave store = open(damaged);
        MergeReport report = store.merge();
        assertEquals(List.of(1L), report.damagedSegments());
        assertFalse(report.inputs().contains(1L));
        assertTrue(ids(store).contains(1L));
        assertTrue(store.stats().segments().get(0).damaged());
        assertThrows(CorruptionException.class, () -> store.get(key("x1")));
        assertNotNull(store.get(key("here")));

        store.put(key("x3"), new byte[10]);
        store.put(key("x4"), new byte[10]);
        store.merge();
        assertTrue(ids(store).contains(1L));

        try (Stave reopened = reopened(store, damaged)) {
            assertNull(reopened.get(key("gone")), "its tombstone went without the record it shadows");
            assertThrows(CorruptionException.class, () -> reopened.get(key("x1")));
            assertTrue(reopened.stats().segments().get(0).damaged(), "the damage is known for good");
            assertTrue(reopened.planMerge().excluded().get(0).reason().startsWith("damaged"));
            // What was lost can be written again.
            reopened.put(key("x1"), new byte[] {1});
            assertArrayEquals(new byte[] {1}, reopened.get(key("x1")));
        }
    }

    @Test
    void deadRecordThatDoesNotVerifyIsDamageToo() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = threeSegments(directory)) {
            store.put(key("x1"), new byte[] {7});
        }
        SimulatedDirectory damaged = damaged(directory.afterCrash(CrashState.everything()));
        try (Stave store = open(damaged)) {
            assertEquals(List.of(1L), store.merge().damagedSegments());
            assertArrayEquals(new byte[] {7}, store.get(key("x1")));
        }
    }

    @Test
    void headerThatDoesNotVerifyIsDamageLikeAnyOther() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = threeSegments(directory);
        byte[] content = directory.content("0000000000000001.seg");
        content[40] ^= 1;
        directory.damage("0000000000000001.seg", content);
        assertEquals(List.of(1L), store.merge().damagedSegments());
        assertNull(store.get(key("gone")));
        assertNotNull(store.get(key("x1")), "the record itself is sound");
        store.close();
    }

    @Test
    void inputThatCannotBeReadIsNamedAndTheOthersAreMerged() {
        SimulatedDirectory files = several();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        Map<Integer, Held> contents = StoreModel.contents(store);
        GateDirectory.Rule rule = directory.fail(
                GateDirectory.Act.READ, "0000000000000002.seg"::equals, new IOException("Input/output error"));
        MergeReport report = store.merge();
        assertEquals(List.of(2L), report.unreadableSegments());
        assertEquals(List.of(), report.damagedSegments());
        assertFalse(report.inputs().isEmpty());
        assertFalse(report.inputs().contains(2L));
        directory.remove(rule);
        assertTrue(store.merge().inputs().contains(2L), "the next one tries again");
        assertEquals(contents, StoreModel.contents(store));
        store.close();
        assertEquals(List.of(), files.leaks());
    }

    @Test
    void outputThatCannotBeMappedLeavesEverythingAsItWas() {
        SimulatedDirectory files = several();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        List<Long> before = ids(store);
        Map<Integer, Held> contents = StoreModel.contents(store);
        GateDirectory.Rule rule =
                directory.fail(GateDirectory.Act.MAP, name -> true, new IOException("Cannot allocate memory"));
        assertThrows(StoreIOException.class, store::merge);
        directory.remove(rule);
        assertEquals(before, ids(store));
        assertEquals(contents, StoreModel.contents(store));
        assertFalse(store.merge().isEmpty(), "the store lives on");
        assertEquals(contents, StoreModel.contents(store));
        store.close();
        assertEquals(List.of(), files.leaks());
    }

    /** Outputs are forced while they are written; when that fails the store stops, as at any other force (I8). */
    @Test
    void earlyForceThatFailsStopsTheStore() {
        earlyForceFails((act, position) -> false);
    }

    /** A disk that goes may refuse the next write too, and then nobody asks what became of the force. */
    @Test
    void earlyForceThatFailsStopsTheStoreThoughAWriteFailsNext() {
        earlyForceFails((act, position) -> act == GateDirectory.Act.WRITE && position > 11 << 20);
    }

    private void earlyForceFails(BiPredicate<GateDirectory.Act, Long> alsoFails) {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, true);
        // A batch lies in one segment, and so do its copies, which makes a long output in a small store.
        Batch batch = new Batch();
        for (int i = 0; i < 12; i++) {
            batch.put(Keys.key(i), Keys.value(i, 1 << 20));
        }
        store.apply(batch);
        store.put(Keys.key(0), Keys.value(12, 10));
        List<Long> inputs = ids(store).subList(0, 1);
        Map<Integer, Held> contents = StoreModel.contents(store);
        Thread merging = Thread.currentThread();
        directory.rule((act, name, position, length) -> {
            boolean early = act == GateDirectory.Act.FORCE && Thread.currentThread() != merging;
            if (early || alsoFails.test(act, position)) {
                throw new IOException("Input/output error");
            }
        });
        StaveException e = assertThrows(StaveException.class, () -> store.merge(inputs));
        assertFalse(store.health().lastForceSucceeded(), e::toString);
        assertThrows(StaveException.class, () -> store.put(key("more"), new byte[1]));
        assertEquals(contents, StoreModel.contents(store), "what is durable can be read");
        store.close();
        try (Stave reopened = open(files.afterCrash(CrashState.syncedOnly()))) {
            assertEquals(contents, StoreModel.contents(reopened));
        }
    }

    @Test
    void closeEndsARunningMergeAndItNeverHappened() throws Exception {
        SimulatedDirectory files = several();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, false);
        List<Long> before = ids(store);
        Map<Integer, Held> contents = StoreModel.contents(store);
        CountDownLatch merging = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        directory.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.CREATE && GateDirectory.segment(name)) {
                merging.countDown();
                await(goOn);
            }
        });
        CompletableFuture<MergeReport> merge = CompletableFuture.supplyAsync(store::merge);
        await(merging);
        Thread closing = new Thread(store::close);
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        CompletionException e = assertThrows(CompletionException.class, merge::join);
        assertInstanceOf(StoreClosedException.class, e.getCause());
        closing.join();
        assertEquals(List.of(), files.leaks());
        SimulatedDirectory after = files.afterCrash(CrashState.everything());
        assertEquals(
                before.size(),
                after.list().stream().filter(n -> n.endsWith(".seg")).count());
        try (Stave reopened = open(after)) {
            assertTrue(reopened.recoveryReport().clean());
            assertEquals(before, ids(reopened));
            assertEquals(contents, StoreModel.contents(reopened));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** I3 and bitcask#148: a put during the merge goes to a segment with a smaller id than the output. */
    @Test
    void putThatRacesAMergeWins() throws Exception {
        SimulatedDirectory files = several();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, false);
        store.put(Keys.key(0), Keys.value(70, 100));
        byte[] newest = Keys.value(77, 100);
        Thread merger = Thread.currentThread();
        directory.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.CREATE && name.endsWith(".hint.tmp") && Thread.currentThread() == merger) {
                // The copies are written, the keydir still points at the originals.
                store.put(Keys.key(0), newest);
                store.delete(Keys.key(1));
            }
        });
        assertFalse(store.merge().isEmpty());
        assertArrayEquals(newest, store.get(Keys.key(0)));
        assertNull(store.get(Keys.key(1)));
        Map<Integer, Held> contents = StoreModel.contents(store);
        store.close();
        try (Stave reopened = open(files.afterCrash(CrashState.syncedOnly()))) {
            assertEquals(contents, StoreModel.contents(reopened));
        }
        assertEquals(List.of(), files.leaks());
        assertTrue(ManifestFile.read(files.afterCrash(CrashState.everything()))
                        .segments()
                        .size()
                > 1);
    }
}
