package io.stave.engine.enumeration;

import io.stave.engine.enumeration.Deeper.Met;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Goes through every point of a recording and every state of each point, on all processors: each different state is recovered and judged.
 *
 * <p>Some states, or all, are taken further ({@link Deeper}): every point of the recovery from it, and the states of those.
 */
final class Enumeration implements AutoCloseable {

    /** So many points are gone through at once by one thread. */
    private static final int CHUNK = 4;

    private final Deeper deeper;
    private final ExecutorService executor;
    private final Tally tally = new Tally();

    /**
     * On so many threads.
     *
     * @param deeper where there is a crash in the recovery too
     */
    Enumeration(int threads, Deeper deeper) {
        this.deeper = deeper;
        executor = Executors.newFixedThreadPool(threads, body -> {
            Thread thread = new Thread(body, "crash-states");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What was gone through so far. */
    Tally tally() {
        return tally;
    }

    /**
     * Goes through a recording.
     *
     * @return what that was
     * @throws AssertionError with the {@link Spot}, at the first state that must not be
     */
    Tally enumerate(Recording recording) {
        Outcomes outcomes = new Outcomes();
        Set<Content> recovered = ConcurrentHashMap.newKeySet();
        Tally its = new Tally();
        List<Future<?>> chunks = new ArrayList<>();
        for (int point = 0; point <= recording.end(); point += CHUNK) {
            int from = point;
            chunks.add(executor.submit(() -> enumerate(recording, from, outcomes, recovered, its)));
        }
        try {
            for (Future<?> chunk : chunks) {
                chunk.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            chunks.forEach(chunk -> chunk.cancel(false));
        }
        its.judged(outcomes.count());
        tally.add(its);
        return its;
    }

    private void enumerate(Recording recording, int from, Outcomes outcomes, Set<Content> recovered, Tally its) {
        Replay replay = recording.replay();
        for (int point = from; point <= Math.min(recording.end(), from + CHUNK - 1); point++) {
            replay.to(point);
            enumerate(recording, replay, outcomes, recovered, its);
        }
    }

    private void enumerate(Recording recording, Replay replay, Outcomes outcomes, Set<Content> recovered, Tally its) {
        int point = replay.point();
        long seed = recording.seed() * 1_000_003 + point;
        List<CrashState> states = StateSpace.at(replay.unsynced(), seed);
        Map<Content, Met> met = new LinkedHashMap<>();
        for (CrashState state : states) {
            judge(new Spot(recording, point, state), replay, outcomes, met);
        }
        its.point(1, states.size(), met.size());
        damage(new Spot(recording, point, CrashState.syncedOnly()), replay, seed, its);
        for (Met chosen : deeper.chosen(met.values(), seed, recovered)) {
            crashInRecovery(new Spot(recording, point, chosen.state()), chosen.outcome(), outcomes, its);
        }
    }

    /** Damage to what was forced, which no crash does. */
    private static void damage(Spot spot, Replay replay, long seed, Tally its) {
        SimulatedDirectory left = replay.afterCrash(CrashState.syncedOnly());
        for (Damage damage : Damage.to(left, seed)) {
            SimulatedDirectory damaged = damage.done(left);
            demand(spot.with(damage), () -> Damage.judge(damaged, spot.now()));
            its.damage();
        }
    }

    /** Every point of one recovery. */
    private static void crashInRecovery(Spot spot, Outcome expected, Outcomes outcomes, Tally its) {
        Replay replay = spot.recovery();
        its.recovery();
        while (true) {
            int point = replay.point();
            List<Operation> unsynced = replay.unsynced();
            List<CrashState> states =
                    StateSpace.withoutBytes(unsynced, spot.recording().seed() + point);
            Map<Content, Met> met = new HashMap<>();
            for (CrashState state : states) {
                Spot there = spot.then(point, state);
                Outcome outcome = judge(there, replay, outcomes, met);
                demand(there, () -> Spot.checkSame(expected, outcome));
            }
            its.point(2, states.size(), met.size());
            if (!replay.hasNext()) {
                return;
            }
            replay.step();
        }
    }

    private static Outcome judge(Spot spot, Replay replay, Outcomes outcomes, Map<Content, Met> met) {
        CrashState state = spot.crashes().get(spot.depth() - 1).state();
        SimulatedDirectory left = replay.afterCrash(state);
        Content content = Content.of(left, spot.now());
        Met before = met.get(content);
        if (before != null) {
            return before.outcome();
        }
        Outcome[] outcome = new Outcome[1];
        demand(spot, () -> {
            outcome[0] = outcomes.of(left, content);
            spot.recording().check(spot.point(), outcome[0]);
        });
        met.put(content, new Met(content, state, outcome[0]));
        return outcome[0];
    }

    /** What fails tells where. */
    private static void demand(Spot spot, Runnable demand) {
        try {
            demand.run();
        } catch (RuntimeException | Error e) {
            throw new AssertionError("a crash state that must not be: " + e + "\n" + spot.describe(), e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
