package io.stave.compare.work;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Store;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import site.ycsb.generator.ScrambledZipfianGenerator;

/**
 * Gets of single keys by some threads. Keys are chosen uniformly among all, with the scrambled Zipfian distribution of YCSB (drawn
 * before the clock runs), or are absent. Each get is checked for the length of the value and whose it is.
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
            Walk.over(store, context);
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

    private Crew.Hand hand(Store store, Keys keys, Values values, Context context, int thread) {
        LongSupplier numbers = numbers(context, thread);
        byte[] key = new byte[Keys.BYTES];
        return () -> {
            for (int i = 0; i < SOME; i++) {
                long number = numbers.getAsLong();
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
        };
    }

    /** Uniform numbers cost next to nothing and are drawn on the way, from all keys; Zipfian ones cost more than a get. */
    private LongSupplier numbers(Context context, int thread) {
        long count = context.keyCount();
        if (choice != Choice.ZIPFIAN) {
            SplittableRandom random = new SplittableRandom(context.seed() + thread);
            return () -> random.nextLong(count);
        }
        ScrambledZipfianGenerator zipfian = new ScrambledZipfianGenerator(count);
        int[] drawn = new int[DRAWN];
        for (int i = 0; i < DRAWN; i++) {
            drawn[i] = Math.toIntExact(zipfian.nextValue());
        }
        int[] next = {0};
        return () -> {
            int at = next[0];
            next[0] = at + 1 & DRAWN - 1;
            return drawn[at];
        };
    }
}
