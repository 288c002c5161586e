package io.stave.crash;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The command line beside a live writer: no error that is the tool's own, and no write. {@code -Dstave.crash.commandSeconds=600} makes it a
 * campaign, {@code -Dstave.crash.seed=…} repeats the choices of one, though not what they meet. Needs root and {@code util-linux}, and is skipped
 * without.
 */
class CommandsCrashIT {

    private final int seconds = Integer.getInteger("stave.crash.commandSeconds", 10);
    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    @Test
    void commandsThatReadFailNeverAndWriteNothingBesideAWriterThatMergesAndDies() throws Exception {
        Scratch scratch = Scratch.create("commands");
        try {
            Namespace.run(
                    Commands.class,
                    Duration.ofSeconds(300 + 2L * seconds),
                    List.of("mount"),
                    "" + seconds,
                    "" + seed,
                    "" + scratch.path());
        } catch (AssertionError e) {
            throw scratch.failed("Seed " + seed, e);
        }
        scratch.delete();
    }
}
