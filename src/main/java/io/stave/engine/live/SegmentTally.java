package io.stave.engine.live;

import io.stave.segment.Segment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/** The live and tombstone bytes of one segment, and its earliest expiry, while the keydir is being loaded, by several threads, or written down. */
public final class SegmentTally {
    public final AtomicLong liveBytes = new AtomicLong();
    public final AtomicLong tombstoneBytes = new AtomicLong();
    public final AtomicLong expiredBytes = new AtomicLong();
    public volatile boolean holdsExpiries;
    public final LongAccumulator earliestExpiry = new LongAccumulator(Math::min, Segment.NO_EXPIRY);

    /** What a segment has at a moment when nobody changes it. */
    public static SegmentTally of(Segment segment) {
        return of(
                segment.liveBytes(),
                segment.tombstoneBytes(),
                segment.expiredBytes(),
                segment.earliestExpiry(),
                segment.holdsExpiries());
    }

    /** What was written down of a segment. */
    public static SegmentTally of(long live, long tombstones, long expired, long earliest, boolean holdsExpiries) {
        SegmentTally tally = new SegmentTally();
        tally.liveBytes.set(live);
        tally.tombstoneBytes.set(tombstones);
        tally.expiredBytes.set(expired);
        tally.earliestExpiry.accumulate(earliest);
        tally.holdsExpiries = holdsExpiries;
        return tally;
    }

    /** Has a segment that was just mapped know it. */
    public void tell(Segment segment) {
        segment.addLive(liveBytes.get());
        segment.addTombstone(tombstoneBytes.get());
        segment.addExpired(expiredBytes.get());
        if (holdsExpiries) {
            segment.expires(earliestExpiry.get());
        }
    }

    /** A record expires, in epoch milliseconds. */
    public void expires(long expiry) {
        if (!holdsExpiries) {
            holdsExpiries = true;
        }
        earliestExpiry.accumulate(expiry);
    }
}
