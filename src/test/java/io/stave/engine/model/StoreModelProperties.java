package io.stave.engine.model;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.engine.model.StoreModel.Mode;
import io.stave.engine.support.Silence;
import io.stave.engine.support.TestClock;
import io.stave.keydir.ChosenKeydir;
import java.io.IOException;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/** Random lives of a store beside a plain map: writes, merges, reopens and crashes, on a simulated disk and on a real one. */
class StoreModelProperties {

    private static final long START = 1_700_000_000_000L;
    private static final Options OPTIONS =
            ChosenKeydir.in(Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual()));

    static {
        Silence.please();
    }

    /** Something done to a model, with a name for the report of a failure. */
    private record Move(String name, Body body) {
        interface Body {
            void on(StoreModel model) throws IOException;
        }

        Transformer<StoreModel> transformer() {
            return Transformer.mutate(name, model -> {
                try {
                    body.on(model);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
    void simulatedStoreHoldsWhatItsHistorySays(@ForAll("onSimulatedDisk") ActionChain<StoreModel> chain)
            throws IOException {
        chain.withInvariant("holds what it must", StoreModel::verify).run().end();
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void simulatedStoreOfTheWeakestDurabilityLosesOnlyASuffix(@ForAll("weaklyDurable") ActionChain<StoreModel> chain)
            throws IOException {
        chain.withInvariant("holds what it must", StoreModel::verify).run().end();
    }

    @Property(tries = 250, shrinking = ShrinkingMode.BOUNDED)
    void storeWithManyUnsealedSegmentsHoldsWhatItsHistorySays(@ForAll("lateSealing") ActionChain<StoreModel> chain)
            throws IOException {
        chain.withInvariant("holds what it must", StoreModel::verify).run().end();
    }

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void realStoreHoldsWhatItsHistorySays(@ForAll("onRealDisk") ActionChain<StoreModel> chain) throws IOException {
        chain.withInvariant("holds what it must", StoreModel::verify).run().end();
    }

    @Provide
    Arbitrary<ActionChain<StoreModel>> onSimulatedDisk() {
        return chains(() -> onSimulated(OPTIONS, false));
    }

    @Provide
    Arbitrary<ActionChain<StoreModel>> weaklyDurable() {
        return chains(() -> onSimulated(OPTIONS.durability(Durability.OS), false));
    }

    @Provide
    Arbitrary<ActionChain<StoreModel>> lateSealing() {
        return chains(() -> onSimulated(OPTIONS.durability(Durability.OS), true));
    }

    @Provide
    Arbitrary<ActionChain<StoreModel>> onRealDisk() {
        return chains(() -> {
            try {
                TestClock clock = new TestClock(START);
                return new StoreModel(new RealModelDisk(OPTIONS.clock(clock)), clock);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static StoreModel onSimulated(Options options, boolean sealsLate) {
        TestClock clock = new TestClock(START);
        return new StoreModel(new SimulatedModelDisk(options.clock(clock), sealsLate), clock);
    }

    private static ActionChainArbitrary<StoreModel> chains(Supplier<StoreModel> start) {
        Arbitrary<Long> seeds = Arbitraries.longs();
        Arbitrary<Integer> few = Arbitraries.integers().between(0, 40);
        return ActionChain.startWith(start)
                .withAction(14, action(writes()))
                .withAction(2, action(Arbitraries.just(new Move("sync", StoreModel::sync))))
                .withAction(2, action(merges()))
                .withAction(3, action(times()))
                .withAction(1, action(seeds.map(s -> new Move("reopen " + s, m -> m.reopen(s)))))
                .withAction(1, action(seeds.map(s -> new Move("crash " + s, m -> m.crash(s)))))
                .withAction(
                        3,
                        action(Combinators.combine(Arbitraries.oneOf(writes(), merges(), merges()), few, seeds)
                                .as((move, after, s) -> new Move(
                                        "crash " + s + " after " + after + " operations of: " + move.name,
                                        m -> m.crashIn(() -> move.body.on(m), after, s)))))
                .withAction(
                        1,
                        action(Combinators.combine(few, seeds)
                                .as((after, s) -> new Move(
                                        "crash " + s + " and after " + after + " operations of recovery",
                                        m -> m.crashInRecovery(after, s)))))
                .withAction(1, action(Arbitraries.just(new Move("kill", StoreModel::kill))))
                .withAction(
                        1,
                        action(Combinators.combine(few, seeds)
                                .as((after, s) -> new Move(
                                        "kill, and crash " + s + " after " + after + " operations of recovery",
                                        m -> m.killAndCrashInRecovery(after, s)))))
                .withMaxTransformations(30);
    }

    private static Action.Independent<StoreModel> action(Arbitrary<Move> moves) {
        return () -> moves.map(Move::transformer);
    }

    /** The clock goes on, mostly; and what has expired is swept. */
    private static Arbitrary<Move> times() {
        Arbitrary<Integer> millis = Arbitraries.integers().between(1, 40);
        return Arbitraries.frequencyOf(
                Tuple.of(6, millis.map(n -> new Move("clock goes on by " + n, m -> m.advance(n)))),
                Tuple.of(1, Arbitraries.just(new Move("clock goes on by a day", m -> m.advance(86_400_000)))),
                Tuple.of(2, millis.map(n -> new Move("clock is set back by " + n, m -> m.setBack(n)))),
                Tuple.of(2, Arbitraries.just(new Move("sweep", StoreModel::sweep))));
    }

    private static Arbitrary<Move> merges() {
        return Arbitraries.oneOf(
                Arbitraries.just(new Move("merge all", StoreModel::mergeAll)),
                Arbitraries.longs().map(choice -> new Move("merge " + choice, m -> m.mergeChosen(choice))));
    }

    private static Arbitrary<Move> writes() {
        Arbitrary<Integer> keys = Arbitraries.integers().between(0, Keys.COUNT - 1);
        Arbitrary<Mode> modes = Arbitraries.of(Mode.class);
        Arbitrary<Integer> lengths = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0)),
                Tuple.of(6, Arbitraries.integers().between(1, 900)),
                Tuple.of(1, Arbitraries.integers().between(2000, 6000)),
                Tuple.of(1, Arbitraries.just(300_000)));
        Arbitrary<Integer> lives = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(0)),
                Tuple.of(5, Arbitraries.integers().between(1, 60)),
                Tuple.of(1, Arbitraries.integers().between(-5, 1000)));
        Arbitrary<Boolean> rights = Arbitraries.of(true, true, true, false);
        return Arbitraries.frequencyOf(
                Tuple.of(
                        5,
                        Combinators.combine(keys, lengths, lives, modes)
                                .as((k, n, t, d) -> new Move(
                                        "put " + k + ", " + n + " bytes, life " + t + ", " + d,
                                        m -> m.put(k, n, t, d)))),
                Tuple.of(
                        1,
                        Combinators.combine(keys, lengths, lives, modes)
                                .as((k, n, t, d) -> new Move(
                                        "put buffers " + k + ", " + n + " bytes, life " + t + ", " + d,
                                        m -> m.putBuffers(k, n, t, d)))),
                Tuple.of(
                        2,
                        Combinators.combine(keys, lives, modes)
                                .as((k, t, d) -> new Move(
                                        "set expiry " + k + ", life " + t + ", " + d, m -> m.setExpiry(k, t, d)))),
                Tuple.of(
                        2,
                        Combinators.combine(
                                        keys, lengths, Arbitraries.integers().between(0, 3000), modes)
                                .as((k, n, b, d) -> new Move(
                                        "put " + k + ", " + n + " bytes, " + d + ", a write breaks off after " + b,
                                        m -> m.putWhileAWriteFails(k, n, b, d)))),
                Tuple.of(
                        4,
                        Combinators.combine(keys, modes)
                                .as((k, d) -> new Move("delete " + k + ", " + d, m -> m.delete(k, d)))),
                Tuple.of(
                        1,
                        Combinators.combine(keys, lengths, lives, modes)
                                .as((k, n, t, d) -> new Move(
                                        "put if absent " + k + ", " + n + " bytes, life " + t + ", " + d,
                                        m -> m.putIfAbsent(k, n, t, d)))),
                Tuple.of(
                        1,
                        Combinators.combine(keys, lengths, lives, rights, modes)
                                .as((k, n, t, r, d) -> new Move(
                                        "compare and set " + k + ", " + n + " bytes, life " + t + ", right " + r + ", "
                                                + d,
                                        m -> m.compareAndSet(k, n, t, r, d)))),
                Tuple.of(
                        1,
                        Combinators.combine(keys, rights, modes)
                                .as((k, r, d) -> new Move(
                                        "delete version " + k + ", right " + r + ", " + d,
                                        m -> m.deleteVersion(k, r, d)))),
                Tuple.of(
                        1,
                        Combinators.combine(keys.list().ofMaxSize(8), lengths, lives, modes)
                                .as((ks, n, t, d) -> new Move(
                                        "async " + ks + ", " + n + " bytes, life " + t + ", " + d,
                                        m -> m.async(ks, n, t, d)))),
                Tuple.of(
                        5,
                        Combinators.combine(
                                        keys.list().ofMaxSize(7),
                                        lengths,
                                        lives,
                                        rights,
                                        Arbitraries.of(true, false),
                                        modes)
                                .as((ks, n, t, r, a, d) -> new Move(
                                        "batch " + ks + ", " + n + " bytes, life " + t + ", right " + r + ", async " + a
                                                + ", " + d,
                                        m -> m.batch(ks, n, t, r, a, d)))));
    }
}
