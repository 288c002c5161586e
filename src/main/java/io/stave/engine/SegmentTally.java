package io.stave.engine;

import io.stave.segment.Segment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/** The live and tombstone bytes of one segment, and its earliest expiry, while the keydir is being loaded, by several threads. */
final class SegmentTally {
    final AtomicLong liveBytes = new AtomicLong();
    final AtomicLong tombstoneBytes = new AtomicLong();
    volatile boolean holdsExpiries;
    final LongAccumulator earliestExpiry = new LongAccumulator(Math::min, Segment.NO_EXPIRY);

    /** A record expires, in epoch milliseconds. */
    void expires(long expiry) {
        if (!holdsExpiries) {
            holdsExpiries = true;
        }
        earliestExpiry.accumulate(expiry);
    }
}
