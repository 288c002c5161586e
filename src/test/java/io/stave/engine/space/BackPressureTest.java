package io.stave.engine.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.engine.base.NanoClock;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.support.LogFile;
import io.stave.engine.support.TestNanoClock;
import io.stave.io.Mapping;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.Segment;
import io.stave.segment.SegmentAppender;
import io.stave.segment.SegmentHeader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long writers rest, on a clock of the test's own. */
class BackPressureTest {

    private static final long MIB = 1 << 20;
    private static final long STORE = 64 * MIB;

    /** Of a store of 64 MiB: the default limit, and a step. */
    private static final long LIMIT = STORE * 23 / 100 + 1;

    private static final long STEP = STORE / 64;

    private final TestNanoClock clock = new TestNanoClock();
    private final Mapping nothing = new SimulatedDirectory().allocate(1);
    private final Segment segment = Segment.sealed(LogFile.STORE, 1, nothing, STORE, 0, 1, 9, false);
    private final LiveSegments segments = new LiveSegments(List.of(segment));
    private final BackPressure pressure = new BackPressure(
            segments, new SegmentLength(segments, 256 * MIB, 1L << 40), MergePolicy.automatic(), clock);

    private void dead(long bytes) {
        segment.addLive(segment.deadBytes() - bytes);
        assertEquals(bytes, segment.deadBytes());
    }

    /** Appends so many groups of 64 KiB; returns how long that took. */
    private long append(int groups) {
        long started = clock.now;
        for (int i = 0; i < groups; i++) {
            pressure.admit(64 << 10, 0);
        }
        return clock.now - started;
    }

    /** A merge has given back 10 MiB in a second. */
    private void mergeGivesBack10MiBASecond() {
        for (int i = 0; i < 50; i++) {
            pressure.reclaimed(10 * MIB, TimeUnit.SECONDS.toNanos(1));
        }
    }

    @Test
    void upToTheLimitNobodyRests() {
        pressure.planned(true);
        dead(LIMIT);
        assertEquals(0, append(1000));
        assertFalse(pressure.engaged());
        assertEquals(0, pressure.totalNanos());
    }

    @Test
    void halfWayWritersAreAsFastAsMerges() {
        pressure.planned(true);
        mergeGivesBack10MiBASecond();
        dead(LIMIT + STEP / 2);
        long nanos = append(10 * 16);
        assertEquals(1, nanos / 1e9, 0.1);
        assertTrue(pressure.engaged());
        assertEquals(nanos, pressure.totalNanos());
        assertTrue(pressure.lastNanos() > 0);
    }

    @Test
    void theMoreIsDeadTheLongerTheyRest() {
        pressure.planned(true);
        mergeGivesBack10MiBASecond();
        long before = 0;
        for (int eighth = 1; eighth < 8; eighth++) {
            dead(LIMIT + eighth * STEP / 8);
            append(100);
            long nanos = append(100);
            assertTrue(nanos > before);
            before = nanos;
        }
    }

    @Test
    void noGroupRestsForLongerThanHalfASecond() {
        pressure.planned(true);
        dead(STORE / 2);
        long started = clock.now;
        pressure.admit(1 << 30, 1);
        assertEquals(BackPressure.MOST_NANOS, clock.now - started);
    }

    @Test
    void writersAreNeverSlowerThanASixteenthOfMerging() {
        pressure.planned(true);
        mergeGivesBack10MiBASecond();
        dead(STORE / 2);
        assertEquals(16, append(10 * 16) / 1e9, 0.1);
    }

    @Test
    void aFewBytesAreNobodysConcern() {
        MergePolicy policy = MergePolicy.automatic();
        assertEquals(4 * MIB, DeadLimit.ofResting(policy, 100_000));
        assertEquals(4 * MIB, DeadLimit.ofResting(policy, 17 * MIB));
        assertEquals(23 * MIB, DeadLimit.ofResting(policy, 100 * MIB));
        assertEquals(1000, DeadLimit.ofResting(policy.deadBytes(1000), 100_000), "unless the policy says so");
    }

