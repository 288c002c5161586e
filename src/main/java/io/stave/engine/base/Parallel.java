package io.stave.engine.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Does the parts of an open side by side. */
public final class Parallel {

    private Parallel() {}

    /** What is done with each part. */
    @FunctionalInterface
    public interface Task<T> {
        void run(T part) throws IOException;
    }

    /**
     * Runs {@code task} for each part, on the calling thread if there is one part or one thread, and returns when nothing is running any more.
     *
     * @param threads how many at the most
     * @throws IOException the first failure of one, as are unchecked exceptions
     */
    public static <T> void forEach(List<T> parts, int threads, Task<T> task) throws IOException {
        int wanted = Math.min(parts.size(), threads);
        if (wanted <= 1) {
            for (T part : parts) {
                task.run(part);
            }
            return;
        }
        ExecutorService executor = Executors.newFixedThreadPool(wanted, body -> {
            Thread thread = new Thread(body, "stave-recover");
            thread.setDaemon(true);
            return thread;
        });
        try {
            joinAll(parts.stream()
                    .map(part -> CompletableFuture.runAsync(() -> unchecked(task, part), executor))
                    .toList());
        } finally {
            executor.shutdown();
        }
    }

    private static <T> void unchecked(Task<T> task, T part) {
        try {
            task.run(part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for all, so that nothing is still being read when the first failure is thrown. */
    private static void joinAll(List<CompletableFuture<Void>> tasks) throws IOException {
        Throwable first = null;
        for (CompletableFuture<Void> task : tasks) {
            try {
                task.join();
            } catch (CompletionException e) {
                first = first == null ? e.getCause() : first;
            }
        }
        if (first instanceof UncheckedIOException e) {
            throw e.getCause();
        }
        if (first instanceof RuntimeException e) {
            throw e;
        }
        if (first instanceof Error e) {
            throw e;
        }
    }
}
