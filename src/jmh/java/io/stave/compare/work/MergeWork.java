package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Store;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Gets beside puts that give merges or compactions work, at fixed rates, with one thread each; and gets as fast as they go, alone and
 * beside the same puts. Before, as much is overwritten as there is, so that merges and compactions go on as they always will, and the code
 * of puts is compiled. An operation's time counts from the moment it was due, not from when its thread got round to it: what waits
 * behind a slow one is slow too (no coordinated omission). Whether a merge runs is asked of the peer every few milliseconds, and
 * latencies are kept apart accordingly; of a peer that does not tell, all count as "beside".
 */
final class MergeWork implements Work {
    private static final double GETS_PER_SECOND = 2_000;
    private static final double PUT_BYTES_PER_SECOND = 20e6;
    private static final double MOST_PUTS_PER_SECOND = 20_000;

    /** Times as long as a timed work lasts: the most that may be spent on overwriting before. */
    private static final double PREPARED = 6;

    /** Puts come together so often: a thread that waits for each by itself, spinning, would take a processor from the merges. */
    private static final double MOMENTS_PER_SECOND = 1_000;

    @Override
    public String name() {
        return "merge";
    }

    @Override
    public String title() {
        return "Gets and puts at fixed rates, beside merges";
    }

    @Override
    public Needs needs() {
        return Needs.LOADED;
    }

    @Override
    public Figures run(Context context) throws Exception {
        double puts = Math.min(MOST_PUTS_PER_SECOND, PUT_BYTES_PER_SECOND / context.valueBytes());
        Figures figures = new Figures().set("getsDuePerSecond", GETS_PER_SECOND).set("putsDuePerSecond", puts);
        Store store = context.open(Mode.UNFORCED, false);
        try (MergeWatch watch = new MergeWatch(store)) {
            Paced putter = Paced.puts(store, context, watch);
            putter.many(context.keyCount(), PREPARED * context.seconds());
            store.settle();
            Walk.over(store, context);
            Paced gets = Paced.gets(store, context, watch);
            gets.unpaced(context.seconds() / 2);
            gets.paced(GETS_PER_SECOND, 1, context.seconds() / 2);
            gets.clear();

            gets.paced(GETS_PER_SECOND, 1, context.seconds());
            figures.latency("aloneGet", gets.all());
            figures.set("aloneGetsPerSecond", gets.unpaced(context.seconds()));
            gets.clear();

            double merged = merged(store);
            long start = System.nanoTime();
            beside(putter, puts, 2 * context.seconds(), () -> gets.paced(GETS_PER_SECOND, 1, 2 * context.seconds()));
            if (!Double.isNaN(merged)) {
                figures.set("mergedBytesPerSecond", (merged(store) - merged) * 1e9 / (System.nanoTime() - start));
            }
            report(figures, "Get", gets);
            report(figures, "Put", putter);
            figures.set("mergingShare", watch.share());
            gets.clear();

            beside(putter, puts, context.seconds(), () -> figures.set(Figures.RATE, gets.unpaced(context.seconds())));
            Check.sample(store, new Keys(false), context.values(), context.keyCount(), context.seed());
            ProcessFigures.memory(figures);
            figures.setAll(store.figures());
        } finally {
            store.close();
        }
        return figures;
    }

    /** Bytes that merges have read and written since the open, if the peer tells. */
    private static double merged(Store store) throws Exception {
        Map<String, Double> figures = store.figures();
        return figures.getOrDefault("mergeBytesRead", Double.NaN)
                + figures.getOrDefault("mergeBytesWritten", Double.NaN);
    }

    private static void report(Figures figures, String what, Paced paced) {
        figures.latency("quiet" + what, paced.quiet());
        figures.latency("merging" + what, paced.merging());
        figures.latency("beside" + what, paced.all());
    }

    private interface Task {
        void run() throws Exception;
    }

    /** Does something while another thread puts. */
    private static void beside(Paced putter, double rate, double seconds, Task task) throws Exception {
        Thread[] thread = new Thread[1];
        Exception[] failure = new Exception[1];
        thread[0] = new Thread(
                () -> {
                    try {
                        putter.paced(rate, (int) Math.ceil(rate / MOMENTS_PER_SECOND), seconds);
                    } catch (Exception e) {
                        failure[0] = e;
                    }
                },
                "puts");
        thread[0].start();
        task.run();
        thread[0].join();
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /** Asks now and then whether a merge runs. */
    static final class MergeWatch implements AutoCloseable {
        private static final long PERIOD_MILLIS = 2;

        private final Thread thread;
        private volatile boolean merging;
        private volatile boolean closed;
        private volatile long asked;
        private volatile long yes;

        MergeWatch(Store store) throws Exception {
            boolean tells = store.merging() != null;
            merging = !tells;
            thread = new Thread(
                    () -> {
                        try {
                            while (tells && !closed) {
                                boolean now = Boolean.TRUE.equals(store.merging());
                                merging = now;
                                asked = asked + 1;
                                yes = yes + (now ? 1 : 0);
                                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                            }
                        } catch (Exception e) {
                            closed = true;
                        }
                    },
                    "merge-watch");
            thread.setDaemon(true);
            thread.start();
        }

        boolean merging() {
            return merging;
        }

        /** Share of the time in which a merge ran; 1 if the peer does not tell. */
        double share() {
            return asked == 0 ? 1 : (double) yes / asked;
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            thread.join();
        }
    }
}
