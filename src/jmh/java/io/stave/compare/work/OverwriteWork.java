package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Store;
import io.stave.compare.peer.Way;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Overwrites keys in random order until three times the data has been written, merges and compactions on. The rate counts until they
 * have caught up; the rate of the puts alone is reported beside it, with the disk in use at the worst moment and at the end.
 */
final class OverwriteWork implements Work {
    private static final int TIMES = 3;

    @Override
    public String name() {
        return "overwrite";
    }

    @Override
    public String title() {
        return "Overwrite in random order, three times the data";
    }

    @Override
    public Needs needs() {
        return Needs.LOADED;
    }

    @Override
    public List<Way> ways(Peer peer) {
        return peer.ways();
    }

    @Override
    public Figures run(Context context) throws Exception {
        Rehearsal.puts(context, false);
        Figures figures = new Figures();
        Values values = context.values();
        Keys keys = new Keys(false);
        long written = ProcessFigures.writtenBytes();
        long count = TIMES * context.keyCount();
        Store store = context.open(Mode.UNFORCED, false);
        try (Disk disk = Disk.watch(context.directory())) {
            long start = System.nanoTime();
            put(store.bulk(context.way(), false), keys, values, context, count);
            long acknowledged = System.nanoTime();
            store.settle();
            long settled = System.nanoTime();
            figures.rate(count, settled - start)
                    .set("putsPerSecond", count * 1e9 / (acknowledged - start))
                    .set("settleSeconds", (settled - acknowledged) / 1e9)
                    .set("diskBytes", Disk.bytes(context.directory()))
                    .set("diskPeakBytes", disk.peak());
            Check.sample(store, keys, values, context.keyCount(), context.seed());
            ProcessFigures.memory(figures);
            figures.setAll(store.figures());
        } finally {
            store.close();
        }
        return figures.set(
                        "writeAmplification", (ProcessFigures.writtenBytes() - written) / (TIMES * context.liveBytes()))
                .set("liveBytes", context.liveBytes());
    }

    private static void put(Store.Bulk bulk, Keys keys, Values values, Context context, long count) throws Exception {
        SplittableRandom random = new SplittableRandom(context.seed());
        byte[] key = new byte[Keys.BYTES];
        byte[] value = new byte[values.length()];
        for (long i = 1; i <= count; i++) {
            long number = random.nextLong(context.keyCount());
            keys.fill(key, number);
            values.fill(value, number, i);
            bulk.put(key, value);
        }
        bulk.finish();
    }
}
