package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.engine.base.NanoClock;
import io.stave.engine.base.ReadLatency;
import io.stave.engine.support.TestNanoClock;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The rate of the policy, and giving way to reads, on a clock of the test's own. */
public class MergePaceTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int PIECE = 10_000;

    private final TestNanoClock clock = new TestNanoClock();
    private final ReadLatency latency = new ReadLatency();
    private boolean hurry;
    private boolean cancelled;
    private int pauses;

    private MergePace pace(MergePolicy policy) {
        return new MergePace(policy, latency, clock, () -> hurry, () -> cancelled, () -> pauses++);
    }

    /** Moves bytes, each piece taking some time, while reads take so long. */
    private void move(MergePace pace, long bytes, long nanosForAPiece, long readNanos) throws IOException {
        pace.during(moved -> {
            for (long done = 0; done < bytes; done += PIECE) {
                clock.now += nanosForAPiece;
                latency.add(readNanos);
                moved.accept(PIECE);
            }
        });
    }

    private void quietReads(long nanos) {
        for (int i = 0; i < 100; i++) {
            latency.add(nanos);
        }
    }

    @Test
    void withoutALimitItNeverRests() throws IOException {
        move(pace(MergePolicy.automatic()), 100 << 20, 1000, 500);
        assertEquals(0, clock.slept);
    }

    @Test
    void othersHaveTheProcessorAfterEachPiece() throws IOException {
        move(pace(MergePolicy.automatic()), 100 * PIECE, 1000, 500);
        assertEquals(100, pauses);
        pace(MergePolicy.automatic()).during(moved -> moved.accept(0));
        assertEquals(101, pauses);
    }

    @Test
    void inAHurryItKeepsTheProcessor() throws IOException {
        hurry = true;
        move(pace(MergePolicy.automatic()), 100 * PIECE, 1000, 500);
        assertEquals(0, pauses);
    }

    @Test
    void bytesAreHeldToTheRate() throws IOException {
        long started = clock.now;
        MergePace pace = pace(MergePolicy.automatic().bytesPerSecond(1 << 20));
        move(pace, 10 << 20, 1000, 500);
        double seconds = (clock.now - started) / 1e9;
        assertEquals(10, seconds, 0.2);
    }

    @Test
    void timeInWhichNothingWasMovedIsNotSavedUp() throws IOException {
        MergePace pace = pace(MergePolicy.automatic().bytesPerSecond(1 << 20));
        move(pace, 1 << 20, 1000, 500);
        clock.now += TimeUnit.MINUTES.toNanos(1);
        long started = clock.now;
        move(pace, 1 << 20, 1000, 500);
        assertTrue(clock.now - started > 850 * MILLI, () -> (clock.now - started) / MILLI + " ms");
    }

    @Test
    void aCancelledMergeDoesNotRest() throws IOException {
        cancelled = true;
        move(pace(MergePolicy.automatic().bytesPerSecond(1000)), 1 << 20, 1000, 500);
        assertEquals(0, clock.slept);
    }

    @Test
    void aRestIsTakenInSlicesSoThatACloseIsNotKeptWaiting() throws IOException {
        NanoClock cancelling = new NanoClock() {
            @Override
            public long nanos() {
                return clock.now;
            }

            @Override
            public void sleep(long nanos) {
                assertTrue(nanos <= 20 * MILLI);
                clock.sleep(nanos);
                cancelled = clock.slept > 50 * MILLI;
            }
        };
        MergePace pace = new MergePace(
                MergePolicy.automatic().bytesPerSecond(1000),
                latency,
                cancelling,
                () -> false,
                () -> cancelled,
                () -> {});
        move(pace, 1 << 20, 1000, 500);
        assertTrue(clock.slept < 80 * MILLI);
    }

    @Test
    void itGivesWayToReadsThatHaveBecomeMoreThanTwiceAsSlow() throws IOException {
        quietReads(1000);
        long started = clock.now;
        move(pace(MergePolicy.automatic()), 100 << 20, 10_000, 2500);
        long elapsed = clock.now - started;
        assertTrue(clock.slept > elapsed * 3 / 4, () -> clock.slept + " of " + elapsed);
        assertTrue(clock.slept < elapsed * 9 / 10, "it still gets an eighth of the time");
    }

    @Test
    void readsThatAreALittleSlowerDoNotMatter() throws IOException {
        quietReads(1000);
        move(pace(MergePolicy.automatic()), 100 << 20, 10_000, 1900);
        assertEquals(0, clock.slept);
    }

    @Test
    void theFactorIsThePolicys() throws IOException {
        quietReads(1000);
        move(pace(MergePolicy.automatic().slowdown(Double.POSITIVE_INFINITY)), 10 << 20, 10_000, 100_000);
        assertEquals(0, clock.slept);
        move(pace(MergePolicy.automatic().slowdown(1.5)), 10 << 20, 10_000, 1900);
        assertTrue(clock.slept > 0);
    }

    @Test
    void itGoesOnAtFullSpeedWhenReadsAreFastAgain() throws IOException {
        quietReads(1000);
        MergePace pace = pace(MergePolicy.automatic());
        move(pace, 10 << 20, 10_000, 5000);
        assertTrue(clock.slept > 0);
        move(pace, 20 << 20, 10_000, 1000);
        long before = clock.slept;
        move(pace, 10 << 20, 10_000, 1000);
        assertEquals(before, clock.slept);
    }

    @Test
    void inAHurryItDoesNotGiveWayButKeepsTheRate() throws IOException {
        quietReads(1000);
        hurry = true;
        move(pace(MergePolicy.automatic()), 10 << 20, 10_000, 50_000);
        assertEquals(0, clock.slept);
        long started = clock.now;
        move(pace(MergePolicy.automatic().bytesPerSecond(10 << 20)), 10 << 20, 1000, 50_000);
        assertEquals(1, (clock.now - started) / 1e9, 0.15);
    }

    @Test
    void aFewReadsSayNothing() throws IOException {
        latency.add(1000);
        latency.merging(true);
        for (int i = 0; i < 100; i++) {
            latency.add(50_000);
        }
        assertEquals(1, latency.slowdown());
    }

    @Test
    void oneLongPauseDoesNotPassForSlowReads() {
        quietReads(1000);
        latency.merging(true);
        for (int i = 0; i < 50; i++) {
            latency.add(1000);
        }
        latency.add(TimeUnit.SECONDS.toNanos(1));
        assertTrue(latency.slowdown() < 2, () -> "" + latency.slowdown());
    }
}
