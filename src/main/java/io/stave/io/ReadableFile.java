package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A file open for reading, by position. Thread-safe; an interrupt of the calling thread affects no call (I13). */
public interface ReadableFile extends Closeable {

    /** The bytes that are copied at a time where the operating system does not hand them on by itself. */
    int TRANSFER_PIECE = 64 * 1024;

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
     * Hands bytes of the file to a channel, by the operating system where it can do that, else by copying them.
     *
     * @param position where in the file the first byte is, 0 or more
     * @param count how many bytes at most
     * @param target where they go
     * @return how many went; fewer than asked for at the end of the file, or if the target takes no more
     * @throws java.nio.channels.ClosedByInterruptException if the calling thread is interrupted: the target may be closed then, the file is not
     * @throws IOException if reading or writing fails
     */
    default long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, TRANSFER_PIECE));
        long done = 0;
        while (done < count) {
            piece.clear().limit((int) Math.min(piece.capacity(), count - done));
            int read = read(piece, position + done);
            piece.flip();
            int written = 0;
            while (piece.hasRemaining()) {
                int now = target.write(piece);
                if (now == 0) {
                    return done + written;
                }
                written += now;
            }
            if (read == 0) {
                break;
            }
            done += read;
        }
        return done;
    }

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
