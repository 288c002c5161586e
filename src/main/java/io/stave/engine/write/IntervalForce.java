package io.stave.engine.write;

import io.stave.engine.base.Health;
import io.stave.engine.base.Worker;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The duty of the worker that keeps the promise of {@code Durability.interval}: forces when the oldest unforced write has waited for its
 * interval.
 */
public final class IntervalForce {

    private static final long NONE = Long.MAX_VALUE;

    private final ActiveLog log;
    private final Worker worker;
    private final long origin = System.nanoTime();

    /** Nanoseconds after the origin, or NONE. */
    private final AtomicLong deadline = new AtomicLong(NONE);

    public IntervalForce(ActiveLog log, Health health, boolean inline) {
        this.log = log;
        this.worker = new Worker("stave-force", health, inline, this::forceWhenDue);
    }

    /** Something was appended that must be forced within {@code nanos}; {@code Long.MAX_VALUE}: nothing was. */
    void request(long nanos) {
        if (nanos == NONE) {
            return;
        }
        long now = System.nanoTime() - origin;
        long before = deadline.getAndAccumulate(now + nanos, Math::min);
        if (before > now + nanos) {
            worker.wake();
        }
    }

    private long forceWhenDue() {
        long due = deadline.get();
        if (due == NONE) {
            return Worker.NOT_BEFORE_WOKEN;
        }
        long wait = due - (System.nanoTime() - origin);
        if (wait > 0) {
            return wait;
        }
        // First: what is appended from here on asks for a deadline of its own.
        deadline.set(NONE);
        log.force();
        return 0;
    }

    public void close() {
        worker.close();
    }
}
