package io.stave.engine.base;

/**
 * How long reads take while a merge works and while none does: two moving averages of the few reads that are measured.
 *
 * <p>Readers wait for nothing here (I11): the averages are volatile and updated without a lock, so that of two samples at the same moment one
 * may be lost. One sample in 1,024 reads of a thread makes that rare, and the cost of writing to a shared line nothing.
 */
public final class ReadLatency {

    /** So many samples of a kind are needed before they say anything. */
    private static final int ENOUGH = 16;

    /** A new sample counts for this part of the average. */
    private static final int WEIGHT = 16;

    /** A sample of more than so many times the average, from a pause of the JVM perhaps, counts as this many times. */
    private static final int OUTLIER = 16;

    private final Average quiet = new Average();
    private final Average busy = new Average();
    private volatile boolean merging;

    /** How many samples were taken while a merge worked, or a few less. */
    private volatile long busySamples;

    /** Racy on purpose; see above. */
    private static final class Average {
        private volatile double nanos;
        private volatile int count;

        public void add(long sample) {
            double average = nanos;
            int n = count;
            if (n < ENOUGH) {
                nanos = (average * n + sample) / (n + 1);
                count = n + 1;
            } else {
                nanos = average + (Math.min(sample, OUTLIER * average) - average) / WEIGHT;
            }
        }
    }

    /** A read took so long. */
    public void add(long nanos) {
        if (merging) {
            busy.add(nanos);
            busySamples = busySamples + 1;
        } else {
            quiet.add(nanos);
        }
    }

    /** How many reads were measured while a merge worked, about. */
    public long busySamples() {
        return busySamples;
    }

    /** A merge begins to work, or ends or pauses. */
    public void merging(boolean now) {
        merging = now;
    }

    /** How many times slower reads are while a merge works; 1 if that is not known. */
    public double slowdown() {
        if (quiet.count < ENOUGH || busy.count < ENOUGH || quiet.nanos <= 0) {
            return 1;
        }
        return busy.nanos / quiet.nanos;
    }
}
