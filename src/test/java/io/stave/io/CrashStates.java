package io.stave.io;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The crash states worth trying at one point. */
public final class CrashStates {

    /** Up to so many operations not forced, every subset of them is tried. */
    public static final int EXHAUSTIVE = 10;

    private CrashStates() {}

    /**
     * Nothing and everything; every subset if there are few operations, else every prefix, each operation alone and all but
     * each, names without bytes and bytes without names; every write torn at each sector, at its last byte, without bytes and
     * with random ones; and random states.
     *
     * @param unsynced what a crash decides about
     * @param random how many random states
     * @param seed of the first of them; the others follow
     */
    public static List<CrashState> of(List<Operation> unsynced, int random, long seed) {
        List<CrashState> states = new ArrayList<>();
        states.add(CrashState.syncedOnly());
        if (unsynced.isEmpty()) {
            return states;
        }
        states.add(CrashState.everything());
        if (unsynced.size() <= EXHAUSTIVE) {
            for (long subset = 1; subset < (1L << unsynced.size()) - 1; subset++) {
                states.add(CrashState.subset(BitSet.valueOf(new long[] {subset})));
            }
        } else {
            states.add(CrashState.namesOnly());
            states.add(CrashState.bytesOnly());
            for (int i = 0; i < unsynced.size(); i++) {
                states.add(CrashState.prefix(i));
                states.add(CrashState.only(unsynced.get(i).index()));
                states.add(CrashState.without(unsynced.get(i).index()));
            }
        }
        for (Operation operation : unsynced) {
            addTears(operation, seed, states);
        }
        for (int i = 0; i < random; i++) {
            states.add(CrashState.random(seed + i));
        }
        return states;
    }

    private static void addTears(Operation operation, long seed, List<CrashState> states) {
        if (operation.kind() != Operation.Kind.WRITE) {
            return;
        }
        int index = operation.index();
        int end = operation.position() + operation.length();
        int firstBoundary = (operation.position() / Survival.SECTOR + 1) * Survival.SECTOR;
        for (int at = firstBoundary; at < end; at += Survival.SECTOR) {
            states.add(CrashState.torn(index, at - operation.position()));
        }
        states.add(CrashState.torn(index, operation.length() - 1));
        states.add(CrashState.lengthOnly(index));
        states.add(CrashState.garbage(index, seed));
    }
}
