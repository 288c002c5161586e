package io.stave.segment;

import io.stave.io.ReadableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first record of a segment with a predecessor: the bytes in use there when the log went on here, so that no recovery takes a predecessor
 * that has lost its end for a whole one (I4).
 *
 * <p>A segment is created and listed before its predecessor is full, and how far that one will reach is not known then. So this is no part of the
 * header, which is durable before the segment is listed, but of the log: it is written when the log gets here, durable with what follows it,
 * and whether it is there says whether the log got here.
 */
public final class SegmentLink {

    /** Bytes of a link. */
    public static final int LENGTH = RecordFormat.HEADER_LENGTH;

    private SegmentLink() {}

    /** Returns the link of a segment as it is on disk, at the offset {@link SegmentHeader#LENGTH}. */
    public static ByteBuffer encode(SegmentHeader header, long predecessorLength) {
        ByteBuffer link = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        RecordFormat.link(link, 0, predecessorLength);
        int unused = RecordFormat.seal(link, 0, LENGTH, mask(header));
        return link;
    }

    /**
     * Returns the bytes in use in the predecessor, or 0 if there is no link that verifies: the log has not got here, or has no predecessor, or a
     * crash took it.
     *
     * @throws IOException if the file cannot be read
     */
    public static long predecessorLength(ReadableFile file, SegmentHeader header) throws IOException {
        ByteBuffer link = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        boolean whole = file.read(link, SegmentHeader.LENGTH) == LENGTH
                && RecordFormat.kind(link, 0) == RecordFormat.LINK
                && RecordFormat.verify(link, 0, LENGTH, mask(header));
        return whole ? RecordFormat.sequence(link, 0) : 0;
    }

    private static int mask(SegmentHeader header) {
        return RecordFormat.mask(header.storeId(), header.segmentId(), SegmentHeader.LENGTH);
    }
}
