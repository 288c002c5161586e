package io.stave.engine.merge;

import io.stave.MergePlan;
import io.stave.MergePolicy;
import io.stave.StoreClosedException;
import io.stave.engine.base.Health;
import io.stave.engine.base.NanoClock;
import io.stave.engine.base.StoreLog;
import io.stave.engine.base.Worker;
import io.stave.engine.space.BackPressure;
import io.stave.engine.space.SegmentLength;
import io.stave.engine.space.Shortage;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Merges in the background, round by round, as the policy says: the duty of the worker {@code stave-merge}.
 *
 * <p>It is woken when a segment was sealed, when so many bytes have died since that it may matter, and by itself when something is due. Each
 * time it plans anew, does one round, and plans again, until nothing is worth a round. Planning costs a look at each segment.
 *
 * <p>Nothing that goes wrong here stops the store, but for what stops it anyway: a segment that cannot be read is left alone for a while, the others go
 * on; any other failure makes it wait, longer each time. A merge that failed never happened.
 *
 * <p>Guards: what is not volatile belongs to the worker, or to the leader of the write path where it says so.
 */
public final class BackgroundMerge {

    /** So many threads work on a round at the most: one for each processor, as far as a disk has use for them. */
    private static final int MOST_HANDS = Math.min(4, Runtime.getRuntime().availableProcessors());

    private static final long FIRST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long FIRST_REFUSAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long LONGEST_REFUSAL_NANOS = TimeUnit.HOURS.toNanos(1);

    /** It is woken each time this part of a new segment has died. */
    private static final int WAKES = 8;

    private final Merger merger;
    private final MergeInputs inputs;
    private final BackPressure pressure;
    private final SegmentLength lengths;
    private final MergePolicy policy;
    private final MergePace pace;
    private final NanoClock clock;
    private final InstantSource wallClock;
    private final LongSupplier sweeper;
    private final Health health;
    private final Worker worker;
    private final boolean inline;
    private final StoreLog log;

    private final Map<Long, Refusal> refusals = new HashMap<>();
    private List<Long> idle = List.of();
    private int mostHands = MOST_HANDS;
    private int lastHands = 1;
    private long wait;
    private long waitUntil;

    /** So many bytes must die before it is woken. */
    private volatile long wakeAfter;

    /** The leader only. */
    private long died;

    /** A segment that is left alone until then. */
    private record Refusal(String reason, long nanos, long until) {}

    /**
     * Creates it; nothing runs before {@link #start} or {@link #wake}.
     *
     * @param sweeper run before planning; returns the nanoseconds after which it wants to run again
     * @param inline whether only a test calls {@link #work}
     */
    public BackgroundMerge(
            Merger merger,
            MergeInputs inputs,
            BackPressure pressure,
            SegmentLength lengths,
            MergePolicy policy,
            MergePace pace,
            NanoClock clock,
            InstantSource wallClock,
            LongSupplier sweeper,
            Health health,
            boolean inline,
            StoreLog log) {
        this.merger = merger;
        this.inputs = inputs;
        this.pressure = pressure;
        this.lengths = lengths;
        this.policy = policy;
        this.pace = pace;
        this.clock = clock;
        this.wallClock = wallClock;
        this.sweeper = sweeper;
        this.health = health;
        this.inline = inline;
        this.log = log;
        this.worker = new Worker("stave-merge", health, inline, this::work);
        this.wakeAfter = lengths.now() / WAKES;
    }

    /** Begins if there is something to do already. */
    public void start() {
        try {
            if (policy.isAutomatic()) {
                boolean something = !choose(1).isEmpty();
                pressure.planned(something);
                if (something) {
                    wake();
                }
            }
        } catch (IOException e) {
            // Nobody knows how much room there is. It asks again when there is something to merge.
            log.debug("nothing was planned at the open", e);
        }
    }

    /** Has it look soon whether there is something to do. Any thread. */
    public void wake() {
        if (policy.isAutomatic()) {
            wakeToSweep();
        }
    }

    /** The same, where something expires: that is swept whether merges are automatic or not. Any thread. */
    public void wakeToSweep() {
        if (inline) {
            return;
        }
        try {
            worker.wake();
        } catch (OutOfMemoryError e) {
            // There is no thread to be had now; the next call tries again.
            log.warn(
                    "no thread to merge in the background: " + e
                            + ". It is tried again; raise the limit of threads, or of memory.",
                    e);
        }
    }

    /** So many bytes have died. The leader of the write path only. */
    public void died(long bytes) {
        died += bytes;
        if (died >= wakeAfter) {
            died = 0;
            wake();
        }
    }

    /** Ends it. The merger must have been closed before, which ends a running round. */
    public void close() {
        pressure.suspend();
        worker.close();
    }

