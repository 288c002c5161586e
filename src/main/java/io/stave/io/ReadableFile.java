package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file open for reading, by position. Thread-safe; an interrupt of the calling thread affects no call (I13). */
public interface ReadableFile extends Closeable {

    /**
     * The name the file was opened by.
     *
     * @return a plain file name
     */
    String name();

    /**
     * The present length of the file.
     *
     * @return its length in bytes
     * @throws IOException if it cannot be found out
     */
    long length() throws IOException;

    /**
     * Reads until the buffer is full or the file ends.
     *
     * @param target where the bytes go; its position moves by the number of bytes read
     * @param position where to read the first byte, 0 or more; it may lie beyond the end
     * @return the number of bytes read, 0 at or beyond the end of the file
     * @throws IOException if reading fails
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Maps the first bytes of the file for reading. The mapping shows what is written to the file later, within its length,
     * and lives on when this file is closed or deleted. To be called while the file still has the name it was opened by.
     *
     * @param length the number of bytes, 0 to {@link StoreDirectory#MAX_MAPPING}
     * @return the mapping; the caller releases it
     * @throws java.io.EOFException if the file is shorter, naming both lengths: nobody may ever map what is not there (I9)
     * @throws IOException if the file cannot be mapped or has lost its name
     */
    Mapping map(long length) throws IOException;

    /**
     * Closes the file. Mappings stay. Closing twice does nothing.
     *
     * @throws IOException if the operating system reports an error
     */
    @Override
    void close() throws IOException;
}
