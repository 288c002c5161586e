package io.stave.engine.base;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Does the parts of something side by side. */
public final class Parallel {

    private Parallel() {}

    /** What is done with each part. */
    @FunctionalInterface
    public interface Task<T> {
        void run(T part) throws IOException;
    }

    /**
     * Runs {@code task} for each part, on the calling thread and on others beside it, and returns when nothing is running any more. Where there are
     * no threads to be had, fewer do it. After a failure no part is begun any more.
     *
     * @param name of the other threads
     * @param threads how many at the most, with the calling one
     * @throws IOException the first failure of one, as are unchecked exceptions; the others are suppressed in it
     */
    public static <T> void forEach(String name, List<T> parts, int threads, Task<T> task) throws IOException {
        Queue<T> left = new ConcurrentLinkedQueue<>(parts);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Runnable work = () -> {
            for (T part = left.poll(); part != null && failures.isEmpty(); part = left.poll()) {
                try {
                    task.run(part);
                } catch (Throwable e) {
                    failures.add(e);
                }
            }
        };
        List<CompletableFuture<Void>> others = begin(name, Math.min(parts.size(), threads) - 1, work);
        work.run();
        others.forEach(CompletableFuture::join);
        throwFirst(failures);
    }

    private static List<CompletableFuture<Void>> begin(String name, int threads, Runnable work) {
        List<CompletableFuture<Void>> begun = new ArrayList<>();
        try {
            while (begun.size() < threads) {
                begun.add(CompletableFuture.runAsync(work, body -> start(name, body)));
            }
        } catch (OutOfMemoryError e) {
            // There is no thread to be had: the calling one does what they would have done.
        }
        return begun;
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void throwFirst(Queue<Throwable> failures) throws IOException {
        Throwable first = failures.poll();
        if (first == null) {
            return;
        }
        failures.stream().filter(other -> other != first).forEach(first::addSuppressed);
        if (first instanceof IOException e) {
            throw e;
        }
        if (first instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) first;
    }
}
