package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Entry;
import io.stave.Stave;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Clients that share a few keys, and SIGKILL again and again, over the same store: the whole history, across all crashes, is linearizable.
 * {@code -Dstave.crash.histories=1000} makes it a campaign.
 */
class LinearizabilityCrashIT {

    private static final int CLIENTS = 6;
    private static final int SHORTEST_RUN_MILLIS = 50;
    private static final int LONGEST_RUN_MILLIS = 500;

    private final int kills = Integer.getInteger("stave.crash.histories", 10);
    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void historiesAreLinearizableAcrossCrashes() throws Exception {
        Scratch scratch = Scratch.create("history");
        Settings settings = Settings.of(scratch.resolve("store"), scratch.directory("journals-0"), seed)
                .clients(CLIENTS);
        List<Call> history = new ArrayList<>();
        for (int cycle = 1; cycle <= kills; cycle++) {
            settings = settings.epoch(cycle, scratch.directory("journals-" + cycle));
            runAndKill(settings);
            history.addAll(Call.read(Journal.read(settings.journals()), System.nanoTime()));
        }
        look(settings, history);
        List<String> violations = Linearizability.violations(history);
        long lost = history.stream().filter(call -> !call.answered()).count();
        assertTrue(
                violations.isEmpty(),
                () -> "Seed " + seed + ", evidence in " + scratch.path() + ":\n  " + String.join("\n  ", violations));
        System.out.println("Linearizable: " + history.size() + " calls of " + CLIENTS + " clients for " + Client.KEYS
                + " keys, " + kills + " kills, " + lost + " calls without an answer. Seed " + seed);
        assertTrue(history.size() > 10L * kills, "hardly anything was called");
        scratch.delete();
    }

    private void runAndKill(Settings settings) throws Exception {
        try (Jvm child = Jvm.start(Workload.class, List.of(), settings.toArguments())) {
            child.await(Run.READY);
            Thread.sleep(random.nextInt(SHORTEST_RUN_MILLIS, LONGEST_RUN_MILLIS));
            assertEquals(Jvm.KILLED, child.kill(), child::output);
            for (String word : List.of(Run.VIOLATION, Run.TROUBLE, Run.STOPPED)) {
                assertFalse(child.said(word), child::output);
            }
        }
    }

    /** One more reader, after the last crash. */
    private static void look(Settings settings, List<Call> history) {
        try (Stave store = Stave.open(settings.store(), settings.options())) {
            for (int key = 0; key < Client.KEYS; key++) {
                long start = System.nanoTime();
                Entry entry = store.getEntry(Values.key(key));
                long version = entry == null ? Stave.NO_VERSION : entry.version();
                long value = entry == null ? 0 : Values.count(key, entry.value());
                history.add(new Call(Call.Kind.GET, key, -key, 0, start, System.nanoTime(), true, version, value));
            }
        }
    }
}
