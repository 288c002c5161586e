package io.stave.hint;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.ChecksumMask;
import io.stave.io.FileHeader;
import io.stave.io.FileWindow;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a hint and believes nothing in it that was not verified: the binding to its segment first, then each block before any of its
 * entries. Not thread-safe.
 */
public final class HintReader implements AutoCloseable {

    private final ReadableFile file;
    private final StoreId storeId;
    private final long segmentId;
    private final long segmentLength;
    private final long entries;
    private final int filterBytes;
    private final long filterOffset;

    private HintReader(ReadableFile file, StoreId storeId, long segmentId, ByteBuffer header, long filterOffset) {
        this.file = file;
        this.storeId = storeId;
        this.segmentId = segmentId;
        this.segmentLength = HintFormat.segmentLength(header);
        this.entries = HintFormat.entryCount(header);
        this.filterBytes = (int) HintFormat.filterBytes(header);
        this.filterOffset = filterOffset;
    }

    /**
     * Opens the hint of a sealed segment and verifies that it belongs to exactly that segment.
     *
     * @param segmentLength the length of the segment, from the MANIFEST
     * @param segmentDigest its digest, likewise
     * @throws BadHintException if there is none, it belongs to something else, or it cannot be read
     */
    public static HintReader open(
            StoreDirectory directory, StoreId storeId, long segmentId, long segmentLength, long segmentDigest)
            throws BadHintException {
        String name = HintFile.name(segmentId);
        ReadableFile file;
        try {
            file = directory.open(name);
        } catch (NoSuchFileException e) {
            throw new BadHintException(name, "there is no such file", e);
        } catch (IOException e) {
            throw new BadHintException(name, "it cannot be opened", e);
        }
        try {
            return bind(file, storeId, segmentId, segmentLength, segmentDigest);
        } catch (BadHintException | RuntimeException | Error e) {
            close(file);
            throw e;
        }
    }

