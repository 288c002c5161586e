package io.stave.engine.merge;

import io.stave.StaveException;
import io.stave.StoreFailedException;
import io.stave.engine.base.Health;
import io.stave.engine.base.Worker;
import io.stave.engine.write.ActiveLog;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Forces the log beside a merge that has judged its inputs' records: what supersedes them must be durable before they go (I7), and by then the
 * copies are forced and have their hints too. A round waits for the longer of the two, not for one after the other.
 *
 * <p>Guards: one merge at a time.
 */
public final class LogForce {

    private final ActiveLog log;
    private final Health health;
    private final Worker worker;

    /** Of the force that was begun last. */
    private @Nullable CompletableFuture<Boolean> forced;

    /** Creates one; {@code inline} as for {@link Worker}. */
    public LogForce(ActiveLog log, Health health, boolean inline) {
        this.log = log;
        this.health = health;
        this.worker = new Worker("stave-merge-log", health, inline, () -> Worker.NOT_BEFORE_WOKEN);
    }

    /** Begins to force everything appended before the call. */
    void begin() {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        forced = begun;
        try {
            worker.execute(() -> force(begun));
        } catch (OutOfMemoryError e) {
            // There is no thread to be had: it is done when it is waited for.
            forced = null;
        }
    }

    private void force(CompletableFuture<Boolean> begun) {
        boolean done = false;
        try {
            log.force();
            done = true;
        } catch (StaveException | OutOfMemoryError e) {
            // It is tried again when it is waited for, and after a force that failed that fails too; but a round that
            // fails meanwhile never asks.
            health.unheard(e);
        } finally {
            boolean unused = begun.complete(done); // takes no memory: nobody may wait for ever
        }
    }

    /**
     * Waits until everything is forced that was appended before the last {@link #begin}.
     *
     * @throws StoreFailedException if that failed; then the store has stopped
     */
    void await() {
        CompletableFuture<Boolean> begun = forced;
        if (begun == null || !begun.join()) {
            log.force();
        }
    }

    /** Ends the thread, when what was begun is done. */
    void close() {
        worker.close();
    }
}
