package io.stave;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A value that is written piece by piece, and becomes the value of its key at the {@link #commit()}. From {@link Stave#openWriter(byte[], WriteOptions)}.
 *
 * <p>Before the commit nothing is to be seen of it, by anybody; a crash, {@link #abort()}, or a {@link #close()} without a commit leaves the value that the
 * key had. At the commit the bytes are forced, then one record is written that refers to them, and forced as well: a large value survives power loss whatever durability was asked for.
 *
 * <p>A value of at most {@link Options#blobThreshold()} bytes is kept in memory until the commit and goes the way of every put. Of a longer one
 * at most one chunk is in memory at a time, from where it is clear that it is one.
 *
 * <p>Not thread-safe. After the end, by whatever call, all methods but {@link #abort()} and {@link #close()} throw {@link IllegalStateException}.
 *
 * @since 0.1
 */
public interface BlobWriter extends WritableByteChannel {

    /**
     * Says how long the value is going to be. Without room for it on the disk this fails now and not when the disk is full; and only a value of exactly that
     * length can be committed.
     *
     * @param length in bytes, counted from the start of the value
     * @return this
     * @throws IllegalArgumentException if that is less than was written already
     * @throws StoreFullException if there is not so much room
     */
    BlobWriter expect(long length);

    /**
     * Appends bytes to the value.
     *
     * @param source its remaining bytes; its position is at its limit afterwards
     * @return how many they were
     * @throws StoreFullException if the disk is full; the writer can only be aborted then
     * @throws StoreIOException if writing fails; likewise
     * @throws StoreClosedException if the store is closed
     * @throws StoreFailedException if the store has stopped
     */
    @Override
    int write(ByteBuffer source);

    /** {@return a stream that appends to the value and throws as {@link #write} does} Flushing it does nothing; closing it closes this. */
    OutputStream stream();

    /** {@return the bytes written so far} */
    long length();

    /**
     * Makes what was written the value of the key, whether it had one or not.
     *
     * @return the version of the write
     * @throws IllegalStateException if another length was {@linkplain #expect expected}; the writer goes on
     * @throws StaveException as {@link Stave#put(byte[], byte[], WriteOptions)} and {@link #write} do
     */
    long commit();

    /**
     * Makes what was written the value of the key, if the key has the expected version then.
     *
     * @param expectedVersion the version; {@link Stave#NO_VERSION} if the key must be absent
     * @return the version of the write, or {@link Stave#NO_VERSION} if the key had another one: then what was written is given up
     * @throws StaveException as {@link #commit()}
     */
    long commitIf(long expectedVersion);

    /** Gives up what was written, unless it was committed. */
    void abort();

    /** Ends the writing: as {@link #abort()} if nothing was committed. */
    @Override
    void close();
}
