package io.stave.engine.base;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Does the parts of something side by side. */
public final class Parallel {

    private Parallel() {}

    /** What is done with each part. */
    @FunctionalInterface
    public interface Task<T> {
        void run(T part) throws IOException;
    }

    /**
     * Runs {@code task} for each part, on the calling thread and on others beside it, and returns when nothing is running any more, whatever memory
     * there is. Where there are no threads to be had, fewer do it. After a failure no part is begun any more.
     *
     * @param name of the other threads
     * @param threads how many at the most, with the calling one
     * @throws IOException the first failure of one, as are unchecked exceptions; the others are suppressed in it
     */
    public static <T> void forEach(String name, List<T> parts, int threads, Task<T> task) throws IOException {
        Work<T> work = new Work<>(parts, task);
        Thread[] others = new Thread[Math.max(0, Math.min(parts.size(), threads) - 1)];
        try {
            begin(name, others, work);
            work.run();
        } finally {
            for (Thread other : others) {
                Worker.joinUninterruptibly(other);
            }
        }
        work.throwFailure();
    }

    private static void begin(String name, @Nullable Thread[] others, Runnable work) {
        try {
            for (int i = 0; i < others.length; i++) {
                Thread thread = new Thread(work, name);
                thread.setDaemon(true);
                others[i] = thread; // first: what was started is waited for, whatever happens
                thread.start();
            }
        } catch (OutOfMemoryError e) {
            // There is no thread to be had: the others do what it would have done.
        }
    }

    /** What each of the threads does: one part after the other, until there is none or one has failed. */
    private static final class Work<T> implements Runnable {
        private final List<T> parts;
        private final Task<T> task;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Work(List<T> parts, Task<T> task) {
            this.parts = parts;
            this.task = task;
        }

        @Override
        public void run() {
            try {
                for (int i = next.getAndIncrement();
                        i < parts.size() && failure.get() == null;
                        i = next.getAndIncrement()) {
                    task.run(parts.get(i));
                }
            } catch (Throwable e) {
                if (!failure.compareAndSet(null, e)) {
                    suppress(e);
                }
            }
        }

        /** There may be no memory for the list of them, and then the first has to do. */
        private void suppress(Throwable other) {
            Throwable first = failure.get();
            try {
                if (first != null && first != other) {
                    first.addSuppressed(other);
                }
            } catch (OutOfMemoryError noMemory) {
                return;
            }
        }

        void throwFailure() throws IOException {
            Throwable first = failure.get();
            if (first instanceof IOException e) {
                throw e;
            }
            if (first instanceof RuntimeException e) {
                throw e;
            }
            if (first != null) {
                throw (Error) first;
            }
        }
    }
}
