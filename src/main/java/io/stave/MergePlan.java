package io.stave;

import java.util.List;
import java.util.Objects;

/**
 * What a merge would do: the segments it would read, what it would copy and what it would give back. Made by
 * {@link Stave#planMerge()} without changing anything on disk; the figures are of the moment of planning, and writes since then
 * shift them. {@link Stave#merge()} carries out the whole of it, {@link Stave#merge(java.util.Collection)} any part.
 *
 * @param inputs the segments to merge, by id; empty if nothing can be reclaimed
 * @param liveBytes bytes of live records to copy: what has to be read, written, and found room for
 * @param reclaimableBytes bytes expected to be freed: dead records, and tombstones if none is needed any more
 * @param excluded segments that were considered and left out, with the reason
 * @since 0.1
 */
public record MergePlan(List<SegmentStats> inputs, long liveBytes, long reclaimableBytes, List<Exclusion> excluded) {

    /** Copies the lists. */
    public MergePlan {
        inputs = List.copyOf(inputs);
        excluded = List.copyOf(excluded);
    }

    /** {@return whether there is nothing to do: a merge of this plan would change nothing} */
    public boolean isEmpty() {
        return inputs.isEmpty();
    }

    /** {@return the ids of {@link #inputs()}} */
    public List<Long> segmentIds() {
        return inputs.stream().map(SegmentStats::id).toList();
    }

    /**
     * A segment that was considered and left out.
     *
     * @param segmentId the segment's number
     * @param fileName name of its file, in the store's directory
     * @param reason why a merge would leave it alone
     * @since 0.1
     */
    public record Exclusion(long segmentId, String fileName, String reason) {
        /** Rejects null. */
        public Exclusion {
            Objects.requireNonNull(fileName, "fileName");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
