package io.stave.engine.live;

import io.stave.segment.Segment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/** The live and tombstone bytes of one segment, and its earliest expiry, while the keydir is being loaded, by several threads. */
public final class SegmentTally {
    public final AtomicLong liveBytes = new AtomicLong();
    public final AtomicLong tombstoneBytes = new AtomicLong();
    public volatile boolean holdsExpiries;
    public final LongAccumulator earliestExpiry = new LongAccumulator(Math::min, Segment.NO_EXPIRY);

    /** A record expires, in epoch milliseconds. */
    public void expires(long expiry) {
        if (!holdsExpiries) {
            holdsExpiries = true;
        }
        earliestExpiry.accumulate(expiry);
    }
}
