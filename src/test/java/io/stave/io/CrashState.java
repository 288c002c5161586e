package io.stave.io;

import java.util.BitSet;
import java.util.function.IntFunction;

/**
 * What a crash leaves of the operations that were not forced: a choice for each of them. Print it to be able to do it again:
 * the name holds all that made the choice.
 *
 * <p>Forced operations are not asked about. Operations on names are not torn: they happened or they did not, each on its own.
 */
public interface CrashState {

    /**
     * Chooses for one operation.
     *
     * @param operation an operation that was not forced
     * @param position its place among those not forced, from 0, in the order of the log
     * @param count how many were not forced
     */
    Survival of(Operation operation, int position, int count);

    /** Only what was forced is left. */
    static CrashState syncedOnly() {
        return named("syncedOnly", (op, position, count) -> Survival.dropped());
    }

    /** All is left, as after the death of a process whose system lives on. */
    static CrashState everything() {
        return named("everything", (op, position, count) -> Survival.whole());
    }

    /** All that happened to names is left, and of the bytes only what was forced. */
    static CrashState namesOnly() {
        return named("namesOnly", (op, position, count) -> op.kind().ofNames() ? Survival.whole() : Survival.dropped());
    }

    /** All bytes are left, and no name but those that were forced. */
    static CrashState bytesOnly() {
        return named("bytesOnly", (op, position, count) -> op.kind().ofBytes() ? Survival.whole() : Survival.dropped());
    }

    /** The first n of the operations not forced are left. */
    static CrashState prefix(int n) {
        return named("prefix " + n, (op, position, count) -> position < n ? Survival.whole() : Survival.dropped());
    }

    /** These of the operations not forced are left, by their place among them. */
    static CrashState subset(BitSet positions) {
        BitSet kept = (BitSet) positions.clone();
        return named(
                "subset " + kept, (op, position, count) -> kept.get(position) ? Survival.whole() : Survival.dropped());
    }

    /** All is left but one operation, by its index in the log. */
    static CrashState without(int index) {
        return named(
                "without #" + index,
                (op, position, count) -> op.index() != index ? Survival.whole() : Survival.dropped());
    }

    /** Of the operations not forced only one is left, by its index in the log. */
    static CrashState only(int index) {
        return named(
                "only #" + index, (op, position, count) -> op.index() == index ? Survival.whole() : Survival.dropped());
    }

    /** All before an operation is left, and the first bytes of it. */
    static CrashState torn(int index, int bytes) {
        return upTo("torn #" + index + " at " + bytes, index, i -> Survival.first(bytes));
    }

    /** All before an operation is left, and of it the length and some sectors, counted from the first it touches. */
    static CrashState sectors(int index, BitSet sectors) {
        BitSet kept = (BitSet) sectors.clone();
        return upTo(
                "sectors " + kept + " of #" + index,
                index,
                first -> Survival.sectors(sector -> kept.get(sector - first)));
    }

    /** All before an operation is left and all of it, but for random bytes in some sectors, counted from the first it touches. */
    static CrashState garbage(int index, BitSet sectors, long seed) {
        BitSet spoilt = (BitSet) sectors.clone();
        return upTo(
                "garbage " + spoilt + " of #" + index + " seed " + seed,
                index,
                first -> Survival.garbage(seed, sector -> spoilt.get(sector - first)));
    }

    /** All before an operation is left, and of it the length, with zeros where the file was shorter. */
    static CrashState lengthOnly(int index) {
        return upTo("lengthOnly #" + index, index, i -> Survival.lengthOnly());
    }

    /** All before an operation is left, and random bytes in place of its own. */
    static CrashState garbage(int index, long seed) {
        return upTo("garbage #" + index + " seed " + seed, index, i -> Survival.garbage(seed));
    }

    /** Anything a disk might do, always the same for one seed. See {@link RandomCrashState}. */
    static CrashState random(long seed) {
        return new RandomCrashState(seed);
    }

    /** The state that prints this name. */
    static CrashState parse(String name) {
        return CrashStateName.parse(name);
    }

    /** A state with a name to print. */
    static CrashState named(String name, CrashState choice) {
        return new CrashState() {
            @Override
            public Survival of(Operation operation, int position, int count) {
                return choice.of(operation, position, count);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    /** All before an operation is left, and of it what is chosen by the number of the first sector that it touches. */
    private static CrashState upTo(String name, int index, IntFunction<Survival> last) {
        return named(name, (op, position, count) -> {
            if (op.index() == index) {
                return last.apply(op.position() / Survival.SECTOR);
            }
            return op.index() < index ? Survival.whole() : Survival.dropped();
        });
    }
}
