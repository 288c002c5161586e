package io.stave.engine.merge;

import io.stave.MergePolicy;
import io.stave.engine.base.NanoClock;
import io.stave.engine.base.ReadLatency;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Holds a merge in the background back: to the bytes a second of the policy, and, while reads are slower than the policy allows, to a share of
 * its time.
 *
 * <p>It also lets others have the processor after each piece of work, unless there is a hurry. A thread that wakes up to read or to write would else
 * wait until the system takes it away from the merge, which is some milliseconds, where there are no more processors than threads at work.
 *
 * <p>The share is halved whenever reads turn out to be too slow, down to an eighth, and grows again by a quarter when they do not. While
 * there is a hurry it is the whole: space comes before the speed of reads. The rate holds always, but for a merge that is to end.
 *
 * <p>The hands of a round share it, and so the rate: while one rests, so do the others as soon as they tell of more.
 */
public final class MergePace {

    /** The thread goes to rest at most once in so many bytes. */
    private static final long QUANTUM = 64 << 10;

    /** What was not used of the rate is not saved up for longer than this. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A rest is broken up, to see whether the merge is to end. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A rest is worth the trouble from this length on. */
    private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The share changes after so many measured reads, and grows if there are not so many in the time below. */
    private static final int SAMPLES = 8;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final double LEAST_SHARE = 1.0 / 8;

    private final double nanosPerByte;
    private final double slowdown;
    private final ReadLatency latency;
    private final NanoClock clock;
    private final BooleanSupplier hurry;
    private final BooleanSupplier cancelled;
    private final Runnable pause;

    // Guarded by this.
    private long pending;
    private long due;
    private long workingSince;
    private double owed;
    private long lookedAt;
    private long samples;
    private double share = 1;

    /**
     * Creates a pace.
     *
     * @param hurry whether space matters more than reads now
     * @param cancelled whether the merge is to end, so that it need not rest
     * @param pause lets others have the processor
     */
    public MergePace(
            MergePolicy policy,
            ReadLatency latency,
            NanoClock clock,
            BooleanSupplier hurry,
            BooleanSupplier cancelled,
            Runnable pause) {
        this.nanosPerByte = policy.bytesPerSecond() == MergePolicy.NO_LIMIT
                ? 0
                : (double) TimeUnit.SECONDS.toNanos(1) / policy.bytesPerSecond();
        this.slowdown = policy.slowdown();
        this.latency = latency;
        this.clock = clock;
        this.hurry = hurry;
        this.cancelled = cancelled;
        this.pause = pause;
        this.due = clock.nanos();
        this.lookedAt = due;
    }

    /** Runs a round that tells of every byte it has read or written, and now and then of none while it is busy with something else. */
    void during(Round round) throws IOException {
        begin();
        latency.merging(true);
        try {
            round.run(bytes -> {
                moved(bytes);
                if (!hurry.getAsBoolean()) {
                    pause.run();
                }
            });
        } finally {
            latency.merging(false);
        }
    }

    private synchronized void begin() {
        workingSince = clock.nanos();
    }

    /** A round of a merge. */
    interface Round {
        void run(LongConsumer moved) throws IOException;
    }

    /** So many bytes were read or written: rests if that was too fast. */
    private synchronized void moved(long bytes) {
        pending += bytes;
        if (pending < QUANTUM) {
            return;
        }
        long now = clock.nanos();
        due = Math.max(due, now - BURST_NANOS) + (long) (pending * nanosPerByte);
        pending = 0;
        giveWay(now);
        workingSince = now;
        long rest = Math.max(due - now, (long) owed);
        if (rest >= LEAST_REST_NANOS) {
            owed = 0;
            rest(now + rest);
            workingSince = clock.nanos();
        }
    }

    /** Owes the readers so much rest that work takes up no more than its share. */
    private void giveWay(long now) {
        if (hurry.getAsBoolean()) {
            share = 1;
            owed = 0;
            return;
        }
        boolean enough = latency.busySamples() - samples >= SAMPLES;
        if (enough || now - lookedAt >= PATIENCE_NANOS) {
            boolean slow = enough && latency.slowdown() > slowdown;
            share = slow ? Math.max(LEAST_SHARE, share / 2) : Math.min(1, share * 5 / 4);
            lookedAt = now;
            samples = latency.busySamples();
        }
        owed += (now - workingSince) * (1 / share - 1);
    }

    private void rest(long until) {
        latency.merging(false);
        for (long left = until - clock.nanos(); left > 0 && !cancelled.getAsBoolean(); left = until - clock.nanos()) {
            clock.sleep(Math.min(left, SLICE_NANOS));
        }
        latency.merging(true);
    }
}
