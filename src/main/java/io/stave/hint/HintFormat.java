package io.stave.hint;

import io.stave.io.ChecksumMask;
import io.stave.io.FileHeader;
import io.stave.io.StoreId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a hint, and the only class that knows it. Little-endian:
 *
 * <pre>
 *   Hint --> Header, Block*, Filter
 * </pre>
 *
 * <p>Header: a {@link FileHeader} with magic {@code STAVEHNT}, whose file id is the segment's and whose own 24 bytes are
 *
 * <pre>
 *   36               44               52            56             60
 *   +----------------+----------------+-------------+--------------+
 *   | segment length | segment digest | entry count | filter bytes |
 *   | u64            | u64            | u32         | u32          |
 *   +----------------+----------------+-------------+--------------+
 * </pre>
 *
 * <p>Block: whole entries, as many as fit.
 *
 * <pre>
 *   0                4         8                 8 + payload length
 *   +----------------+---------+-----------------+------+
 *   | payload length | entries | entry, entry, … | crc  |
 *   | u32            | u32     |                 | u32  |
 *   +----------------+---------+-----------------+------+
 * </pre>
 *
 * <p>Entry:
 *
 * <pre>
 *   0          8        12              16           18     19      20
 *   +----------+--------+---------------+------------+------+-------+----------------+-----
 *   | sequence | offset | record length | key length | kind | flags | expiry, 8, if  | key …
 *   | u64      | u32    | u32           | u16        | u8   | u8    | flags say so   |
 *   +----------+--------+---------------+------------+------+-------+----------------+-----
 * </pre>
 *
 * <p>Filter: the words of a {@link KeyFilter} and their crc. Each crc is the CRC32C of all bytes of its block, or of the filter, before it,
 * XOR the {@link ChecksumMask} of the place where the block, or the filter, starts; the magic that seeds it is another one for the filter,
 * so that in a file that was cut no block is taken for the filter.
 */
final class HintFormat {

    static final long MAGIC = FileHeader.magic("STAVEHNT");
    static final int VERSION = 1;

    private static final long FILTER_MAGIC = FileHeader.magic("STAVEFLT");

    /** Kinds of the record an entry stands for: put, tombstone, blob reference. */
    static final int FIRST_KIND = 1;

    static final int TOMBSTONE = 2;
    static final int LAST_KIND = 3;

    /** The only flag an entry keeps of its record: it has an expiry. */
    static final int EXPIRY = 1;

    static final int MAX_KEY = 65_535;

    static final int CHECKSUM_LENGTH = 4;

    private static final int SEGMENT_LENGTH_OFFSET = FileHeader.OWN_OFFSET;
    private static final int SEGMENT_DIGEST_OFFSET = SEGMENT_LENGTH_OFFSET + 8;
    private static final int ENTRY_COUNT_OFFSET = SEGMENT_DIGEST_OFFSET + 8;
    private static final int FILTER_BYTES_OFFSET = ENTRY_COUNT_OFFSET + 4;

    private static final int BLOCK_ENTRIES_OFFSET = 4;
    static final int BLOCK_HEADER_LENGTH = 4 + 4;

    private static final int SEQUENCE_OFFSET = 0;
    private static final int OFFSET_OFFSET = SEQUENCE_OFFSET + 8;
    private static final int RECORD_LENGTH_OFFSET = OFFSET_OFFSET + 4;
    private static final int KEY_LENGTH_OFFSET = RECORD_LENGTH_OFFSET + 4;
    private static final int KIND_OFFSET = KEY_LENGTH_OFFSET + 2;
    private static final int FLAGS_OFFSET = KIND_OFFSET + 1;
    static final int ENTRY_HEADER_LENGTH = 8 + 4 + 4 + 2 + 1 + 1;
    private static final int EXPIRY_LENGTH = 8;

    /** The longest payload of a block: room for the longest entry. */
    static final int MAX_PAYLOAD = ENTRY_HEADER_LENGTH + EXPIRY_LENGTH + MAX_KEY;

    /** The bytes of the longest block. */
    static final int MAX_BLOCK = BLOCK_HEADER_LENGTH + MAX_PAYLOAD + CHECKSUM_LENGTH;

    private HintFormat() {}

    // ---- header

    static ByteBuffer header(
            StoreId storeId, long segmentId, long segmentLength, long segmentDigest, int entries, int filterBytes) {
        ByteBuffer header = FileHeader.begin(MAGIC, VERSION, storeId, segmentId);
        header.putLong(SEGMENT_LENGTH_OFFSET, segmentLength);
        header.putLong(SEGMENT_DIGEST_OFFSET, segmentDigest);
        header.putInt(ENTRY_COUNT_OFFSET, entries);
        header.putInt(FILTER_BYTES_OFFSET, filterBytes);
        FileHeader.seal(header);
        return header;
    }

