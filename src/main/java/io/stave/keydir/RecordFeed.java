package io.stave.keydir;

/**
 * How one thread offers records to a {@link KeydirFiller}. Not thread-safe.
 *
 * @since 0.1
 */
public interface RecordFeed {

    /** Is told of each put that lost. */
    @FunctionalInterface
    interface Losses {
        /**
         * Called on the thread that offers.
         *
         * @param superseded the location of the put that lost; valid during the call
         */
        void lost(Location superseded);
    }

    /**
     * Takes part of a record into account, now or with {@link #flush}.
     *
     * @param high the first 64 bits of the key's fingerprint
     * @param low the last 32 bits of the key's fingerprint
     * @param key the key itself, valid during the call
     * @param sequence of the record, 63 bits
     * @param tombstone whether the record is a tombstone
     * @param segment the low 32 bits of the segment's id
     * @param offset of the record, in bytes, at most {@link Location#MAX_OFFSET}
     * @param length of the record, in bytes, at most {@link Location#MAX_LENGTH}
     * @param flags seven bits, {@link Location#EXPIRY} and {@link Location#BLOB} among them
     * @throws IllegalArgumentException if sequence, offset, length or flags do not fit
     * @throws IllegalStateException if the filling has ended, or the keydir can hold no more
     */
    void offer(
            long high,
            int low,
            Key key,
            long sequence,
            boolean tombstone,
            int segment,
            int offset,
            int length,
            int flags);

    /** Hands over all that waits. */
    void flush();
}