    @Test
    void itLetsGoWhenMergesHaveCaughtUp() {
        pressure.planned(true);
        dead(STORE / 2);
        assertTrue(append(3) > 0);
        dead(LIMIT - 1);
        append(10);
        assertEquals(0, append(100));
        assertFalse(pressure.engaged());
        assertEquals(0, pressure.lastNanos());
        assertTrue(pressure.totalNanos() > 0, "but what was stays on the books");
    }

    @Test
    void nobodyRestsIfAMergeCouldNotHelp() {
        dead(STORE / 2);
        assertEquals(0, append(1000));
        pressure.planned(true);
        assertTrue(append(1) > 0);
        pressure.planned(false);
        assertEquals(0, append(1000));
        assertEquals(0, pressure.lastNanos());
        pressure.planned(true);
        pressure.suspend();
        assertEquals(0, append(1000));
    }

    @Test
    void whatDiesBeforeTheMergeHasPlannedAgainCounts() {
        mergeGivesBack10MiBASecond();
        dead(LIMIT);
        pressure.planned(false);
        assertEquals(0, append(160));
        dead(LIMIT + STEP / 2);
        assertEquals(1, append(160) / 1e9, 0.1, "there was nothing to merge, but now there is");
        pressure.planned(false);
        assertEquals(0, append(160), "it has looked, and there is nothing");
        dead(LIMIT + STEP / 2 + STEP);
        assertEquals(0, append(160));
        dead(LIMIT + 2 * STEP);
        assertEquals(1, append(160) / 1e9, 0.1, "it has not looked at these");
    }

    @Test
    void aRestEndsWhenAMergeCannotHelpAnyMore() {
        BackPressure[] made = new BackPressure[1];
        NanoClock ending = new NanoClock() {
            @Override
            public long nanos() {
                return clock.now;
            }

            @Override
            public void sleep(long nanos) {
                clock.sleep(nanos);
                made[0].suspend();
            }
        };
        BackPressure ended = new BackPressure(
                segments, new SegmentLength(segments, 256 * MIB, 1L << 40), MergePolicy.automatic(), ending);
        made[0] = ended;
        ended.planned(true);
        dead(STORE / 2);
        ended.admit(64 << 10, 0);
        assertTrue(clock.slept <= TimeUnit.MILLISECONDS.toNanos(10));
    }

    @Test
    void aNearlyFullDiskCountsLikeDeadBytes() {
        dead(0);
        pressure.planned(true);
        mergeGivesBack10MiBASecond();
        long started = clock.now;
        for (int i = 0; i < 160; i++) {
            pressure.admit(64 << 10, 0.5);
        }
        assertEquals(1, (clock.now - started) / 1e9, 0.1);
    }

    @Test
    void anInterruptNeitherShortensTheRestNorIsLost() {
        pressure.planned(true);
        dead(STORE / 2);
        Thread.currentThread().interrupt();
        long started = clock.now;
        pressure.admit(1 << 30, 0);
        assertEquals(BackPressure.MOST_NANOS, clock.now - started);
        assertTrue(Thread.interrupted());
    }

    @Test
    void deadBytesThatAreNotSealedYetCountFromOneSegmentOn() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        SegmentAppender active =
                SegmentAppender.create(directory, new SegmentHeader(LogFile.STORE, 2, 10, 0), 64 * MIB, mapping -> {});
        segments.add(active.segment());
        dead(0);
        pressure.planned(true);
        active.advance(5 * MIB - SegmentHeader.LENGTH, 100);
        long length = new SegmentLength(segments, 256 * MIB, 1L << 40).now();
        assertEquals(0, append(100), "it can be had with the next seal");
        active.advance(length + 25 * MIB - 5 * MIB, 200);
        assertTrue(append(100) > 0, "the sealer is behind");
    }

    @Test
    void damagedSegmentsDoNotCountForTheyCannotBeMerged() {
        pressure.planned(true);
        dead(STORE / 2);
        segment.markDamaged();
        assertEquals(0, append(100));
    }
}
