package io.stave;

import java.util.Objects;

/**
 * What room is left on the disk of a store, as of some moment.
 *
 * @param level what is held back for want of room
 * @param usableBytes bytes that the operating system says are free for this process
 * @param spareBytes bytes that puts may take before they are refused with {@link StoreFullException}; 0 if they are refused
 *     now. What is kept for merges and deletes is not among them
 * @since 0.1
 */
public record DiskRoom(Level level, long usableBytes, long spareBytes) {

    /** Rejects null. */
    public DiskRoom {
        Objects.requireNonNull(level, "level");
    }

    /** What is held back for want of room. Later releases may add levels. */
    public enum Level {
        /** Nothing is. */
        AMPLE,
        /**
         * Puts have less than two new segments left: they are slowed down, and merges hurry. When
         * {@link DiskRoom#spareBytes()} does not hold one it is refused.
         */
        LOW,
        /** Puts are refused, and deletes are about to be: only a merge makes room, or somebody who frees some. */
        EXHAUSTED
    }
}
