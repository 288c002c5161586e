package io.stave.compare.work;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Store;
import io.stave.compare.peer.Way;
import java.util.List;

/**
 * Puts every key once, one thread, into an empty store. The rate counts until all puts are acknowledged; what the peer still has to do
 * then, and its close, are reported apart.
 */
final class LoadWork implements Work {
    private final boolean sorted;

    LoadWork(boolean sorted) {
        this.sorted = sorted;
    }

    @Override
    public String name() {
        return sorted ? "load-sorted" : Works.LOAD;
    }

    @Override
    public String title() {
        return sorted ? "Load, keys in order" : "Load, keys in random order";
    }

    @Override
    public Needs needs() {
        return Needs.EMPTY;
    }

    @Override
    public boolean hasLimit() {
        return !sorted;
    }

    @Override
    public List<Way> ways(Peer peer) {
        return sorted ? List.of(peer.ways().get(0)) : peer.ways();
    }

    @Override
    public Figures run(Context context) throws Exception {
        if (context.peer() instanceof LimitPeer) {
            return WriteLimits.sequential(context);
        }
        Rehearsal.puts(context, sorted);
        Figures figures = new Figures();
        Values values = context.values();
        Keys keys = new Keys(sorted);
        long written = ProcessFigures.writtenBytes();
        Store store = context.open(Mode.UNFORCED, false);
        try {
            long start = System.nanoTime();
            put(store.bulk(context.way(), sorted), keys, values, context.keyCount());
            long acknowledged = System.nanoTime();
            store.settle();
            figures.rate(context.keyCount(), acknowledged - start)
                    .set("settleSeconds", (System.nanoTime() - acknowledged) / 1e9);
            Check.sample(store, keys, values, context.keyCount(), context.seed());
            ProcessFigures.memory(figures);
            figures.setAll(store.figures());
        } finally {
            long closing = System.nanoTime();
            store.close();
            figures.set("closeSeconds", (System.nanoTime() - closing) / 1e9);
        }
        return figures.set("writeAmplification", (ProcessFigures.writtenBytes() - written) / context.liveBytes())
                .set("diskBytes", Disk.bytes(context.directory()))
                .set("liveBytes", context.liveBytes());
    }

    private static void put(Store.Bulk bulk, Keys keys, Values values, long count) throws Exception {
        byte[] key = new byte[Keys.BYTES];
        byte[] value = new byte[values.length()];
        for (long number = 0; number < count; number++) {
            keys.fill(key, number);
            values.fill(value, number, 0);
            bulk.put(key, value);
        }
        bulk.finish();
    }
}
