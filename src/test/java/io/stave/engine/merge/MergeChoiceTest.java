package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePlan;
import io.stave.MergePolicy;
import io.stave.SegmentStats;
import io.stave.SegmentStats.State;
import io.stave.engine.merge.MergeChoice.Terms;
import io.stave.engine.merge.MergePlanner.Candidate;
import io.stave.engine.space.Shortage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the background merges next, and why not the rest. */
class MergeChoiceTest {

    private static final int HEADER = 64;

    /** How long a new segment may get. */
    private static final long LENGTH = 10_000;

    private static final MergePolicy POLICY = MergePolicy.automatic();

    /** Only the limit that a test sets counts. */
    private static final MergePolicy NONE =
            POLICY.deadRatio(1).segmentDeadRatio(1).smallSegments(Integer.MAX_VALUE);

    private static Candidate segment(long id, long live, long dead) {
        return segment(id, State.SEALED, live, dead, 0, true, null);
    }

    private static Candidate tombstones(long id, long live, long dead, long tombstones, boolean due) {
        return segment(id, State.SEALED, live, dead, tombstones, due, null);
    }

    private static Candidate segment(
            long id, State state, long live, long dead, long tombstones, boolean due, @Nullable String refused) {
        long length = HEADER + live + dead + tombstones;
        return new Candidate(
                new SegmentStats(
                        id, id + ".seg", state, length, live, dead, 0, tombstones, false, id * 10, id * 10 + 9),
                !due,
                due && tombstones > 0,
                refused);
    }

    private static Candidate damaged(Candidate candidate) {
        SegmentStats s = candidate.stats();
        return new Candidate(
                new SegmentStats(
                        s.id(),
                        s.fileName(),
                        s.state(),
                        s.length(),
                        s.liveBytes(),
                        s.deadBytes(),
                        s.expiredBytes(),
                        s.tombstoneBytes(),
                        true,
                        s.minVersion(),
                        s.maxVersion()),
                candidate.tombstonesJudged(),
                candidate.tombstonesDue(),
                null);
    }

    private static MergePlan next(MergePolicy policy, Candidate... segments) {
        return MergeChoice.next(List.of(segments), new Terms(policy, LENGTH, 1, 1L << 40, Shortage.NONE));
    }

    private static String reason(MergePlan plan, long id) {
        return plan.excluded().stream()
                .filter(exclusion -> exclusion.segmentId() == id)
                .map(MergePlan.Exclusion::reason)
                .findAny()
                .orElse("");
    }

    @Test
    void belowEveryLimitNothingIsMerged() {
        MergePlan plan = next(POLICY, segment(1, 8100, 1900), segment(2, 9000, 0));
        assertTrue(plan.isEmpty());
        assertEquals(0, plan.reclaimableBytes());
        assertEquals("18.9 % to reclaim, which is below every limit of the policy", reason(plan, 1));
        assertEquals("nothing to reclaim", reason(plan, 2));
    }

    @Test
    void atTheRatioOfAllTheDeadestIsMerged() {
        MergePlan plan = next(POLICY, segment(1, 8000, 2000), segment(2, 6000, 4000), segment(3, 9000, 1000));
        assertEquals(List.of(2L), plan.segmentIds());
        assertEquals(4000, plan.reclaimableBytes());
        assertEquals(6000 + HEADER, plan.liveBytes());
        assertTrue(reason(plan, 3).startsWith("9.9 % to reclaim, others"), () -> reason(plan, 3));
    }

    @Test
    void deadBytesOfAllCountEvenIfTheirShareIsSmall() {
        Candidate[] segments = {segment(1, 9000, 1000), segment(2, 8500, 1500), segment(3, 9900, 0)};
        assertTrue(next(NONE.deadBytes(2501), segments).isEmpty());
        assertEquals(List.of(2L), next(NONE.deadBytes(2500), segments).segmentIds());
    }

    @Test
    void shareOfOneSegmentCountsWhateverTheOthersHold() {
        Candidate[] segments = {
            segment(1, 10_000, 0), segment(2, 4968, 5032), segment(3, 10_000, 0), segment(4, 5000, 4900)
        };
        assertEquals(List.of(2L), next(NONE.segmentDeadRatio(0.5), segments).segmentIds());
        assertEquals(List.of(2L), next(POLICY.deadRatio(1), segments).segmentIds());
    }

    @Test
    void deadBytesOfOneSegmentCountWhateverTheOthersHold() {
        Candidate[] segments = {segment(1, 10_000, 0), segment(2, 9000, 1000), segment(3, 9000, 999)};
        assertEquals(List.of(2L), next(NONE.segmentDeadBytes(1000), segments).segmentIds());
    }

