package io.stave.engine.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BlobUpload;
import io.stave.Durability;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.History;
import io.stave.engine.model.History.Change;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One life of a store in which one operation fails, or all from one on; and what must hold in it all the same (I8). */
final class FaultRun {

    /** More than a disk that is nearly full takes. */
    private static final int MOST_PUTS = 30;

    /** No file takes less. */
    private static final long A_BLOCK = 4096;

    /** Room for everything. */
    private static final long ROOMY = 1L << 40;

    private static final int[] BATCH_KEYS = {1, 2, 3, 1, 8};

    private final SimulatedDirectory directory;
    private final TestClock clock;
    private final History history;
    private final FaultDeed deed;
    private final int k;
    private final Fault fault;
    private final boolean everAfter;
    private final FaultReaders readers;
    private Durability durability = Durability.SYNC;
    private @Nullable Stave store;
    private int written;

    /** A disk that is nearly full may refuse without a fault. */
    private final boolean tight;

    /** Somebody was told that the store has stopped. */
    private boolean stopped;

    FaultRun(FaultImage image, FaultDeed deed, int k, Fault fault, boolean everAfter) {
        this.directory = image.files().afterCrash(CrashState.everything());
        this.clock = new TestClock(image.now());
        this.history = image.history(clock);
        this.deed = deed;
        this.tight = deed.image() == FaultImage.Kind.FULL;
        this.k = k;
        this.fault = fault;
        this.everAfter = everAfter;
        this.readers = new FaultReaders(directory, clock, this::attempt);
    }

    /** Returns how many operations failed. */
    long run() {
        if (deed.failsInOpen()) {
            failLater();
        }
        try {
            store = Engine.open(directory, FaultImage.OPTIONS.clock(clock), true);
        } catch (StaveException e) {
            assertTrue(directory.failures() > 0, () -> "opening failed by itself: " + e);
        }
        if (store != null) {
            shows();
            if (!deed.failsInOpen()) {
                failLater();
            }
            deed.on(this);
            recovers(CrashState.syncedOnly());
            recovers(CrashState.everything());
            recovers(CrashState.random(k));
        }
        if (store != null) {
            goesOnOrRefuses();
            readers.close();
            recovers(CrashState.random(k));
            attempt(open()::close);
        }
        assertEquals(List.of(), directory.leaks());
        recovers(CrashState.random(k));
        return directory.failures();
    }

    private void failLater() {
        if (everAfter) {
            directory.failFrom(k, fault);
        } else {
            directory.failAt(k, fault);
        }
    }

    /** Does something that may fail, with an exception of ours and after an operation failed. */
    private boolean attempt(Runnable action) {
        try {
            action.run();
            return true;
        } catch (StaveException e) {
            assertTrue(directory.failures() > 0 || isFull(e), () -> "failed by itself: " + e);
            stopped |= e instanceof StoreFailedException;
            return false;
        }
    }

    private boolean isFull(StaveException e) {
        return tight && e instanceof StoreFullException;
    }

    private Stave open() {
        return Objects.requireNonNull(store);
    }

    // ---- writes

    /** What acknowledgements promise from now on. */
    void promise(Durability promised) {
        durability = promised;
    }

    private WriteOptions how() {
        return WriteOptions.defaults().durability(durability);
    }

    private byte[] nextValue(int length) {
        return Keys.value(++written, length);
    }

    private boolean writes(List<Change> changes, LongSupplier call) {
        boolean applied = attempt(() -> history.applied(changes, call.getAsLong()));
        if (!applied) {
            history.unanswered(changes);
        } else if (durability.isSync()) {
            history.acknowledgedIsDurable();
        }
        shows();
        return applied;
    }

    boolean put(int key, int length) {
        byte[] value = nextValue(length);
        return writes(List.of(new Change(key, value)), () -> open().put(Keys.key(key), value, how()));
    }

    /** A put that expires after so many milliseconds. */
    void put(int key, int length, int life) {
        byte[] value = nextValue(length);
        long expiry = clock.millis() + life;
        WriteOptions how = how().expiry(Instant.ofEpochMilli(expiry));
        writes(List.of(new Change(key, value, expiry)), () -> open().put(Keys.key(key), value, how));
    }

    /** A put that arrives in chunks. */
    void upload(int key, int length) {
        byte[] value = nextValue(length);
        boolean unused = writes(List.of(new Change(key, value)), () -> {
            try (BlobUpload upload = open().beginUpload(Keys.key(key))) {
                int most = upload.chunkLength();
                for (int i = 0; i * most < length; i++) {
                    upload.write(i, ByteBuffer.wrap(value, i * most, Math.min(most, length - i * most)));
                }
                return upload.commit(how());
            }
        });
    }

    /** A full disk alone keeps nobody from deleting. */
    void delete(int key) {
        if (history.version(key) != 0) {
            boolean deleted = writes(List.of(new Change(key, null)), () -> open().delete(Keys.key(key), how()));
            assertTrue(deleted || directory.failures() > 0, "a delete was refused by a full disk");
        }
    }

    void compareAndSet(int key, int length, boolean right) {
        byte[] value = nextValue(length);
        long version = history.version(key);
        if (right) {
            writes(List.of(new Change(key, value)), () -> open().compareAndSet(Keys.key(key), version, value, how()));
        } else {
            attempt(() ->
                    assertEquals(Stave.NO_VERSION, open().compareAndSet(Keys.key(key), version + 1, value, how())));
            shows();
        }
    }

