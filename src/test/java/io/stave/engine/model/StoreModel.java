package io.stave.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePlan;
import io.stave.MergeReport;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.support.TestClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store beside the map that says what it must hold. Every method does something to both and compares. */
public final class StoreModel {

    /** What a write asks for. */
    public enum Mode {
        STORE,
        SYNC,
        INTERVAL,
        OS;

        WriteOptions options() {
            WriteOptions defaults = WriteOptions.defaults();
            return switch (this) {
                case STORE -> defaults;
                case SYNC -> defaults.durability(Durability.SYNC);
                case INTERVAL -> defaults.durability(Durability.interval(Duration.ofMillis(20)));
                case OS -> defaults.durability(Durability.OS);
            };
        }
    }

    /** Something that a crash can interrupt. */
    public interface Step {
        /** Does it. */
        void run() throws IOException;
    }

    private final ModelDisk disk;
    private final TestClock clock;
    private final History history;
    private Stave store;
    private int written;
    private boolean crashing;

    /** A store on this disk, which opens it with this clock. */
    StoreModel(ModelDisk disk, TestClock clock) {
        this.disk = disk;
        this.clock = clock;
        this.history = new History(clock::millis);
        this.store = disk.open();
    }

    // ---- time

    /** When a put expires that lives so long: 0 for ever, less than 0 it is past. */
    private long expiry(int life) {
        return life == 0 ? 0 : clock.millis() + life;
    }

    private WriteOptions options(Mode mode, int life) {
        WriteOptions options = mode.options();
        if (life == 0) {
            return options;
        }
        boolean duration = life > 0 && life % 2 == 0;
        return duration
                ? options.timeToLive(Duration.ofMillis(life))
                : options.expiry(Instant.ofEpochMilli(expiry(life)));
    }

    void advance(int millis) {
        clock.advance(millis);
        history.clockWentOn();
    }

    /** Sets the clock back: what had expired may be there again, or not, but nothing older is. */
    void setBack(int millis) {
        clock.advance(-millis);
        endSweeps();
        history.clockWasSetBack(contents(store));
    }

    /** A sweep in the background may be anywhere, and may have looked at the clock before that was set: afterwards it has ended. */
    private void endSweeps() {
        if (disk.inBackground()) {
            store.planMerge();
        }
    }

    /** Everything that has expired is swept. */
    void sweep() {
        store.planMerge();
        assertEquals(history.now().size(), store.stats().keys());
    }

    void setExpiry(int key, int life, Mode mode) {
        Instant expiry = life == 0 ? null : Instant.ofEpochMilli(expiry(life));
        Held held = history.held(key);
        if (held == null) {
            assertEquals(Stave.NO_VERSION, store.setExpiry(Keys.key(key), expiry, mode.options()));
        } else {
            answer(key, held.value(), life, mode, () -> store.setExpiry(Keys.key(key), expiry, mode.options()));
        }
    }

    // ---- writes

    void put(int key, int length, int life, Mode mode) {
        byte[] value = nextValue(length);
        answer(key, value, life, mode, () -> store.put(Keys.key(key), value, options(mode, life)));
    }

    /** A put in which the next write to a file breaks off after so many bytes: it may fail, and the store lives on. */
    void putWhileAWriteFails(int key, int length, int bytes, Mode mode) {
        if (!disk.failNextWrite(bytes)) {
            put(key, length, 0, mode);
            return;
        }
        byte[] value = nextValue(length);
        try {
            long version = sealingIfForced(mode, () -> store.put(Keys.key(key), value, mode.options()));
            history.applied(key, value, version);
            settled(mode);
        } catch (StaveException e) {
            if (!crashing && !(e instanceof StoreIOException)) {
                throw e;
            }
            history.unanswered(key, value);
        } finally {
            disk.failNoWrite();
        }
    }

    void putBuffers(int key, int length, int life, Mode mode) {
        byte[] value = nextValue(length);
        ByteBuffer keyBuffer = ByteBuffer.allocateDirect(700).put(Keys.key(key)).flip();
        ByteBuffer valueBuffer =
                ByteBuffer.allocate(length + 3).position(3).put(value).position(3);
        answer(key, value, life, mode, () -> store.put(keyBuffer, valueBuffer, options(mode, life)));
    }

    void delete(int key, Mode mode) {
        if (history.version(key) == 0) {
            assertEquals(Stave.NO_VERSION, store.delete(Keys.key(key), mode.options()));
        } else {
            answer(key, null, 0, mode, () -> store.delete(Keys.key(key), mode.options()));
        }
    }