    @Test
    void aRoundCopiesNoMoreThanOneNewSegment() {
        MergePlan plan = next(
                POLICY, segment(1, 4000, 6000), segment(2, 4100, 5900), segment(3, 4200, 5800), segment(4, 1000, 1900));
        assertEquals(List.of(1L, 2L, 4L), sorted(plan), "the third would be too much, the fourth fits in beside");
        assertTrue(plan.liveBytes() <= LENGTH + 3 * HEADER);
    }

    @Test
    void aSegmentLongerThanANewOneIsMergedAlone() {
        MergePlan plan = next(POLICY, segment(1, 50_000, 90_000), segment(2, 4100, 100));
        assertEquals(List.of(1L), plan.segmentIds());
    }

    @Test
    void aLittleIsNotWorthAMerge() {
        long little = LENGTH / 16 - 1;
        assertTrue(next(POLICY, segment(1, 0, little)).isEmpty());
        assertFalse(next(POLICY, segment(1, 0, little), segment(2, 0, 100)).isEmpty());
    }

    @Test
    void whatIsNotSealedDamagedOrRefusedIsLeftAloneAndDoesNotCount() {
        Candidate active = segment(1, State.ACTIVE, 0, 10_000, 0, true, null);
        Candidate refused = segment(2, State.SEALED, 0, 10_000, 0, true, "not today");
        Candidate damaged = damaged(segment(3, 0, 10_000));
        MergePlan plan = next(POLICY, active, refused, damaged, segment(4, 8400, 1600));
        assertTrue(plan.isEmpty());
        assertEquals("not sealed yet", reason(plan, 1));
        assertEquals("not today", reason(plan, 2));
        assertTrue(reason(plan, 3).startsWith("damaged"));
    }

    @Test
    void tombstonesCountWhenThoseThatAreDuePassAQuarterOfTheRatio() {
        Candidate few = tombstones(1, 9500, 0, 400, true);
        assertTrue(next(POLICY, few, segment(2, 8000, 2000)).isEmpty(), "dead bytes alone are 10 %");
        MergePlan plan = next(POLICY, tombstones(1, 6000, 0, 4000, true), segment(2, 9000, 1000));
        assertEquals(List.of(1L), plan.segmentIds());
        assertEquals(4000, plan.reclaimableBytes());
        assertTrue(next(POLICY, tombstones(1, 6000, 0, 4000, false), segment(2, 9000, 1000))
                .isEmpty());
    }

    @Test
    void tombstonesThatAreNotDueAreCopiedAndBringNothing() {
        MergePlan plan = next(POLICY, tombstones(1, 3000, 5000, 2000, false));
        assertEquals(5000, plan.reclaimableBytes());
        assertEquals(HEADER + 5000, plan.liveBytes());
    }

    @Test
    void manySmallSegmentsAreMergedEvenIfNothingInThemIsDead() {
        Candidate[] seven = new Candidate[7];
        Arrays.setAll(seven, i -> segment(i + 1, 1000 + i, 0));
        assertTrue(next(POLICY, seven).isEmpty());
        Candidate[] eight = new Candidate[8];
        Arrays.setAll(eight, i -> segment(i + 1, 1000 + i, 0));
        MergePlan plan = next(POLICY, eight);
        assertEquals(8, plan.inputs().size());
        assertEquals(7L * HEADER, plan.reclaimableBytes());
        assertTrue(next(POLICY.smallSegments(9), eight).isEmpty());
        eight[3] = segment(4, LENGTH / 4, 0);
        assertTrue(next(POLICY, eight).isEmpty(), "one of them is not small");
    }

    @Test
    void aSegmentOfAMegabyteIsNotSmallInAStoreOfAGigabyte() {
        Candidate[] early = new Candidate[12];
        Arrays.setAll(early, i -> segment(i + 1, (1 << 20) - 1000, 0));
        Terms terms = new Terms(POLICY, 60 << 20, 1, 1L << 40, Shortage.NONE);
        assertTrue(MergeChoice.next(List.of(early), terms).isEmpty());
        Terms larger = new Terms(POLICY, 256 << 20, 1, 1L << 40, Shortage.NONE);
        assertEquals(12, MergeChoice.next(List.of(early), larger).inputs().size());
    }

    @Test
    void nearlyFullDiskLowersTheLimits() {
        Candidate[] segments = {segment(1, 9000, 900), segment(2, 9500, 400)};
        assertTrue(next(POLICY, segments).isEmpty());
        MergePlan urgent = MergeChoice.next(List.of(segments), new Terms(POLICY, LENGTH, 1, 1 << 20, Shortage.OF_PUTS));
        assertEquals(List.of(1L), urgent.segmentIds());
    }

