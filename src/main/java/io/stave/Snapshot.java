package io.stave;

import java.io.Serializable;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One moment of a store, to be walked over while writes and merges go on: {@link Stave#snapshot()} opens it.
 *
 * <pre>{@code
 * try (Snapshot snapshot = store.snapshot();
 *         Snapshot.Cursor<Entry> entries = snapshot.entries()) {
 *     entries.forEachRemaining(entry -> export(entry.key(), entry.value()));
 * }
 * }</pre>
 *
 * <p><b>What it sees.</b> Exactly the writes that were published when it was opened: those with versions up to
 * {@link #version()}, batches as a whole, and of values that expire those that had not expired at {@link #time()}.
 * Nothing that is written, deleted, expired or merged later changes it. The order of a walk is that of the segments on
 * the disk, not that of the keys, and the same each time.
 *
 * <p><b>What it costs.</b> Opening takes time in proportion to the number of segments, and waits for at most the group of
 * writes that is being committed. While it is open it takes memory outside the heap for each key that is overwritten,
 * deleted or removed by its expiry, once a key and snapshot: 28 to 35 bytes from 100,000 keys on, up to 52 bytes from
 * 1,000 on, up to 52,000 bytes in all for fewer, and none for keys that do not change. {@link Options#snapshotBytes()} is
 * the limit. On the disk it keeps the segments that merges replace meanwhile: {@link #pinnedBytes()}. So close it soon.
 *
 * <p><b>Its end.</b> {@link #close()} frees what it holds; so does the close of the store. One that outgrows its limit
 * ends by itself, and nothing else is concerned: from then on it throws {@link SnapshotOverflowException}. One that the
 * collector finds unclosed is freed and reported, as a warning of the logger {@code io.stave} with the place where it
 * was opened.
 *
 * <p><b>Threads.</b> Any number of threads may use a snapshot at a time, each with cursors of its own.
 *
 * <p><b>Exceptions.</b> After {@code close} every method but {@code close}, {@code version} and {@code time} throws
 * {@link SnapshotClosedException}, after the close of the store {@link StoreClosedException}, and after an overflow
 * {@link SnapshotOverflowException}; so do those of its cursors.
 *
 * <p>Not meant to be implemented outside this library: releases add methods.
 *
 * @since 0.1
 */
public interface Snapshot extends AutoCloseable {

    /** {@return the largest version that it sees: every write up to this one and none after it; 0 if there was none} */
    long version();

    /** {@return what the clock of the store said when it was opened, which decides what has expired} */
    Instant time();

    /** {@return the keys, from the beginning: {@link #keys(byte[], Position)} without prefix} */
    default Cursor<byte[]> keys() {
        return keys(new byte[0]);
    }

    /**
     * Walks over the keys with a prefix, from the beginning.
     *
     * @param prefix what the keys begin with; empty for all
     * @return a cursor, to be closed by the caller
     */
    default Cursor<byte[]> keys(byte[] prefix) {
        return keys(prefix, Position.START);
    }

    /**
     * Walks over the keys with a prefix. Reads only the hint of a segment where there is one, about 36 bytes for a key
     * of 16; the values are not touched. The newest segments are read whole.
     *
     * @param prefix what the keys begin with; empty for all. Filters what is walked over, and makes no walk shorter
     * @param from where to begin: a position that a cursor of this snapshot has given, over keys or entries
     * @return a cursor, to be closed by the caller
     * @throws IllegalArgumentException if {@code from} is no position in this snapshot
     */
    Cursor<byte[]> keys(byte[] prefix, Position from);

    /** {@return the entries, from the beginning: {@link #entries(byte[], Position)} without prefix} */
    default Cursor<Entry> entries() {
        return entries(new byte[0]);
    }

    /**
     * Walks over the entries whose keys have a prefix, from the beginning.
     *
     * @param prefix what the keys begin with; empty for all
     * @return a cursor, to be closed by the caller
     */
    default Cursor<Entry> entries(byte[] prefix) {
        return entries(prefix, Position.START);
    }

    /**
     * Walks over the entries whose keys have a prefix. Reads every segment from its first byte to its last, in the order
     * of the file, and verifies each record. Values that lie in blobs are read whole: where one is longer than an array can be, {@link
     * ValueTooLargeException} is thrown, and {@link Cursor#skipDamage()} goes on behind it as behind damage. So it does where the file of
     * one value cannot be read, or is of a newer format.
     *
     * @param prefix what the keys begin with; empty for all. Filters what is walked over, and makes no walk shorter
     * @param from where to begin: a position that a cursor of this snapshot has given, over keys or entries
     * @return a cursor, to be closed by the caller
     * @throws IllegalArgumentException if {@code from} is no position in this snapshot
     */
    Cursor<Entry> entries(byte[] prefix, Position from);

    /** {@return the bytes of segments that merges have replaced and that stay on the disk for it; several may share them} */
    long pinnedBytes();

    /** {@return the memory outside the heap for what was overwritten since it was opened, in bytes} */
    long undoBytes();

    /** Frees what it holds, the files of its cursors among it. Closing again does nothing. */
    @Override
    void close();

    /**
     * A walk over a snapshot, at the pace of its caller. For one thread at a time. What it hands out are copies, and the
     * caller's. It holds a file open and a window of 1 MiB, or as long as the longest record, outside the heap, until it is
     * exhausted or closed, or its snapshot is.
     *
     * <p><b>Damage.</b> Where a record does not verify, {@code hasNext} and {@code next} throw
     * {@link CorruptionException}, which names the place; so they do each time they are called again.
     * {@link #skipDamage()} goes on behind it. They throw {@link StoreIOException} if a file cannot be read; the same
     * place is read again when they are called again.
     *
     * @param <T> what it walks over: keys or entries
     * @since 0.1
     */
    interface Cursor<T> extends Iterator<T>, AutoCloseable {

        /** {@return whether there is another one; looks for it, and may read for long if few match} */
        @Override
        boolean hasNext();

        /**
         * Moves on.
         *
         * @return the next key or entry
         * @throws NoSuchElementException if there is none
         */
        @Override
        T next();

        /** {@return where a cursor of the same snapshot goes on with what {@code next} would return now} */
        Position position();

        /**
         * Goes on behind the damage that the last call has thrown: at the next record the hint of the segment knows of, or
         * else at the next segment. What lies between is not shown: find out which keys that may be with
         * {@link Snapshot#keys()}, which does not touch records where there is a hint.
         *
         * @return how many bytes of the segment are left out
         * @throws IllegalStateException if the last call has not met any damage
         */
        long skipDamage();

        /** Lets go of the file. Closing again does nothing. */
        @Override
        void close();
    }

    /**
     * A place in a walk. Good for the snapshot that gave it and no other, until that is closed. Its string form can be
     * handed to a client, who hands it back for more; one that was made up leads to an
     * {@link IllegalArgumentException} or a {@link CorruptionException}, and never to anything that was not put.
     *
     * @param version that of the snapshot, or 0 for the start of any
     * @param segmentId the segment to go on with, or 0 to begin at the beginning
     * @param offset where in that segment, in bytes
     * @since 0.1
     */
    record Position(long version, long segmentId, long offset) implements Serializable {

        /** The beginning of any snapshot. */
        public static final Position START = new Position(0, 0, 0);

        private static final Pattern FORM = Pattern.compile("(\\d{1,19})-(\\d{1,19})-(\\d{1,19})");

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is negative
         */
        public Position {
            if (version < 0 || segmentId < 0 || offset < 0) {
                throw new IllegalArgumentException(
                        "a position has no negative number: " + version + ", " + segmentId + ", " + offset);
            }
        }

        /**
         * Reads the string form.
         *
         * @param text what {@link #toString()} gave
         * @return the position
         * @throws IllegalArgumentException if it is not of that form
         */
        public static Position parse(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new IllegalArgumentException("not a position in a snapshot, which is three numbers: " + text);
            }
            return new Position(
                    Long.parseLong(form.group(1)), Long.parseLong(form.group(2)), Long.parseLong(form.group(3)));
        }

        /** {@return the three numbers in decimal with a {@code -} between; the form does not change between releases} */
        @Override
        public String toString() {
            return version + "-" + segmentId + "-" + offset;
        }
    }
}
