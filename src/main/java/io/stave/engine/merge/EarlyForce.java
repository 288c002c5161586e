package io.stave.engine.merge;

import io.stave.io.WritableFile;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Forces a file while it is still being written, on a thread of its own, so that the force at its end finds little left to do and the disk works
 * beside the merge and not after it. A file shorter than {@value #PIECE} bytes sees nothing of this. Not thread-safe.
 */
final class EarlyForce {

    /** So many bytes are worth a force. */
    static final long PIECE = 8 << 20;

    private final WritableFile file;
    private long asked;
    private @Nullable FutureTask<@Nullable Void> running;

    EarlyForce(WritableFile file) {
        this.file = file;
    }

    /**
     * So many bytes of the file have been written.
     *
     * @throws IOException if an earlier force failed
     */
    void written(long length) throws IOException {
        FutureTask<@Nullable Void> last = running;
        if (length - asked < PIECE || (last != null && !last.isDone())) {
            return;
        }
        await();
        asked = length;
        FutureTask<@Nullable Void> next = new FutureTask<>(() -> {
            file.force();
            return null;
        });
        Thread thread = new Thread(next, "stave-merge-force");
        thread.setDaemon(true);
        try {
            thread.start();
            running = next;
        } catch (OutOfMemoryError e) {
            // There is no thread to be had: the force at the end does it all.
        }
    }

    /**
     * Waits for the force that is under way, if any; an interrupt does not end that (I13). Told once of a failure, the caller must not go on
     * with the file (I8).
     *
     * @throws IOException if it failed
     */
    void await() throws IOException {
        boolean interrupted = false;
        try {
            while (running != null) {
                try {
                    running.get();
                    running = null;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    running = null;
                    throw failure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException failed ? failed : new IOException(cause);
    }
}
