package io.stave.engine.enumeration;

import io.stave.io.CrashState;
import io.stave.io.CrashStates;
import io.stave.io.Operation;
import io.stave.io.Survival;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Every state that a crash is taken to leave at one point:
 *
 * <ul>
 *   <li>what {@link CrashStates} says: nothing of what was not forced, all, every subset up to {@link CrashStates#EXHAUSTIVE} operations, and
 *       beyond that every prefix, each operation alone, all but each, names without bytes, bytes without names, and random subsets; each
 *       write torn at each sector, as a length without bytes, as garbage;
 *   <li>of the last write, with all before it: torn at every byte of its last record, of long ones at every byte of the beginning and of
 *       the end and at some between; each sector, and each page, alone lost, alone left and alone garbage;
 *   <li>random ones, as {@link CrashState#random} has them.
 * </ul>
 */
final class StateSpace {

    /** So many random states are drawn where every subset is tried, and so many where not. */
    private static final int FEW = 6;

    private static final int MANY = 24;

    /** Of records longer than this, bytes inside are sampled: one in {@link #STEP}. */
    private static final int LONG = 512;

    /** What is torn at every byte of long records too: so much of the beginning and of the end. */
    private static final int EDGE = 40;

    private static final int STEP = 64;

    /** How much is lost or left as a whole: sectors, and pages of so many sectors. */
    private static final int[] UNITS = {1, 4096 / Survival.SECTOR};

    private StateSpace() {}

    /** The states at a point where these operations were not forced. */
    static List<CrashState> at(List<Operation> unsynced, long seed) {
        List<CrashState> states = new ArrayList<>(withoutBytes(unsynced, seed));
        Operation last = lastWrite(unsynced);
        if (last != null) {
            addBytes(last, seed, states);
        }
        return states;
    }

    /** The same, but torn at sectors only. */
    static List<CrashState> withoutBytes(List<Operation> unsynced, long seed) {
        int random = unsynced.size() <= CrashStates.EXHAUSTIVE ? FEW : MANY;
        List<CrashState> states = CrashStates.of(unsynced, random, seed);
        Operation last = lastWrite(unsynced);
        if (last != null) {
            for (int unit : UNITS) {
                addUnits(last, unit, seed, states);
            }
        }
        return states;
    }

    private static void addBytes(Operation write, long seed, List<CrashState> states) {
        int begin = LastRecord.begins(write);
        int end = write.length();
        SplittableRandom random = new SplittableRandom(seed ^ write.index());
        for (int bytes = begin; bytes < end; ) {
            states.add(CrashState.torn(write.index(), bytes));
            boolean inside = end - begin > LONG && bytes >= begin + EDGE && bytes < end - EDGE;
            bytes += inside ? 1 + random.nextInt(2 * STEP - 1) : 1;
        }
    }

    private static @Nullable Operation lastWrite(List<Operation> unsynced) {
        for (int i = unsynced.size() - 1; i >= 0; i--) {
            if (unsynced.get(i).kind() == Operation.Kind.WRITE) {
                return unsynced.get(i);
            }
        }
        return null;
    }

    /** Units of sectors, as they lie in the file, that the write has touched. */
    private static void addUnits(Operation write, int unit, long seed, List<CrashState> states) {
        int first = write.position() / Survival.SECTOR;
        int sectors = (write.position() + write.length() - 1) / Survival.SECTOR - first + 1;
        for (int from = 0; from < sectors; from += unit - (first + from) % unit) {
            BitSet one = new BitSet();
            one.set(from, Math.min(sectors, from + unit - (first + from) % unit));
            if (one.cardinality() == sectors) {
                return; // the whole write
            }
            BitSet others = new BitSet();
            others.set(0, sectors);
            others.andNot(one);
            states.add(CrashState.sectors(write.index(), one));
            states.add(CrashState.sectors(write.index(), others));
            states.add(CrashState.garbage(write.index(), one, seed));
        }
    }
}
