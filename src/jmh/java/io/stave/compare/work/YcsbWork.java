package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Store;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A core workload of YCSB, by two threads: the operations are YCSB's, keys and values ours. Each put is one call, whatever the peer's
 * usual way to load. When a thread has come to the end of its operations it begins anew.
 */
final class YcsbWork implements Work {
    /** The workloads that need no scan, as YCSB's own files define them. */
    enum Letter {
        A("half reads, half updates", 0.5, 0.5, 0, 0, "zipfian"),
        B("95 % reads, 5 % updates", 0.95, 0.05, 0, 0, "zipfian"),
        C("reads", 1, 0, 0, 0, "zipfian"),
        D("95 % reads of what is new, 5 % inserts", 0.95, 0, 0.05, 0, "latest"),
        F("half reads, half read-modify-writes", 0.5, 0, 0, 0.5, "zipfian");

        private final String what;
        private final Properties properties = new Properties();

        Letter(String what, double reads, double updates, double inserts, double both, String distribution) {
            this.what = what;
            properties.setProperty("readproportion", Double.toString(reads));
            properties.setProperty("updateproportion", Double.toString(updates));
            properties.setProperty("insertproportion", Double.toString(inserts));
            properties.setProperty("readmodifywriteproportion", Double.toString(both));
            properties.setProperty("scanproportion", "0");
            properties.setProperty("requestdistribution", distribution);
        }
    }

    private static final int THREADS = 2;
    private static final int LONGEST = 1 << 20;
    private static final int SOME = 64;
    private static final long FIRST_REVISION = 1L << 40;

    private final Letter letter;

    YcsbWork(Letter letter) {
        this.letter = letter;
    }

    @Override
    public String name() {
        return "ycsb-" + letter.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String title() {
        return "YCSB " + letter + ": " + letter.what + ", " + Works.threads(THREADS);
    }

    @Override
    public Needs needs() {
        return Needs.LOADED;
    }

    @Override
    public Figures run(Context context) throws Exception {
        Values values = context.values();
        Keys keys = new Keys(false);
        int length = (int) Math.min(LONGEST, context.keyCount());
        Trace[] traces = Trace.record(letter.properties, context.keyCount(), THREADS, length);
        AtomicLong revisions = new AtomicLong(FIRST_REVISION);
        Figures figures = new Figures();
        Store store = context.open(Mode.UNFORCED, false);
        try {
            Walk.over(store, context);
            Crew.Done done = Crew.run(
                    THREADS,
                    context.seconds() / 2,
                    context.seconds(),
                    thread -> new Replay(store, keys, values, traces[thread], context.keyCount(), revisions));
            figures.rate(done.operations(), done.nanos());
            Check.sample(store, keys, values, context.keyCount(), context.seed());
            ProcessFigures.memory(figures);
            figures.setAll(store.figures());
        } finally {
            store.close();
        }
        return figures;
    }

    /** One thread's operations. */
    private static final class Replay implements Crew.Hand {
        private final Store store;
        private final Keys keys;
        private final Values values;
        private final Trace trace;
        private final long loaded;
        private final AtomicLong revisions;
        private final byte[] key = new byte[Keys.BYTES];
        private final byte[] value;
        private int next;

        Replay(Store store, Keys keys, Values values, Trace trace, long loaded, AtomicLong revisions) {
            this.store = store;
            this.keys = keys;
            this.values = values;
            this.trace = trace;
            this.loaded = loaded;
            this.revisions = revisions;
            value = new byte[values.length()];
        }

        @Override
        public long some() throws Exception {
            // A block of numbers at a time: a counter that all threads share would cost as much as a get.
            long revision = revisions.getAndAdd(SOME);
            for (int i = 0; i < SOME; i++) {
                int kind = trace.kind(next);
                long number = trace.number(next);
                next = next + 1 == trace.length() ? 0 : next + 1;
                keys.fill(key, number);
                if (kind == Trace.READ || kind == Trace.READ_MODIFY_WRITE) {
                    check(store.get(key), number);
                }
                if (kind != Trace.READ) {
                    values.fill(value, number, revision + i);
                    store.put(key, value);
                }
            }
            return SOME;
        }

        /** A key that another thread is to insert may not be there yet. */
        private void check(byte[] found, long number) {
            if (!values.belongs(found, number) && !(found == null && number >= loaded)) {
                throw Check.wrong(number);
            }
        }
    }
}
