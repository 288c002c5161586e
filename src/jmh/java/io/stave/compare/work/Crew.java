package io.stave.compare.work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that begin together and go on until a moment. */
final class Crew {
    /** What one thread does: a few operations at a time, so that the clock is asked seldom. */
    interface Hand {
        /** Does some operations and returns how many. */
        long some() throws Exception;
    }

    /** Makes the hand of a thread, on that thread. */
    interface Hiring {
        Hand hand(int thread) throws Exception;
    }

    /** What was done and how long it took. */
    record Done(long operations, long nanos) {}

    private Crew() {}

    /** Runs for some seconds to warm up, and then for some that count. */
    static Done run(int threads, double warmup, double seconds, Hiring hiring) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier barrier = new CyclicBarrier(threads);
            List<Callable<Done>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                tasks.add(() -> {
                    try {
                        Hand hand = hiring.hand(thread);
                        barrier.await();
                        until(hand, warmup);
                        barrier.await();
                        return until(hand, seconds);
                    } finally {
                        // Whoever fails must not leave the others waiting.
                        barrier.reset();
                    }
                });
            }
            return sum(pool.invokeAll(tasks));
        } finally {
            pool.shutdownNow();
        }
    }

    /** Of several failures the one that is not a consequence of another. */
    private static Done sum(List<Future<Done>> futures) throws Exception {
        long operations = 0;
        long longest = 0;
        Exception failure = null;
        for (Future<Done> future : futures) {
            try {
                Done done = future.get();
                operations += done.operations;
                longest = Math.max(longest, done.nanos);
            } catch (ExecutionException e) {
                if (failure == null || failure instanceof BrokenBarrierException) {
                    failure = e.getCause() instanceof Exception cause ? cause : e;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return new Done(operations, longest);
    }

    private static Done until(Hand hand, double seconds) throws Exception {
        long start = System.nanoTime();
        long length = (long) (seconds * 1e9);
        long operations = 0;
        long now;
        do {
            operations += hand.some();
            now = System.nanoTime();
        } while (now - start < length);
        return new Done(operations, now - start);
    }
}
