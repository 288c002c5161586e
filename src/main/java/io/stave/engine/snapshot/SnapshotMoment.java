package io.stave.engine.snapshot;

import io.stave.engine.live.Overlay;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Hashing;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The moment of a snapshot: how far sequences, clock and segments had come. Immutable. */
final class SnapshotMoment {

    private final long sequence;
    private final long time;
    private final List<Extent> extents;
    private final Int2ObjectHashMap<Extent> byHandle;
    private final @Nullable Overlay overlay;

    /** A segment as far as it had been appended to at the moment. */
    record Extent(Segment segment, long length) {}

    private SnapshotMoment(long sequence, long time, List<Extent> extents, @Nullable Overlay overlay) {
        this.sequence = sequence;
        this.time = time;
        this.extents = List.copyOf(extents);
        this.overlay = overlay;
        // Looked up in by many threads and never iterated: it must not hand them one cached iterator.
        this.byHandle = new Int2ObjectHashMap<>(2 * extents.size() + 8, Hashing.DEFAULT_LOAD_FACTOR, false);
        extents.forEach(extent -> byHandle.put(extent.segment.handle(), extent));
    }

    /**
     * The present moment; called while nothing is being published.
     *
     * @param published the largest sequence that was published
     * @param now what the clock says, in epoch milliseconds
     * @param listed the segments that make up the store
     * @param overlay what lies over the keydir for good, because the store has stopped in the middle of a batch; else null
     */
    static SnapshotMoment now(long published, long now, List<Segment> listed, @Nullable Overlay overlay) {
        List<Extent> extents = new ArrayList<>();
        long sequence = published;
        for (Segment segment : listed) {
            long length = segment.length();
            // One without records may be dropped, file and all.
            if (length > SegmentHeader.LENGTH) {
                extents.add(new Extent(segment, length));
                // What was appended and not published when the store stopped may be published in part: then what is
                // visible counts.
                sequence = Math.max(sequence, segment.maxSequence());
            }
        }
        return new SnapshotMoment(sequence, now, extents, overlay);
    }

    /** Every record that counts has this sequence or a smaller one. */
    long sequence() {
        return sequence;
    }

    /** What the clock said, in epoch milliseconds. */
    long time() {
        return time;
    }

    /** What lies over the keydir from this moment on for ever, or null. */
    @Nullable
    Overlay overlay() {
        return overlay;
    }

    /** The segments with records, by id. */
    List<Extent> extents() {
        return extents;
    }

    /** The extent of a segment, or null if it was not there, or had no records. */
    @Nullable
    Extent extent(int handle) {
        return byHandle.get(handle);
    }

    /** Whether the segment was there and had records. */
    boolean covers(Segment segment) {
        return byHandle.containsKey(segment.handle());
    }
}
