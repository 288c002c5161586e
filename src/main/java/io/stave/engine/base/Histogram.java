package io.stave.engine.base;

import io.stave.Distribution;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts values that are not negative, by {@link Buckets}. Any thread may add, without a lock; a distribution taken meanwhile may lack the newest. */
public final class Histogram {

    private final AtomicLongArray counts = new AtomicLongArray(Buckets.COUNT);
    private final LongAdder sum = new LongAdder();

    public void add(long value) {
        counts.getAndIncrement(Buckets.of(value));
        sum.add(value);
    }

    /** The values so far. */
    public Distribution distribution() {
        double total = sum.sum();
        long[] now = new long[Buckets.COUNT];
        long count = 0;
        int last = 0;
        for (int i = 0; i < now.length; i++) {
            now[i] = counts.get(i);
            count += now[i];
            last = now[i] > 0 ? i : last;
        }
        if (count == 0) {
            return Distribution.NONE;
        }
        long median = upTo(now, (count + 1) / 2);
        long p99 = upTo(now, count - count / 100);
        return new Distribution(count, total / count, median, p99, Buckets.last(last));
    }

    /** The largest value of the bucket that holds the {@code rank}th value from below. */
    private static long upTo(long[] counts, long rank) {
        int i = 0;
        long seen = counts[0];
        while (seen < rank) {
            seen += counts[++i];
        }
        return Buckets.last(i);
    }
}
