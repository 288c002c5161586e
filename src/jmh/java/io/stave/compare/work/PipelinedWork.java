package io.stave.compare.work;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Store;
import io.stave.compare.peer.Way;
import java.util.List;

/** Asynchronous puts of new keys by one thread, each on stable storage when its future completes; all are waited for. */
final class PipelinedWork implements Work {
    private static final int FORCED_BYTES = 64 << 10;
    private static final int SOME = 256;

    @Override
    public String name() {
        return "durable-async";
    }

    @Override
    public String title() {
        return "Durable put, pipelined by one thread";
    }

    @Override
    public Needs needs() {
        return Needs.EMPTY;
    }

    @Override
    public Mode mode() {
        return Mode.FORCED;
    }

    @Override
    public boolean hasLimit() {
        return true;
    }

    @Override
    public List<Way> ways(Peer peer) {
        return List.of(Way.ASYNC);
    }

    @Override
    public String refuses(Peer peer) {
        return peer instanceof LimitPeer || peer.ways().contains(Way.ASYNC) ? null : "has no asynchronous put";
    }

    @Override
    public Figures run(Context context) throws Exception {
        if (context.peer() instanceof LimitPeer) {
            return WriteLimits.forced(context, Math.max(1, FORCED_BYTES / (Keys.BYTES + context.valueBytes())));
        }
        Values values = context.values();
        Keys keys = new Keys(false);
        Figures figures = new Figures();
        Store store = context.open(Mode.FORCED, false);
        try {
            long warm = put(store, keys, values, 0, context.seconds() / 2);
            long start = System.nanoTime();
            long end = put(store, keys, values, warm, context.seconds());
            figures.rate(end - warm, System.nanoTime() - start);
            Check.sample(store, keys, values, end, context.seed());
            ProcessFigures.memory(figures);
        } finally {
            store.close();
        }
        return figures;
    }

    private static long put(Store store, Keys keys, Values values, long from, double seconds) throws Exception {
        byte[] key = new byte[Keys.BYTES];
        byte[] value = new byte[values.length()];
        Store.Bulk bulk = store.bulk(Way.ASYNC, false);
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        long number = from;
        do {
            for (int i = 0; i < SOME; i++) {
                keys.fill(key, number);
                values.fill(value, number, 0);
                bulk.put(key, value);
                number++;
            }
        } while (System.nanoTime() < deadline);
        bulk.finish();
        return number;
    }
}
