package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.crash.Call.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The judge of histories: it acquits those of a store that is right, and convicts each way of being wrong. */
class LinearizabilityTest {

    private static final int HISTORIES = 200;
    private static final int CALLS = 400;
    private static final int KEYS = 3;

    /** Half of the calls are made before a crash at this time, and half after it. */
    private static final long CRASH = 10_000;

    private static final int LONGEST = 120;

    /** How a store may be wrong. */
    private enum Bug {
        READS_WHAT_WAS_OVERWRITTEN,
        READS_WHAT_NOBODY_WROTE,
        LOSES_AN_ANSWERED_WRITE,
        LOSES_AN_ANSWERED_WRITE_IN_THE_CRASH,
        TAKES_BACK_WHAT_WAS_SHOWN_IN_THE_CRASH,
        BRINGS_BACK_A_DELETED_KEY,
        FINDS_NOTHING,
        GIVES_A_VERSION_TWICE,
        GIVES_A_SMALLER_VERSION,
        CARRIES_OUT_WHAT_ITS_CONDITION_FORBIDS,
        REFUSES_WHAT_ITS_CONDITION_ALLOWS,
        CARRIES_OUT_A_LOST_CALL_AFTER_THE_CRASH
    }

    /** What a key holds. */
    private record Cell(long version, long value) {
        static final Cell ABSENT = new Cell(0, 0);
    }

    /** A store that is right but for one bug, which strikes at one call in twenty; each call takes effect at a moment of its own. */
    private static final class Store {
        private final SplittableRandom random;
        private final @Nullable Bug bug;
        private final Map<Integer, Cell> cells = new HashMap<>();
        private final Map<Integer, Cell> before = new HashMap<>();
        private final List<Call> history = new ArrayList<>();
        private final List<Call> late = new ArrayList<>();
        private long version = 1_000_000;
        private boolean crashed;

        Store(long seed, @Nullable Bug bug) {
            this.random = new SplittableRandom(seed);
            this.bug = bug;
        }

        private boolean strikes(Bug which) {
            return bug == which && random.nextInt(20) == 0;
        }

        List<Call> run() {
            record Planned(Call call, long effect) {}
            List<Planned> plan = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                boolean first = i < CALLS / 2;
                boolean last = first && random.nextInt(10) == 0;
                long start = last ? CRASH - 1 - random.nextInt(LONGEST) : random.nextLong(CRASH) + (first ? 0 : CRASH);
                long end = start + 1 + random.nextInt(LONGEST);
                boolean answered = !first || end < CRASH;
                Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
                Call call =
                        new Call(kind, random.nextInt(KEYS), i + 1, 0, start, answered ? end : CRASH, answered, 0, 0);
                plan.add(new Planned(call, random.nextLong(start, end)));
            }
            plan.sort(Comparator.comparingLong(Planned::effect));
            for (Planned planned : plan) {
                if (!crashed && planned.call.start() >= CRASH) {
                    crash();
                }
                if (planned.call.answered() || planned.effect < CRASH) {
                    take(planned.call);
                } else {
                    history.add(planned.call);
                }
            }
            return history;
        }

        private void crash() {
            crashed = true;
            if (bug == Bug.LOSES_AN_ANSWERED_WRITE_IN_THE_CRASH || bug == Bug.TAKES_BACK_WHAT_WAS_SHOWN_IN_THE_CRASH) {
                cells.putAll(before);
            }
        }

        private void take(Call asked) {
            Cell now = cells.getOrDefault(asked.key(), Cell.ABSENT);
            long expected = random.nextInt(3) == 0 ? version : now.version;
            Call call = new Call(
                    asked.kind(),
                    asked.key(),
                    asked.id(),
                    asked.kind().conditional() ? expected : 0,
                    asked.start(),
                    asked.end(),
                    asked.answered(),
                    0,
                    0);
            switch (call.kind()) {
                case GET -> get(call, now);
                case PUT -> write(call, now);
                case DELETE -> {
                    if (now.version == 0) {
                        answer(call, 0, 0);
                    } else {
                        write(call, now);
                    }
                }
                case SET_IF, DELETE_IF -> {
                    boolean met = expected == now.version && (now.version != 0 || call.kind() == Kind.SET_IF);
                    if (met
                            ? strikes(Bug.REFUSES_WHAT_ITS_CONDITION_ALLOWS)
                            : !strikes(Bug.CARRIES_OUT_WHAT_ITS_CONDITION_FORBIDS)) {
                        if (expected != 0 || call.kind() == Kind.SET_IF) {
                            answer(call, 0, 0);
                        }
                    } else {
                        write(call, now);
                    }
                }
            }
        }

        private void get(Call call, Cell now) {
            Cell old = before.getOrDefault(call.key(), Cell.ABSENT);
            if (strikes(Bug.READS_WHAT_WAS_OVERWRITTEN)) {
                answer(call, old.version, old.value);
            } else if (strikes(Bug.READS_WHAT_NOBODY_WROTE)) {
                answer(call, version + 1000, 4711);
            } else if (strikes(Bug.FINDS_NOTHING)) {
                answer(call, 0, 0);
            } else {
                answer(call, now.version, now.value);
            }
        }

        private void write(Call call, Cell now) {
            if (bug == Bug.CARRIES_OUT_A_LOST_CALL_AFTER_THE_CRASH && !call.answered()) {
                late.add(call);
                history.add(call);
                return;
            }
            long given = ++version;
            if (strikes(Bug.GIVES_A_VERSION_TWICE)) {
                given = version - 1;
            } else if (strikes(Bug.GIVES_A_SMALLER_VERSION)) {
                given = version - 500_000;
            }
            Cell next = call.kind().deletes() ? Cell.ABSENT : new Cell(given, call.id());
            boolean lost = strikes(Bug.LOSES_AN_ANSWERED_WRITE)
                    || (call.kind().deletes() && strikes(Bug.BRINGS_BACK_A_DELETED_KEY));
            if (!lost) {
                before.put(call.key(), now);
                cells.put(call.key(), next);
            }
            answer(call, given, 0);
            if (crashed && !late.isEmpty() && random.nextInt(4) == 0) {
                Call carriedOut = late.remove(0);
                if (!carriedOut.kind().deletes()) {
                    cells.put(carriedOut.key(), new Cell(++version, carriedOut.id()));
                }
            }
        }

        private void answer(Call call, long given, long value) {
            history.add(call.answered() ? call.answer(call.end(), given, value) : call);
        }
    }

    @Test
    void aStoreThatIsRightIsAcquitted() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            List<Call> history = new Store(seed, null).run();
            assertEquals(List.of(), Linearizability.violations(history), "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachBugIsConvicted(Bug bug) {
        int convicted = 0;
        for (long seed = 0; seed < HISTORIES; seed++) {
            convicted += Linearizability.violations(new Store(seed, bug).run()).isEmpty() ? 0 : 1;
        }
        // Where a bug strikes nobody may be looking, least of all at the few calls that a crash cuts off.
        assertTrue(convicted > HISTORIES / 4, convicted + " of " + HISTORIES + " histories");
    }
}
