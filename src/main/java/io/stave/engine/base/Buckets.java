package io.stave.engine.base;

/**
 * Where a histogram counts a value that is not negative: up to 15 each has a bucket of its own; larger ones share it by their highest bit and the
 * three behind it, so that a bucket is an eighth of its smallest value wide.
 */
public final class Buckets {

    /** Each power of two is divided into so many buckets. */
    private static final int PARTS = 8;

    private static final int PART_BITS = 3;

    /** How many there are. */
    public static final int COUNT = of(Long.MAX_VALUE) + 1;

    private Buckets() {}

    /** The bucket of a value. */
    public static int of(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - PART_BITS);
        return shift * PARTS + (int) (value >>> shift);
    }

    /** The largest value of a bucket. */
    public static long last(int bucket) {
        int shift = Math.max(0, bucket / PARTS - 1);
        return ((bucket - (long) shift * PARTS + 1) << shift) - 1;
    }
}
