package io.stave.engine.merge;

import io.stave.io.ForceFailedException;
import io.stave.io.WritableFile;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Forces a file while it is still being written, on a thread of its own, so that the force at its end finds little left to do and the disk works
 * beside the merge and not after it. A file shorter than {@value #PIECE} bytes sees nothing of this. Not thread-safe.
 */
final class EarlyForce {

    /** So many bytes are worth a force. */
    static final long PIECE = 8 << 20;

    private final WritableFile file;
    private final Consumer<Throwable> failed;
    private long asked;
    private @Nullable FutureTask<@Nullable Void> running;
    private volatile @Nullable Throwable failure;

    /** {@code failed} is told of a force that failed, at once and by the thread of it: nobody else may look for a while (I8). */
    EarlyForce(WritableFile file, Consumer<Throwable> failed) {
        this.file = file;
        this.failed = failed;
    }

    /**
     * So many bytes of the file have been written, and more will be.
     *
     * @throws IOException if an earlier force failed
     */
    void written(long length) throws IOException {
        if (running != null && !running.isDone()) {
            return;
        }
        await();
        if (length - asked < PIECE) {
            return;
        }
        asked = length;
        FutureTask<@Nullable Void> next = new FutureTask<>(this::force, null);
        Thread thread = new Thread(next, "stave-merge-force");
        thread.setDaemon(true);
        try {
            thread.start();
            running = next;
        } catch (OutOfMemoryError e) {
            // There is no thread to be had: the force at the end does it all.
        }
    }

    private void force() {
        try {
            file.force();
        } catch (Throwable e) {
            failure = e;
            failed.accept(e);
        }
    }

    /**
     * Waits for the force that is under way, if any.
     *
     * @throws IOException if one failed
     */
    void await() throws IOException {
        end();
        Throwable failure = this.failure;
        if (failure != null) {
            throw new ForceFailedException(
                    file.name(), failure instanceof IOException e ? e : new IOException(failure));
        }
    }

    /** The same, whatever it comes to; an interrupt does not end the wait (I13), for the file is closed next. */
    void end() {
        boolean interrupted = false;
        while (running != null) {
            try {
                running.get();
                running = null;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw new AssertionError(e); // the task catches all there is
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
