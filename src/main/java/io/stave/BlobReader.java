package io.stave;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A value that is read piece by piece: a channel with a position, and a stream over it. From {@link StaveReader#openReader(byte[])}.
 *
 * <p>It goes on reading the value it was opened on, whatever becomes of the key meanwhile: the space of a value that is replaced or deleted comes back
 * when its last reader is closed. So it must be closed. It may be read after the store was closed.
 *
 * <p>What is read through {@link #read} or {@link #stream()} is verified: a whole chunk is read and checked when its first byte is asked for, and kept
 * until another one is. {@link #transferTo} checks nothing and copies nothing through the heap.
 *
 * <p>Not thread-safe. Its methods throw {@link IllegalStateException} when it is closed.
 *
 * @since 0.1
 */
public interface BlobReader extends SeekableByteChannel {

    /** {@return the version of the write that put the value there} */
    long version();

    /** {@return from when on the key is absent; null if the value never expires} */
    @Nullable
    Instant expiry();

    /** {@return the length of the value in bytes} */
    @Override
    long size();

    /** {@return where the next byte is read, in bytes from the start of the value} */
    @Override
    long position();

    /**
     * Sets where the next byte is read.
     *
     * @param newPosition in bytes from the start of the value; it may lie beyond the end
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    @Override
    BlobReader position(long newPosition);

    /**
     * Reads until the buffer is full or the value ends, and moves the position on.
     *
     * @param target where the bytes go
     * @return the number of bytes read; -1 at or beyond the end
     * @throws CorruptionException if a chunk does not verify; the position is at its beginning then, or where it was if that is behind it
     * @throws StoreIOException if the file system cannot deliver the bytes
     */
    @Override
    int read(ByteBuffer target);

    /**
     * Hands bytes of the value to a channel as they lie in the file, without looking at their checksums: the operating system does it where it can, so that
     * they need not pass through the heap. Does not use the position.
     *
     * @param from the first byte, from the start of the value
     * @param count how many at most
     * @param target where they go
     * @return how many went: fewer at the end of the value, or if the channel does not block and takes no more
     * @throws IllegalArgumentException if either is negative
     * @throws IOException if reading or writing fails; an interrupt does what it does to such a channel
     */
    long transferTo(long from, long count, WritableByteChannel target) throws IOException;

    /** {@return a stream that reads from the position on and moves it; closing either closes both} Its methods throw as {@link #read} does. */
    InputStream stream();

    /**
     * Not supported.
     *
     * @throws NonWritableChannelException always
     */
    @Override
    int write(ByteBuffer source);

    /**
     * Not supported.
     *
     * @throws NonWritableChannelException always
     */
    @Override
    BlobReader truncate(long size);

    /** Closes the file. Closing again does nothing. */
    @Override
    void close();
}
