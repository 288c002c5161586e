package io.stave.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.compare.result.Measurement;
import io.stave.compare.result.Measurement.Status;
import io.stave.compare.result.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page says what was measured: winners, losers, goals met and missed, and who failed. */
class ReportTest {
    @TempDir
    private Path docs;

    @Test
    void numbersHaveThreeDigitsThatCount() {
        assertEquals("1.23 M", Text.rate(1_234_567));
        assertEquals("1.00 M", Text.rate(999_999));
        assertEquals("12.3 k", Text.rate(12_345));
        assertEquals("0.50", Text.rate(0.5));
        assertEquals("999", Text.rate(999));
        assertEquals("250 ms", Text.seconds(0.25));
        assertEquals("1 KiB", Text.valueLength(1024));
        assertEquals("2 M", Text.count(2_000_000));
    }

    @Test
    void goalsAreMetOrNotAndLossesAreNamed() throws IOException {
        String page = page(
                List.of(
                        measured("load", "stave", 700),
                        measured("load", "rocksdb-tuned", 100),
                        measured("get-1", "stave", 100),
                        measured("get-1", "lmdb", 200),
                        new Measurement(
                                0, "get-1", "rocksdb-tuned", "PUT", 1_000, 1024, Status.FAILED, "broke", 1, Map.of())),
                "PROCESS_CRASH");
        assertTrue(page.contains("| load, 1 KiB | rocksdb-tuned | ≥ 6.00 × | 7.00 × |  | met |"), page);
        assertTrue(page.contains("| get-1, 1 KiB | lmdb | ≥ 3.00 × | 0.50 × |  | **not met** |"), page);
        assertTrue(page.contains("| get-1, 1 KiB | rocksdb-tuned | ≥ 7.00 × |  |  | not measured |"), page);
        assertTrue(page.contains("| 1,000 | 1 KiB | lmdb 2.00 × |"), page);
        assertFalse(page.contains("| rocksdb-tuned 0.14"), page);
        assertTrue(page.contains("rocksdb-tuned, round 1: failed, broke"), page);
        assertTrue(Files.readString(docs.resolve("performance/get-1.svg")).contains("<svg"));
    }

    @Test
    void aGoalIsJudgedByTheMostKeysThatBothHave() throws IOException {
        Measurement alone =
                new Measurement(1, "load", "stave", "PUT", 9_000, 1024, Status.OK, "", 1, Map.of("opsPerSecond", 1.0));
        String page = page(
                List.of(measured("load", "stave", 800), measured("load", "rocksdb-tuned", 100), alone),
                "PROCESS_CRASH");
        assertTrue(page.contains("| load, 1 KiB | rocksdb-tuned | ≥ 6.00 × | 8.00 × |  | met |"), page);
    }

    @Test
    void whoForcesIsNotPutBesideWhoDoesNot() {
        List<Measurement> both = List.of(measured("load", "stave", 1), measured("load", "lmdb", 2));
        assertThrows(IllegalArgumentException.class, () -> page(both, "FORCED"));
    }

    private String page(List<Measurement> measurements, String promiseOfLmdb) throws IOException {
        Map<String, Run.PeerFacts> peers = new LinkedHashMap<>();
        peers.put("stave", facts("Stave", "PROCESS_CRASH"));
        peers.put("rocksdb-tuned", facts("rocksdb-tuned", "PROCESS_CRASH"));
        peers.put("lmdb", facts("lmdb", promiseOfLmdb));
        new Report(new Run(Map.of(), peers, measurements)).write(docs);
        return Files.readString(docs.resolve(Report.PAGE));
    }

    private static Run.PeerFacts facts(String title, String unforced) {
        return new Run.PeerFacts(title, "1", "FORCED", unforced, true, "none", List.of(), List.of());
    }

    private static Measurement measured(String work, String peer, double rate) {
        return new Measurement(0, work, peer, "PUT", 1_000, 1024, Status.OK, "", 1, Map.of("opsPerSecond", rate));
    }
}