    /** Does what is due, one round at most; returns the nanoseconds after which it wants to be called again. */
    long work() {
        if (merger.closed() || health.failed()) {
            pressure.suspend();
            return Worker.NOT_BEFORE_WOKEN;
        }
        long left = waitUntil - clock.nanos();
        if (wait > 0 && left > 0) {
            return left;
        }
        try {
            long again = Math.min(sweeper.getAsLong(), mergeOrWait());
            wait = 0;
            return again;
        } catch (StoreClosedException e) {
            return Worker.NOT_BEFORE_WOKEN;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            health.unheard(e);
            if (e instanceof OutOfMemoryError && lastHands > 1) {
                // Each hand takes memory, a multiple of the longest value; from now on there is one.
                mostHands = 1;
                lastHands = 1;
                log.debug("merging by several threads takes more memory than there is", e);
                return 0;
            }
            pressure.suspend();
            return failed(e);
        }
    }

    private long failed(Throwable failure) {
        String message = "merging in the background failed: " + failure
                + ". It is tried again; until then dead bytes stay, so see to the disk.";
        if (wait == 0) {
            log.warn(message, failure);
        } else {
            log.debug(message, failure);
        }
        wait = Math.min(LONGEST_WAIT_NANOS, Math.max(FIRST_WAIT_NANOS, 2 * wait));
        waitUntil = clock.nanos() + wait;
        return wait;
    }

    private long mergeOrWait() throws IOException {
        if (!policy.isAutomatic()) {
            return Worker.NOT_BEFORE_WOKEN;
        }
        wakeAfter = lengths.now() / WAKES;
        long closedFor = untilOpen();
        if (closedFor > 0 && inputs.shortage() == Shortage.NONE) {
            pressure.suspend();
            return closedFor;
        }
        int hands = hands();
        MergePlan plan = choose(hands);
        if (!plan.isEmpty() && plan.segmentIds().equals(idle)) {
            // By the figures there was something to gain, and there was not: not again so soon.
            idle.forEach(id -> refuse(id, "a merge of it gained nothing lately"));
            plan = choose(hands);
        }
        pressure.planned(!plan.isEmpty());
        if (plan.isEmpty()) {
            return nextRefusalEnds();
        }
        lastHands = hands;
        MergeTally unused = round(plan, hands);
        return 0;
    }

    /** Several only while writers wait for it; and where room is short, what one copies is all that there is room for. */
    private int hands() throws IOException {
        return !inline && pressure.engaged() && inputs.shortage() == Shortage.NONE ? mostHands : 1;
    }

    /** Carries out a plan; only a test calls it from elsewhere. */
    MergeTally round(MergePlan plan, int hands) {
        MergeTally tally = merger.round(plan, pace, hands);
        idle = List.copyOf(tally.idle);
        tally.unreadable.forEach(id -> refuse(id, "it could not be read lately"));
        pressure.reclaimed(tally.bytesReclaimed(), tally.nanos());
        return tally;
    }

    /** What it would merge now, with so many hands. */
    MergePlan choose(int hands) throws IOException {
        long now = clock.nanos();
        return inputs.forBackground(policy, hands, id -> {
            Refusal refusal = refusals.get(id);
            return refusal == null || refusal.until - now <= 0 ? null : refusal.reason;
        });
    }

    private void refuse(long id, String reason) {
        Refusal before = refusals.get(id);
        long nanos = before == null ? FIRST_REFUSAL_NANOS : Math.min(LONGEST_REFUSAL_NANOS, 2 * before.nanos);
        refusals.put(id, new Refusal(reason, nanos, clock.nanos() + nanos));
    }

    /** The time until a segment may be tried again; forgets segments that were tried and are gone. */
    private long nextRefusalEnds() {
        long next = Worker.NOT_BEFORE_WOKEN;
        for (Iterator<Refusal> all = refusals.values().iterator(); all.hasNext(); ) {
            long left = all.next().until - clock.nanos();
            if (left > 0) {
                next = Math.min(next, left);
            } else if (left < -2 * LONGEST_REFUSAL_NANOS) {
                all.remove();
            }
        }
        return next;
    }

    /** The nanoseconds until the policy's hours begin; 0 if they have. */
    private long untilOpen() {
        LocalTime from = policy.from();
        LocalTime until = policy.until();
        if (from == null || until == null) {
            return 0;
        }
        return untilOpen(from, until, LocalTime.ofInstant(wallClock.instant(), ZoneId.systemDefault()));
    }

    static long untilOpen(LocalTime from, LocalTime until, LocalTime now) {
        boolean open = from.isBefore(until)
                ? !now.isBefore(from) && now.isBefore(until)
                : !now.isBefore(from) || now.isBefore(until);
        if (open) {
            return 0;
        }
        Duration wait = Duration.between(now, from);
        return (wait.isNegative() ? wait.plusDays(1) : wait).toNanos();
    }

    /** Why a segment is left alone for now, or null; for a test. */
    @Nullable
    String refusal(long id) {
        Refusal refusal = refusals.get(id);
        return refusal == null ? null : refusal.reason;
    }
}
