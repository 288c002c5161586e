package io.stave.keydir;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * One of the stripes a keydir is divided into: a table, the lock of its writers, and the stamp its readers go by. {@link CompactKeydir} explains
 * how they work together.
 *
 * <p>A stripe being loaded keeps tombstones and sequences; see {@link KeydirLoader}.
 */
final class Stripe {

    /** Slots moved at most before readers are let in again: about a hundred nanoseconds. */
    private static final int MOST_MOVED = 64 * TableShape.SLOT;

    /** How often a writer looks whether a reader it held up has finished: some microseconds. */
    private static final int COURTESY = 256;

    /** After so many looks in vain a reader offers its processor: the writer may have lost its own in mid-write. */
    private static final int READS_BEFORE_YIELD = 64;

    private static final int RETRY = -1;
    private static final int ABSENT = 0;
    private static final int FOUND = 1;

    private static final VarHandle STAMP;
    private static final VarHandle WAITING;
    private static final VarHandle COUNT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STAMP = lookup.findVarHandle(Stripe.class, "stamp", long.class);
            WAITING = lookup.findVarHandle(Stripe.class, "waiting", int.class);
            COUNT = lookup.findVarHandle(Stripe.class, "count", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Constant.
    private final TableMemory memory;
    private final boolean sequenced;

    // Written by the holder of this stripe's monitor, read by all.
    private volatile Table table = Table.EMPTY;
    private volatile int count;
    private volatile long stamp; // odd while the holder of the monitor changes slots

    // Written by readers that were held up.
    private volatile int waiting;

    // Guarded by this.
    private int tombstones;
    private int firstSlots = TableShape.slotsFor(1);
    private long touched; // what was read ahead, so that the reads are not optimized away

    Stripe(TableMemory memory, boolean sequenced) {
        this.memory = memory;
        this.sequenced = sequenced;
    }

    // ---------------------------------------------------------------------------------------------- readers, without
    // the monitor

    boolean find(long high, int low, Location out) {
        int outcome = attempt(high, low, out);
        return outcome == RETRY ? findAgain(high, low, out) : outcome == FOUND;
    }

    private int attempt(long high, int low, Location out) {
        long before = (long) STAMP.getAcquire(this);
        if ((before & 1) != 0) {
            return RETRY;
        }
        Table current = table; // once: the table that belongs to the stamp, or the next one with the same contents
        int at = current.search(high, low);
        int segment = 0;
        long packed = 0;
        if (at >= 0) {
            segment = current.segment(at);
            packed = current.packed(at);
        }
        VarHandle.acquireFence(); // all reads above come before the read below
        if ((long) STAMP.getOpaque(this) != before) {
            return RETRY;
        }
        if (at >= 0) {
            out.set(segment, packed);
            return FOUND;
        }
        if (current == Table.CLOSED) {
            throw closed();
        }
        return ABSENT;
    }

    /** Tries again, and asks the writers for a pause meanwhile: a stripe that is written without a break would let no reader through. */
    private boolean findAgain(long high, int low, Location out) {
        WAITING.getAndAdd(this, 1);
        try {
            int outcome = RETRY;
            for (int tries = 1; outcome == RETRY; tries++) {
                if (tries % READS_BEFORE_YIELD == 0) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
                outcome = attempt(high, low, out);
            }
            return outcome == FOUND;
        } finally {
            WAITING.getAndAdd(this, -1);
        }
    }

    /** Whatever it reads, also beside a writer, means nothing. */
    long touch(long high) {
        return table.touch(high);
    }

    int count() {
        return count;
    }

    int slots() {
        return table.slots;
    }

    long bytes() {
        return table.bytes();
    }

    // Writers, with the monitor.

    synchronized boolean put(long high, int low, int segment, long packed, Location previous) {
        Table current = writable();
        int at = current.search(high, low);
        if (at >= 0) {
            previous.set(current.segment(at), current.packed(at));
            overwrite(current, at, segment, packed, 0);
            return true;
        }
        insert(~at, high, low, segment, packed, 0);
        return false;
    }

    synchronized boolean remove(long high, int low, Location previous) {
        int at = writable().search(high, low);
        if (at < 0) {
            return false;
        }
        removeAt(at, high, low, previous);
        return true;
    }

    synchronized boolean removeIf(long high, int low, int segment, int offset, Location previous) {
        int at = writable().search(high, low);
        if (at < 0 || !standsAt(table, at, segment, offset)) {
            return false;
        }
        removeAt(at, high, low, previous);
        return true;
    }

    private static boolean standsAt(Table current, int at, int segment, int offset) {
        return current.segment(at) == segment && Location.offset(current.packed(at)) == offset;
    }

    private void removeAt(int found, long high, int low, Location previous) {
        int at = found;
        if (shrinkIfSparse()) {
            at = table.search(high, low);
        }
        Table current = table;
        previous.set(current.segment(at), current.packed(at));
        closeUp(current, at);
        count = count - 1;
    }

    synchronized boolean replace(long high, int low, int segment, int offset, int newSegment, int newOffset) {
        Table current = writable();
        int at = current.search(high, low);
        if (at < 0 || !standsAt(current, at, segment, offset)) {
            return false;
        }
        overwrite(current, at, newSegment, Location.withOffset(current.packed(at), newOffset), 0);
        return true;
    }

    /** As {@link KeydirLoader#offer} says; {@code order} is a {@link RecordOrder}. */
    synchronized boolean offer(long high, int low, long order, int segment, long packed, Location superseded) {
        Table current = writable();
        int at = current.search(high, low);
        if (at < 0) {
            insert(~at, high, low, segment, packed, order);
            tombstones += RecordOrder.tombstones(order);
            return false;
        }
        long presentOrder = current.sequence(at);
        int presentSegment = current.segment(at);
        long presentPacked = current.packed(at);
        int newer = RecordOrder.compare(order, segment, packed, presentOrder, presentSegment, presentPacked);
        if (newer > 0) {
            overwrite(current, at, segment, packed, order);
            tombstones += RecordOrder.tombstones(order) - RecordOrder.tombstones(presentOrder);
            superseded.set(presentSegment, presentPacked);
            return !RecordOrder.isTombstone(presentOrder);
        }
        superseded.set(segment, packed);
        return newer < 0 && !RecordOrder.isTombstone(order);
    }

    /** The first record gets a table of so many slots. */
    synchronized void expect(int slots) {
        firstSlots = Math.max(slots, TableShape.slotsFor(1));
    }

    /** Offers a batch of a {@link KeydirFeed}. */
    synchronized void offerAll(long[] batch, int count, Location superseded, KeydirFeed.Losses losses) {
        Table current = writable();
        for (int i = 0; i < count; i++) {
            touched += current.touch(batch[i * KeydirFeed.WORDS]);
        }
        for (int i = 0; i < count; i++) {
            int at = i * KeydirFeed.WORDS;
            long lowAndSegment = batch[at + 1];
            if (offer(
                    batch[at],
                    (int) (lowAndSegment >>> Integer.SIZE),
                    batch[at + 2],
                    (int) lowAndSegment,
                    batch[at + 3],
                    superseded)) {
                losses.lost(superseded);
            }
        }
    }

    /** Ends the loading: gives all keys, without tombstones and sequences, to a stripe that nobody uses yet, and closes this one. */
    synchronized void finishInto(Stripe finished) {
        Table loaded = writable();
        int live = count - tombstones;
        boolean sparse = isRoomy(live, loaded.slots);
        if (live > 0 && tombstones == 0 && !sparse) {
            finished.adopt(loaded.withoutSequences(), live);
            table = Table.CLOSED;
            loaded.retireSequences(memory);
        } else if (live > 0) {
            int slots = sparse ? TableShape.roomyFor(live) : loaded.slots;
            finished.adopt(loaded.copy(slots, TableShape.tail(slots), false, false, memory), live);
        }
        close();
    }

    synchronized TableImage image() {
        Table current = writable();
        return new TableImage(current.slots, current.homes, count);
    }

    synchronized void forEach(int flags, Location into, Consumer<Location> visitor) {
        writable().forEach(flags, into, visitor);
    }

    /** The slots, read-only. */
    synchronized ByteBuffer bytesOfSlots() {
        return writable().bytesOfSlots();
    }

    /** Takes a table that the caller is going to fill, before anybody reads it; returns where. */
    synchronized ByteBuffer restore(Table empty, int keys) {
        adopt(empty, keys);
        return empty.slotsToFill();
    }

    private synchronized void adopt(Table filled, int keys) {
        table = filled;
        count = keys;
    }

    synchronized void close() {
        Table last = table;
        table = Table.CLOSED;
        count = 0;
        tombstones = 0;
        last.retire(memory);
    }

    private Table writable() {
        Table current = table;
        if (current == Table.CLOSED) {
            throw closed();
        }
        return current;
    }

    /** Inserts what belongs before the slot {@code place}. */
    private void insert(int place, long high, int low, int segment, long packed, long sequence) {
        int at = place;
        if (count >= TableShape.limit(table.slots)) {
            int slots = table.slots == 0 ? firstSlots : TableShape.next(table.slots);
            replaceTable(slots, Math.max(TableShape.tail(slots), tail()));
            at = ~table.search(high, low);
        }
        int gap = table.gap(at);
        while (gap < 0) { // the last run has filled the tail
            int longer = 2 * tail();
            replaceTable(TableShape.slotsFor((long) table.homes + longer), longer);
            at = ~table.search(high, low);
            gap = table.gap(at);
        }
        makeRoom(table, at, gap);
        beginChange();
        table.set(at, high, low, segment, packed, sequence);
        endChange();
        COUNT.setRelease(this, count + 1);
    }

    private int tail() {
        return table.slots - table.homes;
    }

    private boolean shrinkIfSparse() {
        int slots = table.slots;
        if (!isSparse(count, slots)) {
            return false;
        }
        int fewer = TableShape.roomyFor(count);
        replaceTable(fewer, TableShape.tail(fewer));
        return true;
    }

    /** Whether so few keys are worth a copy to a smaller table. */
    private static boolean isSparse(int keys, int slots) {
        return keys < slots / 3 && TableShape.roomyFor(keys) < slots;
    }

    /** Whether a table that is done growing is larger than one that has grown by itself would be. */
    private static boolean isRoomy(int keys, int slots) {
        return keys < slots - slots / 3 && TableShape.roomyFor(keys) < slots;
    }

    /** Puts a copy in the table's place. Readers in the old one find there what is in the new one, until the next change of a slot. */
    private void replaceTable(int slots, int tail) {
        Table old = table;
        table = old.copy(slots, tail, sequenced, true, memory);
        old.retire(memory);
    }

    private void overwrite(Table current, int at, int segment, long packed, long sequence) {
        beginChange();
        current.setLocation(at, segment, packed, sequence);
        endChange();
    }

    /**
     * Moves the slots of {@code [at, gap)} to the right by one, the last ones first. Between two pieces one slot is there twice, side by side:
     * every search finds what it found before, so readers are let in between.
     */
    private void makeRoom(Table current, int at, int gap) {
        int until = gap;
        while (until > at) {
            int from = Math.max(at, until - MOST_MOVED);
            beginChange();
            current.move(from, until, from + TableShape.SLOT);
            endChange();
            until = from;
        }
    }

    /** Takes the slot {@code at} out: moves those behind it to the left by one, the first ones first, up to one that is at home. */
    private void closeUp(Table current, int at) {
        int end = current.runEnd(at + TableShape.SLOT);
        int from = at + TableShape.SLOT;
        while (from < end) {
            int until = Math.min(end, from + MOST_MOVED);
            beginChange();
            current.move(from, until, from - TableShape.SLOT);
            endChange();
            from = until;
        }
        beginChange();
        current.set(end - TableShape.SLOT, 0, 0, 0, 0, 0);
        endChange();
    }

    private void beginChange() {
        if (waiting != 0) {
            letReadersPass();
        }
        STAMP.setOpaque(this, stamp + 1);
        VarHandle.storeStoreFence(); // the stamp is odd before any slot changes
    }

    private void endChange() {
        STAMP.setRelease(this, stamp + 1);
    }

    private void letReadersPass() {
        for (int i = 0; i < COURTESY && waiting != 0; i++) {
            Thread.onSpinWait();
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the keydir is closed");
    }
}