    static long segmentLength(ByteBuffer header) {
        return header.getLong(SEGMENT_LENGTH_OFFSET);
    }

    static long segmentDigest(ByteBuffer header) {
        return header.getLong(SEGMENT_DIGEST_OFFSET);
    }

    static long entryCount(ByteBuffer header) {
        return Integer.toUnsignedLong(header.getInt(ENTRY_COUNT_OFFSET));
    }

    static long filterBytes(ByteBuffer header) {
        return Integer.toUnsignedLong(header.getInt(FILTER_BYTES_OFFSET));
    }

    // ---- block

    static void putBlockHeader(ByteBuffer block, int at, int payloadLength, int entries) {
        block.putInt(at, payloadLength).putInt(at + BLOCK_ENTRIES_OFFSET, entries);
    }

    static int payloadLength(ByteBuffer block, int at) {
        return block.getInt(at);
    }

    static int blockEntries(ByteBuffer block, int at) {
        return block.getInt(at + BLOCK_ENTRIES_OFFSET);
    }

    /** The CRC32C of {@code length} bytes at {@code at}; position and limit are put back. Not for file mappings (I9). */
    static int checksum(ByteBuffer bytes, int at, int length) {
        int position = bytes.position();
        int limit = bytes.limit();
        CRC32C crc = new CRC32C();
        try {
            crc.update(bytes.limit(at + length).position(at));
        } finally {
            bytes.limit(limit).position(position);
        }
        return (int) crc.getValue();
    }

    /** Seeds the masks of blocks. */
    static long blockSeed(StoreId storeId, long segmentId) {
        return ChecksumMask.seed(MAGIC, storeId, segmentId);
    }

    /** Seeds the mask of the filter. */
    static long filterSeed(StoreId storeId, long segmentId) {
        return ChecksumMask.seed(FILTER_MAGIC, storeId, segmentId);
    }

    // ---- entry

    static int entryLength(int flags, int keyLength) {
        return ENTRY_HEADER_LENGTH + ((flags & EXPIRY) != 0 ? EXPIRY_LENGTH : 0) + keyLength;
    }

    static void putEntry(
            ByteBuffer block, int at, int kind, int flags, long sequence, int offset, int recordLength, int keyLength) {
        block.putLong(at + SEQUENCE_OFFSET, sequence);
        block.putInt(at + OFFSET_OFFSET, offset);
        block.putInt(at + RECORD_LENGTH_OFFSET, recordLength);
        block.putShort(at + KEY_LENGTH_OFFSET, (short) keyLength);
        block.put(at + KIND_OFFSET, (byte) kind);
        block.put(at + FLAGS_OFFSET, (byte) flags);
    }

    static void putExpiry(ByteBuffer block, int at, long expiry) {
        block.putLong(at + ENTRY_HEADER_LENGTH, expiry);
    }

    static long sequence(ByteBuffer block, int at) {
        return block.getLong(at + SEQUENCE_OFFSET);
    }

    static int offset(ByteBuffer block, int at) {
        return block.getInt(at + OFFSET_OFFSET);
    }

    static int recordLength(ByteBuffer block, int at) {
        return block.getInt(at + RECORD_LENGTH_OFFSET);
    }

    static int keyLength(ByteBuffer block, int at) {
        return Short.toUnsignedInt(block.getShort(at + KEY_LENGTH_OFFSET));
    }

    static int kind(ByteBuffer block, int at) {
        return Byte.toUnsignedInt(block.get(at + KIND_OFFSET));
    }

    static int flags(ByteBuffer block, int at) {
        return Byte.toUnsignedInt(block.get(at + FLAGS_OFFSET));
    }

    static long expiry(ByteBuffer block, int at) {
        return block.getLong(at + ENTRY_HEADER_LENGTH);
    }

    static int keyPosition(int at, int flags) {
        return at + entryLength(flags, 0);
    }

    /** Whether an entry can say this about a segment of {@code segmentLength} bytes. */
    static boolean legal(
            int kind, int flags, long sequence, long offset, int recordLength, int keyLength, long segmentLength) {
        boolean shape =
                kind >= FIRST_KIND && kind <= LAST_KIND && sequence > 0 && keyLength >= 1 && keyLength <= MAX_KEY;
        boolean extras = (flags & (kind == TOMBSTONE ? 0xFF : ~EXPIRY)) == 0;
        return shape
                && extras
                && recordLength > keyLength
                && offset >= FileHeader.LENGTH
                && offset + recordLength <= segmentLength;
    }
}
