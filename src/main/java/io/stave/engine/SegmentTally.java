package io.stave.engine;

import java.util.concurrent.atomic.AtomicLong;

/** The live and tombstone bytes of one segment while the keydir is being loaded, by several threads. */
final class SegmentTally {
    final AtomicLong liveBytes = new AtomicLong();
    final AtomicLong tombstoneBytes = new AtomicLong();
}
