package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.History;
import io.stave.engine.model.History.Change;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.CrashStates;
import io.stave.io.Operation;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import io.stave.io.Survival;
import io.stave.segment.RecordFormat;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A power cut leaves all of a batch or nothing of it, wherever the disk was in writing it (I5), and so does each one after it. */
@Timeout(240)
class BatchCrashTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    private int written;

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    /** Something done to a store, and where in the log of the disk it began. */
    private record Step(int from, History before, List<Change> changes) {
        History duringIt() {
            History during = before.copy();
            if (!changes.isEmpty()) {
                during.unanswered(changes);
            }
            return during;
        }
    }

    /** A store that does one thing after the other, and remembers. */
    private final class Life {
        final SimulatedDirectory directory = new SimulatedDirectory().keepHistory();
        final Stave store;
        final History history = new History();
        final List<Step> steps = new ArrayList<>();
        final boolean durable;

        Life(Durability durability) {
            store = Engine.open(directory, OPTIONS.durability(durability), true);
            durable = durability.isSync();
        }

        private void begin(List<Change> changes) {
            steps.add(new Step(directory.operations(), history.copy(), changes));
        }

        void batch(List<Change> changes) {
            begin(changes);
            BatchResult result = store.apply(BatchCrashTest.batch(changes));
            history.applied(changes, result.firstVersion());
            settle();
        }

        void put(int key, int length) {
            byte[] value = nextValue(length);
            begin(List.of(new Change(key, value)));
            history.applied(key, value, store.put(Keys.key(key), value));
            settle();
        }

        void merge() {
            begin(List.of());
            store.merge();
        }

        private void settle() {
            if (durable) {
                history.allDurable();
            }
        }

        /** Crashes at every operation from {@code step} on, in every way worth trying, or in each of so many. */
        void crashEverywhereFrom(int step, int each) {
            begin(List.of());
            int met = 0;
            Replay replay = directory.replay();
            replay.to(steps.get(step).from);
            for (int i = step; i < steps.size(); i++) {
                int until = i + 1 < steps.size() ? steps.get(i + 1).from : replay.point() + 1;
                for (; replay.point() < until; replay.step()) {
                    for (CrashState state : CrashStates.of(replay.unsynced(), 6, replay.point())) {
                        if (met++ % each == 0) {
                            recover(replay.afterCrash(state), steps.get(i).duringIt(), state + " at " + replay.point());
                        }
                    }
                    if (!replay.hasNext()) {
                        assertTrue(met > 100 * each, met + " crash states");
                        return;
                    }
                }
            }
        }
    }

    private byte[] nextValue(int length) {
        return Keys.value(++written, length);
    }

    private static Batch batch(List<Change> changes) {
        Batch batch = new Batch();
        for (Change change : changes) {
            byte[] value = change.value();
            if (value == null) {
                batch.delete(Keys.key(change.key()));
            } else {
                batch.put(Keys.key(change.key()), value);
            }
        }
        return batch;
    }

    private Change put(int key, int length) {
        return new Change(key, nextValue(length));
    }

    private static Change delete(int key) {
        return new Change(key, null);
    }

    private static void recover(SimulatedDirectory after, History known, String what) {
        try (Stave recovered = Engine.open(after, OPTIONS, true)) {
            known.recovered(StoreModel.contents(recovered));
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(what, e);
        }
        // Once more, from what the first recovery made of it: hints and sealed segments.
        try (Stave again = Engine.open(after.afterCrash(CrashState.everything()), OPTIONS, true)) {
            assertEquals(known.now(), StoreModel.contents(again), what);
        }
    }

    /** In batches of all kinds: joining a group, longer than a segment, of deletes only, over and over the same keys. */
    private void live(Life life) {
        life.put(0, 100);
        life.put(7, 500);
        life.batch(List.of(put(1, 60), put(2, 700), delete(0), put(3, 0)));
        life.batch(List.of(delete(9), delete(1)));
        life.batch(List.of(put(1, 60), put(1, 61), delete(1), put(1, 1100), put(4, 900), delete(7)));
        life.batch(List.of(put(1, 1500), put(2, 1500), put(3, 1500), put(5, 40)));
        life.batch(List.of(put(1, 30), delete(2), put(5, 50)));
    }

    @Test
    void everyCrashLeavesAllOfABatchOrNothing() {
        Life life = new Life(Durability.SYNC);
        live(life);
        life.crashEverywhereFrom(0, 1);
        life.store.close();
    }

    @Test
    void everyCrashLeavesWholeBatchesWhenNothingIsForced() {
        Life life = new Life(Durability.OS);
        live(life);
        life.crashEverywhereFrom(2, 1);
        life.store.close();
    }

    @Test
    void everyCrashInAMergeOfBatchesLeavesThemWhole() {
        Life life = new Life(Durability.SYNC);
        live(life);
        int merging = life.steps.size();
        life.merge();
        life.batch(List.of(put(1, 10), put(2, 20), delete(4)));
        life.merge();
        life.crashEverywhereFrom(merging, 7);
        life.store.close();
    }

    /** A large batch is a group of its own, with more bytes than any group that gathers. */
    @Test
    void aLargeBatchTornAtAnySectorIsThereWholeOrNotAtAll() {
        Life life = new Life(Durability.SYNC);
        life.put(1, 300);
        life.batch(List.of(put(1, 90_000), put(2, 90_000), delete(3), put(3, 90_000), put(1, 11)));
        assertTrue(batch(life.steps.get(1).changes).bytes() > BatchWrite.LARGE);
        life.crashEverywhereFrom(1, 5);
        life.store.close();
    }

    @Test
    void aLargeBatchTornBetweenAnyOfItsRecordsIsNotThere() {
        Life life = new Life(Durability.SYNC);
        life.put(1, 300);
        List<Change> changes =
                List.of(put(1, 90_000), put(2, 90_000), put(3, 90_000), delete(3), put(1, 11), delete(2));
        life.batch(changes);
        assertTrue(batch(changes).bytes() > BatchWrite.LARGE);
        Step step = life.steps.get(1);
        Replay replay = life.directory.replay();
        replay.to(step.from);
        Operation append = append(replay);
        int end = append.length();
        for (int i = changes.size() - 1; i >= 0; i--) {
            byte[] value = changes.get(i).value();
            end -= RecordFormat.length(Keys.key(changes.get(i).key()).length, value == null ? 0 : value.length, false);
            for (int bytes = Math.max(0, end - 1); bytes <= end + 1; bytes++) {
                CrashState torn = CrashState.torn(append.index(), bytes);
                recover(replay.afterCrash(torn), step.before.copy(), torn.toString());
            }
        }
        assertTrue(end <= RecordFormat.HEADER_LENGTH, "only a certificate lies before the batch");
        recover(replay.afterCrash(CrashState.everything()), step.duringIt(), "everything");
        life.store.close();
    }

    /** Goes on until the write of a large batch is done and not forced. */
    private static Operation append(Replay replay) {
        while (true) {
            for (Operation operation : replay.unsynced()) {
                if (operation.kind() == Operation.Kind.WRITE && operation.length() > BatchWrite.LARGE) {
                    return operation;
                }
            }
            replay.step();
        }
    }

    /** Several batches share a group with other writes; the append breaks off at any byte, or any of its sectors are missing. */
    @Test
    void batchesOfOneGroupAreCutOneByOne() throws InterruptedException {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS, false);
        History history = new History();
        byte[] first = nextValue(30);
        history.applied(0, first, store.put(Keys.key(0), first));
        Gate leader = directory.hold(Act.FORCE, GateDirectory::segment);
        byte[] second = nextValue(30);
        CompletableFuture<Long> leading = store.putAsync(Keys.key(0), second);
        leader.awaitArrivals(1);
        List<List<Change>> group = List.of(
                List.of(put(1, 40)),
                List.of(put(1, 50), put(2, 60), delete(0), put(3, 10)),
                List.of(delete(1), delete(2)),
                List.of(put(5, 20)),
                List.of(put(5, 30), put(1, 400), put(5, 0), put(6, 700)));
        List<CompletableFuture<BatchResult>> answers = new ArrayList<>();
        group.forEach(changes -> answers.add(store.applyAsync(batch(changes))));
        Gate followers = directory.hold(Act.FORCE, GateDirectory::segment);
        directory.open(leader);
        long version = leading.join();
        history.applied(0, second, version);
        history.allDurable();
        followers.awaitArrivals(1);
        for (List<Change> changes : group) {
            history.applied(changes, ++version);
            version += changes.size() - 1;
        }
        tear(files, history);
        directory.open(followers);
        answers.forEach(CompletableFuture::join);
        assertEquals(history.now(), StoreModel.contents(store));
        store.close();
    }

    private static void tear(SimulatedDirectory files, History history) {
        List<Operation> writes = files.unsynced().stream()
                .filter(op -> op.kind() == Operation.Kind.WRITE && GateDirectory.segment(op.name()))
                .toList();
        assertEquals(1, writes.size(), "one append for the whole group");
        Operation append = writes.get(0);
        TreeSet<Long> versions = new TreeSet<>();
        for (int bytes = 0; bytes <= append.length(); bytes++) {
            versions.add(newest(files, history, CrashState.torn(append.index(), bytes)));
        }
        assertEquals(6, versions.size(), () -> "each batch whole, and nothing between: " + versions);
        int sectors = append.length() / Survival.SECTOR + 2;
        for (long kept = 0; kept < 1L << sectors; kept++) {
            BitSet set = BitSet.valueOf(new long[] {kept});
            versions.add(newest(files, history, CrashState.sectors(append.index(), set)));
        }
        assertEquals(6, versions.size());
    }

    private static long newest(SimulatedDirectory files, History history, CrashState state) {
        History known = history.copy();
        try (Stave recovered = Engine.open(files.afterCrash(state), OPTIONS, true)) {
            known.recovered(StoreModel.contents(recovered));
            return recovered.stats().segments().get(0).maxVersion();
        } catch (AssertionError e) {
            throw new AssertionError(state.toString(), e);
        }
    }
}
