package io.stave.engine.snapshot;

import io.stave.CorruptionException;
import io.stave.Snapshot;
import io.stave.Stats;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.Health;
import io.stave.engine.base.KeydirMemory;
import io.stave.engine.base.Notices;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.ReaderEpoch;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.live.Undo;
import io.stave.engine.read.BlobFiles;
import io.stave.engine.read.Reads;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Key;
import io.stave.keydir.KeyHash;
import io.stave.keydir.Keydir;
import io.stave.keydir.Location;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open snapshots: takes them, tells them what is about to change, and keeps the files of segments that merges have replaced as long as one
 * of them needs them, or a {@link FileHold}.
 *
 * <p><b>The moment</b> is taken by the leader of the write path while nothing is being published. So no write lies across it. Two others
 * change things beside the leader, and take turns with it by this object's lock: {@link #removing} an expired key, which would otherwise be
 * gone for one cursor and there for another, and {@link #release} of a file. A merge that swings keys to its copies needs no turn: the
 * segments that are listed are its inputs or its outputs, and readers tell a copy by its sequence.
 *
 * <p>Guards: the list of the open ones is replaced under the lock and read without; the rest is guarded by it.
 */
public final class Snapshots {

    private final StoreDirectory directory;
    private final LiveSegments segments;
    private final Keydir keydir;
    private final KeyHash hash;
    private final ReaderEpoch epoch;
    private final Reclaimer reclaimer;
    private final ExpiryClock clock;
    private final Reads reads;
    private final long limit;
    private final Notices notices;
    private final StoreLog log;
    private final BlobFiles blobs;
    private final Health health;

    private volatile long published;
    private volatile List<OpenSnapshot> open = List.of();

    // The leader only.
    private final Location leaders = new Location();

    // Guarded by this.
    private final Map<Long, Pin> pins = new HashMap<>();
    private final List<BlobPin> blobPins = new ArrayList<>();
    private final List<FileHold> holds = new ArrayList<>();
    private boolean closed;

    /** A segment that the store does not need any more, and what deletes its files. */
    private record Pin(Segment segment, Runnable delete) {}

    /** What deletes the file of a blob, how long its value is, and the snapshots and holds that have not ended since nothing refers to it. */
    private record BlobPin(Set<Object> keepers, long bytes, Runnable delete) {}

    /**
     * Wires the room.
     *
     * @param limit the memory that a snapshot may use, in bytes
     * @param published the largest sequence that recovery found
     */
    public Snapshots(
            StoreDirectory directory,
            LiveSegments segments,
            Keydir keydir,
            KeyHash hash,
            ReaderEpoch epoch,
            Reclaimer reclaimer,
            ExpiryClock clock,
            Reads reads,
            long limit,
            long published,
            Notices notices,
            BlobFiles blobs,
            Health health) {
        this.directory = directory;
        this.health = health;
        this.blobs = blobs;
        this.segments = segments;
        this.keydir = keydir;
        this.hash = hash;
        this.epoch = epoch;
        this.reclaimer = reclaimer;
        this.clock = clock;
        this.reads = reads;
        this.limit = limit;
        this.published = published;
        this.notices = notices;
        this.log = new StoreLog(directory.path());
    }

    StoreLog log() {
        return log;
    }

    /** A cursor has met damage; returns what it was given, to be thrown. */
    CorruptionException corruption(CorruptionException damage) {
        return notices.corruption(damage);
    }

    // ---- opening

    /** Opens a snapshot of the present moment. A store that has stopped writing can still be read, and so be walked over. */
    public Snapshot open(Barrier barrier) {
        Undo undo = new Undo(new KeydirMemory(directory, mapping -> reclaimer.retire(mapping::release)), limit);
        AtomicReference<@Nullable OpenSnapshot> taken = new AtomicReference<>();
        Runnable capture = () -> taken.set(capture(undo));
        try {
            barrier.atBarrier(capture);
        } catch (StoreFailedException e) {
            health.unheard(e);
            if (taken.get() == null) {
                barrier.atRest(capture);
            }
        }
        OpenSnapshot snapshot = taken.get();
        if (snapshot == null) {
            throw new StoreClosedException();
        }
        try {
            return new SnapshotHandle(this, snapshot);
        } catch (Throwable e) {
            // There may be no memory for it, or no thread: then nobody would ever close it.
            snapshot.end(StoreClosedException::new);
            throw e;
        }
    }

    private synchronized @Nullable OpenSnapshot capture(Undo undo) {
        if (closed) {
            return null;
        }
        List<Segment> listed = segments.list();
        SnapshotMoment moment = SnapshotMoment.now(published, clock.now(), listed, reads.overlay());
        OpenSnapshot snapshot = new OpenSnapshot(this, moment, undo);
        List<OpenSnapshot> more = new ArrayList<>(open);
        more.add(snapshot);
        open = List.copyOf(more);
        return snapshot;
    }

    /** What the cursors of a snapshot judge records by. */
    Liveness liveness(OpenSnapshot snapshot) {
        return new Liveness(snapshot, keydir, segments, hash, epoch);
    }

    BlobFiles blobs() {
        return blobs;
    }

    StoreDirectory directory() {
        return directory;
    }

    // ---- changes

    /** Everything up to {@code sequence} was published. The leader. */
    public void published(long sequence) {
        published = sequence;
    }

    /** A key is about to be overwritten or deleted. The leader. */
    public void changing(long high, int low, Key key) {
        List<OpenSnapshot> concerned = open;
        if (concerned.isEmpty()) {
            return;
        }
        Location present = leaders;
        int slot = epoch.enter();
        try {
            if (keydir.find(high, low, key, present)) {
                for (OpenSnapshot snapshot : concerned) {
                    snapshot.remember(high, low, present, segments);
                }
            }
        } finally {
            epoch.exit(slot);
        }
    }

    /** Runs {@code removal}, which takes a key out of the keydir if it still stands at a place. Any thread. */
    public synchronized boolean removing(long high, int low, Key key, Location at, BooleanSupplier removal) {
        if (!open.isEmpty()) {
            Location present = new Location();
            int slot = epoch.enter();
            try {
                // What is noted for a removal that comes too late is true nevertheless, for it stood there now.
                if (keydir.find(high, low, key, present)
                        && present.segment == at.segment
                        && present.offset == at.offset) {
                    for (OpenSnapshot snapshot : open) {
                        snapshot.remember(high, low, present, segments);
                    }
                }
            } finally {
                epoch.exit(slot);
            }
        }
        return removal.getAsBoolean();
    }

    // ---- files

    /** A segment was replaced and no reader of the store can reach it: its files are deleted when no snapshot needs them. */
    public void release(Segment segment, Runnable delete) {
        synchronized (this) {
            if (isPinned(segment)) {
                pins.put(segment.id(), new Pin(segment, delete));
                return;
            }
        }
        delete.run();
    }

    /**
     * Nothing refers to a blob any more, and that is forced. Its file is deleted when every reader that may be about to open it has left, and every
     * snapshot and hold that was there has ended: they may have come to know of it while it was referred to.
     */
    public void releaseBlob(long bytes, Runnable delete) {
        synchronized (this) {
            Set<Object> keepers = Collections.newSetFromMap(new IdentityHashMap<>());
            keepers.addAll(open);
            keepers.addAll(holds);
            if (!keepers.isEmpty()) {
                blobPins.add(new BlobPin(keepers, bytes, delete));
                return;
            }
        }
        reclaimer.retire(delete);
    }

    private boolean isPinned(Segment segment) {
        return open.stream().anyMatch(snapshot -> snapshot.moment().covers(segment))
                || holds.stream().anyMatch(hold -> hold.covers(segment));
    }

    /** Keeps the files of the segments that make up the store now; null if the store is closed. Called at a barrier. */
    public synchronized @Nullable FileHold hold() {
        if (closed) {
            return null;
        }
        List<Segment> withRecords = segments.list().stream()
                .filter(segment -> segment.length() > SegmentHeader.LENGTH)
                .toList();
        FileHold hold = new FileHold(this, withRecords, published);
        holds.add(hold);
        return hold;
    }

    /** A snapshot has ended: what only it needed goes, in the background. */
    void ended(OpenSnapshot snapshot) {
        synchronized (this) {
            open = open.stream().filter(other -> other != snapshot).toList();
        }
        letGo(snapshot);
    }

    /** A hold has ended; likewise. */
    void ended(FileHold hold) {
        synchronized (this) {
            holds.remove(hold);
        }
        letGo(hold);
    }

    private void letGo(Object keeper) {
        List<Runnable> deletes = new ArrayList<>();
        synchronized (this) {
            List<Pin> freed =
                    pins.values().stream().filter(pin -> !isPinned(pin.segment)).toList();
            freed.forEach(pin -> pins.remove(pin.segment.id()));
            freed.forEach(pin -> deletes.add(pin.delete));
            blobPins.forEach(pin -> pin.keepers.remove(keeper));
            blobPins.removeIf(pin -> pin.keepers.isEmpty() && deletes.add(pin.delete));
        }
        deletes.forEach(reclaimer::retire);
    }

    /** Ends all of them and opens no more. */
    public void close() {
        List<OpenSnapshot> left;
        synchronized (this) {
            closed = true;
            left = open;
        }
        left.forEach(snapshot -> snapshot.end(StoreClosedException::new));
    }

    // ---- figures

    /** The open ones in figures. */
    public Stats.Snapshots stats() {
        List<OpenSnapshot> now = open;
        long nanos = System.nanoTime();
        return new Stats.Snapshots(
                now.size(),
                now.stream()
                        .mapToLong(snapshot -> nanos - snapshot.openedNanos())
                        .max()
                        .orElse(0),
                now.stream().mapToLong(snapshot -> snapshot.undo().bytes()).sum());
    }

    /** The bytes of segments on the disk for the sake of snapshots alone. */
    public synchronized long pinnedBytes() {
        return pins.values().stream().mapToLong(pin -> pin.segment.length()).sum();
    }

    /** The bytes of the blobs that nothing refers to any more and that are kept for snapshots and holds. */
    public synchronized long pinnedBlobBytes() {
        return blobPins.stream().mapToLong(BlobPin::bytes).sum();
    }

    /** The bytes of those that this one needs. */
    public synchronized long pinnedBytes(OpenSnapshot snapshot) {
        return pins.values().stream()
                .filter(pin -> snapshot.moment().covers(pin.segment))
                .mapToLong(pin -> pin.segment.length())
                .sum();
    }
}