    /** The key expires after so many milliseconds, or never if that is 0. */
    void setExpiry(int key, int life) {
        Held held = history.now().get(key);
        if (held != null) {
            long expiry = life == 0 ? 0 : clock.millis() + life;
            Instant when = life == 0 ? null : Instant.ofEpochMilli(expiry);
            writes(List.of(new Change(key, held.value(), expiry)), () -> open().setExpiry(Keys.key(key), when, how()));
        }
    }

    /** Puts some keys, one of them twice, and deletes others. */
    void batch(int length) {
        List<Change> changes = new ArrayList<>();
        for (int key : BATCH_KEYS) {
            changes.add(new Change(key, nextValue(length + key)));
        }
        changes.add(new Change(4, null));
        changes.add(new Change(2, null));
        Batch batch = new Batch().require(Keys.key(1), history.version(1));
        changes.forEach(change -> {
            byte[] value = change.value();
            if (value == null) {
                batch.delete(Keys.key(change.key()));
            } else {
                batch.put(Keys.key(change.key()), value);
            }
        });
        writes(changes, () -> open().apply(batch, how()).firstVersion());
    }

    void sync() {
        if (attempt(open()::sync)) {
            history.acknowledgedIsDurable();
        }
    }

    /** The versions below the ceiling are nearly used up. */
    void skipVersions() {
        Ceilings.skipVersions(open());
    }

    /** Nearly all segment ids below the ceiling are used up. */
    void skipSegmentIds() {
        Ceilings.skipSegmentIds(open());
    }

    /** Puts until one is refused, or as many as the disk can never take. */
    void fill(int length) {
        int key = 0;
        while (key < MOST_PUTS && put(key % 6, length)) {
            key++;
        }
    }

    /** Somebody else has taken what was left of the disk. */
    void nothingIsLeft() {
        directory.takeWhatIsFree();
    }

    // ---- beside the writes

    void advance(int millis) {
        clock.advance(millis);
        history.clockWentOn();
    }

    void sweep() {
        attempt(() -> open().planMerge());
        shows();
    }

    void merge() {
        attempt(() -> open().merge());
        shows();
    }

    /** Merges the oldest segments. */
    void mergeOldest(int count) {
        List<Long> oldest = open().stats().segments().stream()
                .map(SegmentStats::id)
                .limit(count)
                .toList();
        attempt(() -> open().merge(oldest));
        shows();
    }

    void snapshot() {
        readers.snapshot(open(), history.now());
    }

    void walkSnapshot() {
        readers.walkSnapshot();
    }

    void closeSnapshot() {
        readers.closeSnapshot();
    }

    void openReader() {
        readers.openReader();
    }

    void refreshReader() {
        readers.refresh(history.now());
    }

    void closeReader() {
        readers.closeReader();
    }

    /** A close that fails closes nevertheless; that of a store that has stopped, and has said so, forces nothing and says nothing. */
    void close() {
        if (attempt(open()::close) && !stopped) {
            history.acknowledgedIsDurable();
        }
        store = null;
    }

    // ---- what must hold

    /** What was acknowledged can be read, and what failed cannot. */
    private void shows() {
        Map<Integer, Held> contents = contents();
        if (contents != null) {
            assertEquals(history.now(), contents);
            readers.showsMoment(history.now());
        }
    }

    /** What the store shows; null if what it shows from blobs, which are files, cannot be read for good. */
    private @Nullable Map<Integer, Held> contents() {
        try {
            return StoreModel.contents(open());
        } catch (StoreIOException e) {
            if (!deed.writesBlobs() || directory.failures() == 0) {
                throw e;
            }
            return everAfter ? null : StoreModel.contents(open());
        }
    }

    /** When nothing fails any more the store writes on, unless it has stopped: then it says so. */
    private void goesOnOrRefuses() {
        directory.heal();
        directory.capacity(ROOMY);
        durability = Durability.SYNC;
        byte[] value = nextValue(64);
        try {
            history.applied(6, value, open().put(Keys.key(6), value));
            history.allDurable();
        } catch (StoreFailedException e) {
            assertTrue(directory.failures() > 0, () -> "failed by itself: " + e);
            assertThrows(StoreFailedException.class, () -> open().delete(Keys.key(6)));
            assertThrows(StoreFailedException.class, () -> open().merge());
            assertThrows(StoreFailedException.class, open()::sync);
        }
        shows();
    }

    /** Recovery has no more room than the store had; it may be refused for want of that, and then there is more for the next. */
    private SimulatedDirectory leftAndOpens(CrashState state) {
        SimulatedDirectory first = directory.afterCrash(state);
        if (!tight) {
            return first;
        }
        try (Stave recovered = Engine.open(first, FaultImage.OPTIONS.clock(clock), true)) {
            assert recovered != null;
            return directory.afterCrash(state);
        } catch (StoreFullException e) {
            assertTrue(first.free() < A_BLOCK, () -> first.free() + " bytes are free: " + e);
            SimulatedDirectory next = first.afterCrash(CrashState.everything());
            next.capacity(ROOMY);
            return next;
        }
    }

    private void recovers(CrashState state) {
        SimulatedDirectory after = leftAndOpens(state);
        History known = history.copy();
        try (Stave recovered = Engine.open(after, FaultImage.OPTIONS.clock(clock), true)) {
            known.recovered(StoreModel.contents(recovered));
            after.capacity(ROOMY);
            byte[] value = Keys.value(12345, 50);
            known.applied(7, value, recovered.put(Keys.key(7), value));
            recovered.merge();
            assertEquals(known.now(), StoreModel.contents(recovered));
        } catch (StaveException e) {
            throw new AssertionError("after a crash that leaves " + state, e);
        }
        assertEquals(List.of(), after.leaks());
    }
}
