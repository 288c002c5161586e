package io.stave;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The store in figures. Each figure is exact for some moment during the call of {@link StaveReader#stats()}, though not
 * all for the same one while writes go on. Counters start at 0 when the store is opened and count what was completed.
 *
 * <p>Of a store that is open read-only, what only a writer does is 0.
 *
 * @param time when the figures were taken, by the machine's clock
 * @param uptimeNanos how long the store has been open, in nanoseconds
 * @param keys keys in the store, with those whose value has expired and was not swept yet
 * @param lastVersion largest version given to a write so far, or {@link Stave#NO_VERSION}
 * @param space what the bytes of the segments are
 * @param blobs the values that lie in files of their own
 * @param keydir the keydir
 * @param operations what callers have done
 * @param commits how their writes got to the disk
 * @param merges what merges have done
 * @param snapshots the open snapshots
 * @param backPressure how far writers are slowed down because merging cannot keep up
 * @param segments the live segments, by id
 * @param recovery what the open found, as {@link StaveReader#recoveryReport()}
 * @since 0.1
 */
public record Stats(
        Instant time,
        long uptimeNanos,
        long keys,
        long lastVersion,
        Space space,
        Blobs blobs,
        Keydir keydir,
        Operations operations,
        Commits commits,
        Merges merges,
        Snapshots snapshots,
        BackPressure backPressure,
        List<SegmentStats> segments,
        RecoveryReport recovery) {

    /** Copies the list. */
    public Stats {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(space, "space");
        Objects.requireNonNull(blobs, "blobs");
        Objects.requireNonNull(keydir, "keydir");
        Objects.requireNonNull(operations, "operations");
        Objects.requireNonNull(commits, "commits");
        Objects.requireNonNull(merges, "merges");
        Objects.requireNonNull(snapshots, "snapshots");
        Objects.requireNonNull(backPressure, "backPressure");
        segments = List.copyOf(segments);
        Objects.requireNonNull(recovery, "recovery");
    }

    /**
     * What the bytes of all segments are.
     *
     * @param diskBytes bytes in use in all segments, headers included; hints and the MANIFEST come on top
     * @param liveBytes bytes of records that are the newest put of their key and were not found to have expired
     * @param deadBytes bytes that nothing refers to: puts that were overwritten or deleted or have expired, and the 20
     *     bytes that certify a force; what a merge can reclaim
     * @param expiredBytes those of the dead bytes that are puts which have expired; background sweeps, and plans and
     *     merges by hand, find them
     * @param tombstoneBytes bytes of tombstones
     * @param mappedBytes bytes of segments that are mapped for reading: address space, and memory only as far as the
     *     operating system finds some to spare
     * @param pinnedBytes bytes of segments that a merge has replaced and that snapshots or reads still hold, so that they
     *     come on top of {@code diskBytes}; the last of these to end gives them back
     * @since 0.1
     */
    public record Space(
            long diskBytes,
            long liveBytes,
            long deadBytes,
            long expiredBytes,
            long tombstoneBytes,
            long mappedBytes,
            long pinnedBytes) {

        /** {@return space amplification: bytes in use for each live one, or 0 if nothing is live} */
        public double amplification() {
            return liveBytes == 0 ? 0 : (double) diskBytes / liveBytes;
        }
    }

    /**
     * Values longer than {@link Options#blobThreshold()}, which lie in files of their own. Their bytes come on top of those of the segments.
     *
     * @param count how many of them keys have, those among them that have expired and were not found yet
     * @param bytes how long these are
     * @param pinnedBytes how long those are that no key has any more and that snapshots or checkpoints still hold; the last of these to
     *     end gives their files back
     * @since 0.1
     */
    public record Blobs(long count, long bytes, long pinnedBytes) {}

    /**
     * The keydir.
     *
     * @param bytes its memory outside the heap, in bytes
     * @param load share of its slots that are taken, 0 to 1
     * @since 0.1
     */
    public record Keydir(long bytes, double load) {}

    /**
     * What callers have done.
     *
     * @param puts puts applied: conditional ones, asynchronous ones and those of batches included
     * @param deletes deletes applied; those of absent keys are not counted, save in a batch, or where the key had an
     *     expired value to remove
     * @param batches batches applied
     * @param hits reads of a key that was there, {@code contains} included
     * @param misses reads of a key that was absent or had expired, {@code contains} included
     * @param asyncBytesInFlight bytes of asynchronous writes accepted and not completed
     * @since 0.1
     */
    public record Operations(long puts, long deletes, long batches, long hits, long misses, long asyncBytesInFlight) {

        /** {@return reads of any kind: {@link #hits()} and {@link #misses()}} */
        public long gets() {
            return hits + misses;
        }
    }

    /**
     * How writes got to the disk. Those that come together are committed as a group: by one append, and one force at most.
     *
     * @param bytesWritten bytes appended by writes: records and certificates, without merges
     * @param groupRecords how many records were committed together, by group
     * @param forceNanos how long forces of segments took, in nanoseconds each
     * @since 0.1
     */
    public record Commits(long bytesWritten, Distribution groupRecords, Distribution forceNanos) {

        /** {@return how many groups were committed} */
        public long groups() {
            return groupRecords.count();
        }

        /** {@return how many forces of segments there were} */
        public long forces() {
            return forceNanos.count();
        }
    }

    /**
     * What merges have done.
     *
     * @param count merges completed, by hand and in the background
     * @param running whether one is under way
     * @param bytesRead bytes of the segments that were replaced
     * @param bytesWritten bytes of the segments that replaced them
     * @since 0.1
     */
    public record Merges(long count, boolean running, long bytesRead, long bytesWritten) {

        /** {@return what merges gave back: bytes read and not written again} */
        public long bytesReclaimed() {
            return bytesRead - bytesWritten;
        }
    }

    /**
     * The open snapshots.
     *
     * @param open how many there are
     * @param oldestNanos how long the oldest has been open, in nanoseconds; 0 if none is
     * @param undoBytes memory outside the heap that remembers what was overwritten since they were opened, in bytes
     * @since 0.1
     */
    public record Snapshots(int open, long oldestNanos, long undoBytes) {}

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

    /**
     * {@return write amplification: bytes written to segments, by merges too, for each byte that writes appended; 0 before
     * the first write}
     */
    public double writeAmplification() {
        long appended = commits.bytesWritten;
        return appended == 0 ? 0 : (double) (appended + merges.bytesWritten) / appended;
    }
}
