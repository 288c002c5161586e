package io.stave.engine.enumeration;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts points, states and what came of them, by depth: 1 for a crash of a script, 2 for one in the recovery from it. */
final class Tally {

    /** No crash is followed by more than one in its recovery. */
    static final int DEPTH = 2;

    private final LongAdder[] points = adders();
    private final LongAdder[] states = adders();
    private final LongAdder[] distinct = adders();
    private final LongAdder recoveries = new LongAdder();
    private final LongAdder judged = new LongAdder();
    private final LongAdder damages = new LongAdder();

    private static LongAdder[] adders() {
        LongAdder[] adders = new LongAdder[DEPTH + 1];
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    /** A point with so many states was gone through, of which so many differ. */
    void point(int depth, int stateCount, int distinctCount) {
        points[depth].increment();
        states[depth].add(stateCount);
        distinct[depth].add(distinctCount);
    }

    /** A recovery was gone through. */
    void recovery() {
        recoveries.increment();
    }

    /** So many different contents were judged. */
    void judged(int contents) {
        judged.add(contents);
    }

    /** One damage was refused. */
    void damage() {
        damages.increment();
    }

    void add(Tally other) {
        for (int depth = 1; depth <= DEPTH; depth++) {
            points[depth].add(other.points[depth].sum());
            states[depth].add(other.states[depth].sum());
            distinct[depth].add(other.distinct[depth].sum());
        }
        recoveries.add(other.recoveries.sum());
        judged.add(other.judged.sum());
        damages.add(other.damages.sum());
    }

    /** All states, of both depths. */
    long states() {
        return states[1].sum() + states[2].sum();
    }

    long points(int depth) {
        return points[depth].sum();
    }

    long states(int depth) {
        return states[depth].sum();
    }

    long recoveries() {
        return recoveries.sum();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d points, %,d states (%,d distinct); in %,d recoveries: %,d points, %,d states (%,d distinct);"
                        + " %,d different contents judged; %,d damages refused",
                points[1].sum(),
                states[1].sum(),
                distinct[1].sum(),
                recoveries.sum(),
                points[2].sum(),
                states[2].sum(),
                distinct[2].sum(),
                judged.sum(),
                damages.sum());
    }
}
