package io.stave;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a merge did.
 *
 * @param duration time from the call to its return
 * @param inputs ids of the segments that were read
 * @param outputs ids of the segments that were written
 * @param bytesRead bytes of segments read
 * @param bytesWritten bytes of segments written
 * @param bytesReclaimed by how much the segments of the store became shorter; their files are deleted as soon as no
 *     reader is left in them
 * @param recordsCopied puts copied, versions unchanged
 * @param recordsDropped puts left behind, because they were overwritten or deleted or have expired
 * @param tombstonesKept tombstones copied, because a segment outside this merge may hold an older record of their key; with
 *     those written for that reason in the place of puts that have expired
 * @param tombstonesDropped tombstones left behind, because no such record exists any more (I6)
 * @param damagedSegments ids of inputs with a record that failed to verify; they stay in the store, marked as damaged,
 *     and what can be read in them stays readable
 * @param unreadableSegments ids of inputs that could not be read, for an error of the disk perhaps; they stay as they
 *     are, and the next merge tries again
 * @since 0.1
 */
public record MergeReport(
        Duration duration,
        List<Long> inputs,
        List<Long> outputs,
        long bytesRead,
        long bytesWritten,
        long bytesReclaimed,
        long recordsCopied,
        long recordsDropped,
        long tombstonesKept,
        long tombstonesDropped,
        List<Long> damagedSegments,
        List<Long> unreadableSegments) {

    /** Copies the lists. */
    public MergeReport {
        Objects.requireNonNull(duration, "duration");
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        damagedSegments = List.copyOf(damagedSegments);
        unreadableSegments = List.copyOf(unreadableSegments);
    }

    /** {@return whether there was nothing to reclaim, so that nothing was done} */
    public boolean isEmpty() {
        return inputs.isEmpty();
    }
}
