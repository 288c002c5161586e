package io.stave.keydir;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The default keydir: 24 bytes a slot, off the heap, no key.
 *
 * <p>The first bits of a fingerprint choose one of 256 stripes, the following ones the place in the stripe's {@link Table}. An empty keydir takes
 * some ten kilobytes; from about 200,000 keys on it takes 28 to 35 bytes a key.
 *
 * <h2>Concurrency</h2>
 *
 * <pre>
 *   reader                                   writer, holding the stripe's monitor
 *   s = stamp (acquire); odd: again          find the place; count the slots to move     (only reads)
 *   t = table                                stamp = odd, fence
 *   search t, copy the location              move up to 64 slots, or write one
 *   fence; stamp != s: again                 stamp = even (release)
 * </pre>
 *
 * A stamp a stripe, a sequence lock: readers write nothing that is shared. What a reader took out of a table is thrown away if a writer changed a
 * slot of the stripe in the meantime, so it never acts on a torn slot, and never misses a key that was being moved.
 *
 * <p><b>Why a stamp for a stripe is fine enough.</b> A stamp is odd for tens of nanoseconds in a put. A reader that meets one must have the
 * stripe in common with the writer, 1 in 256, and be in it at that time. Finer stamps would not help where it happens most, on one hot key.
 *
 * <p><b>What bounds a change.</b> At 7/8 full an insert moves 32 slots on average; runs of slots get rarer by a factor e every 117 slots, so the
 * longest of 10 million keys has about a thousand. However long it is, it is moved in pieces of at most 64 slots from the end that is free, and
 * between two pieces the table is whole but for one slot that is there twice. So a reader never waits for work in proportion to anything (I11).
 *
 * <p><b>Why a reader gets through.</b> A reader that was disturbed announces itself, and writers of the stripe then pause before each change until
 * it is done, for some microseconds at most: a hot writer cannot starve it, and a slow reader cannot stop a writer. What remains is a writer that
 * loses its processor in the few nanoseconds of an odd stamp; a reader of that stripe then yields until the writer is back.
 *
 * <p><b>Growth</b> is by a copy made aside, in order, while readers use the old table. The new one is published by one store, without touching
 * the stamp: old and new hold the same until the next change, and that change moves the stamp. A reader that took the old table and is slower than
 * that tries again. The old one goes to {@link TableMemory#retire}; the stripe's writers wait for the copy, a 256th of the keydir. So does
 * shrinking, when less than a third of a table is in use.
 *
 * <p><b>Counts</b> are kept by stripe and summed when asked for.
 *
 * @since 0.1
 */
public final class CompactKeydir implements Keydir, KeydirImage {

    private final Stripe[] stripes;

    /**
     * An empty keydir. Takes no memory yet.
     *
     * @param memory for the tables; must outlive the keydir
     */
    public CompactKeydir(TableMemory memory) {
        this(create(memory, false));
    }

    /** A keydir of stripes that were filled elsewhere. */
    CompactKeydir(Stripe[] stripes) {
        this.stripes = stripes;
    }

    /** The stripes of an empty keydir. */
    static Stripe[] create(TableMemory memory, boolean sequenced) {
        Stripe[] stripes = new Stripe[stripes()];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new Stripe(memory, sequenced);
        }
        return stripes;
    }

    /** The index of the stripe that a fingerprint belongs to. */
    static int stripeOf(long high) {
        return (int) (high >>> Long.SIZE - Table.STRIPE_BITS);
    }

    /** Zero marks an empty slot; the one fingerprint in 2^64 that begins with it shares the place of its neighbour. */
    static long nonZero(long high) {
        return high == 0 ? 1 : high;
    }

    /** How many stripes there are, each with a table of its own. */
    public static int stripes() {
        return 1 << Table.STRIPE_BITS;
    }

    @Override
    public KeydirImage image() {
        return this;
    }

    @Override
    public KeydirForm form() {
        return KeydirForm.COMPACT;
    }

    @Override
    public TableImage part(int stripe) {
        return stripes[stripe].image();
    }

    @Override
    public ByteBuffer bytes(int stripe) {
        return stripes[stripe].bytesOfSlots();
    }

    @Override
    public boolean find(long high, int low, Key key, Location out) {
        return find(high, low, out);
    }

    /**
     * Looks up a location as {@link #find(long, int, Key, Location)} does, by the fingerprint alone.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param out filled if found, else left alone
     * @return whether there is a location
     */
    public boolean find(long high, int low, Location out) {
        return stripes[stripeOf(high)].find(nonZero(high), low, out);
    }

    @Override
    public long touch(long high) {
        return stripes[stripeOf(high)].touch(nonZero(high));
    }

    @Override
    public boolean put(long high, int low, Key key, int segment, int offset, int length, int flags, Location previous) {
        return put(high, low, segment, offset, length, flags, previous);
    }

    /**
     * Sets a location as {@link #put(long, int, Key, int, int, int, int, Location)} does, by the fingerprint alone.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param segment the low 32 bits of the segment's id
     * @param offset of the record, in bytes
     * @param length of the record, in bytes
     * @param flags seven bits
     * @param previous filled with the location that was replaced, else left alone
     * @return whether a location was replaced
     */
    public boolean put(long high, int low, int segment, int offset, int length, int flags, Location previous) {
        long packed = Location.pack(offset, length, flags);
        return stripes[stripeOf(high)].put(nonZero(high), low, segment, packed, previous);
    }

    @Override
    public boolean remove(long high, int low, Key key, Location previous) {
        return remove(high, low, previous);
    }

    /**
     * Removes a location as {@link #remove(long, int, Key, Location)} does, by the fingerprint alone.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param previous filled with the location that was removed, else left alone
     * @return whether a location was removed
     */
    public boolean remove(long high, int low, Location previous) {
        return stripes[stripeOf(high)].remove(nonZero(high), low, previous);
    }

    @Override
    public boolean removeIf(long high, int low, Key key, int segment, int offset, Location previous) {
        return stripes[stripeOf(high)].removeIf(nonZero(high), low, segment, offset, previous);
    }

    @Override
    public boolean replace(long high, int low, Key key, int segment, int offset, int newSegment, int newOffset) {
        return stripes[stripeOf(high)].replace(nonZero(high), low, segment, offset, newSegment, newOffset);
    }

    @Override
    public void forEach(int flags, Consumer<Location> visitor) {
        Location each = new Location();
        for (Stripe stripe : stripes) {
            stripe.forEach(flags, each, visitor);
        }
    }

    @Override
    public long count() {
        long count = 0;
        for (Stripe stripe : stripes) {
            count += stripe.count();
        }
        return count;
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (Stripe stripe : stripes) {
            bytes += stripe.bytes();
        }
        return bytes;
    }

    @Override
    public double load() {
        long slots = 0;
        for (Stripe stripe : stripes) {
            slots += stripe.slots();
        }
        return slots == 0 ? 0 : (double) count() / slots;
    }

    @Override
    public void close() {
        for (Stripe stripe : stripes) {
            stripe.close();
        }
    }
}
