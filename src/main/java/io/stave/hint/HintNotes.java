package io.stave.hint;

import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a segment's hint, noted while the segment is written, so that nobody has to read it again: an entry for each record, in the
 * order of the records, also for those that a later one of their key supersedes.
 *
 * <p>They take memory outside the heap, {@value #MOST} bytes at the most. Where that will not do, or there is none to be had, they are given up,
 * and the segment has to be read after all. Not thread-safe.
 */
public final class HintNotes implements Closeable {

    /** The bytes that the notes about one segment take at the most. */
    public static final int MOST = 16 << 20;

    private static final int FIRST = 64 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final StoreDirectory directory;
    private final int expected;
    private @Nullable Mapping memory;
    private ByteBuffer entries = NOTHING;
    private int end;
    private long count;
    private boolean givenUp;

    /**
     * Notes without an entry; they take no memory yet.
     *
     * @param expected about how many bytes they will take
     */
    public HintNotes(StoreDirectory directory, int expected) {
        this.directory = directory;
        this.expected = expected;
    }

    /** Notes a record; the parameters are those of {@link HintWriter#add}. */
    public void add(
            int kind,
            int flags,
            long sequence,
            long recordOffset,
            int recordLength,
            long expiry,
            ByteBuffer key,
            int keyPosition,
            int keyLength) {
        int kept = flags & HintFormat.EXPIRY;
        int length = HintFormat.entryLength(kept, keyLength);
        if (entries.capacity() - end < length && !grow(end + length)) {
            return;
        }
        HintFormat.putEntry(entries, end, kind, kept, sequence, (int) recordOffset, recordLength, keyLength);
        if (kept != 0) {
            HintFormat.putExpiry(entries, end, expiry);
        }
        entries.put(HintFormat.keyPosition(end, kept), key, keyPosition, keyLength);
        end += length;
        count++;
    }

    private boolean grow(int needed) {
        if (givenUp || needed > MOST) {
            giveUp();
            return false;
        }
        try {
            long first = Math.max(FIRST, expected);
            Mapping larger = directory.allocate(Math.min(MOST, Math.max(first, 2L * needed)));
            larger.buffer().put(0, entries, 0, end);
            release();
            memory = larger;
            entries = larger.buffer();
            return true;
        } catch (UncheckedIOException e) {
            giveUp();
            return false;
        }
    }

    private void giveUp() {
        givenUp = true;
        count = 0;
        end = 0;
        release();
    }

    /** Whether there is an entry for each of so many records. */
    public boolean holdAll(long records) {
        return !givenUp && count == records;
    }

    /** How many bytes they take. */
    public int bytes() {
        return end;
    }

    /** Shows the entries, in the order they were added. */
    public void read(HintVisitor visitor) throws IOException {
        HintCursor cursor = new HintCursor();
        for (int at = 0; at < end; ) {
            cursor.set(entries, at);
            visitor.entry(cursor);
            at += HintFormat.entryLength(cursor.flags(), cursor.keyLength());
        }
    }

    private void release() {
        if (memory != null) {
            memory.release();
            memory = null;
        }
        entries = NOTHING;
    }

    /** Forgets everything; what is noted from now on is of no use. */
    @Override
    public void close() {
        giveUp();
    }
}
