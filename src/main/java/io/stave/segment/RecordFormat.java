package io.stave.segment;

import io.stave.io.ChecksumMask;
import io.stave.io.StoreId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a record, and the only class that knows it. Little-endian:
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                checksum: CRC32C of the rest, XOR mask         |  0
 *  +---------------------------------------------------------------+
 *  |                          value length                         |  4
 *  +---------------------------------------------------------------+
 *  |                            sequence                           |  8
 *  |                                                               |
 *  +-------------------------------+---------------+---------------+
 *  |          key length           |     kind      |     flags     |  16
 *  +-------------------------------+---------------+---------------+
 *  |        expiry, epoch milliseconds; only with EXPIRY           |  20
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                              key                             ...
 *  +---------------------------------------------------------------+
 *  |                             value                            ...
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The mask depends on store, segment and offset ({@link ChecksumMask}). A certificate is a record of kind {@link #CERTIFICATE} with
 * neither key nor value whose sequence field holds an offset: everything below it in this segment, and every earlier unsealed segment, was
 * forced before the certificate was written (I4). A link is a record of kind {@link #LINK}, likewise without key and value; see
 * {@link SegmentLink}. No kind is 0, so that zeros are never a record.
 *
 * <p>Buffers must be little-endian; all access is absolute, and positions and limits are kept or put back. Those given to
 * {@link #checksum(ByteBuffer, int, int)}, {@link #seal} and {@link #verify} belong to the calling thread and must not be file mappings (I9).
 */
public final class RecordFormat {

    /** A key with its value. */
    public static final int PUT = 1;

    /** The deletion of a key: no value, no expiry. */
    public static final int TOMBSTONE = 2;

    /** A key whose value lies in a blob; the record's value refers to it. */
    public static final int BLOB = 3;

    /** What vouches for a force: no key, no value, no flags. */
    public static final int CERTIFICATE = 4;

    /** What says how long the predecessor is: no key, no value, no flags; the first in its segment or nowhere. */
    public static final int LINK = 5;

    /** Flag: an expiry stands between header and key. */
    public static final int EXPIRY = 1;

    /** Flag: more of this batch follows in the next record. */
    public static final int CONTINUES = 1 << 1;

    /** The expiry of a record that has none. */
    public static final long NO_EXPIRY = 0;

    private static final int KNOWN_FLAGS = EXPIRY | CONTINUES;

    /** The longest key, in bytes. */
    public static final int MAX_KEY = 65_535;

    /** The longest value that a record holds, in bytes. */
    public static final int MAX_VALUE = 16 * 1024 * 1024;

    private static final int CHECKSUM_OFFSET = 0;
    private static final int VALUE_LENGTH_OFFSET = CHECKSUM_OFFSET + 4;
    private static final int SEQUENCE_OFFSET = VALUE_LENGTH_OFFSET + 4;
    private static final int KEY_LENGTH_OFFSET = SEQUENCE_OFFSET + 8;
    private static final int KIND_OFFSET = KEY_LENGTH_OFFSET + 2;
    private static final int FLAGS_OFFSET = KIND_OFFSET + 1;

    /** Where, counted from the start of a record, that begins which the checksum covers. */
    public static final int CHECKED_FROM = CHECKSUM_OFFSET + 4;

    /** Bytes before expiry or key. */
    public static final int HEADER_LENGTH = 4 + 4 + 8 + 2 + 1 + 1;

    /** Bytes of an expiry. */
    public static final int EXPIRY_LENGTH = 8;

    /** Bytes of a certificate. */
    public static final int CERTIFICATE_LENGTH = HEADER_LENGTH;

    /** Bytes of the longest record. */
    public static final int MAX_LENGTH = HEADER_LENGTH + EXPIRY_LENGTH + MAX_KEY + MAX_VALUE;

    private RecordFormat() {}

    // ---- lengths and places

    /** Returns the bytes of a whole record. */
    public static int length(int keyLength, int valueLength, boolean expiry) {
        return HEADER_LENGTH + (expiry ? EXPIRY_LENGTH : 0) + keyLength + valueLength;
    }

    /** Returns where the key of the record at {@code at} starts. */
    public static int keyOffset(int at, int flags) {
        return at + HEADER_LENGTH + ((flags & EXPIRY) != 0 ? EXPIRY_LENGTH : 0);
    }

    /** Returns where the value of the record at {@code at} starts. */
    public static int valueOffset(int at, int flags, int keyLength) {
        return keyOffset(at, flags) + keyLength;
    }

    /** Whether a record of such kind, flags, sequence and lengths can exist. */
    public static boolean legal(int kind, int flags, long sequence, int keyLength, int valueLength) {
        boolean lengths = keyLength >= 1 && keyLength <= MAX_KEY && valueLength >= 0 && valueLength <= MAX_VALUE;
        return switch (kind) {
            case PUT, BLOB -> lengths && (flags & ~KNOWN_FLAGS) == 0 && sequence > 0;
            case TOMBSTONE -> lengths && valueLength == 0 && (flags & ~CONTINUES) == 0 && sequence > 0;
            case CERTIFICATE, LINK ->
                keyLength == 0 && valueLength == 0 && flags == 0 && sequence >= SegmentHeader.LENGTH;
            default -> false;
        };
    }

    // ---- writing

    /**
     * Writes the header of a record, all but the checksum. Expiry, key and value are the caller's to put, at {@link #keyOffset} and
     * {@link #valueOffset}; then {@link #seal}.
     *
     * @throws IllegalArgumentException if no such record can exist
     */
    public static void putHeader(
            ByteBuffer target, int at, int kind, int flags, long sequence, int keyLength, int valueLength) {
        if (!legal(kind, flags, sequence, keyLength, valueLength)) {
            throw new IllegalArgumentException(
                    "no record has " + describe(kind, flags, keyLength, valueLength) + " and sequence " + sequence);
        }
        target.putInt(at + VALUE_LENGTH_OFFSET, valueLength);
        target.putLong(at + SEQUENCE_OFFSET, sequence);
        target.putShort(at + KEY_LENGTH_OFFSET, (short) keyLength);
        target.put(at + KIND_OFFSET, (byte) kind);
        target.put(at + FLAGS_OFFSET, (byte) flags);
    }

    /** Replaces the sequence: that of a large batch is known only when it joins the log. The record must be sealed anew. */
    public static void putSequence(ByteBuffer target, int at, long sequence) {
        target.putLong(at + SEQUENCE_OFFSET, sequence);
    }

    /** Replaces the flags: a merge takes {@link #CONTINUES} away. The record must be sealed anew. */
    public static void putFlags(ByteBuffer target, int at, int flags) {
        target.put(at + FLAGS_OFFSET, (byte) flags);
    }

    /** Writes the expiry, in epoch milliseconds, of the record at {@code at}, whose flags must say that there is one. */
    public static void putExpiry(ByteBuffer target, int at, long expiry) {
        target.putLong(at + HEADER_LENGTH, expiry);
    }

    /**
     * Writes a certificate, all but the checksum: {@link #CERTIFICATE_LENGTH} bytes.
     *
     * @param certifiedOffset the offset in the segment up to which everything was forced
     */
    public static void certificate(ByteBuffer target, int at, long certifiedOffset) {
        putHeader(target, at, CERTIFICATE, 0, certifiedOffset, 0, 0);
    }

    /**
     * Writes a link, all but the checksum: {@link SegmentLink#LENGTH} bytes.
     *
     * @param predecessorLength the bytes in use in the predecessor
     */
    static void link(ByteBuffer target, int at, long predecessorLength) {
        putHeader(target, at, LINK, 0, predecessorLength, 0, 0);
    }

    /** Computes the checksum of a complete record, writes it with the mask, and returns it as stored. */
    public static int seal(ByteBuffer record, int at, int length, int mask) {
        int stored = checksum(record, at, length) ^ mask;
        putChecksum(record, at, stored);
        return stored;
    }

    /** Writes a checksum that the caller computed piecemeal, mask included. */
    public static void putChecksum(ByteBuffer record, int at, int stored) {
        record.putInt(at + CHECKSUM_OFFSET, stored);
    }

    // ---- checksums

    /** Whether the record of {@code length} bytes at {@code at} carries the checksum it should. */
    public static boolean verify(ByteBuffer record, int at, int length, int mask) {
        return storedChecksum(record, at) == (checksum(record, at, length) ^ mask);
    }

    /** Returns the CRC32C of all of a record but the checksum itself, without mask. */
    public static int checksum(ByteBuffer record, int at, int length) {
        return checksum(new CRC32C(), record, at, length);
    }

    /** The same with a CRC32C that the caller keeps; it is reset first. */
    static int checksum(CRC32C crc, ByteBuffer record, int at, int length) {
        int position = record.position();
        int limit = record.limit();
        crc.reset();
        try {
            crc.update(record.limit(at + length).position(at + CHECKED_FROM));
        } finally {
            record.limit(limit).position(position);
        }
        return (int) crc.getValue();
    }

    /**
     * Returns the CRC32C, without mask, of a record whose parts lie in two arrays.
     *
     * @param head holds at {@code from} the byte after the checksum, and header, expiry and key up to {@code to}
     * @param value the whole value
     */
    public static int checksum(byte[] head, int from, int to, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(head, from, to - from);
        crc.update(value, 0, value.length);
        return (int) crc.getValue();
    }

    /** Returns what is XORed onto the checksum of a record at {@code offset} of the segment's file. */
    public static int mask(StoreId storeId, long segmentId, long offset) {
        return ChecksumMask.at(maskSeed(storeId, segmentId), offset);
    }

    /** Returns what all masks of a segment have in common, for {@link ChecksumMask#at}. */
    public static long maskSeed(StoreId storeId, long segmentId) {
        return ChecksumMask.seed(SegmentHeader.MAGIC, storeId, segmentId);
    }

    // ---- reading; of a record that has not been verified any field may hold anything

    /** The checksum as stored, mask included. */
    public static int storedChecksum(ByteBuffer record, int at) {
        return record.getInt(at + CHECKSUM_OFFSET);
    }

    /** The value length; negative only in what is not a record. */
    public static int valueLength(ByteBuffer record, int at) {
        return record.getInt(at + VALUE_LENGTH_OFFSET);
    }

    /** Whether what verifies is the log's own, and of no key: a certificate or a link. */
    static boolean isMark(ByteBuffer record, int at) {
        int kind = kind(record, at);
        return kind == CERTIFICATE || kind == LINK;
    }

    /** The sequence; of a certificate, the offset it certifies, and of a link, the length of the predecessor. */
    public static long sequence(ByteBuffer record, int at) {
        return record.getLong(at + SEQUENCE_OFFSET);
    }

    /** The key length. */
    public static int keyLength(ByteBuffer record, int at) {
        return Short.toUnsignedInt(record.getShort(at + KEY_LENGTH_OFFSET));
    }

    /** The kind. */
    public static int kind(ByteBuffer record, int at) {
        return Byte.toUnsignedInt(record.get(at + KIND_OFFSET));
    }

    /** The flags. */
    public static int flags(ByteBuffer record, int at) {
        return Byte.toUnsignedInt(record.get(at + FLAGS_OFFSET));
    }

    /** The expiry in epoch milliseconds; only where the flags say that there is one. */
    public static long expiry(ByteBuffer record, int at) {
        return record.getLong(at + HEADER_LENGTH);
    }

    /** Says in words what a header claims. */
    static String describe(int kind, int flags, int keyLength, int valueLength) {
        return "kind " + kind + ", flags " + flags + ", a key of " + keyLength + " and a value of "
                + Integer.toUnsignedString(valueLength) + " bytes";
    }
}
