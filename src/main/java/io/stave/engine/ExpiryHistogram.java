package io.stave.engine;

/** How many bytes expire after how long: delays are told apart to one part in eight. Not thread-safe. */
final class ExpiryHistogram {

    /** Each power of two is divided into so many buckets. */
    private static final int PARTS = 8;

    private static final int PART_BITS = 3;

    private final long[] bytes = new long[Long.SIZE * PARTS];
    private long longest;

    /** Adds a record of {@code length} bytes that expires after {@code delay}, which is positive. */
    void add(long delay, int length) {
        bytes[bucket(delay)] += length;
        longest = Math.max(longest, delay);
    }

    /** The delay after which {@code enough} bytes have expired, by an eighth too long at most, or all if there are fewer; 0 if there are none. */
    long delayUntil(long enough) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += bytes[i];
            if (sum >= enough) {
                return Math.min(last(i), longest);
            }
        }
        return longest;
    }

    /** The bucket of a delay: those below 16 have their own; larger ones share it by their highest bit and the three behind it. */
    private static int bucket(long delay) {
        int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(delay) - PART_BITS);
        return shift * PARTS + (int) (delay >>> shift);
    }

    /** The longest delay of a bucket. */
    private static long last(int bucket) {
        int shift = Math.max(0, bucket / PARTS - 1);
        return ((bucket - (long) shift * PARTS + 1) << shift) - 1;
    }
}
