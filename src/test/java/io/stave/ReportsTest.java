package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.RecoveryReport.Cut;
import io.stave.RecoveryReport.RejectedHint;
import java.time.Duration;
import java.time.Instant;
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
                false,
                "KEYDIR: expected 9 bytes, found 8",
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
                        "  did not use KEYDIR: KEYDIR: expected 9 bytes, found 8",
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
        Stats stats = stats(segments);

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
        Stats stats = stats(300, 600, 1000, 250);

        assertEquals(8, stats.operations().gets());
        assertEquals(4, stats.commits().groups());
        assertEquals(2, stats.commits().forces());
        assertEquals(2, stats.space().amplification());
        assertEquals(750, stats.merges().bytesReclaimed());
        assertEquals(1.5, stats.writeAmplification());
        assertTrue(stats.backPressure().engaged());
    }

    @Test
    void anEmptyStoreAmplifiesNothing() {
        Stats stats = stats(0, 0, 0, 0);

        assertEquals(0, stats.space().amplification());
        assertEquals(0, stats.writeAmplification());
    }

    private static RecoveryReport quietRecovery(boolean created, int segments) {
        return new RecoveryReport(
                Duration.ofMillis(5),
                created,
                true,
                segments,
                false,
                null,
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

    private static Stats stats(List<SegmentStats> segments) {
        return stats(segments, 0, 0, 0, 0);
    }

    private static Stats stats(long live, long disk, long mergedRead, long mergedWritten) {
        return stats(List.of(), live, disk, mergedRead, mergedWritten);
    }

    private static Stats stats(List<SegmentStats> segments, long live, long disk, long mergedRead, long mergedWritten) {
        return new Stats(
                Instant.EPOCH,
                1,
                10,
                9,
                new Stats.Space(disk, live, disk - live, 0, 0, disk, 0),
                new Stats.Blobs(0, 0, 0),
                new Stats.Keydir(240, 0.5),
                new Stats.Operations(6, 4, 0, 5, 3, 0),
                new Stats.Commits(
                        2 * mergedWritten,
                        new Distribution(4, 2.5, 2, 4, 4),
                        new Distribution(2, 1000, 900, 1100, 1100)),
                new Stats.Merges(1, false, mergedRead, mergedWritten),
                new Stats.Snapshots(0, 0, 0),
                new Stats.BackPressure(1, 1),
                segments,
                quietRecovery(true, 0));
    }
}
