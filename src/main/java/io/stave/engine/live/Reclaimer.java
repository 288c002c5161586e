package io.stave.engine.live;

import io.stave.engine.base.Health;
import io.stave.engine.base.Worker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Frees what readers may still hold as soon as they have left, on the background worker: unmapping and unlinking are not a reader's work. */
public final class Reclaimer {

    /** For the log, where {@link #close} returns false. */
    public static final String STUCK_READ =
            "a read has not ended, so what it may hold stays mapped until the collector finds it."
                    + " Restart the process if it keeps disk space that you need.";

    /** A read copies a value at the most: one that has not left by then never will. */
    private static final long LONGEST_READ_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int PATIENCE = 2_000;

    private final ReaderEpoch epoch;
    private final Worker worker;
    private final long patience;

    public Reclaimer(ReaderEpoch epoch, Health health, boolean inline) {
        this(epoch, health, inline, LONGEST_READ_NANOS);
    }

    /** For a test: {@link #close} waits for readers for so many nanoseconds at the most. */
    public Reclaimer(ReaderEpoch epoch, Health health, boolean inline, long patience) {
        this.epoch = epoch;
        this.patience = patience;
        this.worker = new Worker("stave-reclaim", health, inline, this::reclaim);
    }

    /** Runs {@code free} when every reader that is inside now has left. */
    public void retire(Runnable free) {
        epoch.retire(free);
        worker.wake();
    }

    /** Waits until what was retired so far is freed; two seconds at most, for a reader may take as long as it likes. */
    public void await() {
        for (int i = 0; i < PATIENCE; i++) {
            CompletableFuture<Integer> waiting = new CompletableFuture<>();
            worker.execute(() -> {
                int left = 0;
                try {
                    left = epoch.reclaim();
                } finally {
                    waiting.complete(left); // whatever freeing has thrown, nobody may wait for ever
                }
            });
            if (waiting.join() == 0) {
                return;
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    /**
     * Frees everything; readers must not come in any more. Waits for those inside, who wait for nothing. One may never leave: on Java 17 an
     * error of the platform, about a mapped file that somebody has cut off, can strike a thread between its read and its leave.
     *
     * @return whether all have left; if not, nothing that a reader may hold must ever be freed
     */
    public boolean close() {
        worker.close();
        // Waits for the readers that are inside, even if nothing else was retired: what they hold is freed next.
        epoch.retire(() -> {});
        long started = System.nanoTime();
        while (epoch.reclaim() > 0) {
            if (System.nanoTime() - started > patience) {
                return false;
            }
            LockSupport.parkNanos(AGAIN_NANOS / 10);
        }
        return true;
    }

    private long reclaim() {
        return epoch.reclaim() > 0 ? AGAIN_NANOS : Worker.NOT_BEFORE_WOKEN;
    }
}
