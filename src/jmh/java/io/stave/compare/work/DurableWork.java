package io.stave.compare.work;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Store;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Puts of new keys, each on stable storage when it is acknowledged, by some threads. */
final class DurableWork implements Work {
    private static final double WARMUP = 0.5;

    private final int threads;

    DurableWork(int threads) {
        this.threads = threads;
    }

    @Override
    public String name() {
        return "durable-" + threads;
    }

    @Override
    public String title() {
        return "Durable put, " + Works.threads(threads);
    }

    @Override
    public Needs needs() {
        return Needs.EMPTY;
    }

    @Override
    public Mode mode() {
        return Mode.FORCED;
    }

    /** One thread only: how puts of many are gathered is the store's affair. */
    @Override
    public boolean hasLimit() {
        return threads == 1;
    }

    @Override
    public Figures run(Context context) throws Exception {
        if (context.peer() instanceof LimitPeer) {
            return WriteLimits.forced(context, 1);
        }
        Values values = context.values();
        Keys keys = new Keys(false);
        AtomicLong number = new AtomicLong();
        Queue<Histogram> histograms = new ConcurrentLinkedQueue<>();
        Figures figures = new Figures();
        Store store = context.open(Mode.FORCED, false);
        try {
            Crew.Done done = Crew.run(threads, WARMUP * context.seconds(), context.seconds(), thread -> {
                Histogram histogram = new Histogram(2);
                histograms.add(histogram);
                return hand(store, keys, values, number, histogram);
            });
            figures.rate(done.operations(), done.nanos());
            Histogram all = new Histogram(2);
            histograms.forEach(all::add);
            figures.latency("put", all);
            Check.sample(store, keys, values, number.get(), context.seed());
            ProcessFigures.memory(figures);
        } finally {
            store.close();
        }
        return figures;
    }

    private static Crew.Hand hand(Store store, Keys keys, Values values, AtomicLong number, Histogram histogram) {
        byte[] key = new byte[Keys.BYTES];
        byte[] value = new byte[values.length()];
        return () -> {
            long mine = number.getAndIncrement();
            keys.fill(key, mine);
            values.fill(value, mine, 0);
            long start = System.nanoTime();
            store.put(key, value);
            histogram.recordValue(System.nanoTime() - start);
            return 1;
        };
    }
}
