package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePlan;
import io.stave.SegmentStats;
import io.stave.SegmentStats.State;
import io.stave.engine.merge.MergePlanner.Candidate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which segments are worth a merge. */
class MergePlannerTest {

    private static final int HEADER = 64;

    private static Candidate segment(long id, long live, long dead, long tombstones, long min, long max) {
        return segment(id, State.SEALED, live, dead, tombstones, min, max, false, false);
    }

    private static Candidate segment(
            long id,
            State state,
            long live,
            long dead,
            long tombstones,
            long min,
            long max,
            boolean damaged,
            boolean judged) {
        long length = HEADER + live + dead + tombstones;
        return new Candidate(
                new SegmentStats(id, id + ".seg", state, length, live, dead, 0, tombstones, damaged, min, max),
                judged,
                !judged,
                null);
    }

    private static MergePlan plan(Candidate... segments) {
        return MergePlanner.plan(List.of(segments), null);
    }

    @Test
    void segmentOfLiveRecordsOnlyIsLeftAlone() {
        MergePlan plan = plan(segment(1, 500, 0, 0, 1, 9));
        assertTrue(plan.isEmpty());
        assertEquals(0, plan.reclaimableBytes());
        assertEquals(1, plan.excluded().get(0).segmentId());
        assertEquals("1.seg", plan.excluded().get(0).fileName());
    }

    @Test
    void segmentWithDeadBytesIsAnInput() {
        MergePlan plan = plan(segment(1, 500, 20, 0, 1, 9), segment(2, 100, 0, 0, 10, 12));
        assertEquals(List.of(1L), plan.segmentIds());
        assertEquals(20, plan.reclaimableBytes());
        assertEquals(HEADER + 500, plan.liveBytes());
    }

    @Test
    void activeSegmentCountsLikeASealedOne() {
        MergePlan plan = plan(segment(1, State.ACTIVE, 100, 7, 0, 1, 9, false, false));
        assertEquals(List.of(1L), plan.segmentIds());
    }

    @Test
    void tombstonesCanGoWithTheDeadRecordsOfAllOlderSegments() {
        MergePlan plan = plan(segment(1, 0, 50, 0, 1, 4), segment(2, 100, 0, 30, 5, 9));
        assertEquals(List.of(1L, 2L), plan.segmentIds());
        assertEquals(80, plan.reclaimableBytes());
    }

    @Test
    void tombstonesThatNothingOlderCanNeedAreReasonEnough() {
        assertEquals(
                List.of(2L),
                plan(segment(1, 100, 0, 0, 1, 4), segment(2, 100, 0, 30, 5, 9)).segmentIds());
        // The older segment has dead records, but they are younger than every tombstone.
        MergePlan chosen =
                MergePlanner.plan(List.of(segment(1, 0, 50, 0, 10, 14), segment(2, 100, 0, 30, 5, 9)), Set.of(2L));
        assertEquals(List.of(2L), chosen.segmentIds());
    }

    @Test
    void tombstonesStayWhileAnOlderSegmentWithDeadRecordsIsNotMerged() {
        List<Candidate> segments = List.of(segment(1, 0, 50, 0, 1, 4), segment(2, 100, 0, 30, 5, 9));
        MergePlan plan = MergePlanner.plan(segments, Set.of(2L));
        assertTrue(plan.isEmpty());
        assertEquals(2, plan.excluded().size());
    }

    @Test
    void tombstonesStayWhileADamagedOlderSegmentKeepsItsDeadRecords() {
        Candidate damaged = segment(1, State.SEALED, 100, 50, 0, 1, 4, true, false);
        assertTrue(plan(damaged, segment(2, 100, 0, 30, 5, 9)).isEmpty());
    }

    @Test
    void damagedSegmentIsNeverAnInput() {
        Candidate damaged = segment(1, State.SEALED, 100, 50, 0, 1, 4, true, false);
        MergePlan plan = plan(damaged);
        assertTrue(plan.isEmpty());
        assertTrue(plan.excluded().get(0).reason().startsWith("damaged"));
        assertTrue(MergePlanner.plan(List.of(damaged), Set.of(1L)).isEmpty());
    }

    @Test
    void tombstonesThatAMergeHasJudgedAreNotJudgedAgain() {
        Candidate judged = segment(2, State.SEALED, 100, 0, 30, 5, 9, false, true);
        assertTrue(plan(segment(1, 100, 0, 0, 1, 4), judged).isEmpty());
    }

    @Test
    void tombstonesAreJudgedAgainTogetherWithAnOlderSegmentThatIsMerged() {
        Candidate judged = segment(2, State.SEALED, 100, 0, 30, 5, 9, false, true);
        assertEquals(List.of(1L, 2L), plan(segment(1, 100, 60, 0, 1, 4), judged).segmentIds());
        assertEquals(List.of(3L), plan(judged, segment(3, 100, 60, 0, 10, 14)).segmentIds());
    }

    @Test
    void judgedSegmentWithDeadBytesIsAnInputForTheirSake() {
        Candidate judged = segment(2, State.SEALED, 100, 9, 30, 5, 9, false, true);
        MergePlan plan = plan(judged);
        assertEquals(List.of(2L), plan.segmentIds());
        assertEquals(9, plan.reclaimableBytes());
    }

    @Test
    void onlyChosenSegmentsAreInputs() {
        List<Candidate> segments = List.of(segment(1, 0, 50, 0, 1, 4), segment(2, 0, 50, 0, 5, 9));
        MergePlan plan = MergePlanner.plan(segments, Set.of(2L));
        assertEquals(List.of(2L), plan.segmentIds());
        assertEquals("not chosen", plan.excluded().get(0).reason());
        assertTrue(MergePlanner.plan(segments, Set.of()).isEmpty());
    }

    @Test
    void choosingASegmentThatDoesNotExistIsAnError() {
        List<Candidate> segments = List.of(segment(1, 0, 50, 0, 1, 4));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MergePlanner.plan(segments, Set.of(1L, 77L)));
        assertTrue(String.valueOf(e.getMessage()).contains("77"));
        assertFalse(String.valueOf(e.getMessage()).contains("[1"));
    }
}
