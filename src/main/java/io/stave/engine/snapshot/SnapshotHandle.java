package io.stave.engine.snapshot;

import io.stave.Entry;
import io.stave.Snapshot;
import io.stave.SnapshotClosedException;
import java.lang.ref.Cleaner;
import java.time.Instant;
import java.util.function.Function;

/** What the user of a snapshot holds. When nobody does any more, cursors included, and it was not closed, that is reported and made up for. */
final class SnapshotHandle implements Snapshot {

    private final Snapshots snapshots;
    private final OpenSnapshot snapshot;
    private final Watch watch;
    private final Cleaner.Cleanable cleanable;

    SnapshotHandle(Snapshots snapshots, OpenSnapshot snapshot) {
        this.snapshots = snapshots;
        this.snapshot = snapshot;
        this.watch = new Watch(snapshot);
        this.cleanable = Forgotten.CLEANER.register(this, watch);
    }

    /** The thread that hears of the forgotten ones; there is none before the first snapshot. */
    private static final class Forgotten {
        static final Cleaner CLEANER = Cleaner.create(body -> {
            Thread thread = new Thread(body, "stave-forgotten");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs once: at the close, or when the handle was collected without one. Does not refer to the handle. */
    private static final class Watch implements Runnable {
        private final OpenSnapshot snapshot;
        private final Throwable opened = new Throwable("it was opened here");
        private volatile boolean closed;

        Watch(OpenSnapshot snapshot) {
            this.snapshot = snapshot;
        }

        @Override
        public void run() {
            boolean held = snapshot.end(SnapshotClosedException::new);
            if (held && !closed) {
                snapshot.log()
                        .warn(
                                "a snapshot of version "
                                        + snapshot.moment().sequence()
                                        + " was never closed. It is freed now; until now it kept memory and disk space. Close it where"
                                        + " it was opened.",
                                opened);
            }
        }
    }

    OpenSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public long version() {
        return snapshot.moment().sequence();
    }

    @Override
    public Instant time() {
        return Instant.ofEpochMilli(snapshot.moment().time());
    }

    @Override
    public Cursor<byte[]> keys(byte[] prefix, Position from) {
        return cursor(true, Candidate::key, prefix, from);
    }

    @Override
    public Cursor<Entry> entries(byte[] prefix, Position from) {
        return cursor(false, candidate -> candidate.entry(snapshots.blobs()), prefix, from);
    }

    /** A walk that shows what {@code shape} makes of a record. */
    <T> Cursor<T> cursor(boolean hintsDo, Function<Candidate, T> shape, byte[] prefix, Position from) {
        snapshot.ensureOpen();
        return new SnapshotCursor<>(this, snapshots, hintsDo, shape, prefix, from);
    }

    @Override
    public long pinnedBytes() {
        snapshot.ensureOpen();
        return snapshots.pinnedBytes(snapshot);
    }

    @Override
    public long undoBytes() {
        snapshot.ensureOpen();
        return snapshot.undo().bytes();
    }

    @Override
    public void close() {
        watch.closed = true;
        cleanable.clean();
    }

    @Override
    public String toString() {
        return "Snapshot[version=" + version() + ", time=" + time() + "]";
    }
}
