package io.stave.keydir;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How many slots a table has, and where their memory comes from.
 *
 * <p>Memory is mapped in pages, so a table of a page or more fills whole pages. Below that a table lives on the heap and the collector frees
 * it: a store of a few keys needs no mapping at all, and all stripes together keep less than 1 MiB there.
 *
 * <p>A table doubles while small, then grows by a page, then, from eight pages on, by a quarter. It is grown when 7/8 full. That makes 24 / (7/8)
 * = 27.4 bytes a key when fullest and 27.4 * 5/4 = 34.3 just after growth.
 */
final class TableShape {

    /** Bytes of a slot; {@link Table} has the diagram. */
    static final int SLOT = Long.BYTES + Integer.BYTES + Integer.BYTES + Long.BYTES;

    /** Bytes of a page: the granularity of mappings nearly everywhere, and the smallest table that is worth one. */
    static final int PAGE = 4096;

    /** A table is one buffer, and a buffer ends at 2 GiB. */
    static final int MAX_SLOTS = slotsOf(Integer.MAX_VALUE / PAGE);

    private static final int MIN_SLOTS = 8;
    private static final int MAX_HEAP_SLOTS = 128;
    private static final int PAGES_BEFORE_QUARTERS = 8;
    private static final int MAX_TAIL = 64;

    private TableShape() {}

    /** The smallest table of at least so many slots. */
    static int slotsFor(long least) {
        if (least <= MAX_HEAP_SLOTS) {
            return (int) Math.max(MIN_SLOTS, Long.highestOneBit(2 * least - 1));
        }
        long pages = (least * SLOT + PAGE - 1) / PAGE;
        if (pages > Integer.MAX_VALUE / PAGE) {
            throw new IllegalStateException(
                    "a stripe of the keydir can hold no more than " + MAX_SLOTS + " slots, and needs " + least);
        }
        return slotsOf((int) pages);
    }

    /** The next larger table. */
    static int next(int slots) {
        if (slots < MAX_HEAP_SLOTS) {
            return slotsFor(2L * slots);
        }
        int pages =
                (int) (((long) slots * SLOT + SLOT - 1) / PAGE); // exact: a page-filling table wastes less than a slot
        int step = pages < PAGES_BEFORE_QUARTERS ? 1 : pages / 4;
        return slotsFor((long) (pages + step) * PAGE / SLOT);
    }

    /** The table that so many slots in use fill to 3/4. */
    static int roomyFor(int used) {
        return slotsFor(used + used / 3L + 1);
    }

    /** How many slots of a table may be in use. */
    static int limit(int slots) {
        return slots - slots / 8;
    }

    /**
     * How many slots at the end are nobody's home: they take what runs over the end. At 7/8 full a run passes the end by q slots with odds of
     * about e^(-q/4): 64 slots are exceeded once in ten million tables, the few of a small table more often. Then the tail is made longer.
     */
    static int tail(int slots) {
        return Math.min(MAX_TAIL, Math.max(2, slots / 64));
    }

    /** Zeroed little-endian memory. */
    static ByteBuffer allocate(int slots, int bytesPerSlot, TableMemory memory) {
        int bytes = slots * bytesPerSlot;
        if (bytes <= MAX_HEAP_SLOTS * SLOT) {
            return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        int pages = (int) (((long) bytes + PAGE - 1) / PAGE);
        return memory.allocate(pages * PAGE).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Gives back what {@link #allocate} gave. */
    static void retire(ByteBuffer buffer, TableMemory memory) {
        if (buffer.capacity() >= PAGE) {
            memory.retire(buffer);
        }
    }

    private static int slotsOf(int pages) {
        return (int) ((long) pages * PAGE / SLOT);
    }
}
