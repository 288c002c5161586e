package io.stave.engine.damage;

import io.stave.engine.damage.Judge.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** Judges many damaged stores, on all processors, and counts what became of them. What fails tells which it was. */
final class Campaign {

    /** A single case that takes so long hangs. */
    private static final long PATIENCE_SECONDS = 60;

    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final String what;
    private final LongFunction<Damaged> cases;
    private final long from;
    private final long to;
    private final AtomicLong next;
    private final Map<Verdict, AtomicLong> reads = counters();
    private final Map<Verdict, AtomicLong> writes = counters();

    /** The cases from {@code from} up to {@code to}, that one not included. */
    Campaign(String what, long from, long to, LongFunction<Damaged> cases) {
        this.what = what;
        this.cases = cases;
        this.from = from;
        this.to = to;
        this.next = new AtomicLong(from);
    }

    private static Map<Verdict, AtomicLong> counters() {
        Map<Verdict, AtomicLong> counters = new EnumMap<>(Verdict.class);
        for (Verdict verdict : Verdict.values()) {
            counters.put(verdict, new AtomicLong());
        }
        return counters;
    }

    /** What one thread is at. */
    private static final class Progress {
        volatile long number;
        volatile long since = System.nanoTime();
    }

    /** Judges them all; one in {@code readEvery} is opened for reading too, and one in {@code goOnEvery} is used further. */
    Campaign run(int readEvery, int goOnEvery) {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS, body -> {
            Thread thread = new Thread(body, "damage");
            thread.setDaemon(true);
            return thread;
        });
        List<Progress> progress = new ArrayList<>();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Progress its = new Progress();
            progress.add(its);
            workers.add(executor.submit(() -> work(its, readEvery, goOnEvery)));
        }
        try {
            for (Future<?> worker : workers) {
                await(worker, progress);
            }
        } finally {
            next.set(to);
            executor.shutdownNow();
        }
        return this;
    }

    private void await(Future<?> worker, List<Progress> progress) {
        while (true) {
            try {
                worker.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                for (Progress its : progress) {
                    long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - its.since);
                    if (its.number >= 0 && took > PATIENCE_SECONDS) {
                        throw new AssertionError(describe(its.number) + " hangs", e);
                    }
                }
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void work(Progress its, int readEvery, int goOnEvery) {
        for (long number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
            its.since = System.nanoTime();
            its.number = number;
            try {
                judge(number, number % readEvery == 0, number % goOnEvery == 0);
            } catch (RuntimeException | Error e) {
                next.set(to);
                throw new AssertionError(describe(number) + "\n" + e, e);
            }
        }
        its.number = -1;
    }

    private void judge(long number, boolean reads, boolean goesOn) {
        Judge judge = new Judge(cases.apply(number));
        if (reads) {
            this.reads.get(judge.read()).incrementAndGet();
        }
        writes.get(judge.write(goesOn)).incrementAndGet();
    }

    private String describe(long number) {
        return "case " + number + " of " + what + ", " + cases.apply(number);
    }

    long count(Verdict verdict) {
        return writes.get(verdict).get();
    }

    @Override
    public String toString() {
        return what + ": " + (to - from) + " cases, opened for writing " + writes + ", for reading " + reads;
    }
}
