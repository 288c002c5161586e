package io.stave.blob;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.ChecksumMask;
import io.stave.io.FileHeader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What is known of an upload: the key, and which chunks have arrived. Little-endian:
 *
 * <pre>
 *   0        64                                    96 + key length
 *   +--------+---------------------------------+-----+-------+-------+-----
 *   | header | begun u64, chunk u32, key length | key | crc   | entry | ...
 *   |        | u32                              |     | u32   | 16    |
 *   +--------+---------------------------------+-----+-------+-------+-----
 *
 *   entry: index u32, length u32 (0: the chunk counts no more), checksum of the chunk u32, crc u32
 * </pre>
 *
 * A {@link FileHeader} with magic {@code STAVEUPL} comes first. Each crc is the CRC32C of what precedes it in its part, XORed with the mask of
 * its offset. A chunk is entered after it was forced, and the entry is forced before the chunk is acknowledged; what follows the last entry that
 * verifies is a torn one, and is written over.
 */
public final class UploadJournal implements Closeable {

    /** The first bytes of the file. */
    public static final long MAGIC = FileHeader.magic("STAVEUPL");

    /** The version of the format. */
    public static final int VERSION = 1;

    private static final int FIXED = 8 + 4 + 4;
    private static final int ENTRY = 4 * Integer.BYTES;
    private static final int CRC_IN_ENTRY = 3 * Integer.BYTES;

    /** A chunk that has arrived. */
    public record Chunk(int length, int checksum) {}

    /**
     * What the journal says.
     *
     * @param id of the upload, and of the blob that comes of it
     * @param key what the value is for
     * @param begun when the upload was begun, in epoch milliseconds
     * @param chunkLength of every chunk but the last
     * @param chunks those that have arrived, by index
     * @param end where the next entry goes
     */
    public record State(long id, byte[] key, long begun, int chunkLength, Map<Integer, Chunk> chunks, long end) {
        /** The bytes of the chunks that have arrived. */
        public long bytes() {
            return chunks.values().stream().mapToLong(Chunk::length).sum();
        }
    }

    private final WritableFile file;
    private final long seed;
    private long end;

    private UploadJournal(WritableFile file, StoreId storeId, long id, long end) {
        this.file = file;
        this.seed = ChecksumMask.seed(MAGIC, storeId, id);
        this.end = end;
    }

    /** Creates and forces the journal of a new upload; its name is not forced. */
    public static UploadJournal create(
            StoreDirectory directory, StoreId storeId, long id, byte[] key, long begun, int chunkLength)
            throws IOException {
        WritableFile file = directory.create(BlobNames.upload(id));
        try {
            ByteBuffer header = FileHeader.begin(MAGIC, VERSION, storeId, id);
            FileHeader.seal(header);
            file.write(header, 0);
            UploadJournal journal = new UploadJournal(file, storeId, id, FileHeader.LENGTH);
            ByteBuffer head =
                    ByteBuffer.allocate(FIXED + key.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            head.putLong(begun).putInt(chunkLength).putInt(key.length).put(key);
            journal.append(head);
            return journal;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Goes on with the journal that says {@code state}. */
    public static UploadJournal reopen(StoreDirectory directory, StoreId storeId, State state) throws IOException {
        return new UploadJournal(directory.reopen(BlobNames.upload(state.id())), storeId, state.id(), state.end());
    }

    /**
     * Reads a journal.
     *
     * @throws CorruptionException if it does not say what the upload is for; a crash may leave it so, before the upload had an id
     * @throws FormatVersionException if a newer release wrote it
     */
    public static State read(StoreDirectory directory, long id) throws IOException {
        try (ReadableFile file = directory.open(BlobNames.upload(id))) {
            ByteBuffer header = FileHeader.read(file, MAGIC, VERSION);
            StoreId storeId = FileHeader.storeId(header);
            FileHeader.verifyIdentity(header, file.name(), storeId, id);
            ByteBuffer bytes = all(file);
            long seed = ChecksumMask.seed(MAGIC, storeId, id);
            int keyLength = bytes.remaining() < FIXED + Integer.BYTES ? -1 : bytes.getInt(12);
            int head = FIXED + keyLength;
            if (keyLength < 1
                    || keyLength > bytes.remaining() - FIXED - Integer.BYTES
                    || !verifies(bytes, 0, head, seed)) {
                throw new CorruptionException(
                        file.name(), FileHeader.LENGTH, "what the upload is for", "no such record");
            }
            byte[] key = new byte[keyLength];
            bytes.get(FIXED, key);
            Map<Integer, Chunk> chunks = new TreeMap<>();
            int at = head + Integer.BYTES;
            while (at + ENTRY <= bytes.limit() && verifies(bytes, at, CRC_IN_ENTRY, seed)) {
                Chunk chunk = new Chunk(bytes.getInt(at + 4), bytes.getInt(at + 8));
                if (chunk.length == 0) {
                    chunks.remove(bytes.getInt(at));
                } else {
                    chunks.put(bytes.getInt(at), chunk);
                }
                at += ENTRY;
            }
            return new State(id, key, bytes.getLong(0), bytes.getInt(8), chunks, FileHeader.LENGTH + at);
        }
    }

    private static ByteBuffer all(ReadableFile file) throws IOException {
        int length = Math.toIntExact(Math.max(0, file.length() - FileHeader.LENGTH));
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        file.read(bytes, FileHeader.LENGTH);
        return bytes.flip();
    }

    private static boolean verifies(ByteBuffer bytes, int at, int length, long seed) {
        return bytes.getInt(at + length) == crc(bytes, at, length, seed, (long) FileHeader.LENGTH + at);
    }

    private static int crc(ByteBuffer bytes, int at, int length, long seed, long offset) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(at + length).position(at));
        return (int) crc.getValue() ^ ChecksumMask.at(seed, offset);
    }

    /** A chunk has been forced. Forces the entry. */
    public void arrived(int index, Chunk chunk) throws IOException {
        append(entry(index, chunk.length, chunk.checksum));
    }

    /** A chunk is about to be written over. Forces the entry. */
    public void forget(int index) throws IOException {
        append(entry(index, 0, 0));
    }

    private static ByteBuffer entry(int index, int length, int checksum) {
        return ByteBuffer.allocate(ENTRY)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(index)
                .putInt(length)
                .putInt(checksum);
    }

    /** Writes what was put into the buffer, with the crc of that behind it, and forces. */
    private void append(ByteBuffer part) throws IOException {
        int length = part.position();
        part.putInt(crc(part, 0, length, seed, end));
        file.write(part.flip(), end);
        file.force();
        end += length + Integer.BYTES;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
