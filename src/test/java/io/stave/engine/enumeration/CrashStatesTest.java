package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.Silence;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever a power cut leaves, at every file operation of every workload, is a store that holds what it has to (I1 to I7, I10).
 *
 * <p>System properties: {@code stave.crash.states}, at least so many, in rounds with other seeds; {@code stave.crash.workload}, this one only;
 * {@code stave.crash.seed}, of the first round; {@code stave.crash.recoveries}, which of the
 * recoveries are crashed in turn: {@code some}, {@code points} or {@code states}, as {@link Deeper} has them, and if nothing is said
 * {@code some} for as many states as a build tries, {@code points} for more; {@code stave.crash.point} and {@code stave.crash.state}, this one only, as a failure prints
 * them.
 */
class CrashStatesTest {

    /** What one round comes to at the least. */
    private static final long A_ROUND = 100_000;

    private static final @Nullable String ONLY = System.getProperty("stave.crash.workload");
    private static final long FIRST_SEED = Long.getLong("stave.crash.seed", 1);
    private static final @Nullable String POINT = System.getProperty("stave.crash.point");
    private static final String STATE = System.getProperty("stave.crash.state", "everything");
    private static final long STATES = Long.getLong("stave.crash.states", ONLY == null ? A_ROUND : 0);

    private static final Deeper DEEPER =
            Deeper.valueOf(System.getProperty("stave.crash.recoveries", STATES > A_ROUND ? "points" : "some")
                    .toUpperCase(Locale.ROOT));

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @Test
    void everyStateThatACrashMayLeaveIsRecoveredAndWorksOn() {
        if (POINT != null) {
            replay(POINT);
            return;
        }
        List<Workload> workloads = ONLY == null ? List.of(Workload.values()) : List.of(Workload.valueOf(ONLY));
        try (Enumeration enumeration = new Enumeration(Runtime.getRuntime().availableProcessors(), DEEPER)) {
            long seed = FIRST_SEED;
            do {
                round(enumeration, workloads, seed++);
                say("Crash states, seeds " + FIRST_SEED + " to " + (seed - 1) + ": " + enumeration.tally());
            } while (enumeration.tally().states() < STATES);
            if (ONLY == null) {
                long each = enumeration.tally().states() / (seed - FIRST_SEED);
                assertTrue(each >= A_ROUND, each + " states a round");
            }
        }
    }

    private static void round(Enumeration enumeration, List<Workload> workloads, long seed) {
        for (Workload workload : workloads) {
            long started = System.nanoTime();
            Tally its = enumeration.enumerate(workload.record(seed));
            say(String.format(Locale.ROOT, "%-24s %5.1f s: %s", workload, (System.nanoTime() - started) / 1e9, its));
        }
    }

    private static void replay(String point) {
        Recording recording = Workload.valueOf(String.valueOf(ONLY)).record(FIRST_SEED);
        Spot spot = Spot.parse(recording, point, STATE);
        say(spot.describe());
        spot.judge();
        say("It is as it has to be.");
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
