package io.stave.blob;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.FileHeader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;

/** A blob that is open for reading. It stays readable when its file has lost its name. Thread-safe. */
public final class BlobFile implements Closeable {

    /** {@code STAVEBLB}. */
    public static final long MAGIC = FileHeader.magic("STAVEBLB");

    /** The format version written, and the newest one read. */
    public static final int VERSION = 1;

    private final BlobReference reference;
    private final ReadableFile file;
    private final BlobTable table;

    private BlobFile(BlobReference reference, ReadableFile file, BlobTable table) {
        this.reference = reference;
        this.file = file;
        this.table = table;
    }

    /**
     * Opens the blob that is referred to, and verifies its header and its table.
     *
     * @throws NoSuchFileException if there is no such file
     * @throws CorruptionException if it is not the blob that is meant
     * @throws FormatVersionException if a newer release wrote it
     */
    public static BlobFile open(StoreDirectory directory, BlobReference reference) throws IOException {
        ReadableFile file = directory.open(reference.file());
        try {
            return new BlobFile(reference, file, table(file, reference));
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static BlobTable table(ReadableFile file, BlobReference reference) throws IOException {
        ByteBuffer header = FileHeader.read(file, MAGIC, VERSION);
        FileHeader.verifyIdentity(header, file.name(), FileHeader.storeId(header), reference.id());
        // An upload may have been longer before its last chunk was sent again.
        if (file.length() < reference.fileLength()) {
            throw damaged(file, file.length(), reference.fileLength() + " bytes", file.length() + " bytes");
        }
        int chunks = reference.chunks();
        BlobTable table = new BlobTable(FileHeader.storeId(header), reference.id(), chunks);
        long at = reference.offset(reference.length());
        ByteBuffer bytes = ByteBuffer.allocate((int) BlobTable.length(chunks)).order(ByteOrder.LITTLE_ENDIAN);
        file.read(bytes, at);
        bytes.flip();
        int checksum = table.checksum(bytes, at);
        if (checksum != reference.tableChecksum()) {
            throw damaged(
                    file,
                    at,
                    String.format("a table with checksum %08x", reference.tableChecksum()),
                    String.format("one whose checksum is %08x", checksum));
        }
        table.decode(bytes, chunks);
        return table;
    }

    public BlobReference reference() {
        return reference;
    }

    /**
     * Reads a whole chunk and verifies it.
     *
     * @param target has room for it; its position moves behind it. Not a mapping of a file (I9)
     * @throws CorruptionException if it does not verify
     */
    public void read(int index, ByteBuffer target) throws IOException {
        int length = reference.chunkLength(index);
        long offset = reference.offset((long) index * reference.chunkLength());
        int from = target.position();
        ByteBuffer chunk = target.duplicate().limit(from + length);
        int read = file.read(chunk, offset);
        if (read < length) {
            throw damaged(file, offset + read, length + " bytes at " + offset, read + " bytes");
        }
        int checksum = table.checksum(chunk.flip().position(from), offset);
        if (checksum != table.get(index)) {
            throw damaged(
                    file,
                    offset,
                    String.format("a chunk with checksum %08x", table.get(index)),
                    String.format("one whose checksum is %08x", checksum));
        }
        target.position(from + length);
    }

    /** Hands on bytes of the value, as {@link ReadableFile#transferTo}, without looking at them. */
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        long left = Math.max(0, reference.length() - position);
        return file.transferTo(reference.offset(position), Math.min(count, left), target);
    }

    private static CorruptionException damaged(ReadableFile file, long offset, String expected, String actual) {
        return new CorruptionException(
                file.name(),
                offset,
                expected,
                actual,
                "Only the key of this value is affected. Restore the value from elsewhere and put it again.");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