    void putIfAbsent(int key, int length, int life, Mode mode) {
        byte[] value = nextValue(length);
        if (history.version(key) != 0) {
            assertEquals(Stave.NO_VERSION, store.putIfAbsent(Keys.key(key), value, options(mode, life)));
        } else {
            answer(key, value, life, mode, () -> store.putIfAbsent(Keys.key(key), value, options(mode, life)));
        }
    }

    void compareAndSet(int key, int length, int life, boolean right, Mode mode) {
        byte[] value = nextValue(length);
        long version = history.version(key);
        if (right) {
            WriteOptions options = options(mode, life);
            answer(key, value, life, mode, () -> store.compareAndSet(Keys.key(key), version, value, options));
        } else {
            assertEquals(Stave.NO_VERSION, store.compareAndSet(Keys.key(key), version + 1, value, mode.options()));
        }
    }

    void deleteVersion(int key, boolean right, Mode mode) {
        long version = history.version(key);
        if (right && version != 0) {
            answer(key, null, 0, mode, () -> store.delete(Keys.key(key), version, mode.options()));
        } else {
            assertEquals(Stave.NO_VERSION, store.delete(Keys.key(key), version + 1, mode.options()));
        }
    }

    /** Several writes that nobody waits for in between; a length below 0 is a delete. */
    void async(List<Integer> keys, int length, int life, Mode mode) {
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        List<byte @Nullable []> values = new ArrayList<>();
        for (int key : keys) {
            boolean delete = (key + length) % 3 == 0;
            byte[] value = delete ? null : nextValue(length);
            values.add(value);
            futures.add(submit(key, value, life, mode));
        }
        for (int i = 0; i < keys.size(); i++) {
            CompletableFuture<Long> future = futures.get(i);
            int key = keys.get(i);
            byte[] value = values.get(i);
            if (value == null && history.version(key) == 0) {
                answerWithoutVersion(() -> joined(future));
            } else {
                answer(key, value, value == null ? 0 : life, mode, () -> joined(future));
            }
        }
    }

