package io.stave.engine.snapshot;

import io.stave.SnapshotOverflowException;
import io.stave.StaveException;
import io.stave.StoreIOException;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Undo;
import io.stave.keydir.Location;
import io.stave.segment.RecordReader;
import io.stave.segment.Segment;
import io.stave.segment.SegmentWalk;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of a snapshot, which {@link Snapshots} knows as long as it is open. It refers neither to what its user holds nor to the user's
 * cursors, so that the collector can tell when those are forgotten.
 *
 * <p>Which record of a key was live at the moment follows from the keydir as it is now, and from what writers leave in the {@link Undo} before
 * they change it:
 *
 * <pre>
 *   writer                                          reader, for the record r at place p
 *   present = keydir(key)                           k = keydir(key); k = p: live
 *   undo(key) = present, if it was live then        u = undo(key); there is one: live if and only if it names r
 *   keydir(key) = new place                         k in a segment made by a merge since: live if and only if k is a copy of r
 *                                                   else dead
 * </pre>
 *
 * The reader asks the keydir first: if it sees a change there, it finds what was left in the undo before.
 */
final class OpenSnapshot {

    private static final ThreadLocal<RecordReader> READER = ThreadLocal.withInitial(RecordReader::new);

    private final Snapshots snapshots;
    private final SnapshotMoment moment;
    private final Undo undo;
    private final long openedNanos = System.nanoTime();
    private final AtomicReference<@Nullable SegmentWalk> spareWalk = new AtomicReference<>();

    /** Makes the exception that says why it has ended; null while it is open. Written under this. */
    private volatile @Nullable Supplier<StaveException> ended;

    // Guarded by this.
    private final Set<Closeable> files = new HashSet<>();

    OpenSnapshot(Snapshots snapshots, SnapshotMoment moment, Undo undo) {
        this.snapshots = snapshots;
        this.moment = moment;
        this.undo = undo;
    }

    StoreLog log() {
        return snapshots.log();
    }

    SnapshotMoment moment() {
        return moment;
    }

    Undo undo() {
        return undo;
    }

    /** {@link System#nanoTime} when it was opened. */
    long openedNanos() {
        return openedNanos;
    }

    /** Throws if it has ended. */
    void ensureOpen() {
        Supplier<StaveException> why = ended;
        if (why != null) {
            throw why.get();
        }
    }

    // ---- writers

    /**
     * Notes the location of a key that is about to be changed, if its record was live at the moment; inside the reader epoch. What goes wrong
     * is the end of this snapshot, and nothing to the writer.
     */
    void remember(long high, int low, Location present, LiveSegments segments) {
        try {
            SnapshotMoment.Extent extent = moment.extent(present.segment);
            if (extent == null) {
                rememberCopy(high, low, present, segments);
            } else if (present.offset < extent.length()) {
                undo.notePlace(high, low, present.segment, present.offset);
            }
        } catch (Undo.LimitException e) {
            long count = undo.count();
            end(() -> new SnapshotOverflowException(moment.sequence(), count, undo.limit()));
        } catch (StaveException e) {
            end(() -> e);
        } catch (RuntimeException | OutOfMemoryError e) {
            end(() -> new StoreIOException(
                    "The snapshot of version " + moment.sequence()
                            + " has ended: there is no memory to note an overwritten key",
                    new IOException(e)));
        }
    }

    /** The key stands in a segment that came later: only a merge brings records there that were there at the moment. */
    private void rememberCopy(long high, int low, Location present, LiveSegments segments) {
        Segment segment = segments.get(present.segment);
        if (segment == null || segment.minSequence() > moment.sequence()) {
            return;
        }
        long sequence = READER.get().sequence(segment, present.offset, present.length);
        if (sequence <= moment.sequence()) {
            undo.noteSequence(high, low, sequence);
        }
    }

    // ---- cursors

    /** Takes charge of a file that a cursor has opened: it is closed when this ends. */
    void opened(Closeable file) {
        synchronized (this) {
            if (ended == null) {
                files.add(file);
                return;
            }
        }
        close(file);
        ensureOpen();
    }

    /** Closes a file that was {@link #opened}. */
    void close(Closeable file) {
        synchronized (this) {
            files.remove(file);
        }
        try {
            file.close();
        } catch (IOException e) {
            // It was only read.
            snapshots.log().debug("closing a file of a snapshot", e);
        }
    }

    /** A walk with the window of a cursor that was closed, or a new one. */
    SegmentWalk takeWalk() {
        SegmentWalk spare = spareWalk.getAndSet(null);
        return spare == null ? new SegmentWalk() : spare;
    }

    /** Keeps a walk for the next cursor. */
    void giveWalk(SegmentWalk walk) {
        walk.close();
        spareWalk.set(walk);
    }

    // ---- its end

    /** Ends it and frees what it holds, unless it has ended; returns whether it had not. Any thread. */
    boolean end(Supplier<StaveException> why) {
        Set<Closeable> open;
        synchronized (this) {
            if (ended != null) {
                return false;
            }
            ended = why;
            open = new HashSet<>(files);
        }
        snapshots.ended(this);
        undo.close();
        open.forEach(this::close);
        spareWalk.set(null);
        return true;
    }
}
