package io.stave.engine.enumeration;

import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.engine.Engine;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One state of one point: a crash of a script, perhaps followed by one in the recovery from it. Prints all that it takes to get there again.
 */
record Spot(
        Recording recording, List<Crash> crashes, @Nullable Damage damage) {

    private static final String THEN = " then ";
    private static final String WITH_DAMAGE = " with damage to ";

    /** What a crash of the script at this point left. */
    Spot(Recording recording, int point, CrashState state) {
        this(recording, List.of(new Crash(point, state)), null);
    }

    /** Reads what {@link #points} and {@link #states} print. */
    static Spot parse(Recording recording, String points, String states) {
        String[] stateAndDamage = states.split(WITH_DAMAGE);
        String[] eachPoint = points.split(",");
        String[] eachState = stateAndDamage[0].split(THEN);
        if (eachPoint.length != eachState.length) {
            throw new IllegalArgumentException(
                    "as many states as points, please, divided by '" + THEN + "': " + points + ": " + states);
        }
        List<Crash> crashes = new ArrayList<>();
        for (int i = 0; i < eachPoint.length; i++) {
            crashes.add(new Crash(Integer.parseInt(eachPoint[i].strip()), CrashState.parse(eachState[i])));
        }
        return new Spot(
                recording, List.copyOf(crashes), stateAndDamage.length > 1 ? Damage.parse(stateAndDamage[1]) : null);
    }

    /** The same state, and damage on top of it. */
    Spot with(Damage added) {
        return new Spot(recording, crashes, added);
    }

    /** A crash in the recovery from this one. */
    Spot then(int point, CrashState state) {
        List<Crash> deeper = new ArrayList<>(crashes);
        deeper.add(new Crash(point, state));
        return new Spot(recording, List.copyOf(deeper), null);
    }

    /** The first crash alone. */
    private Spot first() {
        return new Spot(recording, crashes.subList(0, 1), null);
    }

    /** 1 for a crash of the script, 2 for one in the recovery from it. */
    int depth() {
        return crashes.size();
    }

    /** Where the script crashed. */
    int point() {
        return crashes.get(0).point();
    }

    /** What the clock shows. */
    long now() {
        return recording.stepAt(point()).now();
    }

    String points() {
        return String.join(
                ",", crashes.stream().map(crash -> "" + crash.point()).toList());
    }

    String states() {
        String all = String.join(
                THEN, crashes.stream().map(crash -> crash.state().toString()).toList());
        return damage == null ? all : all + WITH_DAMAGE + damage;
    }

    private Crash last() {
        return crashes.get(crashes.size() - 1);
    }

    /** A walk through what the last crash interrupted, standing where it happened. */
    private Replay interrupted() {
        Replay replay;
        if (depth() == 1) {
            replay = recording.replay();
        } else {
            replay = new Spot(recording, crashes.subList(0, depth() - 1), null).recovery();
        }
        replay.to(last().point());
        return replay;
    }

    /** What is left. */
    SimulatedDirectory left() {
        SimulatedDirectory left = interrupted().afterCrash(last().state());
        return damage == null ? left : damage.done(left);
    }

    /** A walk through the recovery from what is left, from its first operation to the moment when the store is open. */
    Replay recovery() {
        SimulatedDirectory directory = left().keepHistory();
        try (Stave recovered = Engine.open(directory, Life.OPTIONS.clock(new TestClock(now())), true)) {
            assert recovered != null;
            return directory.replay();
        } catch (StoreFullException e) {
            return directory.replay(); // as far as it came
        }
    }

    /** Recovers what is left, and judges that; the first crash has to be judged before one in the recovery from it. */
    void judge() {
        if (damage != null) {
            Damage.judge(left(), now());
            return;
        }
        Outcome outcome = Judge.judge(left(), now());
        recording.check(point(), outcome);
        if (depth() > 1) {
            checkSame(Judge.judge(first().left(), now()), outcome);
        }
    }

    /** A crash in a recovery leads to the same state as that recovery would have (I10). */
    static void checkSame(Outcome first, Outcome deeper) {
        if (!first.contents().equals(deeper.contents())) {
            throw new AssertionError(
                    "after a crash in recovery:\nfound    " + deeper.contents() + "\nexpected " + first.contents());
        }
    }

    /** The options that replay it. */
    String command() {
        return "mvn test -Dtest=CrashStatesTest -Dstave.crash.workload=" + recording.workload() + " -Dstave.crash.seed="
                + recording.seed() + " -Dstave.crash.point=" + points() + " -Dstave.crash.state='" + states() + "'";
    }

    /** Where it is, what was going on, and what became of each operation that was not forced. */
    String describe() {
        StringBuilder text = new StringBuilder();
        text.append("workload ").append(recording.workload()).append(", seed ").append(recording.seed());
        text.append(", point ").append(points()).append(", state ").append(states());
        text.append("\nduring: ").append(recording.stepAt(point()).what());
        text.append(depth() == 1 ? "" : ", and in the recovery from that");
        Replay replay = interrupted();
        List<Operation> unsynced = replay.unsynced();
        for (int i = 0; i < unsynced.size(); i++) {
            Operation operation = unsynced.get(i);
            text.append("\n  ").append(operation).append(": ");
            text.append(last().state().of(operation, i, unsynced.size()));
        }
        text.append("\nbefore: ").append(replay.hasNext() ? replay.next() : "nothing more");
        return text.append("\nreplay: ").append(command()).toString();
    }
}
