package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.RecoveryReport;
import io.stave.Stave;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A process that reads beside a process that writes and merges, while the writer is closed and killed and opens again. {@code
 * -Dstave.crash.readerSeconds=600} makes it a campaign, {@code -Dstave.crash.seed=…} repeats the choices of one, though not the scheduling
 * of its threads.
 */
class ReadOnlyCrashIT {

    /** More keys than the workload ever uses. */
    private static final int KEYS = 4_000;

    private static final int SHORTEST_LIFE_MILLIS = 300;

    private final int seconds = Integer.getInteger("stave.crash.readerSeconds", 12);
    private final int longestLifeMillis = Math.max(3_000, 1_000 * seconds / 5);
    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    private int kills;
    private int closes;

    @Test
    void readerFollowsAWriterThatMergesAndDiesAndRecovers() throws Exception {
        Scratch scratch = Scratch.create("reader");
        Settings settings = Settings.of(scratch.resolve("store"), scratch.directory("journals-0"), seed);
        Stave.open(settings.store(), settings.options()).close();
        try (Jvm reader = Jvm.start(
                Follower.class,
                List.of(),
                List.of(settings.store().toString(), "" + seed, "" + settings.writers(), "" + KEYS))) {
            reader.await(Run.READY, Run.VIOLATION);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (int epoch = 1; System.nanoTime() < deadline; epoch++) {
                settings = settings.epoch(epoch, scratch.directory("journals-" + epoch));
                life(settings, reader);
                Scratch.deleteAll(settings.journals());
            }
            RecoveryReport recovered;
            String holds;
            try (Stave store = Stave.open(settings.store(), settings.options())) {
                recovered = store.recoveryReport();
                holds = Follower.fingerprint(store, settings.writers(), KEYS);
            }
            reader.order("stop");
            reader.await(Run.CLOSED, Run.VIOLATION);
            assertHealthy(reader);
            assertEquals(List.of(Follower.HOLDS + ' ' + holds), reader.lines(Follower.HOLDS), recovered::describe);
            System.out.println("Reader beside a writer, " + seconds + " s: " + kills + " kills, " + closes + " closes; "
                    + reader.lines(Follower.FOLLOWED) + "; " + holds + ". Seed " + seed);
        } catch (AssertionError | RuntimeException e) {
            throw scratch.failed("Seed " + seed, e);
        }
        scratch.delete();
    }

    /** One writer, from its recovery to its end. */
    private void life(Settings settings, Jvm reader) throws Exception {
        try (Jvm writer = Jvm.start(Workload.class, List.of(), settings.toArguments())) {
            writer.await(Run.READY);
            long end = System.nanoTime()
                    + TimeUnit.MILLISECONDS.toNanos(random.nextInt(SHORTEST_LIFE_MILLIS, longestLifeMillis));
            while (System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(50);
                assertHealthy(reader);
            }
            if (random.nextBoolean()) {
                assertEquals(Jvm.KILLED, writer.kill(), () -> "ended by itself:\n" + writer.output());
                kills++;
            } else {
                writer.order("stop");
                writer.await(Run.CLOSED);
                closes++;
            }
            for (String word : List.of(Run.VIOLATION, Run.TROUBLE, Run.STOPPED)) {
                assertTrue(writer.lines(word).isEmpty(), () -> "A reader beside, and:\n" + writer.output());
            }
        }
    }

    private static void assertHealthy(Jvm reader) {
        assertTrue(reader.lines(Run.VIOLATION).isEmpty(), () -> "The reader:\n" + reader.output());
    }
}