    private CompletableFuture<Long> submit(int key, byte @Nullable [] value, int life, Mode mode) {
        try {
            return value == null
                    ? store.deleteAsync(Keys.key(key), mode.options())
                    : store.putAsync(Keys.key(key), value, options(mode, life));
        } catch (StaveException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void answerWithoutVersion(Call call) {
        try {
            assertEquals(Stave.NO_VERSION, sealingIfForced(Mode.SYNC, call));
        } catch (StaveException e) {
            if (!crashing) {
                throw e;
            }
        }
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof StaveException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Puts and deletes keys together, if the conditions on two of them hold: on the first as {@code right} says, on the last always. */
    void batch(List<Integer> keys, int length, int life, boolean right, boolean async, Mode mode) {
        List<History.Change> changes = new ArrayList<>();
        Batch batch = new Batch();
        for (int key : keys) {
            boolean delete = (key + length + changes.size()) % 4 == 0;
            if (delete) {
                changes.add(new History.Change(key, null));
                batch.delete(Keys.key(key));
            } else {
                byte[] value = nextValue(length);
                int itsLife = key % 2 == 0 ? life : 0;
                changes.add(new History.Change(key, value, expiry(itsLife)));
                batch.put(Keys.key(key), value, options(Mode.STORE, itsLife));
            }
        }
        if (!keys.isEmpty()) {
            int first = keys.get(0);
            int last = keys.get(keys.size() - 1);
            batch.require(Keys.key(last), history.version(last));
            batch.require(Keys.key(first), history.version(first) + (right ? 0 : 1));
        }
        BatchResult[] result = new BatchResult[1];
        Call call = () -> {
            result[0] = async ? applied(batch, mode) : store.apply(batch, mode.options());
            return result[0].firstVersion();
        };
        if (keys.isEmpty() || !right) {
            answerWithoutVersion(call);
            BatchResult expected = new BatchResult(keys.isEmpty(), keys.isEmpty() ? BatchResult.NONE : 1, 0, 0);
            assertTrue(crashing || expected.equals(result[0]), () -> "expected " + expected + ", was " + result[0]);
            return;
        }
        long version;
        try {
            version = sealingIfForced(mode, call);
        } catch (StaveException e) {
            if (!crashing) {
                throw e;
            }
            history.unanswered(changes);
            return;
        }
        assertEquals(new BatchResult(true, BatchResult.NONE, version, keys.size()), result[0]);
        history.applied(changes, version);
        settled(mode);
    }

    /** The batch may change as soon as the call has returned. */
    private BatchResult applied(Batch batch, Mode mode) {
        CompletableFuture<BatchResult> future = store.applyAsync(batch, mode.options());
        batch.clear().put(Keys.key(0), new byte[3]);
        return joined(future);
    }

    private interface Call {
        long version();
    }

    /** Does a write that must be applied, unless the disk crashes: then it may have been. */
    private void answer(int key, byte @Nullable [] value, int life, Mode mode, Call call) {
        long version;
        try {
            version = sealingIfForced(mode, call);
        } catch (StaveException e) {
            if (!crashing) {
                throw e;
            }
            history.unanswered(key, value, expiry(life));
            return;
        }
        history.applied(key, value, expiry(life), version);
        settled(mode);
    }

    private void settled(Mode mode) {
        if (forces(mode)) {
            history.allDurable();
        }
    }

    private boolean forces(Mode mode) {
        return mode == Mode.SYNC
                || (mode == Mode.STORE && disk.options().durability().isSync());
    }

    /** A force may have to wait for the one that the sealer has begun. */
    private long sealingIfForced(Mode mode, Call call) {
        if (!forces(mode)) {
            return call.version();
        }
        disk.holdSealing(false);
        try {
            return call.version();
        } finally {
            disk.holdSealing(true);
        }
    }

    private byte[] nextValue(int length) {
        return Keys.value(++written, length);
    }

    void sync() {
        disk.holdSealing(false);
        store.sync();
        disk.holdSealing(true);
        history.allDurable();
    }

    // ---- merges

    void mergeAll() {
        MergePlan plan = store.planMerge();
        MergeReport report = merging(store::merge);
        if (crashing) {
            return; // What could not be sealed was not merged.
        }
        assertTrue(report.isEmpty() || !plan.isEmpty(), () -> "planned " + plan + ", done " + report);
        merged(report);
        assertEquals(history.now().size(), store.stats().keys());
        endMerging();
    }

    /** What is planned after a merge are tombstones whose older records went later than they were judged; and that comes to an end. */
    private void endMerging() {
        for (MergePlan plan = store.planMerge(); !plan.isEmpty(); plan = store.planMerge()) {
            long dead =
                    plan.inputs().stream().mapToLong(SegmentStats::deadBytes).sum();
            String text = plan.toString();
            assertEquals(0, dead, () -> "a merge leaves nothing dead: " + text);
            long tombstones = store.stats().space().tombstoneBytes();
            MergeReport report = store.merge();
            merged(report);
            assertTrue(
                    report.isEmpty()
                            ? store.planMerge().isEmpty()
                            : store.stats().space().tombstoneBytes() < tombstones,
                    () -> "planned " + text + ", done " + report);
        }
        assertTrue(store.merge().isEmpty());
    }

    private MergeReport merging(Supplier<MergeReport> merge) {
        disk.holdSealing(false);
        try {
            return merge.get();
        } finally {
            disk.holdSealing(true);
        }
    }

    void mergeChosen(long choice) {
        List<Long> chosen = new ArrayList<>();
        for (SegmentStats segment : store.stats().segments()) {
            if ((choice >>> (segment.id() % 61) & 1) != 0) {
                chosen.add(segment.id());
            }
        }
        MergeReport report = merging(() -> store.merge(chosen));
        assertTrue(chosen.containsAll(report.inputs()) || report.inputs().isEmpty());
        merged(report);
    }

    private void merged(MergeReport report) {
        assertTrue(report.damagedSegments().isEmpty());
        if (!report.isEmpty()) {
            assertTrue(report.bytesReclaimed() > 0, report::toString);
        }
    }

    // ---- the end of a process, and the next one

    void reopen(long seed) throws IOException {
        close();
        history.allDurable();
        disk.closed(seed);
        disk.compareRecoveries();
        store = disk.open();
        assertTrue(store.recoveryReport().clean(), () -> store.recoveryReport().describe());
        assertTrue(store.recoveryReport().cuts().isEmpty());
        history.recovered(contents(store));
    }

    private void close() {
        disk.holdSealing(false);
        store.close();
    }

    /** The process dies: nothing that was appended is lost, and recovery makes it durable. */
    void kill() throws IOException {
        disk.kill(store);
        store = disk.open();
        history.allDurable();
        history.recovered(contents(store));
    }

    void crash(long seed) throws IOException {
        if (disk.keepsWhatWasAppended()) {
            history.allDurable();
        }
        disk.crash(store, seed);
        recover();
    }

    /** Crashes in the middle of a step, after so many operations on the disk; perhaps again in the recovery. */
    void crashIn(Step step, int operations, long seed) throws IOException {
        if (!disk.crashAfter(operations)) {
            step.run();
            crash(seed);
            return;
        }
        crashing = true;
        try {
            step.run();
        } catch (StaveException e) {
            // The disk died.
        } finally {
            crashing = false;
        }
        disk.crash(store, seed);
        recover();
    }

    /** Crashes, and crashes again in the recovery, after so many operations of it. */
    void crashInRecovery(int operations, long seed) throws IOException {
        if (!disk.crashAfter(0)) {
            crash(seed);
            return;
        }
        disk.crash(store, seed);
        halfway(operations, seed);
    }

    /** The process dies, and the machine crashes in the recovery of the next, after so many operations of it. */
    void killAndCrashInRecovery(int operations, long seed) throws IOException {
        disk.kill(store);
        if (disk.keepsWhatWasAppended()) {
            history.allDurable();
            recover();
        } else {
            halfway(operations, seed);
        }
    }

    private void halfway(int operations, long seed) throws IOException {
        disk.crashAfter(operations);
        Stave halfway;
        try {
            halfway = disk.open();
        } catch (StaveException e) {
            halfway = null;
        }
        if (halfway == null) {
            disk.closed(seed + 1);
        } else {
            disk.crash(halfway, seed + 1);
        }
        recover();
    }

    private void recover() throws IOException {
        disk.compareRecoveries();
        store = disk.open();
        history.recovered(contents(store));
        Map<Integer, Held> recovered = history.now();
        // Opening again changes nothing.
        List<Long> segments = segmentIds();
        close();
        disk.closed(7);
        store = disk.open();
        assertEquals(recovered, contents(store));
        assertEquals(segments, segmentIds());
        assertTrue(store.recoveryReport().clean());
        assertTrue(store.recoveryReport().hintsRejected().isEmpty(), () -> store.recoveryReport()
                .describe());
        history.allDurable();
    }

    private List<Long> segmentIds() {
        return store.stats().segments().stream().map(SegmentStats::id).toList();
    }

    // ---- what must always hold

    void verify() {
        endSweeps();
        Map<Integer, Held> expected = history.now();
        assertEquals(expected, contents(store));
        Map<Integer, Held> hidden = history.hidden();
        long unseen = store.stats().keys() - expected.size();
        assertTrue(unseen >= 0 && unseen <= hidden.size(), () -> unseen + " keys too many, hidden are " + hidden);
        long live = 0;
        long mayLive = 0;
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < Keys.COUNT; i++) {
            byte[] key = Keys.key(i);
            keys.add(key);
            Held held = expected.get(i);
            assertEquals(held != null, store.contains(key));
            live += length(key, held);
            mayLive += length(key, hidden.get(i));
        }
        long unseenBytes = store.stats().space().liveBytes() - live;
        assertTrue(unseenBytes >= 0 && unseenBytes <= mayLive, () -> unseenBytes + " bytes too many live");
        assertTrue(unseen == 0 == (unseenBytes == 0));
        List<byte @Nullable []> values = store.getAll(keys);
        for (int i = 0; i < Keys.COUNT; i++) {
            Held held = expected.get(i);
            assertArrayEquals(held == null ? null : held.value(), values.get(i));
        }
        for (SegmentStats segment : store.stats().segments()) {
            assertEquals(
                    segment.length(),
                    64 + segment.liveBytes() + segment.deadBytes() + segment.tombstoneBytes(),
                    segment::toString);
            assertFalse(segment.damaged());
            assertTrue(segment.expiredBytes() <= segment.deadBytes(), segment::toString);
        }
    }

    private static long length(byte[] key, @Nullable Held held) {
        return held == null ? 0 : 20 + (held.expiry() == 0 ? 0 : 8) + key.length + held.value().length;
    }

    /** All that a store shows. */
    public static Map<Integer, Held> contents(Stave store) {
        Map<Integer, Held> contents = new TreeMap<>();
        for (int i = 0; i < Keys.COUNT; i++) {
            Entry entry = store.getEntry(Keys.key(i));
            if (entry != null) {
                Instant expiry = entry.expiry();
                long millis = expiry == null ? 0 : expiry.toEpochMilli();
                contents.put(i, new Held(entry.version(), entry.value(), millis));
                Held lent = store.read(Keys.key(i), (value, version) -> {
                    byte[] copy = new byte[value.remaining()];
                    value.get(copy);
                    return new Held(version, copy, millis);
                });
                assertEquals(contents.get(i), lent);
            }
        }
        return contents;
    }

    void end() throws IOException {
        close();
        disk.close();
    }
}
