package io.stave.io;

import java.util.function.IntPredicate;

/**
 * A crash state drawn by a seed. The seed first draws a manner, so that the rare shapes are not drowned by the common one:
 *
 * <ul>
 *   <li>each operation on its own, kept with a probability that is drawn too;
 *   <li>a prefix, its last write torn at any byte;
 *   <li>as a page cache does it: each sector was written back at some moment, so it shows the operations up to that moment,
 *       every sector has a moment of its own, and so has the length;
 *   <li>each operation on its own, whole, dropped, torn, without its bytes, or with some of its sectors;
 *   <li>all but one, or only one.
 * </ul>
 *
 * <p>Choices are hashes and not a sequence of draws: they do not depend on the order in which they are asked for.
 */
final class RandomCrashState implements CrashState {
    private static final int MANNERS = 6;

    private final long seed;
    private final int manner;

    RandomCrashState(long seed) {
        this.seed = seed;
        this.manner = below(MANNERS, 0, 0);
    }

    @Override
    public Survival of(Operation operation, int position, int count) {
        int one = below(count, 1, 0);
        return switch (manner) {
            case 0 -> kept(below(100, 2, operation.index()) < 100 * (1 + below(9, 3, 0)) / 10);
            case 1 -> position == one ? torn(operation) : kept(position < one);
            case 2 -> writtenBack(operation, position, count);
            case 3 -> mixed(operation);
            case 4 -> kept(position != one);
            default -> kept(position == one);
        };
    }

    private static Survival kept(boolean kept) {
        return kept ? Survival.whole() : Survival.dropped();
    }

    private Survival torn(Operation operation) {
        return Survival.first(below(operation.length() + 1, 4, operation.index()));
    }

    private Survival writtenBack(Operation operation, int position, int count) {
        if (operation.kind() != Operation.Kind.WRITE) {
            return kept(position < below(count + 1, 5, operation.file()));
        }
        IntPredicate sectors = sector -> position < below(count + 1, 8 + operation.file(), sector);
        boolean lengthToo = position < below(count + 1, 6, operation.file());
        return lengthToo ? Survival.sectors(sectors) : Survival.sectorsWithin(sectors);
    }

    private Survival mixed(Operation operation) {
        return switch (below(5, 7, operation.index())) {
            case 0 -> Survival.dropped();
            case 1 -> torn(operation);
            case 2 -> Survival.lengthOnly();
            case 3 -> Survival.sectors(sector -> below(2, operation.index(), sector) == 0);
            default -> Survival.whole();
        };
    }

    /** A number from 0 up to a bound, which is at least 1; the finalizer of SplitMix64 over the seed and the question. */
    private int below(int bound, int question, int about) {
        long hash = seed + 0x9E3779B97F4A7C15L * (question * 0x1_0000_0001L + about + 1);
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return (int) Long.remainderUnsigned(hash ^ (hash >>> 31), Math.max(1, bound));
    }

    @Override
    public String toString() {
        return "random " + seed;
    }
}
