package io.stave.cli.inspect;

import java.util.ArrayList;
import java.util.List;

/** How many lengths there are of each size, by powers of two. */
public final class SizeHistogram {

    private final long[] counts = new long[Long.SIZE];
    private final long[] bytes = new long[Long.SIZE];

    /**
     * The values from {@code from} to {@code to}, both included.
     *
     * @param count how many there are
     * @param bytes what they stand for: the bytes of their records, or their sum
     */
    public record Bucket(long from, long to, long count, long bytes) {}

    /** Adds a value that is not negative, which stands for so many bytes. */
    void add(long value, long itsBytes) {
        int bucket = value == 0 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(value);
        counts[bucket]++;
        bytes[bucket] += itsBytes;
    }

    /** The buckets from the first to the last that has any. */
    List<Bucket> buckets() {
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            boolean between = !buckets.isEmpty() && hasMore(i);
            if (counts[i] > 0 || between) {
                long from = i == 0 ? 0 : 1L << (i - 1);
                buckets.add(new Bucket(from, i == 0 ? 0 : 2 * from - 1, counts[i], bytes[i]));
            }
        }
        return buckets;
    }

    private boolean hasMore(int from) {
        for (int i = from; i < counts.length; i++) {
            if (counts[i] > 0) {
                return true;
            }
        }
        return false;
    }
}
