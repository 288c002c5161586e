package io.stave.engine.write;

import io.stave.engine.base.NanoClock;

/**
 * Holds the next group back for a moment, until those are in it whose writes the last one has ended: they have just been woken, and most come
 * back with another write at once. One force then carries the writes of all, where two halves would take turns.
 *
 * <p>The moment is at most half as long as a force takes. Where too few come back it is left out, the longer the more often it was in vain. A
 * single writer never waits, nor do asynchronous writes, nor a group that comes after one without a force. PostgreSQL has the same with
 * settings, {@code commit_delay} and {@code commit_siblings}.
 */
final class Returners {

    /** The longest wait, whatever a force takes, in nanoseconds. */
    private static final long LONGEST = 1_000_000;

    /** A force as it counts on average is this part the last one. */
    private static final int SHARE_OF_LAST = 8;

    private static final int MOST_LEFT_OUT = 64;

    private final NanoClock clock;
    private final Runnable pause;

    /** Writers that wait in groups which have not ended. Written under the write path's lock. */
    private volatile int present;

    // The leader only.
    private int expected;
    private long forceNanos;
    private int leftOut;
    private int toLeaveOut;

    /** {@code pause} is run again and again while there is somebody to wait for. */
    Returners(NanoClock clock, Runnable pause) {
        this.clock = clock;
        this.pause = pause;
    }

    /** A writer that waits has joined a group; under the lock. */
    void joined() {
        present = present + 1;
    }

    /** So many left with a group that has ended; under the lock, by the leader. */
    void left(int writers) {
        present = present - writers;
        expected = present + writers;
    }

    /** The force of the last group took so many nanoseconds; 0: there was none. The leader. */
    void forced(long nanos) {
        long counted = Math.min(nanos, 2 * LONGEST);
        forceNanos = nanos == 0 || forceNanos == 0 ? counted : forceNanos + (counted - forceNanos) / SHARE_OF_LAST;
    }

    /** Waits for those who are expected, if that has been worth it. The leader, before it takes a group. */
    void await() {
        int missing = expected - present;
        if (missing <= 0 || forceNanos == 0) {
            return;
        }
        if (toLeaveOut > 0) {
            toLeaveOut--;
            return;
        }
        long longest = Math.min(forceNanos / 2, LONGEST);
        long begun = clock.nanos();
        while (present < expected && clock.nanos() - begun < longest) {
            pause.run();
        }
        boolean worthIt = 2 * (expected - present) <= missing;
        leftOut = worthIt ? 0 : Math.min(MOST_LEFT_OUT, 2 * leftOut + 1);
        toLeaveOut = leftOut;
    }
}
