package io.stave;

import java.util.Objects;

/**
 * What became of a {@link Batch}.
 *
 * @param applied whether all conditions held; if so all writes were applied, else none was
 * @param failedCondition which condition did not hold, the first one if there were several: its place among the
 *     conditions in the order they were added, from 0. {@link #NONE} if the batch was applied
 * @param firstVersion the version of the first write, {@link Stave#NO_VERSION} if nothing was written
 * @param count how many writes were applied; their versions follow each other without a gap
 * @since 0.1
 */
public record BatchResult(boolean applied, int failedCondition, long firstVersion, int count) {
    /** The failed condition of a batch of which all conditions held: -1. */
    public static final int NONE = -1;

    /**
     * Returns the version of one write.
     *
     * @param write its place among the puts and deletes in the order they were added, from 0
     * @return its version
     * @throws IndexOutOfBoundsException if {@code write} is negative or not less than {@link #count()}
     */
    public long version(int write) {
        return firstVersion + Objects.checkIndex(write, count);
    }
}
