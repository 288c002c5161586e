package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of {@code delay.btm} hold threads up where they share something, so that what is a matter of nanoseconds elsewhere lasts for
 * milliseconds here. Writers, readers, snapshots and merges must not notice, nor a crash or a close in the middle of it.
 *
 * <p>{@code -Dstave.crash.delays=100} makes it a campaign: so many runs over the same store, each until every rule has struck.
 */
class DelayCrashIT {

    /** These meet many calls, and strike at one in about so many. */
    private static final int OFTEN = 40;

    private static final String CLOSING = "close:";

    private final int runs = Integer.getInteger("stave.crash.delays", 1);
    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    @ParameterizedTest
    @ValueSource(strings = {"close", "crash"})
    void nobodyNoticesThatOthersAreHeldUp(String end) throws Exception {
        Scratch scratch = Scratch.create("delay");
        Settings settings = Settings.of(scratch.resolve("store"), scratch.directory("journals-0"), seed);
        History history = new History();
        try {
            for (int i = 1; i <= runs; i++) {
                settings = settings.epoch(i, scratch.directory("journals-" + i));
                run(settings, end.equals("close"), scratch);
                history.absorb(settings.journals(), History.NO_CUT);
                Verifier.verify(settings.store(), settings.options(), history);
            }
        } catch (AssertionError | RuntimeException e) {
            throw scratch.failed("Seed " + seed + ", epoch " + settings.epoch(), e);
        }
        System.out.println(
                "Delays, then a " + end + ": " + runs + " runs; " + history + "; nothing lost. Seed " + seed);
        scratch.delete();
    }

    private void run(Settings settings, boolean close, Scratch scratch) throws Exception {
        int nth = random.nextInt(OFTEN / 2, 2 * OFTEN);
        List<String> options = Rules.options(Rules.DELAY, "", nth, scratch.path());
        try (Jvm child = Jvm.start(Workload.class, options, settings.toArguments())) {
            child.await(Run.WORKED);
            for (String rule : Rules.names(Rules.DELAY)) {
                if (!rule.startsWith(CLOSING)) {
                    child.await(Rules.FIRED + rule);
                }
            }
            if (close) {
                child.order("stop");
                assertEquals(0, child.join(), child::output);
                assertFalse(child.lines(Run.CLOSED).isEmpty(), child::output);
                assertFalse(child.lines(Rules.FIRED + CLOSING).isEmpty(), child::output);
            } else {
                assertEquals(Jvm.KILLED, child.kill(), child::output);
            }
            for (String word : List.of(Run.VIOLATION, Run.TROUBLE, Run.STOPPED)) {
                assertFalse(child.said(word), child::output);
            }
        }
    }
}
