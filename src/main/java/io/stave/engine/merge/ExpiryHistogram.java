package io.stave.engine.merge;

import io.stave.engine.base.Buckets;

/** How many bytes expire after how long: delays are told apart by {@link Buckets}. Not thread-safe. */
final class ExpiryHistogram {

    private final long[] bytes = new long[Buckets.COUNT];
    private long longest;

    /** Adds a record of {@code length} bytes that expires after {@code delay}, which is positive. */
    void add(long delay, int length) {
        bytes[Buckets.of(delay)] += length;
        longest = Math.max(longest, delay);
    }

    /** The delay after which {@code enough} bytes have expired, by an eighth too long at most, or all if there are fewer; 0 if there are none. */
    long delayUntil(long enough) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += bytes[i];
            if (sum >= enough) {
                return Math.min(Buckets.last(i), longest);
            }
        }
        return longest;
    }
}
