package io.stave.engine.snapshot;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.Snapshot;
import io.stave.Snapshot.Position;
import io.stave.SnapshotClosedException;
import io.stave.StoreIOException;
import io.stave.ValueTooLargeException;
import io.stave.hint.BadHintException;
import io.stave.segment.SegmentHeader;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the segments of a snapshot one after the other, each from front to back, and shows the records that were live at the moment. Never
 * through mappings: what is read once, in order, should not push out of memory what others read again.
 *
 * <p>Refers to the handle of the snapshot, so that this is not taken for forgotten while only the cursor is in use.
 */
final class SnapshotCursor<T> implements Snapshot.Cursor<T> {

    private final SnapshotHandle handle;
    private final OpenSnapshot snapshot;
    private final Snapshots snapshots;
    private final boolean hintsDo;
    private final Function<Candidate, T> shape;
    private final byte[] prefix;
    private final List<SnapshotMoment.Extent> extents;
    private final Liveness liveness;
    private final Candidate candidate = new Candidate();

    /** Which extent is walked over; as many as there are when all are done. */
    private int index;

    /** Where in it the walk goes on. */
    private long offset = SegmentHeader.LENGTH;

    private @Nullable Candidates candidates;

    /** In this extent the hint has turned out to be no use. */
    private boolean hintRefused;

    /** What {@link #next} returns, and where it was found; if {@link #hasNext} has looked for it. */
    private @Nullable T found;

    private long foundAt;

    /** The last call has met damage, and this is where a record begins behind it, or 0 if that is not known. */
    private boolean damaged;

    private long behindDamage;
    private boolean closed;

    /**
     * Begins a walk.
     *
     * @param hintsDo whether what the hint says of a record is enough
     * @param shape makes what is shown
     */
    SnapshotCursor(
            SnapshotHandle handle,
            Snapshots snapshots,
            boolean hintsDo,
            Function<Candidate, T> shape,
            byte[] prefix,
            Position from) {
        this.handle = handle;
        this.snapshot = handle.snapshot();
        this.snapshots = snapshots;
        this.hintsDo = hintsDo;
        this.shape = shape;
        this.prefix = prefix.clone();
        this.extents = snapshot.moment().extents();
        this.liveness = snapshots.liveness(snapshot);
        if (!from.equals(Position.START)) {
            seek(from);
        }
    }

    private void seek(Position from) {
        while (index < extents.size() && extents.get(index).segment().id() != from.segmentId()) {
            index++;
        }
        if (from.version() != snapshot.moment().sequence()
                || index == extents.size()
                || from.offset() < SegmentHeader.LENGTH
                || from.offset() > extents.get(index).length()) {
            throw new IllegalArgumentException("the position " + from + " is not one in the snapshot of version "
                    + snapshot.moment().sequence());
        }
        offset = from.offset();
    }

    @Override
    public boolean hasNext() {
        ensureOpen();
        try {
            return found != null || advance();
        } finally {
            Reference.reachabilityFence(handle);
        }
    }

    @Override
    public T next() {
        T next = hasNext() ? found : null;
        if (next == null) {
            throw new NoSuchElementException("the snapshot holds no more");
        }
        found = null;
        return next;
    }

    @Override
    public Position position() {
        ensureOpen();
        long version = snapshot.moment().sequence();
        if (extents.isEmpty()) {
            return Position.START;
        }
        if (index == extents.size()) {
            SnapshotMoment.Extent last = extents.get(index - 1);
            return new Position(version, last.segment().id(), last.length());
        }
        return new Position(version, extents.get(index).segment().id(), found == null ? offset : foundAt);
    }

    @Override
    public long skipDamage() {
        ensureOpen();
        if (!damaged) {
            throw new IllegalStateException("there is no damage to be skipped: the last call has met none");
        }
        long from = offset;
        offset = behindDamage != 0
                ? behindDamage
                : Candidates.recordBehind(snapshots.directory(), extents.get(index), from);
        damaged = false;
        closeCandidates();
        return offset - from;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeCandidates();
        }
    }

    private void ensureOpen() {
        snapshot.ensureOpen();
        if (closed) {
            throw new SnapshotClosedException();
        }
    }

    /** Looks for the next one to be shown; false if there is none. */
    private boolean advance() {
        damaged = false;
        try {
            while (index < extents.size()) {
                SnapshotMoment.Extent extent = extents.get(index);
                if (!advance(extent)) {
                    closeCandidates();
                    index++;
                    offset = SegmentHeader.LENGTH;
                    hintRefused = false;
                } else if (isShown(extent)) {
                    found = shape.apply(candidate);
                    foundAt = candidate.offset;
                    offset = candidate.end();
                    return true;
                } else {
                    offset = candidate.end();
                }
            }
            return false;
        } catch (CorruptionException e) {
            snapshot.ensureOpen();
            offset = behindDamage == 0 ? e.offset() : offset;
            damaged = true;
            throw snapshots.corruption(e);
        } catch (ValueTooLargeException | StoreIOException | FormatVersionException e) {
            // Of the file of one value.
            snapshot.ensureOpen();
            damaged = true;
            behindDamage = candidate.end();
            throw e;
        } catch (IOException e) {
            // Perhaps it was closed under our hands.
            snapshot.ensureOpen();
            throw new StoreIOException(
                    extents.get(index).segment().name() + ": reading at offset " + offset + " failed: "
                            + e.getMessage(),
                    e);
        } finally {
            if (found == null) {
                // Whatever was thrown, the next call looks at the same place again.
                closeCandidates();
            }
        }
    }

    /** Goes to the next candidate; false at the end of the extent. */
    private boolean advance(SnapshotMoment.Extent extent) throws IOException {
        behindDamage = 0;
        try {
            Candidates from = candidates;
            if (from == null) {
                from = open(extent);
                candidates = from;
            }
            if (!from.next(candidate)) {
                return false;
            }
            offset = candidate.offset;
            return true;
        } catch (BadHintException e) {
            // A hint is advice: the segment has it all.
            snapshots.log().debug("keys are read from a segment", e);
            closeCandidates();
            hintRefused = true;
            return advance(extent);
        }
    }

    private Candidates open(SnapshotMoment.Extent extent) throws IOException, BadHintException {
        if (hintsDo && !hintRefused && Candidates.onlyNewestCount(snapshot.moment(), extent.segment())) {
            return Candidates.newest(snapshot, snapshots.directory(), extent, offset);
        }
        return Candidates.records(snapshot, snapshots.directory(), extent, offset);
    }

    /** Whether the candidate is shown. */
    private boolean isShown(SnapshotMoment.Extent extent) {
        // Should its copy turn out to be damaged, this one is sound: it can be skipped alone.
        behindDamage = candidate.end();
        return candidate.visible(snapshot.moment(), prefix)
                && candidate.isLive(liveness, extent.segment().handle());
    }

    private void closeCandidates() {
        Candidates open = candidates;
        if (open != null) {
            candidates = null;
            open.close();
        }
    }
}