    @Test
    void whereDeletesAreAboutToBeRefusedWhateverCanBeGainedIs() {
        Candidate[] segments = {segment(1, 9000, 12), segment(2, 9500, 0)};
        assertTrue(MergeChoice.next(List.of(segments), new Terms(POLICY, LENGTH, 1, 1 << 20, Shortage.OF_PUTS))
                .isEmpty());
        MergePlan plan =
                MergeChoice.next(List.of(segments), new Terms(POLICY, LENGTH, 1, 1 << 20, Shortage.OF_DELETES));
        assertEquals(List.of(1L), plan.segmentIds());
    }

    /** Nobody knows before which of them can go, nor what has expired without anything older. */
    @Test
    void theRoomIsEnoughShouldAllTombstonesStay() {
        Candidate[] segments = {tombstones(1, 0, 100, 3000, true), tombstones(2, 0, 90, 2900, true)};
        assertEquals(2, next(POLICY, segments).inputs().size());
        Terms tight = new Terms(POLICY, LENGTH, 1, 3100, Shortage.OF_PUTS);
        assertEquals(1, MergeChoice.next(List.of(segments), tight).inputs().size());
        Terms tighter = new Terms(POLICY, LENGTH, 1, 2800, Shortage.OF_PUTS);
        assertTrue(MergeChoice.next(List.of(segments), tighter).isEmpty());
    }

    @Test
    void whereRoomIsShortWhatHasTheLeastToCopyComesFirst() {
        Candidate[] segments = {segment(1, 4000, 6000), segment(2, 900, 800)};
        assertEquals(1, next(POLICY, segments).segmentIds().get(0));
        Terms tight = new Terms(POLICY, LENGTH, 1, 4000, Shortage.OF_PUTS);
        assertEquals(List.of(2L), MergeChoice.next(List.of(segments), tight).segmentIds());
        Terms none = new Terms(POLICY, LENGTH, 1, 0, Shortage.OF_PUTS);
        assertTrue(MergeChoice.next(List.of(segments), none).isEmpty());
        assertEquals(
                List.of(3L),
                MergeChoice.next(List.of(segments[0], segments[1], segment(3, 0, 5000)), none)
                        .segmentIds(),
                "nothing lives in it, so it needs no room");
    }

    /** Carries out whatever is chosen, on paper, from many beginnings: each round gains something, and there is an end. */
    @Test
    void everyPlanReclaimsSomethingAndThereIsAnEnd() {
        for (int seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Candidate> segments = new ArrayList<>();
            for (int id = 1; id <= random.nextInt(1, 40); id++) {
                int most = random.nextBoolean() ? 12_000 : 600;
                segments.add(tombstones(
                        id,
                        random.nextInt(most),
                        random.nextInt(3) == 0 ? 0 : random.nextInt(most),
                        random.nextInt(3) == 0 ? random.nextInt(most) : 0,
                        random.nextBoolean()));
            }
            Shortage shortage = Shortage.values()[random.nextInt(3)];
            Terms terms = new Terms(POLICY, LENGTH, 1, random.nextInt(4) == 0 ? 8000 : 1 << 30, shortage);
            carryOut(segments, terms, random, seed);
        }
    }

    private static void carryOut(List<Candidate> segments, Terms terms, SplittableRandom random, int seed) {
        int rounds = 0;
        for (MergePlan plan = MergeChoice.next(segments, terms);
                !plan.isEmpty();
                plan = MergeChoice.next(segments, terms)) {
            assertTrue(plan.reclaimableBytes() > 0, "seed " + seed);
            assertEquals(segments.size(), plan.inputs().size() + plan.excluded().size());
            assertTrue(++rounds < 500, "seed " + seed + " never ends");
            List<Long> ids = plan.segmentIds();
            long live = 0;
            long tombstones = 0;
            for (SegmentStats input : plan.inputs()) {
                live += input.liveBytes();
                tombstones += input.tombstoneBytes();
            }
            // Some, all or none of the tombstones may go.
            tombstones = tombstones * random.nextInt(3) / 2;
            segments.removeIf(segment -> ids.contains(segment.stats().id()));
            if (live + tombstones > 0) {
                segments.add(tombstones(1000L + rounds, live, 0, tombstones, false));
            }
        }
    }

    private static List<Long> sorted(MergePlan plan) {
        return plan.segmentIds().stream().sorted().toList();
    }
}
