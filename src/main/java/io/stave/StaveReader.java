package io.stave;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of an open store: all of a {@link Stave} that changes nothing, and all of a {@link ReadOnlyStave}. Code
 * that only reads takes this, and then works with either.
 *
 * <p>Keys, values, buffers, threads and exceptions are as {@link Stave} says. After {@link #close()} every method but
 * {@code close} and {@link #recoveryReport()} throws {@link StoreClosedException}; arguments are checked first. Reads throw
 * {@link CorruptionException} if the record does not verify, {@link KeyCollisionException} if it is of another key, and
 * {@link StoreIOException} if it cannot be read.
 *
 * <p>Not meant to be implemented outside this library: releases add methods.
 *
 * @since 0.1
 */
public interface StaveReader extends AutoCloseable {

    /** {@return the value of a key in a new array, or null if the key is absent} */
    byte @Nullable [] get(byte[] key);

    /** {@return the value of a key in a new big-endian heap buffer, from position 0; or null if the key is absent} */
    @Nullable
    ByteBuffer get(ByteBuffer key);

    /**
     * Returns the values of many keys. Each is read on its own: writes of other threads, or a refresh, may fall in between.
     *
     * @param keys the keys; one may occur more than once
     * @return a new list with one value for each key, in the same order, null where the key is absent
     */
    default List<byte @Nullable []> getAll(List<byte[]> keys) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            values.add(get(key));
        }
        return values;
    }

    /** {@return the value of a key with its version and a copy of the key, or null if the key is absent} */
    @Nullable
    Entry getEntry(byte[] key);

    /** {@return the value of a key with its version and a copy of the key, or null if the key is absent} */
    @Nullable
    Entry getEntry(ByteBuffer key);

    /**
     * Lends the value of a key to {@code reader}, in the mapped file, without copying it to the heap. The value is
     * verified first. It stays readable until {@code reader} returns, whatever is written, deleted or merged meanwhile;
     * the disk space and memory of what was replaced cannot be freed so long, so {@code reader} should be brief. It may
     * call any method of the store but {@link #close()}.
     *
     * @param key the key
     * @param reader called once with the value and its version, on this thread; not called if the key is absent. What
     *     it throws reaches the caller
     * @param <R> what the reader makes of the value
     * @return what {@code reader} returned, or null if the key is absent
     */
    <R extends @Nullable Object> @Nullable R read(byte[] key, ValueReader<R> reader);

    /** Lends the value of a key to {@code reader}, as {@link #read(byte[], ValueReader)}. */
    <R extends @Nullable Object> @Nullable R read(ByteBuffer key, ValueReader<R> reader);

    /**
     * Opens the value of a key to read it piece by piece, from any position. Any value can be read so; one that lies in a segment is copied.
     *
     * @param key the key
     * @return its value, which the caller closes; null if the key is absent
     */
    @Nullable
    BlobReader openReader(byte[] key);

    /** {@return whether a key is present; looks at the keydir only, and at the record if that has an expiry} */
    boolean contains(byte[] key);

    /** {@return whether a key is present; looks at the keydir only, and at the record if that has an expiry} */
    boolean contains(ByteBuffer key);

    /**
     * {@return the store in figures, as of now; takes time in proportion to the number of segments. Where the store is open
     * for reading only they are those of the moment shown, and all figures of writes, forces and merges are 0}
     */
    Stats stats();

    /** {@return what opening this store found and did; also after {@code close}} */
    RecoveryReport recoveryReport();

    /** Ends the reading, and whatever else the store is open for. Closing again does nothing. */
    @Override
    void close();
}
