package io.stave.segment;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.FileHeader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The header of a segment: a {@link FileHeader} with magic {@code STAVESEG} whose own 24 bytes are
 *
 * <pre>
 *   36              44              52         60
 *   +---------------+---------------+----------+
 *   | base sequence | predecessor   | zeros    |
 *   | u64           | u64           | 8 bytes  |
 *   +---------------+---------------+----------+
 * </pre>
 *
 * <p>It is written and forced before the segment is needed, and never again. What is known only when the log goes on there is in the {@link
 * SegmentLink}.
 *
 * @param storeId the store that the segment belongs to
 * @param segmentId the segment's own id
 * @param baseSequence no record has a smaller sequence; 0 in the output of a merge
 * @param predecessorId the segment that the writer rolled away from to this one, or 0 if this was its first
 */
public record SegmentHeader(StoreId storeId, long segmentId, long baseSequence, long predecessorId) {

    /** Bytes on disk: the offset of the first record. */
    public static final int LENGTH = FileHeader.LENGTH;

    /** {@code STAVESEG}. */
    public static final long MAGIC = FileHeader.magic("STAVESEG");

    /** The format version written, and the newest one read. */
    public static final int VERSION = 1;

    private static final int BASE_SEQUENCE_OFFSET = FileHeader.OWN_OFFSET;
    private static final int PREDECESSOR_OFFSET = BASE_SEQUENCE_OFFSET + 8;

    /** Returns the header as on disk in a new buffer, ready to be written. */
    public ByteBuffer encode() {
        ByteBuffer header = FileHeader.begin(MAGIC, VERSION, storeId, segmentId);
        header.putLong(BASE_SEQUENCE_OFFSET, baseSequence);
        header.putLong(PREDECESSOR_OFFSET, predecessorId);
        FileHeader.seal(header);
        return header;
    }

    /**
     * Reads and verifies the header of a segment.
     *
     * @throws CorruptionException if it does not verify, or belongs to another segment or store
     * @throws FormatVersionException if a newer release wrote it
     * @throws IOException if the file cannot be read
     */
    public static SegmentHeader read(ReadableFile file, StoreId storeId, long segmentId) throws IOException {
        ByteBuffer header = FileHeader.read(file, MAGIC, VERSION);
        FileHeader.verifyIdentity(header, file.name(), storeId, segmentId);
        return new SegmentHeader(
                storeId, segmentId, header.getLong(BASE_SEQUENCE_OFFSET), header.getLong(PREDECESSOR_OFFSET));
    }
}
