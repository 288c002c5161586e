package io.stave;

import java.nio.ByteBuffer;
import java.util.SortedSet;

/**
 * A value that arrives in chunks, in any order, over any time: what has arrived survives a crash. From {@link Stave#beginUpload(byte[])}, and after a crash
 * or a restart from {@link Stave#resumeUpload(long)}.
 *
 * <p>All chunks but the last have {@link #chunkLength()} bytes. One that was sent before may be sent again: the same bytes cost nothing, others replace it.
 *
 * <p>Thread-safe; chunks are written one at a time. After the end {@link #chunks()}, {@link #write} and the commits throw {@link
 * IllegalStateException}, and {@link #abort()} and {@link #close()} do nothing.
 *
 * @since 0.1
 */
public interface BlobUpload extends AutoCloseable {

    /** {@return by which the upload is known, also after a crash} */
    long id();

    /** {@return a copy of the key whose value it is to be} */
    byte[] key();

    /** {@return the bytes of every chunk but the last, as {@link Options#blobChunkLength()} was at the beginning} */
    int chunkLength();

    /** {@return the indexes of the chunks that have arrived, from 0} */
    SortedSet<Integer> chunks();

    /**
     * Takes a chunk; when this returns it is on stable storage.
     *
     * @param index of the chunk, from 0
     * @param chunk its bytes, from position to limit, which stay where they are
     * @throws IllegalArgumentException if it is empty or longer than {@link #chunkLength()}, or the index is negative or beyond any possible value
     * @throws StoreFullException if the disk is full; what has arrived stays
     * @throws StoreIOException if writing fails; likewise
     * @throws StoreClosedException if the store is closed
     * @throws StoreFailedException if the store has stopped
     */
    void write(int index, ByteBuffer chunk);

    /**
     * Makes the chunks the value of the key, and ends the upload.
     *
     * @param options durability and expiry of the write
     * @return the version of the write
     * @throws IllegalStateException if a chunk before the last one is missing or is too short; the upload goes on
     * @throws StaveException as {@link Stave#put(byte[], byte[], WriteOptions)} does; the upload goes on unless the store has stopped
     */
    long commit(WriteOptions options);

    /** Makes the chunks the value of the key, with the store's options; see {@link #commit(WriteOptions)}. */
    default long commit() {
        return commit(WriteOptions.defaults());
    }

    /**
     * Makes the chunks the value of the key, if the key has the expected version then, and ends the upload.
     *
     * @param expectedVersion the version; {@link Stave#NO_VERSION} if the key must be absent
     * @param options durability and expiry of the write
     * @return the version of the write, or {@link Stave#NO_VERSION} if the key had another one: then the upload goes on
     * @throws StaveException as {@link #commit(WriteOptions)}
     */
    long commitIf(long expectedVersion, WriteOptions options);

    /** Ends the upload and gives up what has arrived. */
    void abort();

    /** Lets go of the upload, which can be resumed. Closing again, or after the end, does nothing. */
    @Override
    void close();
}
