package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.RecoveryReport;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * SIGKILL at random moments, again and again over the same growing store: while eight threads write, others read and take snapshots, and one merges, and while the store
 * is being opened. {@code -Dstave.crash.kills=10000} makes it a campaign, {@code -Dstave.crash.seed=…} repeats the choices of one, though
 * not the scheduling of its threads.
 */
class KillCrashIT {

    /** One kill in so many falls into the opening of the store. */
    private static final int OPENING_IN = 5;

    /** In one run of so many the longer values lie in files of their own; no factor of what else is counted off. */
    private static final int LARGE_VALUES_IN = 3;

    private static final int SHORTEST_RUN_MILLIS = 50;
    private static final int LONGEST_RUN_MILLIS = 600;

    private final int kills = Integer.getInteger("stave.crash.kills", 100);
    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    private int killedInOpening;
    private long cuts;
    private long strays;
    private long openMillis = 100;

    @Test
    void everyAcknowledgedWriteSurvivesSigkill() throws Exception {
        kill(kills, Durability.SYNC);
        assertTrue(kills < OPENING_IN || killedInOpening > 0, "no kill fell into an opening");
    }

    /** {@link Durability#OS} promises as much, as long as only the process dies. */
    @Test
    void everyWriteHandedToTheOperatingSystemSurvivesSigkill() throws Exception {
        kill(Math.max(1, kills / 8), Durability.OS);
    }

    private void kill(int times, Durability durability) throws Exception {
        Scratch scratch = Scratch.create("kill-" + durability);
        Settings settings = Settings.of(scratch.resolve("store"), scratch.directory("journals-0"), seed)
                .durability(durability);
        History history = new History();
        try {
            for (int cycle = 1; cycle <= times; cycle++) {
                settings = settings.epoch(cycle, scratch.directory("journals-" + cycle))
                        .largeValues(cycle % LARGE_VALUES_IN == 0);
                runAndKill(settings, cycle % OPENING_IN == 0);
                history.absorb(settings.journals(), History.NO_CUT);
                RecoveryReport found = cycle % 2 == 0
                        ? Verifier.verify(settings.store(), settings.options(), history)
                        : Verifier.verifyCopy(settings.store(), scratch.resolve("copy"), settings.options(), history);
                Scratch.deleteAll(settings.journals());
                cuts += found.cuts().size();
                strays += found.strayFilesDeleted().size();
            }
        } catch (AssertionError | RuntimeException e) {
            throw scratch.failed("Seed " + seed + ", epoch " + settings.epoch(), e);
        }
        System.out.println(
                "SIGKILL, " + durability + ": " + times + " kills, " + killedInOpening + " of them while opening; "
                        + history + "; " + cuts + " tails cut, " + strays + " stray files; nothing lost. Seed " + seed);
        assertTrue(history.acknowledged() > times, "hardly anything was written");
        scratch.delete();
    }

    private void runAndKill(Settings settings, boolean whileOpening) throws Exception {
        try (Jvm child = Jvm.start(Workload.class, List.of(), settings.toArguments())) {
            child.await(Run.OPENING);
            long opening = System.nanoTime();
            if (whileOpening) {
                Thread.sleep(random.nextLong(openMillis + 1));
            } else {
                child.await(Run.READY);
                openMillis = (System.nanoTime() - opening) / 1_000_000;
                Thread.sleep(random.nextInt(SHORTEST_RUN_MILLIS, LONGEST_RUN_MILLIS));
            }
            assertEquals(Jvm.KILLED, child.kill(), () -> "ended by itself:\n" + child.output());
            killedInOpening += child.said(Run.READY) ? 0 : 1;
            for (String word : List.of(Run.VIOLATION, Run.TROUBLE, Run.STOPPED)) {
                assertTrue(child.lines(word).isEmpty(), () -> "The disk was well, and yet:\n" + child.output());
            }
        }
    }
}
