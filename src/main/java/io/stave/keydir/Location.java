package io.stave.keydir;

/**
 * Where a record lies: segment id, offset, length, and the flags the keydir keeps with them.
 *
 * <p>In a slot, offset, length and flags share one word:
 *
 * <pre>
 *   63                              33 32                         7 6           0
 *  +----------------------------------+----------------------------+-------------+
 *  |           offset, 31 bits        |      length, 26 bits       | flags, 7 b. |
 *  +----------------------------------+----------------------------+-------------+
 * </pre>
 *
 * Mutable, so that a thread can look up one key after the other into the same object. Not safe for use by several threads at once.
 *
 * @since 0.1
 */
public final class Location {

    /** The largest offset a location can hold, in bytes: a segment file stays below 2 GiB. */
    public static final int MAX_OFFSET = Integer.MAX_VALUE;

    /** The largest length a location can hold, in bytes. */
    public static final int MAX_LENGTH = (1 << 26) - 1;

    /** Flag: the record expires. */
    public static final int EXPIRY = 1;

    /** Flag: the record refers to a blob. */
    public static final int BLOB = 2;

    private static final int FLAG_BITS = 7;
    private static final int LENGTH_BITS = 26;
    private static final int MAX_FLAGS = (1 << FLAG_BITS) - 1;
    private static final int OFFSET_SHIFT = LENGTH_BITS + FLAG_BITS;

    /** The low 32 bits of the segment's id. */
    public int segment;

    /** Of the record's first byte in the segment file, in bytes. */
    public int offset;

    /** Of the whole record, in bytes. */
    public int length;

    /** {@link #EXPIRY} and {@link #BLOB}; the other five bits are kept as given. */
    public int flags;

    /** A location of zeros, to be filled by a {@link Keydir}. */
    public Location() {}

    /**
     * The flags that say so much.
     *
     * @param expires whether the record expires
     * @param blob whether it refers to a blob
     * @return {@link #EXPIRY}, {@link #BLOB}, both or none
     */
    public static int flags(boolean expires, boolean blob) {
        return (expires ? EXPIRY : 0) | (blob ? BLOB : 0);
    }

    /**
     * Fills this from the two words of a slot.
     *
     * @param newSegment the low 32 bits of the segment's id
     * @param packed the word that {@link #pack} made
     */
    public void set(int newSegment, long packed) {
        segment = newSegment;
        offset = offset(packed);
        length = (int) (packed >>> FLAG_BITS) & MAX_LENGTH;
        flags = (int) packed & MAX_FLAGS;
    }

    /**
     * The word of a slot that holds offset, length and flags.
     *
     * @param offset at most {@link #MAX_OFFSET}
     * @param length at most {@link #MAX_LENGTH}
     * @param flags seven bits
     * @return the word
     * @throws IllegalArgumentException if one of them does not fit
     */
    public static long pack(int offset, int length, int flags) {
        if (offset < 0 || length < 0 || length > MAX_LENGTH || flags < 0 || flags > MAX_FLAGS) {
            throw new IllegalArgumentException("offset " + offset + ", length " + length + ", flags " + flags
                    + ": must lie in 0.." + MAX_OFFSET + ", 0.." + MAX_LENGTH + ", 0.." + MAX_FLAGS);
        }
        return (long) offset << OFFSET_SHIFT | (long) length << FLAG_BITS | flags;
    }

    /**
     * The same word with another offset.
     *
     * @param packed a word that {@link #pack} made
     * @param offset at most {@link #MAX_OFFSET}
     * @return the word
     * @throws IllegalArgumentException if the offset does not fit
     */
    public static long withOffset(long packed, int offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + ": must lie in 0.." + MAX_OFFSET);
        }
        return packed & (1L << OFFSET_SHIFT) - 1 | (long) offset << OFFSET_SHIFT;
    }

    /**
     * The offset in a word.
     *
     * @param packed a word that {@link #pack} made
     * @return the offset
     */
    public static int offset(long packed) {
        return (int) (packed >>> OFFSET_SHIFT);
    }

    @Override
    public String toString() {
        return "segment " + Integer.toUnsignedString(segment) + ", offset " + offset + ", length " + length + ", flags "
                + flags;
    }
}
