package io.stave.compare.work;

import io.stave.compare.peer.Store;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Operations that are due at fixed moments, or as fast as they go. Used by one thread at a time. */
final class Paced {
    private static final long SLEEP_NANOS = 100_000;
    private static final long FIRST_REVISION = 1L << 45;

    /** One operation on a key. */
    private interface Operation {
        void on(long number) throws Exception;
    }

    private final Operation operation;
    private final MergeWork.MergeWatch watch;
    private final SplittableRandom random;
    private final long count;
    private final Histogram quiet = new Histogram(3);
    private final Histogram merging = new Histogram(3);

    private Paced(Operation operation, Context context, MergeWork.MergeWatch watch, long salt) {
        this.operation = operation;
        this.watch = watch;
        count = context.keyCount();
        random = new SplittableRandom(context.seed() + salt);
    }

    static Paced gets(Store store, Context context, MergeWork.MergeWatch watch) {
        Values values = context.values();
        Keys keys = new Keys(false);
        byte[] key = new byte[Keys.BYTES];
        Operation get = number -> {
            keys.fill(key, number);
            if (!values.belongs(store.get(key), number)) {
                throw Check.wrong(number);
            }
        };
        return new Paced(get, context, watch, 1);
    }

    static Paced puts(Store store, Context context, MergeWork.MergeWatch watch) {
        Values values = context.values();
        Keys keys = new Keys(false);
        byte[] key = new byte[Keys.BYTES];
        byte[] value = new byte[values.length()];
        long[] revision = {FIRST_REVISION};
        Operation put = number -> {
            keys.fill(key, number);
            values.fill(value, number, revision[0]++);
            store.put(key, value);
        };
        return new Paced(put, context, watch, 2);
    }

    /** So many operations are due together every so often; those that are late are done at once, and their lateness counts. */
    void paced(double perSecond, int together, double seconds) throws Exception {
        long start = System.nanoTime();
        double period = together * 1e9 / perSecond;
        long total = (long) (perSecond * seconds);
        // Much more than it should take means that the rate cannot be held: the latencies say so by then.
        long deadline = start + (long) (2 * seconds * 1e9);
        for (long i = 0; i < total && System.nanoTime() < deadline; i++) {
            long due = start + (long) (i / together * period);
            await(due);
            boolean before = watch.merging();
            operation.on(random.nextLong(count));
            long took = System.nanoTime() - due;
            (before || watch.merging() ? merging : quiet).recordValue(took);
        }
    }

    private static void await(long due) {
        long left;
        while ((left = due - System.nanoTime()) > 0) {
            if (left > SLEEP_NANOS) {
                LockSupport.parkNanos(left - SLEEP_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** As fast as it goes; returns operations a second. */
    double unpaced(double seconds) throws Exception {
        return many(Long.MAX_VALUE, seconds);
    }

    /** So many as fast as it goes, but for no longer than that; returns operations a second. */
    double many(long most, double seconds) throws Exception {
        long start = System.nanoTime();
        long length = (long) (seconds * 1e9);
        long operations = 0;
        while (operations < most && System.nanoTime() - start < length) {
            operation.on(random.nextLong(count));
            operations++;
        }
        return operations * 1e9 / (System.nanoTime() - start);
    }

    Histogram quiet() {
        return quiet;
    }

    Histogram merging() {
        return merging;
    }

    Histogram all() {
        Histogram all = quiet.copy();
        all.add(merging);
        return all;
    }

    void clear() {
        quiet.reset();
        merging.reset();
    }
}
