package io.stave.compare.result;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Promise;
import io.stave.compare.result.Cells.Row;
import io.stave.compare.result.Measurement.Cell;
import io.stave.compare.result.Measurement.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The arithmetic of the comparison: medians, ratios, who may stand beside whom, and that results survive their file. */
class ResultTest {
    private static final Cell CELL = new Cell("get-1", 1_000, 100);
    private static final Row OURS = new Row("stave", "PUT");
    private static final Row THEIRS = new Row("lmdb", "PUT");

    @Test
    void medianOfAnEvenCountIsTheMeanOfTheMiddleTwo() {
        assertEquals(new Spread(2.5, 1, 9, 4), Spread.of(List.of(9.0, 2.0, 1.0, 3.0)));
        assertEquals(new Spread(3, 1, 9, 3), Spread.of(List.of(9.0, 3.0, 1.0)));
        assertEquals(new Spread(7, 7, 7, 1), Spread.of(List.of(7.0)));
    }

    @Test
    void nothingAndNoNumberHaveNoMedian() {
        assertThrows(IllegalArgumentException.class, () -> Spread.of(List.of()));
        assertThrows(IllegalArgumentException.class, () -> Spread.of(List.of(1.0, Double.NaN)));
    }

    @Test
    void ratiosAreTakenWithinARound() {
        // Across rounds the ratios would be 1 to 4 (10 / 10, 40 / 10); within them both are 2 and 2.
        Cells cells = new Cells(run(
                measured(0, "stave", 20), measured(0, "lmdb", 10), measured(1, "stave", 80), measured(1, "lmdb", 40)));
        assertEquals(Optional.of(new Spread(2, 2, 2, 2)), cells.ratio(CELL, OURS, THEIRS, "opsPerSecond"));
        assertEquals(Optional.of(new Spread(0.5, 0.5, 0.5, 2)), cells.ratio(CELL, THEIRS, OURS, "opsPerSecond"));
    }

    @Test
    void aRoundThatFailedCountsForNothingAndIsSeen() {
        Cells cells = new Cells(run(
                measured(0, "stave", 20),
                measured(0, "lmdb", 10),
                measured(1, "stave", 90),
                new Measurement(1, "get-1", "lmdb", "PUT", 1_000, 100, Status.TIMEOUT, "too long", 60, Map.of())));
        assertEquals(Optional.of(new Spread(2, 2, 2, 1)), cells.ratio(CELL, OURS, THEIRS, "opsPerSecond"));
        assertTrue(cells.any(CELL, THEIRS, Status.TIMEOUT));
        assertFalse(cells.any(CELL, OURS, Status.TIMEOUT));
    }

    @Test
    void whoForcesStandsBesideNobodyWhoDoesNot() {
        assertTrue(Fairness.admits(Mode.FORCED, Promise.FORCED));
        assertFalse(Fairness.admits(Mode.FORCED, Promise.PROCESS_CRASH));
        assertFalse(Fairness.admits(Mode.FORCED, null));
        assertFalse(Fairness.admits(Mode.UNFORCED, Promise.FORCED));
        assertTrue(Fairness.admits(Mode.UNFORCED, Promise.NOTHING));
        assertThrows(
                IllegalArgumentException.class,
                () -> Fairness.check(List.of(Promise.FORCED, Promise.FORCED, Promise.PROCESS_CRASH)));
        assertDoesNotThrow(() -> Fairness.check(List.of(Promise.FORCED, Promise.FORCED)));
        assertDoesNotThrow(() -> Fairness.check(List.of(Promise.NOTHING, Promise.PROCESS_CRASH)));
    }

    @Test
    void aRunIsTheSameAfterItsFile() throws IOException {
        Run run = new Run(
                Map.of("kernel", "Linux \"6\""),
                Map.of(
                        "stave",
                        new Run.PeerFacts(
                                "Stave", "1", "FORCED", "null", true, "none", List.of("-X"), List.of("a = b: c"))),
                List.of(
                        measured(0, "stave", 1.0 / 3),
                        new Measurement(
                                2, "load", "x", "ASYNC", 100_000_000, 16_384, Status.FAILED, "é\n|", 1e-9, Map.of())));
        assertEquals(run, Run.fromJson(run.toJson()));
    }

    @Test
    void whatGoesOntoARunHasRoundsOfItsOwn() {
        assertEquals(0, Run.NOTHING.rounds());
        Run before = new Run(Map.of("kernel", "Linux", "rounds", "2"), Map.of(), List.of(measured(1, "stave", 1)));
        assertEquals(2, before.rounds());
        assertEquals(
                Map.of("kernel", "Linux", "rounds", "2", "rounds, from round 3 on", "1", "java", "17"),
                before.factsWith(Map.of("kernel", "Linux", "rounds", "1", "java", "17")));
        Cells cells = new Cells(run(measured(1, "stave", 20), measured(2, "lmdb", 10)));
        assertEquals(Optional.empty(), cells.ratio(CELL, OURS, THEIRS, "opsPerSecond"));
    }

    @Test
    void aFigureThatIsNoNumberIsNotWritten() {
        assertThrows(
                IOException.class, () -> run(measured(0, "stave", Double.NaN)).toJson());
        assertThrows(IOException.class, () -> run(measured(0, "stave", Double.POSITIVE_INFINITY))
                .toJson());
    }

    private static Run run(Measurement... measurements) {
        return new Run(Map.of(), Map.of(), List.of(measurements));
    }

    private static Measurement measured(int round, String peer, double rate) {
        return new Measurement(round, "get-1", peer, "PUT", 1_000, 100, Status.OK, "", 1, Map.of("opsPerSecond", rate));
    }
}
