package io.stave.keydir;

/**
 * Which of two records of a key counts (I3): that with the larger sequence; of a record and its copy that merge made, which have one sequence, the
 * one in the segment with the larger id, then the one with the larger offset.
 *
 * <p>While a keydir is filled it holds the order of each record: the sequence, shifted left by one, and the bit of a tombstone.
 *
 * @since 0.1
 */
public final class RecordOrder {

    private static final long TOMBSTONE = 1;

    private RecordOrder() {}

    /**
     * The order of a record.
     *
     * @param sequence of the record, 63 bits
     * @param tombstone whether the record is a tombstone
     * @return both in one number
     * @throws IllegalArgumentException if the sequence is negative
     */
    public static long of(long sequence, boolean tombstone) {
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence " + sequence + ": must not be negative");
        }
        return sequence << 1 | (tombstone ? TOMBSTONE : 0);
    }

    /**
     * Whether it is that of a tombstone.
     *
     * @param order of a record
     * @return whether the record is a tombstone
     */
    public static boolean isTombstone(long order) {
        return (order & TOMBSTONE) != 0;
    }

    /**
     * Counts a tombstone.
     *
     * @param order of a record
     * @return 1 if it is a tombstone, else 0
     */
    public static int tombstones(long order) {
        return (int) (order & TOMBSTONE);
    }

    /**
     * Compares two records of one key; both locations packed as by {@link Location#pack}.
     *
     * @param order of the one
     * @param segment of the one: the low 32 bits of its id
     * @param packed offset, length and flags of the one
     * @param otherOrder of the other
     * @param otherSegment of the other
     * @param otherPacked of the other
     * @return more than 0 if the one counts, less than 0 if the other does, 0 if they are the same record
     */
    public static int compare(
            long order, int segment, long packed, long otherOrder, int otherSegment, long otherPacked) {
        int newer = Long.compareUnsigned(order, otherOrder);
        if (newer == 0) {
            newer = Integer.compareUnsigned(segment, otherSegment);
        }
        if (newer == 0) {
            newer = Integer.compare(Location.offset(packed), Location.offset(otherPacked));
        }
        return newer;
    }
}
