package io.stave.engine.space;

import io.stave.engine.live.LiveSegments;
import io.stave.segment.Segment;

/**
 * How long new segments may get: the length in the options, but no more than a thirty-second of the store, at least 1 MiB, and no more than a
 * thirty-second of the volume.
 *
 * <p>A merge needs room for what it copies before it can give an input back, and what is dead in the active segment cannot be given back yet.
 * So that both stay small beside the live data, however much there is of it, segments grow with the store.
 */
public final class SegmentLength {

    /** The store has at least so many segments. */
    static final int SHARES = 32;

    private static final int VOLUME_SHARES = 32;
    private static final int GROUPS = 4;
    private static final int SHARES_OF_GROUPS = 16;
    private static final long LEAST = 1 << 20;
    private static final long LEAST_ON_A_SMALL_VOLUME = 64 << 10;

    private final LiveSegments segments;
    private final long most;

    /** The lengths for a store with this length in its options, on a volume of so many bytes. */
    public SegmentLength(LiveSegments segments, long option, long volume) {
        this.segments = segments;
        this.most = Math.min(option, Math.max(LEAST_ON_A_SMALL_VOLUME, volume / VOLUME_SHARES));
    }

    /** The length beyond which no segment is written, in bytes, but for a single record or batch. */
    public long most() {
        return most;
    }

    /**
     * How long a segment may get that is begun as one of {@link #now}, as long as groups of so many bytes are appended: four fit in, or there would be
     * a segment for each; but that must be no more than a sixteenth of the store.
     */
    public long ofGroups(long group) {
        long some = GROUPS * group + group / GROUPS; // with what else there is in a segment
        return Math.min(most, Math.min(some, stored() / SHARES_OF_GROUPS));
    }

    /** The length beyond which a segment that is begun now is not written, in bytes. */
    public long now() {
        return of(stored());
    }

    private long stored() {
        long bytes = 0;
        for (Segment segment : segments.list()) {
            bytes += segment.length();
        }
        return bytes;
    }

    /** The same, in a store of so many bytes. */
    long of(long storeBytes) {
        return Math.min(most, Math.max(LEAST, storeBytes / SHARES));
    }
}
