package io.stave.compare.work;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Store;
import java.util.SplittableRandom;
import site.ycsb.generator.ScrambledZipfianGenerator;

/**
 * Gets of single keys by some threads. Which keys is drawn before the clock runs: uniformly, with the scrambled Zipfian distribution of
 * YCSB, or keys that are absent. Each get is checked for the length of the value and whose it is.
 */
final class GetWork implements Work {
    /** How keys are chosen. */
    enum Choice {
        UNIFORM("get", "Get, uniform"),
        ZIPFIAN("get-zipf", "Get, Zipfian"),
        ABSENT("miss", "Get of absent keys");

        private final String name;
        private final String title;

        Choice(String name, String title) {
            this.name = name;
            this.title = title;
        }
    }

    private static final int DRAWN = 1 << 21;
    private static final int SOME = 64;
    private static final double WARMUP = 0.5;

    private final Choice choice;
    private final int threads;

    GetWork(Choice choice, int threads) {
        this.choice = choice;
        this.threads = threads;
    }

    @Override
    public String name() {
        return choice.name + "-" + threads;
    }

    @Override
    public String title() {
        return choice.title + ", " + Works.threads(threads);
    }

    @Override
    public Needs needs() {
        return Needs.LOADED;
    }

    @Override
    public boolean hasLimit() {
        return choice == Choice.UNIFORM;
    }

    @Override
    public Figures run(Context context) throws Exception {
        if (context.peer() instanceof LimitPeer) {
            return ReadLimits.reads(context, threads);
        }
        Values values = context.values();
        Keys keys = new Keys(false);
        Figures figures = new Figures();
        Store store = context.open(Mode.UNFORCED, false);
        try {
            readAll(store, keys, values, context);
            Crew.Done done = Crew.run(
                    threads,
                    WARMUP * context.seconds(),
                    context.seconds(),
                    thread -> hand(store, keys, values, context, thread));
            figures.rate(done.operations(), done.nanos());
            Check.sample(store, keys, values, context.keyCount(), context.seed());
            ProcessFigures.memory(figures);
            figures.setAll(store.figures());
        } finally {
            store.close();
        }
        return figures;
    }

    /** Brings the data to where the peer reads it from, as far as a limited time and memory allow. */
    private static void readAll(Store store, Keys keys, Values values, Context context) throws Exception {
        byte[] key = new byte[Keys.BYTES];
        long deadline = System.nanoTime() + (long) (context.seconds() * 1e9);
        for (long number = 0; number < context.keyCount(); number++) {
            keys.fill(key, number);
            if (!values.belongs(store.get(key), number)) {
                throw Check.wrong(number);
            }
            if (number % SOME == 0 && System.nanoTime() > deadline) {
                return;
            }
        }
    }

    private Crew.Hand hand(Store store, Keys keys, Values values, Context context, int thread) {
        int[] drawn = draw(context, thread);
        byte[] key = new byte[Keys.BYTES];
        return new Crew.Hand() {
            private int next;

            @Override
            public long some() throws Exception {
                for (int i = 0; i < SOME; i++) {
                    long number = drawn[next];
                    next = next + 1 & DRAWN - 1;
                    if (choice == Choice.ABSENT) {
                        keys.fill(key, Keys.ABSENT + number);
                        if (store.get(key) != null) {
                            throw new WrongAnswerException("a value for an absent key");
                        }
                    } else {
                        keys.fill(key, number);
                        if (!values.belongs(store.get(key), number)) {
                            throw Check.wrong(number);
                        }
                    }
                }
                return SOME;
            }
        };
    }

    private int[] draw(Context context, int thread) {
        int bound = Math.toIntExact(context.keyCount());
        int[] drawn = new int[DRAWN];
        SplittableRandom random = new SplittableRandom(context.seed() + thread);
        ScrambledZipfianGenerator zipfian =
                choice == Choice.ZIPFIAN ? new ScrambledZipfianGenerator(context.keyCount()) : null;
        for (int i = 0; i < DRAWN; i++) {
            drawn[i] = zipfian == null
                    ? random.nextInt(bound)
                    : zipfian.nextValue().intValue();
        }
        return drawn;
    }
}
