package io.stave;

import java.util.List;
import java.util.Objects;

/**
 * The store in figures. Each figure is exact for some moment during the call of {@link Stave#stats()}, though not all
 * for the same one while writes go on. Counters start at 0 when the store is opened and count what was completed.
 *
 * @param keys keys in the store, with those whose value has expired and was not swept yet
 * @param liveBytes bytes of records that are the newest put of their key and were not found to have expired, over all
 *     segments
 * @param deadBytes bytes that nothing refers to: puts that were overwritten or deleted or have expired, and the 20 bytes
 *     that certify a force; what a merge can reclaim
 * @param expiredBytes those of the dead bytes that are puts which have expired; background sweeps, and plans and merges by
 *     hand, find them
 * @param tombstoneBytes bytes of tombstones
 * @param diskBytes bytes in use in all segments, headers included; hints and the MANIFEST come on top
 * @param keydirBytes memory of the keydir outside the heap, in bytes
 * @param keydirLoad share of the keydir's slots that are taken, 0 to 1
 * @param lastVersion largest version given to a write so far, or {@link Stave#NO_VERSION}
 * @param puts puts applied, conditional and asynchronous ones included
 * @param deletes deletes applied; those of absent keys are not counted, save where the key had an expired value to remove
 * @param hits reads of a key that was there, {@code contains} included
 * @param misses reads of a key that was absent, {@code contains} included
 * @param bytesWritten bytes appended by writes: records and certificates, without merges
 * @param forces forces of segments
 * @param groups groups of writes that were committed together
 * @param asyncBytesInFlight bytes of asynchronous writes accepted and not completed
 * @param merges merges completed
 * @param mergedBytesRead bytes of segments read by merges
 * @param mergedBytesWritten bytes of segments written by merges
 * @param backPressure how far writers are slowed down because merging cannot keep up
 * @param segments the live segments, by id
 * @param recovery what the open found, as {@link Stave#recoveryReport()}
 * @since 0.1
 */
public record Stats(
        long keys,
        long liveBytes,
        long deadBytes,
        long expiredBytes,
        long tombstoneBytes,
        long diskBytes,
        long keydirBytes,
        double keydirLoad,
        long lastVersion,
        long puts,
        long deletes,
        long hits,
        long misses,
        long bytesWritten,
        long forces,
        long groups,
        long asyncBytesInFlight,
        long merges,
        long mergedBytesRead,
        long mergedBytesWritten,
        BackPressure backPressure,
        List<SegmentStats> segments,
        RecoveryReport recovery) {

    /** Copies the list. */
    public Stats {
        Objects.requireNonNull(backPressure, "backPressure");
        segments = List.copyOf(segments);
        Objects.requireNonNull(recovery, "recovery");
    }

    /**
     * How far writers are slowed down because they make bytes dead faster than merging gives them back, or because the
     * disk is nearly full.
     *
     * @param delayNanos how long the latest group of writes was delayed that was, in nanoseconds; 0 if none is any more
     * @param totalNanos how long all groups of writes were delayed since the store was opened, in nanoseconds
     * @see MergePolicy
     * @since 0.1
     */
    public record BackPressure(long delayNanos, long totalNanos) {
        /** {@return whether writers are being slowed down} */
        public boolean engaged() {
            return delayNanos > 0;
        }
    }

    /** {@return reads of any kind: {@link #hits()} and {@link #misses()}} */
    public long gets() {
        return hits + misses;
    }

    /** {@return how many writes were committed together on average, or 0 before the first} */
    public double meanGroup() {
        return groups == 0 ? 0 : (double) (puts + deletes) / groups;
    }
}
