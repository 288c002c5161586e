package io.stave.keydir;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one stripe: an ordered linear-probing table (O. Amble and D. E. Knuth, "Ordered hash tables", 1974).
 *
 * <pre>
 *    0                       8           12          16                      24
 *   +-----------------------+-----------+-----------+-----------------------+
 *   |  fingerprint, high    | fp., low  |  segment  | offset, length, flags |
 *   +-----------------------+-----------+-----------+-----------------------+
 * </pre>
 *
 * A slot whose first word is zero is empty. The slots in use are sorted by that word; they all begin with the bits that chose the stripe, the sign
 * among them, so it does not matter that Java compares with sign. Each lies at its home or to the right of it, with no empty slot between. The home grows with the fingerprint, so a search goes right from the home and ends at the first slot that is
 * empty or larger: a miss is as short as a hit, and the table can be copied into a larger one from left to right. What runs over the last home
 * lies in the tail; nothing wraps around.
 *
 * <p>While a store is recovered, a second column holds 8 bytes a slot: sequence and tombstone bit of the record, moved in lock step.
 *
 * <p>A slot is named by its byte offset {@code at}, a multiple of {@link TableShape#SLOT}. Writes are made by the one writer of the stripe;
 * readers may see any mix of old and new bytes, and {@link Stripe} throws away what they saw then. So {@link #search} must end, and stay in
 * bounds, whatever it reads.
 */
final class Table {

    /** No slots: a stripe without keys. */
    static final Table EMPTY = new Table(0, 0, ByteBuffer.allocate(0), null);

    /** No slots: a stripe that was closed. */
    static final Table CLOSED = new Table(0, 0, ByteBuffer.allocate(0), null);

    /** The fingerprint's bits that chose the stripe; they say nothing within it. */
    static final int STRIPE_BITS = 8;

    private static final int SLOT = TableShape.SLOT;
    private static final int LOW = Long.BYTES;
    private static final int SEGMENT = Long.BYTES + Integer.BYTES;
    private static final int PACKED = Long.BYTES + Integer.BYTES + Integer.BYTES;
    private static final int SEQUENCE = Long.BYTES;

    /** Bytes that come into the cache together, nearly everywhere. */
    private static final int LINE = 64;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** How many slots. */
    final int slots;

    /** How many of them are homes. */
    final int homes;

    private final int end;
    private final ByteBuffer buffer;
    private final @Nullable ByteBuffer sequences;

    private Table(int slots, int homes, ByteBuffer buffer, @Nullable ByteBuffer sequences) {
        this.slots = slots;
        this.homes = homes;
        this.end = slots * SLOT;
        this.buffer = buffer;
        this.sequences = sequences;
    }

    /**
     * Where the slot with this fingerprint is, or the complement of where it belongs: left of there all is smaller or equal.
     *
     * <p>Also for readers without the monitor, as are the three accessors that follow.
     */
    int search(long high, int low) {
        int at = home(high);
        for (; at < end; at += SLOT) {
            long there = high(at);
            if (there == high) {
                if (low(at) == low) {
                    return at;
                }
            } else if (there == 0 || there > high) {
                break;
            }
        }
        return ~at;
    }

    /**
     * Brings the place where a fingerprint belongs nearer to the processor, with some slots behind it: they are searched, and most often there
     * is a gap among them. The result means nothing.
     */
    long touch(long high) {
        int at = home(high);
        return at + 3 * LINE < end ? high(at) + high(at + LINE) + high(at + 2 * LINE) + sequence(at) : 0;
    }

    int low(int at) {
        return (int) INT.get(buffer, at + LOW);
    }

    int segment(int at) {
        return (int) INT.get(buffer, at + SEGMENT);
    }

    long packed(int at) {
        return (long) LONG.get(buffer, at + PACKED);
    }

    /** The first empty slot from {@code at} on, or -1 if there is none. */
    int gap(int at) {
        for (int i = at; i < end; i += SLOT) {
            if (high(i) == 0) {
                return i;
            }
        }
        return -1;
    }

    /** The first slot from {@code at} on that is empty or at its home: removing the slot before {@code at} moves none from there on. */
    int runEnd(int at) {
        for (int i = at; i < end; i += SLOT) {
            long there = high(i);
            if (there == 0 || home(there) == i) {
                return i;
            }
        }
        return end;
    }

    long sequence(int at) {
        ByteBuffer column = sequences;
        return column == null ? 0 : (long) LONG.get(column, at / SLOT * SEQUENCE);
    }

    void set(int at, long high, int low, int segment, long packed, long sequence) {
        LONG.set(buffer, at, high);
        INT.set(buffer, at + LOW, low);
        setLocation(at, segment, packed, sequence);
    }

    void setLocation(int at, int segment, long packed, long sequence) {
        INT.set(buffer, at + SEGMENT, segment);
        LONG.set(buffer, at + PACKED, packed);
        if (sequences != null) {
            LONG.set(sequences, at / SLOT * SEQUENCE, sequence);
        }
    }

    /** Copies the slots of {@code [from, until)} to {@code to}; the ranges may overlap. */
    void move(int from, int until, int to) {
        int bytes = until - from;
        buffer.put(to, buffer, from, bytes);
        if (sequences != null) {
            sequences.put(to / SLOT * SEQUENCE, sequences, from / SLOT * SEQUENCE, bytes / SLOT * SEQUENCE);
        }
    }

    /**
     * A copy with room for {@code newSlots}, {@code tail} of them beyond the homes, or more if what runs over the end needs more.
     *
     * @param keepSequences whether the copy has the column of sequences
     * @param keepTombstones whether slots whose sequence has the tombstone bit are copied
     */
    Table copy(int newSlots, int tail, boolean keepSequences, boolean keepTombstones, TableMemory memory) {
        int newHomes = newSlots - tail;
        Table copy = allocate(newSlots, newHomes, keepSequences, memory);
        int reach = copyTo(copy, keepTombstones);
        if (reach > newSlots) {
            copy.retire(memory);
            copy = allocate(TableShape.slotsFor(reach), newHomes, keepSequences, memory);
            copyTo(copy, keepTombstones);
        }
        return copy;
    }

    /** The same slots without the column of sequences, which the caller retires through the old table. */
    Table withoutSequences() {
        return new Table(slots, homes, buffer, null);
    }

    /** A table of empty slots, to be filled with those of another one. */
    static Table restored(TableImage image, TableMemory memory) {
        return allocate(image.slots(), image.homes(), false, memory);
    }

    /** The slots, read-only. */
    ByteBuffer bytesOfSlots() {
        return slotsToFill().asReadOnlyBuffer();
    }

    /** Shows the locations that have one of these flags, as long as nobody writes. */
    void forEach(int flags, Location into, Consumer<Location> visitor) {
        for (int at = 0; at < end; at += SLOT) {
            if (high(at) != 0 && (packed(at) & flags) != 0) {
                into.set(segment(at), packed(at));
                visitor.accept(into);
            }
        }
    }

    ByteBuffer slotsToFill() {
        return buffer.duplicate().position(0).limit(end);
    }

    /** Gives the memory back. */
    void retire(TableMemory memory) {
        TableShape.retire(buffer, memory);
        retireSequences(memory);
    }

    void retireSequences(TableMemory memory) {
        if (sequences != null) {
            TableShape.retire(sequences, memory);
        }
    }

    /** How much memory the table has, in bytes. */
    long bytes() {
        return buffer.capacity() + (sequences == null ? 0L : sequences.capacity());
    }

    private static Table allocate(int slots, int homes, boolean withSequences, TableMemory memory) {
        ByteBuffer buffer = TableShape.allocate(slots, SLOT, memory);
        if (!withSequences) {
            return new Table(slots, homes, buffer, null);
        }
        try {
            return new Table(slots, homes, buffer, TableShape.allocate(slots, SEQUENCE, memory));
        } catch (Throwable e) {
            TableShape.retire(buffer, memory);
            throw e;
        }
    }

    /** Copies every slot to its place in an empty table, as far as that has room, and says how many slots it takes. */
    private int copyTo(Table target, boolean keepTombstones) {
        int next = 0;
        for (int at = 0; at < end; at += SLOT) {
            long high = high(at);
            if (high == 0 || !keepTombstones && RecordOrder.isTombstone(sequence(at))) {
                continue;
            }
            int to = Math.max(next, homeSlot(high, target.homes));
            next = to + 1;
            if (to < target.slots) {
                target.copySlot(to * SLOT, this, at, high);
            }
        }
        return next;
    }

    private void copySlot(int at, Table source, int from, long high) {
        LONG.set(buffer, at, high);
        LONG.set(buffer, at + LOW, (long) LONG.get(source.buffer, from + LOW)); // and segment
        LONG.set(buffer, at + PACKED, source.packed(from));
        if (sequences != null) {
            LONG.set(sequences, at / SLOT * SEQUENCE, source.sequence(from));
        }
    }

    private long high(int at) {
        return (long) LONG.get(buffer, at);
    }

    private int home(long high) {
        return homeSlot(high, homes) * SLOT;
    }

    /** Scales the 32 bits below those of the stripe to the homes: monotone, and even if the fingerprints are. */
    private static int homeSlot(long high, int homes) {
        return (int) ((high << STRIPE_BITS >>> Integer.SIZE) * homes >>> Integer.SIZE);
    }
}
