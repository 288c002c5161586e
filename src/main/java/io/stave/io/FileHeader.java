package io.stave.io;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The first 64 bytes of every file of a store but LOCK and OWNER, little-endian:
 *
 * <pre>
 *   0       8     12                 28      36                         60     64
 *   +-------+-----+------------------+-------+--------------------------+------+
 *   | magic | ver |     store id     | file  |  24 bytes of the kind's  | crc  |
 *   | 8     | u32 |     16           | id u64|  own                     | u32  |
 *   +-------+-----+------------------+-------+--------------------------+------+
 * </pre>
 *
 * <p>The checksum is CRC32C of the 60 bytes before it. Magic, version and checksum keep their places in every version to come: so a flipped
 * bit in the version is found to be damage, and a version that verifies and is unknown was written by a newer release.
 */
public final class FileHeader {

    private static final int VERSION_OFFSET = 8;
    private static final int STORE_ID_OFFSET = VERSION_OFFSET + 4;
    private static final int ID_OFFSET = STORE_ID_OFFSET + StoreId.LENGTH;

    /** Where the kind's own fields start. */
    public static final int OWN_OFFSET = ID_OFFSET + 8;

    /** Bytes for the kind's own fields. */
    public static final int OWN_LENGTH = 24;

    private static final int CHECKSUM_OFFSET = OWN_OFFSET + OWN_LENGTH;

    /** Bytes of the whole header. */
    public static final int LENGTH = CHECKSUM_OFFSET + 4;

    private FileHeader() {}

    /** Returns the eight ASCII characters as the number that a little-endian buffer holds in their place. */
    public static long magic(String eightCharacters) {
        byte[] bytes = eightCharacters.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length != Long.BYTES) {
            throw new IllegalArgumentException("a magic has 8 characters: " + eightCharacters);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** Returns a header in a new little-endian buffer: put the kind's own fields, then {@link #seal} it. */
    public static ByteBuffer begin(long magic, int version, StoreId storeId, long id) {
        ByteBuffer header = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, magic).putInt(VERSION_OFFSET, version).putLong(ID_OFFSET, id);
        storeId.put(header, STORE_ID_OFFSET);
        return header;
    }

    /** Writes the checksum. */
    public static void seal(ByteBuffer header) {
        header.putInt(CHECKSUM_OFFSET, checksum(header));
    }

    /**
     * Reads the first {@link #LENGTH} bytes of a file and verifies all but the identity.
     *
     * @return the header, little-endian, at position 0
     * @throws CorruptionException if the file is too short, has another magic or a checksum that does not verify
     * @throws FormatVersionException if the header verifies and its version is not in 1..{@code newest}
     */
    public static ByteBuffer read(ReadableFile file, long magic, int newest) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        file.read(header, 0);
        header.flip();
        verify(header, file.name(), magic, newest);
        return header;
    }

    /** Verifies the header at the start of {@code header}, a little-endian buffer; throws as {@link #read}. */
    public static void verify(ByteBuffer header, String file, long magic, int newest) {
        if (header.limit() < LENGTH) {
            throw new CorruptionException(file, 0, "a header of " + LENGTH + " bytes", header.limit() + " bytes");
        }
        if (header.getLong(0) != magic) {
            throw new CorruptionException(file, 0, "magic " + text(magic), text(header.getLong(0)));
        }
        int stored = header.getInt(CHECKSUM_OFFSET);
        int actual = checksum(header);
        if (stored != actual) {
            throw new CorruptionException(
                    file,
                    CHECKSUM_OFFSET,
                    "a header with checksum " + hex(stored),
                    "one whose checksum is " + hex(actual));
        }
        int version = header.getInt(VERSION_OFFSET);
        if (version < 1 || version > newest) {
            throw new FormatVersionException(file, version, newest);
        }
    }

    /** Checks that a verified header belongs to this file of this store; throws {@link CorruptionException} if not. */
    public static void verifyIdentity(ByteBuffer header, String file, StoreId storeId, long id) {
        StoreId foundStore = storeId(header);
        if (!foundStore.equals(storeId)) {
            throw new CorruptionException(
                    file,
                    STORE_ID_OFFSET,
                    "store id " + storeId,
                    foundStore + ", a file of another store",
                    "Put back the file that belongs here, or restore a backup.");
        }
        if (id(header) != id) {
            throw new CorruptionException(
                    file,
                    ID_OFFSET,
                    "file id " + Long.toHexString(id),
                    Long.toHexString(id(header)) + ", a file that was renamed",
                    "Give the file its own name back, or restore a backup.");
        }
    }

    /** The format version. */
    public static int version(ByteBuffer header) {
        return header.getInt(VERSION_OFFSET);
    }

    /** The store that the file belongs to. */
    public static StoreId storeId(ByteBuffer header) {
        return StoreId.get(header, STORE_ID_OFFSET);
    }

    /** The file's own id. */
    public static long id(ByteBuffer header) {
        return header.getLong(ID_OFFSET);
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(0).limit(CHECKSUM_OFFSET));
        return (int) crc.getValue();
    }

    private static String hex(int checksum) {
        return String.format("%08x", checksum);
    }

    /** The eight bytes as text, a dot for what cannot be printed. */
    private static String text(long magic) {
        StringBuilder text = new StringBuilder(Long.BYTES);
        for (int i = 0; i < Long.BYTES; i++) {
            int c = (int) (magic >>> (8 * i)) & 0xFF;
            text.append(c > ' ' && c < 0x7F ? (char) c : '.');
        }
        return text.toString();
    }
}
