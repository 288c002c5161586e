package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.RecoveryReport.Cut;
import io.stave.RecoveryReport.RejectedHint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final SegmentStats SEGMENT =
            new SegmentStats(7, "0000000000000007.seg", SegmentStats.State.SEALED, 1000, 600, 300, 40, 36, false, 1, 9);

    @Test
    void recoveryAfterACrashIsToldInFull() {
        RecoveryReport report = new RecoveryReport(
                Duration.ofMillis(42),
                false,
                false,
                3,
                1,
                2,
                1,
                4096,
                10,
                List.of(new RejectedHint("a.hint", "of another segment")),
                List.of(new Cut("b.seg", 640, 1, "a checksum does not match")),
                List.of("c.seg"),
                List.of("d.seg"));

        assertEquals(
                String.join(
                        "\n",
                        "Recovered after a crash: 10 keys in 3 segments (1 from hints, 2 scanned, 4096 bytes) in 42 ms",
                        "  sealed 1 segment that the last process left open",
                        "  cut b.seg at offset 640, dropping 1 byte: a checksum does not match",
                        "  dropped c.seg, which follows a cut",
                        "  did not use a.hint: of another segment",
                        "  deleted stray file d.seg"),
                report.describe());
    }

    @Test
    void anUneventfulOpenIsOneLine() {
        assertEquals(
                "Opened: 1 key in 1 segment (1 from hints, 0 scanned, 0 bytes) in 5 ms",
                quietRecovery(false, 1).describe());
        assertEquals("Created a new store in 5 ms", quietRecovery(true, 0).describe());
    }

    @Test
    void reportsDoNotChangeWithTheListsTheyWereMadeFrom() {
        List<SegmentStats> segments = new ArrayList<>(List.of(SEGMENT));
        MergePlan plan = new MergePlan(segments, 600, 300, List.of());
        Stats stats = stats(segments, 0, 0);

        segments.clear();

        assertEquals(List.of(SEGMENT), plan.inputs());
        assertEquals(List.of(SEGMENT), stats.segments());
        assertThrows(UnsupportedOperationException.class, () -> plan.inputs().clear());
    }

    @Test
    void aPlanNamesItsSegmentsForTheMergeThatCarriesItOut() {
        MergePlan plan = new MergePlan(List.of(SEGMENT), 600, 300, List.of());

        assertEquals(List.of(7L), plan.segmentIds());
        assertFalse(plan.isEmpty());
        assertTrue(new MergePlan(List.of(), 0, 0, List.of()).isEmpty());
    }

    @Test
    void derivedFiguresFollowFromTheCounters() {
        Stats stats = stats(List.of(), 6, 4);

        assertEquals(8, stats.gets());
        assertEquals(2.5, stats.meanGroup());
        assertEquals(0, stats(List.of(), 0, 0).meanGroup());
    }

    private static RecoveryReport quietRecovery(boolean created, int segments) {
        return new RecoveryReport(
                Duration.ofMillis(5),
                created,
                true,
                segments,
                segments,
                0,
                0,
                0,
                segments,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static Stats stats(List<SegmentStats> segments, long puts, long groups) {
        RecoveryReport recovery = quietRecovery(true, 0);
        return new Stats(
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0.5,
                9,
                puts,
                4,
                5,
                3,
                0,
                2,
                groups,
                0,
                0,
                0,
                0,
                new Stats.BackPressure(0, 0),
                segments,
                recovery);
    }
}
