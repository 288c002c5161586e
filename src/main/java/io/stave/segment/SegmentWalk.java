package io.stave.segment;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a part of a segment at the pace of its caller, record by record, by windows of 1 MiB and without a mapping.
 *
 * <p>Where {@link SegmentScanner} looks for the end of a log, the end is known here: everything below it was appended, in complete batches.
 * So whatever does not verify is damage.
 *
 * <p>Reusable for one segment after another, to spare the window's allocation; not thread-safe.
 */
public final class SegmentWalk {

    private final RecordWindow window = new RecordWindow();
    private final RecordCursor cursor = new RecordCursor();
    private String name = "";
    private long at;
    private long end;

    /** Creates a walk; the window is allocated when a segment is opened. */
    public SegmentWalk() {}

    /**
     * Turns to a segment.
     *
     * @param file the segment; its header is not looked at
     * @param storeId the store, and
     * @param segmentId the segment that the checksums are seeded with
     * @param from where to begin: where a record or mark begins
     * @param newEnd where to end: where the last one ends
     */
    public void open(ReadableFile file, StoreId storeId, long segmentId, long from, long newEnd) {
        name = file.name();
        at = from;
        end = newEnd;
        window.open(file, RecordFormat.maskSeed(storeId, segmentId), newEnd);
    }

    /** Lets go of the file, which stays open, and keeps the memory. */
    public void close() {
        window.close();
    }

    /** Where the next record is looked for; after damage, where that is. */
    public long offset() {
        return at;
    }

    /**
     * Returns the next record, or null at the end. It, and the buffer it gives, are valid until the next call.
     *
     * @throws CorruptionException if what lies there does not verify; so does the next call
     * @throws IOException if the file cannot be read
     */
    public @Nullable RecordCursor next() throws IOException {
        while (at < end) {
            int length = window.load(at);
            if (length <= 0) {
                throw damaged(length);
            }
            long found = at;
            int position = window.position(found);
            at = found + length;
            if (!RecordFormat.isMark(window.buffer(), position)) {
                cursor.set(window.buffer(), position, found, length);
                return cursor;
            }
        }
        return null;
    }

    private CorruptionException damaged(int outcome) {
        boolean checksum = outcome == RecordWindow.DAMAGE && window.storedChecksum() != window.computedChecksum();
        return new CorruptionException(
                name,
                at,
                checksum ? String.format("a record with checksum %08x", window.storedChecksum()) : "a record",
                checksum
                        ? String.format("bytes whose checksum is %08x", window.computedChecksum())
                        : outcome == RecordWindow.NOTHING
                                ? "zeros, or fewer bytes than a record has"
                                : window.reason());
    }
}
