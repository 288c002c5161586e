package io.stave.hint;

import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a segment's hint, noted while the segment is written, so that nobody has to read it again: an entry for each record, in the
 * order of the records, also for those that a later one of their key supersedes. Who learns of these meanwhile notes them too.
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
    private final Pieces entries = new Pieces();
    private final Pieces superseded = new Pieces();
    private int taken;
    private long count;
    private boolean putsForGood = true;
    private boolean givenUp;

    /** A piece of memory, and what is in it. */
    private static final class Piece {
        private @Nullable Mapping memory;
        private ByteBuffer notes = NOTHING;
        private int end;

        void release() {
            notes = NOTHING;
            end = 0;
            if (memory != null) {
                memory.release();
                memory = null;
            }
        }
    }

    /** Pieces of memory, one after the other. */
    private final class Pieces {
        private final List<Piece> all = new ArrayList<>();
        private Piece last = new Piece();

        /** Whether there is room for so many bytes in the {@link #last}. */
        boolean hasRoom(int bytes) {
            return last.notes.capacity() - last.end >= bytes || grow();
        }

        /** Takes another piece. Notes are advice, so nobody is told if that fails. */
        private boolean grow() {
            if (givenUp || (taken + 1) * PIECE > MOST) {
                giveUp();
                return false;
            }
            try {
                Piece next = new Piece();
                all.add(next);
                Mapping memory = directory.allocate(PIECE);
                next.memory = memory;
                next.notes = memory.buffer();
                last = next;
                taken++;
                return true;
            } catch (UncheckedIOException | OutOfMemoryError e) {
                giveUp();
                return false;
            }
        }

        void release() {
            all.forEach(Piece::release);
            all.clear();
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
        if (!entries.hasRoom(length)) {
            return;
        }
        Piece last = entries.last;
        ByteBuffer notes = last.notes;
        int at = last.end;
        HintFormat.putEntry(notes, at, kind, kept, sequence, (int) recordOffset, recordLength, keyLength);
        if (kept != 0) {
            HintFormat.putExpiry(notes, at, expiry);
        }
        notes.put(HintFormat.keyPosition(at, kept), key, keyPosition, keyLength);
        last.end = at + length;
        putsForGood &= kept == 0 && kind != HintFormat.TOMBSTONE;
        count++;
    }

    /** Notes that a later record of the segment supersedes the one at this offset. */
    public void supersede(int recordOffset) {
        if (superseded.hasRoom(Integer.BYTES)) {
            Piece last = superseded.last;
            last.notes.putInt(last.end, recordOffset);
            last.end += Integer.BYTES;
        }
    }

    private void giveUp() {
        givenUp = true;
        count = 0;
        entries.release();
        superseded.release();
    }

    /** Whether there is an entry for each of so many records. */
    public boolean holdAll(long records) {
        return !givenUp && count == records;
    }

    /**
     * Whether there is nothing but puts without an expiry. Of these whoever keeps the keydir is told by it which record another one supersedes;
     * of a key that was deleted, or had expired, it knows nothing when it is put again.
     */
    public boolean putsForGood() {
        return putsForGood;
    }

    /** Shows the offsets of the records that were noted as superseded. */
    public void readSuperseded(IntConsumer visitor) {
        for (Piece piece : superseded.all) {
            for (int at = 0; at < piece.end; at += Integer.BYTES) {
                visitor.accept(piece.notes.getInt(at));
            }
        }
    }

    /** Shows the entries, in the order they were added. */
    public void read(HintVisitor visitor) throws IOException {
        HintCursor cursor = new HintCursor();
        for (Piece piece : entries.all) {
            for (int at = 0; at < piece.end; ) {
                cursor.set(piece.notes, at);
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
