package io.stave.hint;

import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a segment's hint, noted while the segment is written, so that nobody has to read it again: an entry for each record, in the
 * order of the records, also for those that a later one of their key supersedes.
 *
 * <p>They take memory outside the heap, a little at a time so that whoever notes something never waits long for it, and {@value #MOST} bytes at the most. Where
 * that will not do, or there is none to be had, they are given up, and the segment has to be read after all. Not thread-safe.
 */
public final class HintNotes implements Closeable {

    /** The bytes that the notes about one segment take at the most. */
    public static final int MOST = 16 << 20;

    /** The bytes that are taken at a time: more than the longest entry. */
    static final int PIECE = 128 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final StoreDirectory directory;
    private final List<Piece> pieces = new ArrayList<>();
    private Piece last = new Piece();
    private long count;
    private boolean givenUp;

    /** A piece of memory, and the entries in it. */
    private static final class Piece {
        private @Nullable Mapping memory;
        private ByteBuffer entries = NOTHING;
        private int end;

        void release() {
            entries = NOTHING;
            end = 0;
            if (memory != null) {
                memory.release();
                memory = null;
            }
        }
    }

    /** Notes without an entry; they take no memory yet. */
    public HintNotes(StoreDirectory directory) {
        this.directory = directory;
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
        if (last.entries.capacity() - last.end < length && !grow()) {
            return;
        }
        ByteBuffer entries = last.entries;
        int at = last.end;
        HintFormat.putEntry(entries, at, kind, kept, sequence, (int) recordOffset, recordLength, keyLength);
        if (kept != 0) {
            HintFormat.putExpiry(entries, at, expiry);
        }
        entries.put(HintFormat.keyPosition(at, kept), key, keyPosition, keyLength);
        last.end = at + length;
        count++;
    }

    /** Takes another piece. Notes are advice, so nobody is told if that fails. */
    private boolean grow() {
        if (givenUp || (pieces.size() + 1) * PIECE > MOST) {
            giveUp();
            return false;
        }
        try {
            Piece next = new Piece();
            pieces.add(next);
            Mapping memory = directory.allocate(PIECE);
            next.memory = memory;
            next.entries = memory.buffer();
            last = next;
            return true;
        } catch (UncheckedIOException | OutOfMemoryError e) {
            giveUp();
            return false;
        }
    }

    private void giveUp() {
        givenUp = true;
        count = 0;
        pieces.forEach(Piece::release);
        pieces.clear();
    }

    /** Whether there is an entry for each of so many records. */
    public boolean holdAll(long records) {
        return !givenUp && count == records;
    }

    /** Shows the entries, in the order they were added. */
    public void read(HintVisitor visitor) throws IOException {
        HintCursor cursor = new HintCursor();
        for (Piece piece : pieces) {
            for (int at = 0; at < piece.end; ) {
                cursor.set(piece.entries, at);
                visitor.entry(cursor);
                at += HintFormat.entryLength(cursor.flags(), cursor.keyLength());
            }
        }
    }

    /** Forgets everything; what is noted from now on is of no use. */
    @Override
    public void close() {
        giveUp();
    }
}
