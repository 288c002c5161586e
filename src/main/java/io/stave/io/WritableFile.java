package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file being written, by position. Written bytes are visible to every reader and mapping of the file at once, and durable
 * after {@link #force()}. Thread-safe; an interrupt of the calling thread affects no call (I13).
 */
public interface WritableFile extends Closeable {

    /**
     * The name the file was created with.
     *
     * @return a plain file name
     */
    String name();

    /**
     * Writes all remaining bytes of the buffer, extending the file if need be; a gap reads as zeros.
     *
     * @param source what to write; its position is at its limit afterwards. On an exception its position is undefined
     * @param position where to write the first byte, 0 or more
     * @throws NoSpaceException if the disk is full: any part may have been written
     * @throws IOException if writing fails: any part may have been written
     */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Makes the file at least so long. New bytes read as zeros and take no room on the disk yet. No write beyond the present
     * end may run at the same time.
     *
     * @param length the least length in bytes
     * @throws IOException if the file cannot be extended
     */
    void extend(long length) throws IOException;

    /**
     * Forces the file: when this returns, all bytes written before and the length are on stable storage; the name of the
     * file is not, see {@link StoreDirectory#forceNames()}. The first failure is final: what it should have forced may be
     * lost although the next call succeeds (I8).
     *
     * @throws ForceFailedException if the file cannot be forced, for whatever reason
     */
    void force() throws IOException;

    /**
     * Closes the file without forcing it. Closing twice does nothing.
     *
     * @throws IOException if the operating system reports an error
     */
    @Override
    void close() throws IOException;
}
