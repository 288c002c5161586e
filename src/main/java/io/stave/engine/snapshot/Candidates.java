package io.stave.engine.snapshot;

import io.stave.engine.base.StoreLog;
import io.stave.hint.BadHintException;
import io.stave.hint.HintCursor;
import io.stave.hint.HintReader;
import io.stave.hint.HintWalk;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.segment.RecordCursor;
import io.stave.segment.Segment;
import io.stave.segment.SegmentWalk;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records of one segment that a moment may see, in the order of the file: read from the segment, or from its hint where that has all of
 * them.
 */
abstract class Candidates {

    private final OpenSnapshot snapshot;
    private final Closeable file;

    private Candidates(OpenSnapshot snapshot, Closeable file) {
        this.snapshot = snapshot;
        this.file = file;
        snapshot.opened(file);
    }

    /**
     * Goes to the next one; false if there is none.
     *
     * @throws io.stave.CorruptionException if a record does not verify; calling again throws again
     * @throws BadHintException if the hint is no use from here on
     * @throws IOException if the file cannot be read
     */
    abstract boolean next(Candidate into) throws IOException, BadHintException;

    /** Lets go of the file. */
    void close() {
        snapshot.close(file);
    }

    /** The records from {@code from} to the end of the extent. */
    static Candidates records(OpenSnapshot snapshot, StoreDirectory directory, SnapshotMoment.Extent extent, long from)
            throws IOException {
        return new Records(snapshot, directory.open(extent.segment().name()), extent, from);
    }

    /**
     * The newest record of each key in the segment, from {@code from} on, as its hint lists them.
     *
     * @throws BadHintException if there is no hint, or an older record of a key may be the one that counts
     */
    static Candidates newest(OpenSnapshot snapshot, StoreDirectory directory, SnapshotMoment.Extent extent, long from)
            throws BadHintException {
        return new Newest(snapshot, hint(directory, extent.segment()), from);
    }

    /** Whether the newest record of each key in the segment is the only one that can count. */
    static boolean onlyNewestCount(SnapshotMoment moment, Segment segment) {
        return segment.state() == Segment.State.SEALED && segment.maxSequence() <= moment.sequence();
    }

    /** Where the first record behind {@code offset} begins that is known of without reading the segment; the end of the extent if none is. */
    static long recordBehind(StoreDirectory directory, SnapshotMoment.Extent extent, long offset) {
        if (extent.segment().state() == Segment.State.SEALED) {
            try (HintReader hint = hint(directory, extent.segment())) {
                HintCursor entry = hint.walk(offset + 1).next();
                if (entry != null && entry.offset() < extent.length()) {
                    return entry.offset();
                }
            } catch (BadHintException e) {
                new StoreLog(directory.path()).debug("no hint tells what lies behind the damage", e);
            }
        }
        return extent.length();
    }

    private static HintReader hint(StoreDirectory directory, Segment segment) throws BadHintException {
        return HintReader.open(directory, segment.storeId(), segment.id(), segment.length(), segment.digest());
    }

    private static final class Records extends Candidates {
        private final OpenSnapshot snapshot;
        private @Nullable SegmentWalk walk;

        Records(OpenSnapshot snapshot, ReadableFile file, SnapshotMoment.Extent extent, long from) {
            super(snapshot, file);
            this.snapshot = snapshot;
            SegmentWalk opened = snapshot.takeWalk();
            Segment segment = extent.segment();
            opened.open(file, segment.storeId(), segment.id(), from, extent.length());
            this.walk = opened;
        }

        @Override
        boolean next(Candidate into) throws IOException {
            RecordCursor record = Objects.requireNonNull(walk).next();
            if (record != null) {
                into.set(record);
            }
            return record != null;
        }

        @Override
        void close() {
            SegmentWalk ended = walk;
            if (ended != null) {
                walk = null;
                snapshot.giveWalk(ended);
                super.close();
            }
        }
    }

    private static final class Newest extends Candidates {
        private final HintWalk walk;

        Newest(OpenSnapshot snapshot, HintReader hint, long from) {
            super(snapshot, hint::close);
            this.walk = hint.walk(from);
        }

        @Override
        boolean next(Candidate into) throws BadHintException {
            HintCursor entry = walk.next();
            if (entry != null) {
                into.set(entry);
            }
            return entry != null;
        }
    }
}
