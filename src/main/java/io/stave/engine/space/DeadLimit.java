package io.stave.engine.space;

import io.stave.MergePolicy;

/** How many dead bytes a store of so many bytes may have. */
public final class DeadLimit {

    /** Less than this is not worth a rest, however large a share of a small store it is. */
    private static final long FEW_BYTES = 4 << 20;

    private DeadLimit() {}

    /** So many that merging begins. */
    public static long ofMerging(MergePolicy policy, long total) {
        return Math.min(policy.deadBytes(), (long) Math.ceil(policy.deadRatio() * total));
    }

    /** The most with which nobody who writes has to rest. */
    static long ofResting(MergePolicy policy, long total) {
        return Math.max(ofMerging(policy, total), Math.min(policy.deadBytes(), FEW_BYTES));
    }
}