    private static HintReader bind(
            ReadableFile file, StoreId storeId, long segmentId, long segmentLength, long segmentDigest)
            throws BadHintException {
        String name = file.name();
        try {
            ByteBuffer header = FileHeader.read(file, HintFormat.MAGIC, HintFormat.VERSION);
            FileHeader.verifyIdentity(header, name, storeId, segmentId);
            long foundLength = HintFormat.segmentLength(header);
            long foundDigest = HintFormat.segmentDigest(header);
            if (foundLength != segmentLength || foundDigest != segmentDigest) {
                throw new BadHintException(
                        name,
                        String.format(
                                "it describes a segment of %d bytes with digest %016x, and this one has %d and %016x",
                                foundLength, foundDigest, segmentLength, segmentDigest),
                        FileHeader.OWN_OFFSET,
                        String.format("a segment of %d bytes with digest %016x", segmentLength, segmentDigest),
                        String.format("one of %d bytes with digest %016x", foundLength, foundDigest));
            }
            long filterBytes = HintFormat.filterBytes(header);
            long filterOffset = file.length() - filterBytes - HintFormat.CHECKSUM_LENGTH;
            if (!KeyFilter.legalLength(filterBytes) || filterOffset < FileHeader.LENGTH) {
                String impossible = "a filter of " + filterBytes + " bytes cannot be in a file of " + file.length();
                throw new BadHintException(
                        name,
                        impossible,
                        file.length(),
                        "a filter of " + filterBytes + " bytes behind the blocks",
                        "the end of the file");
            }
            return new HintReader(file, storeId, segmentId, header, filterOffset);
        } catch (CorruptionException | FormatVersionException e) {
            throw new BadHintException(name, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new BadHintException(name, "it cannot be read", e);
        }
    }

    /** How many entries the hint has: one for each key in the segment. */
    public long entries() {
        return entries;
    }

    /**
     * Shows all entries. The whole file is verified before the first is shown, so that a visitor sees all of them or none: it costs a second
     * pass over a file that is then in the page cache.
     *
     * @throws BadHintException if anything does not verify; then no entry was shown, unless the file changed between the passes
     */
    public void read(HintVisitor visitor) throws BadHintException {
        FileWindow window = new FileWindow();
        try {
            open(window);
            walk(window, null);
            walk(window, visitor);
        } catch (IOException e) {
            throw new BadHintException(file.name(), "it cannot be read", e);
        }
    }

    /** Begins a walk over the entries of records from the offset {@code from} on; it must end before this reader is closed. */
    public HintWalk walk(long from) {
        return new HintWalk(this, FileHeader.LENGTH, from);
    }

    /**
     * Returns the filter over the keys of the segment; reads no entry.
     *
     * @throws BadHintException if it does not verify
     */
    public KeyFilter filter() throws BadHintException {
        ByteBuffer bytes =
                ByteBuffer.allocate(filterBytes + HintFormat.CHECKSUM_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        try {
            file.read(bytes, filterOffset);
        } catch (IOException e) {
            throw new BadHintException(file.name(), "it cannot be read", e);
        }
        if (bytes.hasRemaining()) {
            throw new BadHintException(file.name(), "it became shorter while it was read");
        }
        int stored = bytes.getInt(filterBytes);
        int mask = ChecksumMask.at(HintFormat.filterSeed(storeId, segmentId), filterOffset);
        verify("the filter", filterOffset, stored, HintFormat.checksum(bytes, 0, filterBytes) ^ mask);
        return new KeyFilter(bytes.limit(filterBytes).slice(0, filterBytes));
    }

    private void walk(FileWindow window, @Nullable HintVisitor visitor) throws IOException, BadHintException {
        HintCursor cursor = new HintCursor();
        long seen = 0;
        long at = FileHeader.LENGTH;
        while (at < filterOffset) {
            int payload = verifiedPayload(window, at);
            int position = window.position(at);
            int count = HintFormat.blockEntries(window.buffer(), position);
            walkBlock(window.buffer(), position, payload, at, cursor, visitor);
            seen += count;
            at += HintFormat.BLOCK_HEADER_LENGTH + payload + HintFormat.CHECKSUM_LENGTH;
        }
        checkCount(seen);
    }

    /** Lets a window see all blocks. */
    void open(FileWindow window) {
        window.open(file, filterOffset);
    }

    /** Where the blocks end. */
    long filterOffset() {
        return filterOffset;
    }

    String fileName() {
        return file.name();
    }

    BadHintException bad(String reason) {
        return new BadHintException(file.name(), reason);
    }

    private BadHintException badBlock(long at, String how) {
        return new BadHintException(
                file.name(), "the block at offset " + at + " " + how, at, "a block of entries", "one that " + how);
    }

    /** Fails unless the blocks have as many entries as the header says. */
    void checkCount(long seen) throws BadHintException {
        if (seen != entries) {
            throw new BadHintException(
                    file.name(),
                    "it has " + seen + " entries where its header says " + entries,
                    FileHeader.LENGTH,
                    entries + " entries",
                    seen + " entries");
        }
    }

    /** Returns the payload length of the block at {@code at}, which is in the window and has been verified. */
    int verifiedPayload(FileWindow window, long at) throws IOException, BadHintException {
        if (!window.load(at, HintFormat.BLOCK_HEADER_LENGTH)) {
            throw badBlock(at, "is cut off");
        }
        // Until the checksum verifies this length only chooses the bytes to check, and it is bounded first.
        int payload = HintFormat.payloadLength(window.buffer(), window.position(at));
        if (payload <= 0 || payload > HintFormat.MAX_PAYLOAD) {
            throw badBlock(at, "claims " + payload + " bytes");
        }
        int covered = HintFormat.BLOCK_HEADER_LENGTH + payload;
        if (!window.load(at, covered + HintFormat.CHECKSUM_LENGTH)) {
            throw badBlock(at, "is cut off");
        }
        int position = window.position(at);
        int stored = window.buffer().getInt(position + covered);
        int mask = ChecksumMask.at(HintFormat.blockSeed(storeId, segmentId), at);
        verify("the block", at, stored, HintFormat.checksum(window.buffer(), position, covered) ^ mask);
        return payload;
    }

    private void verify(String what, long at, int stored, int computed) throws BadHintException {
        if (stored != computed) {
            throw new BadHintException(
                    file.name(),
                    String.format("%s at offset %d has checksum %08x and should have %08x", what, at, stored, computed),
                    at,
                    String.format("%s with checksum %08x", what, stored),
                    String.format("bytes whose checksum is %08x", computed));
        }
    }

    private void walkBlock(
            ByteBuffer buffer,
            int block,
            int payload,
            long blockOffset,
            HintCursor cursor,
            @Nullable HintVisitor visitor)
            throws IOException, BadHintException {
        int count = HintFormat.blockEntries(buffer, block);
        int at = block + HintFormat.BLOCK_HEADER_LENGTH;
        int end = at + payload;
        for (int i = 0; i < count; i++) {
            int length = legalEntry(buffer, at, end);
            if (length == 0) {
                throw new BadHintException(
                        file.name(),
                        "entry " + i + " of the block at offset " + blockOffset + " makes no sense",
                        blockOffset,
                        "entries that can be",
                        "entry " + i + ", which cannot");
            }
            if (visitor != null) {
                cursor.set(buffer, at);
                visitor.entry(cursor);
            }
            at += length;
        }
        if (at != end) {
            throw badBlock(blockOffset, "is longer than its " + count + " entries");
        }
    }

    /** Returns the length of the entry at {@code at}, or 0 if it makes no sense. */
    int legalEntry(ByteBuffer buffer, int at, int end) {
        if (end - at < HintFormat.ENTRY_HEADER_LENGTH) {
            return 0;
        }
        int flags = HintFormat.flags(buffer, at);
        int keyLength = HintFormat.keyLength(buffer, at);
        int length = HintFormat.entryLength(flags, keyLength);
        boolean legal = HintFormat.legal(
                HintFormat.kind(buffer, at),
                flags,
                HintFormat.sequence(buffer, at),
                HintFormat.offset(buffer, at),
                HintFormat.recordLength(buffer, at),
                keyLength,
                segmentLength);
        return legal && length <= end - at ? length : 0;
    }

    /** Closes the file. */
    @Override
    public void close() {
        close(file);
    }

    /** Nothing was written: a close that fails harms nobody. */
    private static void close(ReadableFile file) {
        try {
            file.close();
        } catch (IOException e) {
            System.getLogger(HintReader.class.getName()).log(System.Logger.Level.DEBUG, "closing " + file.name(), e);
        }
    }
}
