package io.stave.engine.space;

import io.stave.MergePolicy;
import io.stave.engine.base.NanoClock;
import io.stave.engine.live.LiveSegments;
import io.stave.segment.Segment;
import java.util.concurrent.TimeUnit;

/**
 * Slows writers down when they make bytes dead faster than the background merge gives them back, or when the disk is nearly full.
 *
 * <pre>
 *   dead bytes     0 ......... limit of the policy ........................ + one step ......
 *   strength       0 ......... 0 ------------- grows with them ------------ 1 ...............
 * </pre>
 *
 * A step is a sixty-fourth of the store, or half a new segment if that is longer: so much comes and goes while merges keep up. Dead bytes of
 * unsealed segments count from one segment's length on, and a few MiB are nobody's concern. For each byte that it is
 * about to append, the leader of the write path rests s / (1 - s) times as long as a merge lately needed to give a byte back, at
 * strength s, and sixteen times at the most. So where writers outrun merges, the strength settles near a half, where both are as fast as each
 * other; and while a merge is held up by something else, writers go on at a sixteenth of its speed.
 *
 * <p>There is no pressure unless a merge could help: the background says so whenever it has planned. Dead bytes for which it found nothing to do
 * are left out of account, not those that came since: where the processors are busy it is long in coming, and writers are not. A group rests
 * for half a second at most, and a group of deletes not at all. Nobody waits here for something to happen, so nobody waits for ever.
 *
 * <p>Guards: the leader's fields belong to the leader of the write path; what the merge and the statistics share with it is volatile.
 */
public final class BackPressure {

    /** No group rests for longer. */
    static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Nor for more times as long as a merge took for the same bytes. */
    private static final int MOST_TIMES = 16;

    /** A rest is worth the trouble from this length on; what is shorter adds up. */
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** A rest is broken up, to see whether there is a reason for it still. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** The segments are looked at again after this part of a step. */
    private static final int LOOKS = 64;

    /** Before the first merge there is nothing to go by: 32 MB a second. */
    private static final double FIRST_NANOS_PER_BYTE = 30;

    private static final double MOST_NANOS_PER_BYTE = 100_000;

    /** Left alone are all there may ever be: nothing is merged now. */
    private static final long ALL = Long.MAX_VALUE;

    private final LiveSegments segments;
    private final SegmentLength lengths;
    private final MergePolicy policy;
    private final NanoClock clock;

    // Written by the merge.
    private volatile boolean helpful;
    private volatile long leftAlone = ALL;
    private volatile double nanosPerByte = FIRST_NANOS_PER_BYTE;

    // Written by the leader.
    private volatile double strength;
    private volatile long lastNanos;
    private volatile long totalNanos;

    // The leader only.
    private long lookIn;
    private long lookedBeyond = ALL;
    private double owed;

    public BackPressure(LiveSegments segments, SegmentLength lengths, MergePolicy policy, NanoClock clock) {
        this.segments = segments;
        this.lengths = lengths;
        this.policy = policy;
        this.clock = clock;
    }

    /** The background has planned: whether it has something to merge, so that waiting makes sense. */
    public void planned(boolean something) {
        long beyond = 0;
        if (!something) {
            Sight sight = look();
            beyond = sight.dead > sight.limit ? sight.dead + sight.step : sight.limit;
        }
        leftAlone = beyond;
        helpful = something;
    }

    /** Nothing is merged for now, whatever dies. */
    public void suspend() {
        helpful = false;
        leftAlone = ALL;
    }

    /** A merge took so long to give back so many bytes. */
    public void reclaimed(long bytes, long nanos) {
        if (bytes > 0) {
            double latest = Math.min(MOST_NANOS_PER_BYTE, (double) nanos / bytes);
            nanosPerByte += (latest - nanosPerByte) / 4;
        }
    }

    /**
     * Rests before so many bytes are appended. The leader only.
     *
     * @param fullness how near the disk is to being full, from 0, far away, to 1
     */
    public void admit(long bytes, double fullness) {
        lookIn -= bytes;
        if (lookIn <= 0 || lookedBeyond != leftAlone) {
            judge();
        }
        double now = Math.max(strength, helpful ? fullness : 0);
        owed = now == 0 ? 0 : owed + bytes * price(now);
        if (owed >= LEAST_NANOS) {
            long nanos = (long) Math.min(owed, MOST_NANOS);
            owed = 0;
            rest(nanos);
        } else if (now == 0) {
            lastNanos = 0;
        }
    }

    /** The rest for a byte. */
    private double price(double now) {
        double times = now >= 1 ? MOST_TIMES : Math.min(MOST_TIMES, now / (1 - now));
        return nanosPerByte * times;
    }

    private void judge() {
        long beyond = leftAlone;
        lookedBeyond = beyond;
        if (beyond == ALL) {
            strength = 0;
            lookIn = Long.MAX_VALUE;
            return;
        }
        Sight sight = look();
        strength = strength(sight.dead, Math.max(beyond, sight.limit), sight.step);
        lookIn = sight.step / LOOKS;
    }

    /** What a look at all segments has found: the dead bytes that count, those up to which nobody rests, and a step. */
    private record Sight(long dead, long limit, long step) {}

    private Sight look() {
        long total = 0;
        long sealed = 0;
        long unsealed = 0;
        for (Segment segment : segments.list()) {
            total += segment.length();
            if (segment.state() != Segment.State.SEALED) {
                unsealed += segment.deadBytes();
            } else if (!segment.damaged()) {
                sealed += segment.deadBytes();
            }
        }
        long length = lengths.of(total);
        // What is dead in the active segment no merge can have yet, so waiting for one would be in vain.
        long dead = sealed + Math.max(0, unsealed - length);
        return new Sight(dead, DeadLimit.ofResting(policy, total), Math.max(length, total / SegmentLength.SHARES) / 2);
    }

    /** The strength for so many dead bytes. */
    static double strength(long dead, long limit, long step) {
        return Math.max(0, Math.min(1, (double) (dead - limit) / step));
    }

    /** An interrupt of the calling thread neither shortens the rest nor is lost (I13). */
    private void rest(long nanos) {
        boolean interrupted = Thread.interrupted();
        long started = clock.nanos();
        long rested = 0;
        while (rested < nanos && lookedBeyond == leftAlone) {
            clock.sleep(Math.min(nanos - rested, SLICE_NANOS));
            interrupted |= Thread.interrupted();
            rested = clock.nanos() - started;
        }
        lastNanos = rested;
        totalNanos = totalNanos + rested;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether writers are being slowed down. */
    public boolean engaged() {
        return strength > 0 && leftAlone != ALL;
    }

    /** How long the latest group that was slowed down rested, in nanoseconds; 0 if none is any more. */
    public long lastNanos() {
        return helpful ? lastNanos : 0;
    }

    /** How long all groups have rested, in nanoseconds. */
    public long totalNanos() {
        return totalNanos;
    }
}
