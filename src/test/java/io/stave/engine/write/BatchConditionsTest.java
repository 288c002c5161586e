package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.NoSpaceException;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The conditions of a batch see what is on its way, together, and an answer that rests on it waits for it (I2). */
@ExtendWith(QuietLog.class)
class BatchConditionsTest {

    private static final Options OPTIONS = Options.defaults().mergePolicy(MergePolicy.manual());

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);
    private static final byte[] THIRD = "third".getBytes(UTF_8);
    private static final byte[] LARGE = new byte[BatchWrite.LARGE + 1];

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;
    private GateDirectory.Gate gate;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, OPTIONS, false);
        store.put("first".getBytes(UTF_8), value(0));
    }

    @AfterEach
    void close() throws Exception {
        if (gate != null) {
            directory.open(gate);
        }
        Background.start(store::close).join();
    }

    private static byte[] value(int i) {
        return ("value " + i).getBytes(UTF_8);
    }

    private interface Call<T> {
        T run();
    }

    /** Runs the call and waits until it is held where it appends or forces. */
    private <T> Background<T> held(Act act, Call<T> call) throws InterruptedException {
        gate = directory.hold(act, GateDirectory::segment);
        Background<T> running = Background.run(call::run);
        gate.awaitArrivals(1);
        return running;
    }

    /** Applies the batch and waits until it waits for a group; it must not be answered before. */
    private Background<BatchResult> waiting(Batch batch, WriteOptions how) {
        Background<BatchResult> running =
                Background.run(() -> store.apply(batch, how)).awaitParkedOn(Outcome.class);
        assertFalse(running.done());
        return running;
    }

    private Background<BatchResult> waiting(Batch batch) {
        return waiting(batch, WriteOptions.defaults());
    }

    /** The same for a put whose append will fail. */
    private Background<Long> heldToFail(byte[] value) throws InterruptedException {
        gate = directory.hold(Act.WRITE, GateDirectory::segment);
        failNextWrite();
        Background<Long> running = Background.run(() -> store.put(KEY, value));
        gate.awaitArrivals(1);
        return running;
    }

    private void failNextWrite() {
        AtomicBoolean done = new AtomicBoolean();
        directory.rule((act, name, position, length) -> {
            if (act == Act.WRITE && GateDirectory.segment(name) && done.compareAndSet(false, true)) {
                throw new NoSpaceException("a segment", null);
            }
        });
    }

    private static Batch writes() {
        return new Batch().put(THIRD, value(3)).delete(OTHER);
    }

    private static Batch largeWrites() {
        return new Batch().put(THIRD, LARGE).delete(OTHER);
    }

    @Test
    void aRefusalWaitsForTheWriteThatCausedIt() throws Exception {
        long other = store.put(OTHER, value(1));
        Background<Long> put = held(Act.FORCE, () -> store.put(KEY, value(1)));
        Background<BatchResult> refused = waiting(writes().require(OTHER, other).require(KEY, Stave.NO_VERSION));
        Background<BatchResult> weak = waiting(writes().require(KEY, Stave.NO_VERSION), OS);
        Background<BatchResult> large = waiting(largeWrites().require(KEY, Stave.NO_VERSION));
        Background<BatchResult> alone = waiting(new Batch().require(KEY, Stave.NO_VERSION));
        CompletableFuture<BatchResult> async = store.applyAsync(writes().require(KEY, Stave.NO_VERSION));
        assertFalse(async.isDone());
        directory.open(gate);
        put.join();
        assertEquals(new BatchResult(false, 1, Stave.NO_VERSION, 0), refused.join());
        BatchResult first = new BatchResult(false, 0, Stave.NO_VERSION, 0);
        assertEquals(first, weak.join());
        assertEquals(first, large.join());
        assertEquals(first, alone.join());
        assertEquals(first, async.get(60, TimeUnit.SECONDS));
        assertNull(store.get(THIRD));
        assertArrayEquals(value(1), store.get(OTHER));
    }

    /** To say that the second condition is the first to fail is to say that the first holds, which is pending. */
    @Test
    void aRefusalWaitsForTheWritesThatTheConditionsBeforeItRestOn() throws Exception {
        long version = store.put(KEY, value(1));
        Background<Long> put = held(Act.FORCE, () -> store.put(KEY, value(2)));
        Background<BatchResult> refused =
                waiting(writes().require(KEY, version + 1).require(OTHER, 99));
        directory.open(gate);
        put.join();
        assertEquals(1, refused.join().failedCondition());
    }

    @Test
    void conditionsThatHoldByPendingWritesAreToldWhenTheseEnded() throws Exception {
        long version = store.put(KEY, value(1));
        Background<Long> put = held(Act.FORCE, () -> store.put(KEY, value(2)));
        Background<BatchResult> alone =
                waiting(new Batch().require(OTHER, Stave.NO_VERSION).require(KEY, version + 1));
        directory.open(gate);
        put.join();
        assertTrue(alone.join().applied());
    }

    @Test
    void whatRestsOnNothingPendingIsAnsweredAtOnce() throws Exception {
        long version = store.put(OTHER, value(1));
        Background<Long> put = held(Act.FORCE, () -> store.put(KEY, value(1)));
        assertTrue(store.apply(new Batch().require(OTHER, version)).applied());
        assertFalse(store.apply(new Batch().require(OTHER, version + 1)).applied());
        assertFalse(store.apply(largeWrites().require(THIRD, 1)).applied());
        // Nor does it wait for room in a group, for it takes none: here the one that gathers was closed by a large
        // value.
        Background<Long> large = Background.run(() -> store.put(THIRD, LARGE)).awaitParkedOn(Outcome.class);
        assertTrue(store.apply(new Batch().require(OTHER, version)).applied());
        assertTrue(store.apply(new Batch()).applied());
        assertFalse(put.done() || large.done());
        directory.open(gate);
        put.join();
        large.join();
    }

    @Test
    void conditionsHoldOnWhatIsPendingInAnyGroup() throws Exception {
        Background<Long> put = held(Act.FORCE, () -> store.put(KEY, value(1)));
        long version = store.stats().lastVersion();
        Background<BatchResult> large =
                waiting(new Batch().require(KEY, version).put(KEY, LARGE).put(OTHER, LARGE));
        Background<BatchResult> small = waiting(new Batch()
                .require(KEY, version + 1)
                .require(OTHER, version + 2)
                .delete(KEY));
        Background<BatchResult> stale =
                waiting(new Batch().require(OTHER, version + 1).delete(OTHER));
        Background<BatchResult> absent =
                waiting(new Batch().require(KEY, Stave.NO_VERSION).put(KEY, value(4)));
        Background<Long> conditional = Background.run(() -> store.compareAndSet(OTHER, version + 2, value(5)));
        conditional.awaitParkedOn(Outcome.class);
        directory.open(gate);
        put.join();
        assertEquals(version + 1, large.join().version(0));
        assertEquals(version + 3, small.join().version(0));
        assertFalse(stale.join().applied());
        assertEquals(version + 4, absent.join().version(0));
        assertEquals(version + 5, conditional.join());
        assertArrayEquals(value(4), store.get(KEY));
        assertArrayEquals(value(5), store.get(OTHER));
    }

    /** In the order of their versions, whatever they are: a large batch goes between the gathering group and the next one. */
    @Test
    void groupsFollowEachOtherInTheOrderOfTheirVersions() throws Exception {
        Background<Long> leading = held(Act.FORCE, () -> store.put(KEY, value(0)));
        CompletableFuture<Long> before = store.putAsync(KEY, value(1));
        CompletableFuture<BatchResult> large =
                store.applyAsync(new Batch().put(KEY, LARGE).put(OTHER, LARGE));
        CompletableFuture<Long> between = store.putAsync(KEY, value(2));
        CompletableFuture<BatchResult> second =
                store.applyAsync(new Batch().put(KEY, LARGE).put(OTHER, LARGE));
        CompletableFuture<BatchResult> third =
                store.applyAsync(new Batch().put(KEY, LARGE).put(OTHER, LARGE));
        CompletableFuture<Long> last = store.putAsync(KEY, value(3));
        directory.open(gate);
        long version = leading.join();
        assertEquals(version + 1, before.get(60, TimeUnit.SECONDS));
        assertEquals(version + 2, large.get(60, TimeUnit.SECONDS).firstVersion());
        assertEquals(version + 4, between.get(60, TimeUnit.SECONDS));
        assertEquals(version + 5, second.get(60, TimeUnit.SECONDS).firstVersion());
        assertEquals(version + 7, third.get(60, TimeUnit.SECONDS).firstVersion());
        assertEquals(version + 9, last.get(60, TimeUnit.SECONDS));
        assertArrayEquals(value(3), store.get(KEY));
        assertEquals(version + 8, store.getEntry(OTHER).version());
        close();
        open();
        assertArrayEquals(value(3), store.get(KEY));
        assertEquals(version + 8, store.getEntry(OTHER).version());
    }

    @Test
    void aRefusalThatRestsOnAFailedWriteIsDecidedAnew() throws Exception {
        Background<Long> failing = heldToFail(value(1));
        Background<BatchResult> small =
                waiting(new Batch().require(KEY, Stave.NO_VERSION).put(OTHER, value(2)));
        Background<BatchResult> large =
                waiting(new Batch().require(KEY, Stave.NO_VERSION).put(THIRD, LARGE));
        Background<BatchResult> alone = waiting(new Batch().require(KEY, Stave.NO_VERSION));
        directory.open(gate);
        assertThrows(StoreFullException.class, failing::join);
        assertTrue(small.join().applied());
        assertTrue(large.join().applied());
        assertTrue(alone.join().applied());
        assertArrayEquals(value(2), store.get(OTHER));
        assertArrayEquals(LARGE, store.get(THIRD));
    }

    /** The older group ends well and the newer one fails: an answer that rests on both is worth nothing then. */
    @Test
    void aRefusalThatRestsOnSeveralGroupsWaitsForTheNewest() throws Exception {
        Background<Long> older = held(Act.FORCE, () -> store.put(KEY, value(1)));
        long version = store.stats().lastVersion();
        failNextWrite();
        Background<Long> newer =
                Background.run(() -> store.put(OTHER, value(2))).awaitParkedOn(Outcome.class);
        Background<BatchResult> newerFirst =
                waiting(new Batch().require(OTHER, version + 1).require(KEY, 99));
        Background<BatchResult> olderFirst =
                waiting(new Batch().require(KEY, version).require(OTHER, 99));
        Background<BatchResult> wouldHold =
                waiting(new Batch().require(KEY, version).require(OTHER, Stave.NO_VERSION));
        directory.open(gate);
        assertEquals(version, older.join());
        assertThrows(StoreFullException.class, newer::join);
        assertEquals(0, newerFirst.join().failedCondition(), "decided anew, without the newer write");
        assertEquals(1, olderFirst.join().failedCondition());
        assertTrue(wouldHold.join().applied(), "decided anew, without the newer write");
    }

    /** Two large batches wait, each a group of its own, behind the one that is being forced. */
    @Test
    void theNewestOfSeveralWaitingGroupsDecides() throws Exception {
        Background<Long> leading = held(Act.FORCE, () -> store.put(KEY, value(0)));
        long version = store.stats().lastVersion();
        CompletableFuture<BatchResult> first =
                store.applyAsync(new Batch().put(KEY, LARGE).put(OTHER, LARGE));
        CompletableFuture<BatchResult> second =
                store.applyAsync(new Batch().put(KEY, LARGE).delete(OTHER));
        Background<BatchResult> stale =
                waiting(new Batch().require(KEY, version + 1).put(THIRD, value(1)));
        Background<BatchResult> deleted =
                waiting(new Batch().require(OTHER, version + 2).put(THIRD, value(2)));
        Background<Long> newest = Background.run(() -> store.compareAndSet(KEY, version + 3, value(3)))
                .awaitParkedOn(Outcome.class);
        directory.open(gate);
        leading.join();
        assertTrue(first.get(60, TimeUnit.SECONDS).applied());
        assertTrue(second.get(60, TimeUnit.SECONDS).applied());
        assertFalse(stale.join().applied());
        assertFalse(deleted.join().applied());
        assertEquals(version + 5, newest.join());
        assertNull(store.get(THIRD));
        assertArrayEquals(value(3), store.get(KEY));
    }

    /** It may have counted on what was not applied. */
    @Test
    void whatWasAppliedOnTopOfAFailedWriteFailsWithIt() throws Exception {
        long version = store.put(KEY, value(0));
        Background<Long> failing = heldToFail(value(1));
        Background<BatchResult> small = waiting(writes().require(KEY, version + 1));
        Background<BatchResult> large = waiting(largeWrites().require(KEY, version + 1));
        Background<BatchResult> alone = waiting(new Batch().require(KEY, version + 1));
        CompletableFuture<BatchResult> async = store.applyAsync(writes().require(KEY, version + 1));
        directory.open(gate);
        assertThrows(StoreFullException.class, failing::join);
        assertThrows(StoreFullException.class, small::join);
        assertThrows(StoreFullException.class, large::join);
        assertEquals(0, alone.join().failedCondition(), "decided anew");
        ExecutionException failure = assertThrows(ExecutionException.class, () -> async.get(60, TimeUnit.SECONDS));
        assertTrue(failure.getCause() instanceof StoreFullException);
        assertNull(store.get(THIRD));
        assertTrue(store.apply(largeWrites().require(KEY, version)).applied());
    }

    /** Versions are read before the lock is taken; where a key has moved by then it is looked at again, and only there. */
    @Test
    void aKeyThatIsMergedOrWrittenWhileItsVersionIsReadIsLookedAtAgain() throws Exception {
        long version = store.put(KEY, value(1), OS);
        store.put(OTHER, value(1), OS);
        store.put(OTHER, value(2), OS);
        gate = directory.hold(Act.TOUCH, GateDirectory::segment);
        Background<BatchResult> holds =
                Background.run(() -> store.apply(writes().require(KEY, version).require("absent".getBytes(UTF_8), 0)));
        Background<BatchResult> late =
                Background.run(() -> store.apply(writes().require(KEY, version).require(OTHER, version + 2)));
        Background<CompletableFuture<BatchResult>> async =
                Background.run(() -> store.applyAsync(largeWrites().require(KEY, version)));
        Background<BatchResult> first = Background.run(
                () -> store.apply(writes().require(OTHER, version + 2).require(KEY, version + 9)));
        Background<BatchResult> unclear = Background.run(
                () -> store.apply(writes().require(OTHER, version + 2).require("absent".getBytes(UTF_8), 9)));
        gate.awaitArrivals(5);
        assertEquals(1, store.merge().inputs().size());
        store.put(OTHER, value(4));
        directory.open(gate);
        assertTrue(holds.join().applied());
        assertEquals(1, late.join().failedCondition());
        assertEquals(0, first.join().failedCondition(), "the first that fails, though it was the last to be known");
        assertEquals(0, unclear.join().failedCondition(), "though the second was known to fail at once");
        assertTrue(async.join().get(60, TimeUnit.SECONDS).applied());
    }

    @Test
    void aDamagedRecordOfAConditionIsToldAndNothingIsApplied() throws Exception {
        long version = store.put(KEY, "to be damaged".getBytes(UTF_8));
        SegmentStats segment = store.stats().segments().get(0);
        Path file = path.resolve(segment.fileName());
        close();
        byte[] bytes = Files.readAllBytes(file);
        bytes[new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("damaged")] ^= 1;
        Files.write(file, bytes);
        open();
        assertThrows(CorruptionException.class, () -> store.apply(writes().require(KEY, version)));
        assertThrows(
                CorruptionException.class, () -> store.applyAsync(largeWrites().require(KEY, version)));
        assertNull(store.get(THIRD));
        assertEquals(0, store.stats().operations().asyncBytesInFlight());
        assertTrue(store.apply(writes()).applied());
    }
}
