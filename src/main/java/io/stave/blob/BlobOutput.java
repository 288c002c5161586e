package io.stave.blob;

import io.stave.io.FileHeader;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A blob that is being written: its chunks in any order, then its table. Nothing refers to it before that, so whatever a crash leaves of it is
 * an orphan. For one thread at a time.
 */
public final class BlobOutput implements Closeable {

    private final StoreDirectory directory;
    private final long id;
    private final int chunkLength;
    private final WritableFile file;
    private final BlobTable table;

    private BlobOutput(StoreDirectory directory, StoreId storeId, long id, int chunkLength, WritableFile file) {
        this.directory = directory;
        this.id = id;
        this.chunkLength = chunkLength;
        this.file = file;
        this.table = new BlobTable(storeId, id, 16);
    }

    /** Creates the file, with its header. */
    public static BlobOutput create(StoreDirectory directory, StoreId storeId, long id, int chunkLength)
            throws IOException {
        WritableFile file = directory.create(BlobNames.blob(id));
        try {
            ByteBuffer header = FileHeader.begin(BlobFile.MAGIC, BlobFile.VERSION, storeId, id);
            FileHeader.seal(header);
            file.write(header, 0);
            return new BlobOutput(directory, storeId, id, chunkLength, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Goes on with a file that {@link #create} made, in this life of the store or an earlier one. */
    public static BlobOutput reopen(StoreDirectory directory, StoreId storeId, long id, int chunkLength)
            throws IOException {
        return new BlobOutput(directory, storeId, id, chunkLength, directory.reopen(BlobNames.blob(id)));
    }

    /**
     * The bytes of a chunk where a checksum may be computed over them: on the heap. What lies elsewhere, in a mapping of a file perhaps (I9), is copied.
     *
     * @throws IOException if they cannot be read
     */
    public static ByteBuffer onHeap(ByteBuffer chunk) throws IOException {
        if (chunk.hasArray()) {
            return chunk;
        }
        try {
            return ByteBuffer.allocate(chunk.remaining()).put(chunk.duplicate()).flip();
        } catch (InternalError e) {
            throw new IOException("the value cannot be read", e);
        }
    }

    public long id() {
        return id;
    }

    public int chunkLength() {
        return chunkLength;
    }

    /** What {@link #write} is going to return for these bytes. */
    public int checksum(int index, ByteBuffer chunk) {
        return table.checksum(chunk, offset(index));
    }

    /**
     * Writes a chunk, from position to limit and {@linkplain #onHeap on the heap}, of which only the last one may be shorter than all others.
     *
     * @return its checksum
     */
    public int write(int index, ByteBuffer chunk) throws IOException {
        int checksum = checksum(index, chunk);
        file.write(chunk.duplicate(), offset(index));
        table.set(index, checksum);
        return checksum;
    }

    /** A chunk has been written in an earlier life. */
    public void known(int index, int checksum) {
        table.set(index, checksum);
    }

    private long offset(int index) {
        return FileHeader.LENGTH + (long) index * chunkLength;
    }

    /** Forces what was written. */
    public void force() throws IOException {
        file.force();
    }

    /**
     * Writes the table, and forces the file and its name: now a record may refer to it.
     *
     * @param length of the value; all of its chunks must have been written
     */
    public BlobReference finish(long length) throws IOException {
        BlobReference bare = new BlobReference(id, length, chunkLength, 0);
        ByteBuffer bytes = table.encode(bare.chunks(), length, chunkLength);
        long at = FileHeader.LENGTH + length;
        int checksum = table.checksum(bytes, at);
        file.write(bytes, at);
        file.force();
        directory.forceNames();
        return new BlobReference(id, length, chunkLength, checksum);
    }

    /** Closes the file as it is. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
