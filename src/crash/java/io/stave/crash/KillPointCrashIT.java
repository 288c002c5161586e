package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The JVM ends at each named step of append, batch, snapshot, roll, seal, hint, manifest, merge, close, recovery and creation: once at every rule of
 * {@code kill.btm}, at one of its first occurrences, chosen by the seed. Whatever the step, nothing acknowledged is lost.
 */
class KillPointCrashIT {

    private static final String AFTER_RECOVERY = "after recovery:";

    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    static List<String> points() throws IOException {
        return Rules.names(Rules.KILL);
    }

    @ParameterizedTest
    @MethodSource("points")
    void nothingIsLostWhenTheProcessEndsAt(String point) throws Exception {
        Scratch scratch = Scratch.create("point");
        Settings settings = Settings.of(scratch.resolve("store"), scratch.directory("journals"), seed);
        Path journals = settings.journals();
        History history = new History();
        int nth = occurrence(point, new SplittableRandom(seed ^ point.hashCode()));
        try {
            if (point.startsWith("recovery:") || point.startsWith(AFTER_RECOVERY)) {
                crash(settings);
                settings = settings.epoch(2, scratch.directory("never-written"));
            }
            strike(point, nth, settings, scratch.path());
            history.absorb(journals, History.NO_CUT);
            Verifier.verify(settings.store(), settings.options(), history);
        } catch (AssertionError | RuntimeException e) {
            throw scratch.failed("Occurrence " + nth + ", seed " + seed, e);
        }
        assertTrue(history.acknowledged() > 0 || point.startsWith("create:"), "nothing was written before");
        scratch.delete();
    }

    /** At which occurrence to strike: when something was written, and such as every run reaches within a second. */
    private static int occurrence(String point, SplittableRandom random) {
        String room = point.substring(0, point.indexOf(':'));
        return switch (room) {
            case "append", "batch" -> random.nextInt(2, 200);
            case "manifest" -> random.nextInt(6, 20); // the first ones belong to the opening
            case "roll", "seal", "hint", "snapshot" -> random.nextInt(2, 7);
            case "merge" ->
                point.endsWith("copying") || point.endsWith("half swung")
                        ? random.nextInt(1, 100)
                        : random.nextInt(1, 4);
            default -> 1;
        };
    }

    private static void strike(String point, int nth, Settings settings, Path scratch) throws Exception {
        List<String> options = Rules.options(Rules.KILL, point, nth, scratch);
        try (Jvm child = Jvm.start(Workload.class, options, settings.toArguments())) {
            if (point.startsWith("close:")) {
                child.await(Run.WORKED);
                child.order("stop");
            }
            assertEquals(Jvm.KILLED_BY_RULE, child.join(), child::output);
            assertTrue(child.said(Rules.FIRED + point), child::output);
            boolean opens = point.startsWith("recovery:") || point.startsWith("create:");
            if (!point.startsWith(AFTER_RECOVERY)) { // that is done in the background, beside whoever has opened
                assertEquals(!opens, child.said(Run.READY), child::output);
            }
            assertFalse(child.said(Run.VIOLATION) || child.said(Run.TROUBLE), child::output);
        }
    }

    /** Returns when a segment is sealed for certain: one follows another, so there are two hints. */
    private static void awaitSealed(Path store) throws IOException, InterruptedException {
        long hints;
        do {
            TimeUnit.MILLISECONDS.sleep(5); // between two looks, for which there is no signal
            try (Stream<Path> files = Files.list(store)) {
                hints = files.filter(file -> file.toString().endsWith(".hint")).count();
            }
        } while (hints < 2);
    }

    /** Leaves a store to be recovered, with work for every step: sealed segments not cut to their length, and files nobody lists. */
    private static void crash(Settings settings) throws Exception {
        List<String> arguments = settings.withoutMerge().toArguments();
        try (Jvm child = Jvm.start(Workload.class, List.of(), arguments)) {
            child.await(Run.WORKED);
            awaitSealed(settings.store());
            assertEquals(Jvm.KILLED, child.kill(), child::output);
        }
        Files.write(settings.store().resolve("00000000000fffff.seg"), new byte[100]);
        Files.write(settings.store().resolve("00000000000fffff.hint"), new byte[100]);
    }
}
