package io.stave.blob;

import io.stave.CorruptionException;
import io.stave.io.FileHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the value of a record says that refers to a blob, little-endian:
 *
 * <pre>
 *   0                8                16              20              24
 *   +----------------+----------------+---------------+---------------+
 *   | id, u64        | length, u64    | chunk length  | checksum of   |
 *   |                |                | u32           | the table u32 |
 *   +----------------+----------------+---------------+---------------+
 * </pre>
 *
 * @param id of the blob: its file's name
 * @param length of the value, in bytes
 * @param chunkLength of every chunk but the last, in bytes
 * @param tableChecksum by which the table of the chunks' checksums is known, and with it all of the value
 */
public record BlobReference(long id, long length, int chunkLength, int tableChecksum) {

    /** Bytes on disk. */
    public static final int LENGTH = 8 + 8 + 4 + 4;

    /** The shortest chunk, in bytes. */
    public static final int MIN_CHUNK = 512;

    /** The longest chunk, in bytes: 64 MiB. */
    public static final int MAX_CHUNK = 1 << 26;

    /** The most chunks: their checksums are held in memory. */
    public static final int MAX_CHUNKS = 1 << 27;

    /**
     * Checks the lengths.
     *
     * @throws IllegalArgumentException if no blob has such lengths
     */
    public BlobReference {
        if (length < 0 || chunkLength < MIN_CHUNK || chunkLength > MAX_CHUNK || length / chunkLength >= MAX_CHUNKS) {
            throw new IllegalArgumentException("no blob has " + length + " bytes in chunks of " + chunkLength);
        }
    }

    /** Returns the bytes of the reference, in a new buffer. */
    public ByteBuffer encode() {
        return ByteBuffer.allocate(LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(id)
                .putLong(length)
                .putInt(chunkLength)
                .putInt(tableChecksum)
                .flip();
    }

    /**
     * Reads a reference.
     *
     * @param bytes holds it from {@code at} on; little-endian
     * @param valueLength the bytes of the value that is to be one
     * @throws IllegalArgumentException if it is none
     */
    public static BlobReference decode(ByteBuffer bytes, int at, int valueLength) {
        if (valueLength != LENGTH) {
            throw new IllegalArgumentException("a reference has " + LENGTH + " bytes, not " + valueLength);
        }
        return new BlobReference(
                bytes.getLong(at), bytes.getLong(at + 8), bytes.getInt(at + 16), bytes.getInt(at + 20));
    }

    /**
     * Reads a reference that is the value of a record.
     *
     * @param file that the record was read from
     * @param offset of the record there
     * @throws CorruptionException if it is none
     */
    public static BlobReference decode(byte[] value, String file, long offset) {
        try {
            return decode(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN), 0, value.length);
        } catch (IllegalArgumentException e) {
            throw new CorruptionException(file, offset, "a reference to a blob", String.valueOf(e.getMessage()));
        }
    }

    /** The file's name. */
    public String file() {
        return BlobNames.blob(id);
    }

    /** How many chunks the value has. */
    public int chunks() {
        return (int) ((length + chunkLength - 1) / chunkLength);
    }

    /** The bytes of chunk {@code index}. */
    public int chunkLength(int index) {
        return (int) Math.min(chunkLength, length - (long) index * chunkLength);
    }

    /** Where in the file the byte at {@code position} of the value lies. */
    long offset(long position) {
        return FileHeader.LENGTH + position;
    }

    /** Bytes of the whole file. */
    public long fileLength() {
        return offset(length) + BlobTable.length(chunks());
    }
}
