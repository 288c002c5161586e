package io.stave.hint;

import io.stave.io.ChecksumMask;
import io.stave.io.FileHeader;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes the hint of a segment: under a temporary name, the header last, then forced and renamed. Entries are streamed; only one block and
 * the filter are held in memory.
 *
 * <p>The caller adds, for each key that is physically in the segment, the record with the highest sequence there, whatever other segments
 * hold and tombstones included, in any order. Not thread-safe.
 */
public final class HintWriter implements Closeable {

    private final StoreDirectory directory;
    private final WritableFile file;
    private final StoreId storeId;
    private final long segmentId;
    private final long segmentLength;
    private final long segmentDigest;
    private final long blockSeed;
    private final KeyFilter filter;
    private final ByteBuffer block = ByteBuffer.allocate(HintFormat.MAX_BLOCK).order(ByteOrder.LITTLE_ENDIAN);

    private long offset = FileHeader.LENGTH;
    private int payload;
    private int blockEntries;
    private int entries;
    private boolean finished;

    private HintWriter(
            StoreDirectory directory,
            WritableFile file,
            StoreId storeId,
            long segmentId,
            long segmentLength,
            long segmentDigest,
            long expectedKeys) {
        this.directory = directory;
        this.file = file;
        this.storeId = storeId;
        this.segmentId = segmentId;
        this.segmentLength = segmentLength;
        this.segmentDigest = segmentDigest;
        this.blockSeed = HintFormat.blockSeed(storeId, segmentId);
        this.filter = KeyFilter.forKeys(expectedKeys);
    }

    /**
     * Begins the hint of a segment, replacing what an earlier attempt left behind.
     *
     * @param segmentLength the bytes in use in the segment, which will not change any more
     * @param segmentDigest its digest
     * @param expectedKeys about how many entries there will be; it sizes the filter
     */
    public static HintWriter create(
            StoreDirectory directory,
            StoreId storeId,
            long segmentId,
            long segmentLength,
            long segmentDigest,
            long expectedKeys)
            throws IOException {
        String name = HintFile.temporaryName(segmentId);
        directory.delete(name);
        return new HintWriter(
                directory, directory.create(name), storeId, segmentId, segmentLength, segmentDigest, expectedKeys);
    }

    /** Returns the bytes that a record with a key of this length adds to a hint: its entry, and a little more for filter and checksums. */
    public static int bytesFor(int keyLength, boolean expires) {
        return HintFormat.entryLength(expires ? HintFormat.EXPIRY : 0, keyLength) + 2;
    }

    /**
     * Adds one key's record.
     *
     * @param kind the record's kind
     * @param flags the record's flags; only the one for an expiry is kept
     * @param sequence its sequence
     * @param recordOffset where in the segment it starts
     * @param recordLength its bytes
     * @param expiry its expiry in epoch milliseconds; ignored unless the flags say that there is one
     * @param key holds the key, which is read by absolute access
     * @param keyPosition where in {@code key} it starts
     * @param keyLength its bytes
     * @param fingerprint 64 bits of the key's fingerprint, for the filter
     * @throws IllegalArgumentException if the segment cannot hold such a record
     */
    public void add(
            int kind,
            int flags,
            long sequence,
            long recordOffset,
            int recordLength,
            long expiry,
            ByteBuffer key,
            int keyPosition,
            int keyLength,
            long fingerprint)
            throws IOException {
        int kept = flags & HintFormat.EXPIRY;
        if (!HintFormat.legal(kind, kept, sequence, recordOffset, recordLength, keyLength, segmentLength)) {
            throw new IllegalArgumentException("no segment of " + segmentLength + " bytes has a record of kind " + kind
                    + ", sequence " + sequence + ", " + recordLength + " bytes and a key of " + keyLength
                    + " at offset " + recordOffset);
        }
        int length = HintFormat.entryLength(kept, keyLength);
        if (payload + length > HintFormat.MAX_PAYLOAD) {
            writeBlock();
        }
        int at = HintFormat.BLOCK_HEADER_LENGTH + payload;
        HintFormat.putEntry(block, at, kind, kept, sequence, (int) recordOffset, recordLength, keyLength);
        if (kept != 0) {
            HintFormat.putExpiry(block, at, expiry);
        }
        block.put(HintFormat.keyPosition(at, kept), key, keyPosition, keyLength);
        filter.add(fingerprint);
        payload += length;
        blockEntries++;
        entries++;
    }

    /**
     * Completes the hint, forces it and gives it its name. The directory is not forced: a hint that a crash takes back is made again.
     *
     * @throws IOException if that fails; then {@link #close} removes what was written
     */
    public void finish() throws IOException {
        if (blockEntries > 0) {
            writeBlock();
        }
        ByteBuffer words = filter.words();
        ByteBuffer checksum = ByteBuffer.allocate(HintFormat.CHECKSUM_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        long seed = HintFormat.filterSeed(storeId, segmentId);
        checksum.putInt(0, HintFormat.checksum(words, 0, words.limit()) ^ ChecksumMask.at(seed, offset));
        file.write(words, offset);
        file.write(checksum, offset + filter.length());
        file.write(HintFormat.header(storeId, segmentId, segmentLength, segmentDigest, entries, filter.length()), 0);
        file.force();
        file.close();
        directory.rename(file.name(), HintFile.name(segmentId));
        finished = true;
    }

    private void writeBlock() throws IOException {
        int covered = HintFormat.BLOCK_HEADER_LENGTH + payload;
        HintFormat.putBlockHeader(block, 0, payload, blockEntries);
        block.putInt(covered, HintFormat.checksum(block, 0, covered) ^ ChecksumMask.at(blockSeed, offset));
        int length = covered + HintFormat.CHECKSUM_LENGTH;
        file.write(block.position(0).limit(length), offset);
        block.clear();
        offset += length;
        payload = 0;
        blockEntries = 0;
    }

    /** Closes the file; without a {@link #finish} that returned, also removes it. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            file.close();
            directory.delete(file.name());
        }
    }
}
