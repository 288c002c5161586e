package io.stave.blob;

import io.stave.io.ChecksumMask;
import io.stave.io.FileHeader;
import io.stave.io.StoreId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The layout of a blob, and the table at its end. Little-endian:
 *
 * <pre>
 *   0        64                          64 + length                              end
 *   +--------+---------------------------+------------------+-----------+---------+
 *   | header | the value, chunk by chunk | checksum of each | length    | chunk   |
 *   |        |                           | chunk, u32 each  | u64       | len u32 |
 *   +--------+---------------------------+------------------+-----------+---------+
 * </pre>
 *
 * A {@link FileHeader} with magic {@code STAVEBLB} comes first. The checksum of a chunk is its CRC32C, XORed with a mask of store, blob and
 * offset ({@link ChecksumMask}), so that a chunk verifies nowhere else. That of the table, which covers the two lengths too, stands in the
 * {@link BlobReference}: so the record that refers to a blob vouches for all of it.
 */
final class BlobTable {

    private static final int LENGTHS = 8 + 4;

    private final long seed;
    private int[] checksums;

    BlobTable(StoreId storeId, long id, int capacity) {
        this.seed = ChecksumMask.seed(BlobFile.MAGIC, storeId, id);
        this.checksums = new int[capacity];
    }

    /** Bytes of the table of a blob with so many chunks. */
    static long length(int chunks) {
        return (long) chunks * Integer.BYTES + LENGTHS;
    }

    /** The checksum of a chunk that begins at {@code offset} of the file. The bytes, from position to limit, must not be a mapping of a file (I9). */
    int checksum(ByteBuffer chunk, long offset) {
        CRC32C crc = new CRC32C();
        crc.update(chunk.duplicate());
        return (int) crc.getValue() ^ ChecksumMask.at(seed, offset);
    }

    void set(int index, int checksum) {
        if (index >= checksums.length) {
            checksums = Arrays.copyOf(checksums, Math.max(index + 1, 2 * checksums.length));
        }
        checksums[index] = checksum;
    }

    int get(int index) {
        return checksums[index];
    }

    /** The table as on disk, of the first chunks, in a new buffer. */
    ByteBuffer encode(int chunks, long length, int chunkLength) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length(chunks))).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < chunks; i++) {
            bytes.putInt(checksums[i]);
        }
        return bytes.putLong(length).putInt(chunkLength).flip();
    }

    /** Takes the table over from a little-endian buffer. */
    void decode(ByteBuffer bytes, int chunks) {
        for (int i = 0; i < chunks; i++) {
            set(i, bytes.getInt(i * Integer.BYTES));
        }
    }
}
