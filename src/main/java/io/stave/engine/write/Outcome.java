package io.stave.engine.write;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How a group ended, waited for by the writers in it and by those whose answer depends on one of its records (I2).
 *
 * <p>The waiting is deaf to interrupts: the record is on its way, and an interrupted writer must still learn what became of it (I13). The
 * flag is set again afterwards.
 */
public final class Outcome {

    private volatile boolean done;
    private volatile @Nullable Thread leader;

    // Written before done.
    private @Nullable RuntimeException failure;

    /** Ends the group; waiters are woken by the caller. */
    void complete(@Nullable RuntimeException groupFailure) {
        failure = groupFailure;
        done = true;
    }

    /** Hands the leadership of the group to one of its waiters. */
    void appoint(Thread waiter) {
        leader = waiter;
    }

    /** Waits until the group has ended; runs {@code lead} if the calling thread is made its leader meanwhile. */
    void await(Runnable lead) {
        boolean interrupted = false;
        while (!done) {
            if (leader == Thread.currentThread()) {
                leader = null;
                lead.run();
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why nothing of the group was applied, or null. Valid once the group has ended. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }
}
