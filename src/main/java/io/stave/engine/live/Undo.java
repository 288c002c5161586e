package io.stave.engine.live;

import io.stave.keydir.CompactKeydir;
import io.stave.keydir.Location;
import io.stave.keydir.TableMemory;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a snapshot has to remember: for each key that was changed since its moment, which record was live then. Off the heap, in the table that
 * the keydir is made of, up to a limit.
 *
 * <p>An entry names the record by its place, or by its sequence if a merge has made a copy of it that the snapshot does not know: then its 63
 * bits stand in the fields of segment and offset.
 *
 * <p>Any number of threads may note and look up; readers inside the reader epoch, for tables are retired.
 */
public final class Undo {

    private static final int BY_PLACE = 0;
    private static final int BY_SEQUENCE = 1;

    /** Tables of less than a page lie on the heap and are not allocated here: after so many entries they are looked at, */
    private static final int CHECK_EVERY = 16;

    /** and by no more than so many bytes do they grow meanwhile: as many tables by 64 slots. */
    private static final int MARGIN = CHECK_EVERY * 2048;

    /** To note one more would take more memory than the limit. */
    public static final class LimitException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LimitException() {
            super("the limit is reached", null, false, false);
        }
    }

    private final TableMemory memory;
    private final long limit;
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong noted = new AtomicLong();
    private final CompactKeydir table = new CompactKeydir(new Limited());

    public Undo(TableMemory memory, long limit) {
        this.memory = memory;
        this.limit = limit;
    }

    /**
     * Notes that the record at a place was live. Noting the same again changes nothing.
     *
     * @throws LimitException if that takes too much memory; nothing was noted
     */
    public void notePlace(long high, int low, int segment, int offset) {
        note(high, low, segment, offset, BY_PLACE);
    }

    /** Notes that the record with a sequence was live, as {@link #notePlace}. */
    public void noteSequence(long high, int low, long sequence) {
        note(high, low, (int) (sequence >>> 31), (int) sequence & Integer.MAX_VALUE, BY_SEQUENCE);
    }

    private void note(long high, int low, int segment, int offset, int form) {
        if (noted.getAndIncrement() % CHECK_EVERY == 0 && table.bytes() + MARGIN > limit) {
            throw new LimitException();
        }
        table.put(high, low, segment, offset, 0, form, new Location());
    }

    /** Looks up the entry of a key. */
    public boolean find(long high, int low, Location out) {
        return table.find(high, low, out);
    }

    /** Whether an entry names this record. */
    public static boolean names(Location entry, int segment, int offset, long sequence) {
        return entry.flags == BY_PLACE
                ? entry.segment == segment && entry.offset == offset
                : entry.segment == (int) (sequence >>> 31) && entry.offset == ((int) sequence & Integer.MAX_VALUE);
    }

    /** How many keys were changed. */
    public long count() {
        return table.count();
    }

    /** The memory, in bytes. */
    public long bytes() {
        return table.bytes();
    }

    public long limit() {
        return limit;
    }

    /** Retires the memory; later calls may throw. */
    public void close() {
        table.close();
    }

    /** Refuses to go beyond the limit, the table that is being copied from included. */
    private final class Limited implements TableMemory {
        @Override
        public ByteBuffer allocate(int bytes) {
            if (allocated.addAndGet(bytes) > limit) {
                allocated.addAndGet(-bytes);
                throw new LimitException();
            }
            try {
                return memory.allocate(bytes);
            } catch (Throwable e) {
                allocated.addAndGet(-bytes);
                throw e;
            }
        }

        @Override
        public void retire(ByteBuffer table) {
            allocated.addAndGet(-table.capacity());
            memory.retire(table);
        }
    }
}
