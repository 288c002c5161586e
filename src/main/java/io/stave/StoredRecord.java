package io.stave;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record as it lies in a segment, with what has become of it. What a {@link Visitor} is shown is valid until it returns: one object stands for
 * each record in turn.
 *
 * <p>Not meant to be implemented outside this library: releases add methods.
 *
 * @since 0.1
 */
public interface StoredRecord {

    /** What has become of a record. */
    enum Fate {
        /** The newest of its key: what a read returns. */
        LIVE,
        /** The newest of its key, and its expiry has come: the key is absent. */
        EXPIRED,
        /** A newer record of its key has taken its place: a merge gives its bytes back. */
        DEAD,
        /** A tombstone, which hides older records of its key. */
        TOMBSTONE
    }

    /** Is shown records in the order of the disk: {@link ReadOnlyStave#walk(Visitor)}. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Called for each record.
         *
         * @param record the record, valid during the call
         */
        void record(StoredRecord record);

        /**
         * Called where bytes do not verify; the walk goes on behind them. Throws {@code damage} unless overridden.
         *
         * @param damage what was found, and where
         * @param bytesLeftOut how many bytes of the segment are not shown: up to the next record that the hint knows of, or to the end
         */
        default void damaged(CorruptionException damage, long bytesLeftOut) {
            throw damage;
        }
    }

    /** {@return the number of the segment it lies in: {@link SegmentStats#id()}} */
    long segmentId();

    /** {@return where in the segment it begins} */
    long offset();

    /** {@return the bytes of the whole record} */
    int length();

    /** {@return the version of the write} */
    long version();

    /** {@return what has become of it, at the moment that is shown} */
    Fate fate();

    /** {@return the length of the key in bytes} */
    int keyLength();

    /** {@return the length of the value in bytes, wherever it lies; 0 for a tombstone} */
    long valueLength();

    /** {@return whether the value lies in a blob, and the record only refers to it} */
    boolean inBlob();

    /** {@return the name of the file that the value lies in, if it lies in a blob; else null} */
    @Nullable
    String blobFile();

    /** {@return a copy of the key} */
    byte[] key();

    /**
     * {@return a copy of the value; empty for a tombstone} That of a blob is read from its file, which is there as long as the record is live.
     *
     * @throws ValueTooLargeException if no array can hold it
     * @throws CorruptionException if a blob does not verify
     * @throws StoreIOException if a blob cannot be read, or the store has given it up since
     */
    byte[] value();

    /** {@return from when on the key is absent, or null if the value never expires} */
    @Nullable
    Instant expiry();
}
