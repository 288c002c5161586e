package io.stave.engine.snapshot;

import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Overlay;
import io.stave.engine.live.ReaderEpoch;
import io.stave.engine.live.Undo;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeyRange;
import io.stave.keydir.Keydir;
import io.stave.keydir.Location;
import io.stave.segment.RecordReader;
import io.stave.segment.Segment;
import java.nio.ByteBuffer;

/** Judges whether a record was the newest of its key at the moment of a snapshot; {@link OpenSnapshot} has the rule. Not thread-safe. */
final class Liveness {

    private final OpenSnapshot snapshot;
    private final Keydir keydir;
    private final LiveSegments segments;
    private final KeyHash hash;
    private final ReaderEpoch epoch;

    private final Fingerprint fingerprint = new Fingerprint();
    private final KeyRange range = new KeyRange();
    private final Location present = new Location();
    private final Location undone = new Location();
    private final RecordReader reader = new RecordReader();

    Liveness(OpenSnapshot snapshot, Keydir keydir, LiveSegments segments, KeyHash hash, ReaderEpoch epoch) {
        this.snapshot = snapshot;
        this.keydir = keydir;
        this.segments = segments;
        this.hash = hash;
        this.epoch = epoch;
    }

    /** Judges the record with a sequence at a place, whose key is a range of a buffer. */
    boolean isLive(int segment, int offset, long sequence, ByteBuffer key, int keyPosition, int keyLength) {
        hash.hash(key, keyPosition, keyLength, fingerprint);
        range.at(key, keyPosition, keyLength);
        boolean live;
        int slot = epoch.enter();
        try {
            // Inside the epoch: a store that closes waits for those who found it open.
            snapshot.ensureOpen();
            live = judge(segment, offset, sequence);
        } catch (IllegalStateException e) {
            snapshot.ensureOpen();
            throw e;
        } finally {
            epoch.exit(slot);
        }
        // It may have ended meanwhile, and its undo with it: then the verdict is worth nothing.
        snapshot.ensureOpen();
        return live;
    }

    private boolean judge(int segment, int offset, long sequence) {
        boolean there = findPresent();
        if (there && present.segment == segment && present.offset == offset) {
            return true;
        }
        if (snapshot.undo().find(fingerprint.high, fingerprint.low, undone)) {
            return Undo.names(undone, segment, offset, sequence);
        }
        if (!there || snapshot.moment().extent(present.segment) != null) {
            return false;
        }
        Segment copy = segments.get(present.segment);
        return copy != null
                && copy.minSequence() <= snapshot.moment().sequence()
                && reader.hasSequence(copy, present.offset, present.length, sequence);
    }

    /**
     * Looks the key up as the snapshot may see it: not through an overlay that is there for the time being, for what that shows is later and is
     * noted in the undo only when it is carried over.
     */
    private boolean findPresent() {
        Overlay over = snapshot.moment().overlay();
        Overlay.Answer answer =
                over == null ? Overlay.Answer.UNKNOWN : over.find(fingerprint.high, fingerprint.low, present);
        return answer == Overlay.Answer.UNKNOWN
                ? keydir.find(fingerprint.high, fingerprint.low, range, present)
                : answer == Overlay.Answer.PRESENT;
    }
}
