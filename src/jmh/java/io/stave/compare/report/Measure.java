package io.stave.compare.report;

import io.stave.compare.result.Cells;
import io.stave.compare.result.Cells.Row;
import io.stave.compare.result.Measurement.Cell;
import io.stave.compare.result.Spread;
import io.stave.compare.work.Figures;
import java.util.Optional;

/**
 * The figure that a work is judged by.
 *
 * @param figure its name
 * @param unit what it counts
 * @param moreIsBetter whether the larger one wins
 */
record Measure(String figure, String unit, boolean moreIsBetter) {
    private static final Measure RATE = new Measure(Figures.RATE, "operations a second", true);
    private static final Measure OPEN = new Measure("openSeconds", "seconds", false);

    static Measure of(String work) {
        return work.startsWith("reopen") ? OPEN : RATE;
    }

    /** How many times better the first is than the second, round by round. */
    Optional<Spread> advantage(Cells cells, Cell cell, Row first, Row second) {
        return moreIsBetter ? cells.ratio(cell, first, second, figure) : cells.ratio(cell, second, first, figure);
    }

    /** The best row of a peer. */
    Optional<Row> best(Cells cells, Cell cell, String peer) {
        return cells.rows(cell, peer).stream()
                .filter(row -> cells.spread(cell, row, figure).isPresent())
                .max((a, b) -> {
                    double first = cells.spread(cell, a, figure).orElseThrow().median();
                    double second = cells.spread(cell, b, figure).orElseThrow().median();
                    return moreIsBetter ? Double.compare(first, second) : Double.compare(second, first);
                });
    }

    /** As tables and charts show it. */
    String text(double value) {
        return moreIsBetter ? Text.rate(value) : Text.seconds(value);
    }
}
