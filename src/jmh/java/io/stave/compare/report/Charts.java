package io.stave.compare.report;

import io.stave.compare.report.BarChart.Bar;
import io.stave.compare.result.Cells;
import io.stave.compare.result.Cells.Row;
import io.stave.compare.result.Measurement.Cell;
import io.stave.compare.result.Spread;
import io.stave.compare.work.Work;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** Makes charts of what was measured: for each work one, with a panel for each length of values. */
final class Charts {
    private final Cells cells;
    private final Tables tables;

    Charts(Cells cells, Tables tables) {
        this.cells = cells;
        this.tables = tables;
    }

    /** The figure that the work is judged by. */
    BarChart of(Work work, List<Cell> group) {
        Measure measure = Measure.of(work.name());
        String better = measure.moreIsBetter() ? "more is better" : "less is better";
        Map<String, Map<Bar, Spread>> panels = new LinkedHashMap<>();
        for (Cell cell : group) {
            Map<Bar, Spread> panel = new LinkedHashMap<>();
            for (Row row : tables.ranked(cell, work)) {
                panel.put(
                        bar(row, cell),
                        cells.spread(cell, row, measure.figure()).orElseThrow());
            }
            panels.put(panelName(cell), panel);
        }
        String subtitle = measure.unit() + ", logarithmic scale, " + better + "; " + keys(group);
        return new BarChart(work.title(), subtitle, measure.moreIsBetter(), measure::text, panels);
    }

    /** Another figure of a work, or its ratio to a second one. */
    BarChart of(
            Work work,
            List<Cell> group,
            String title,
            String what,
            String figure,
            String over,
            DoubleFunction<String> text) {
        Map<String, Map<Bar, Spread>> panels = new LinkedHashMap<>();
        for (Cell cell : group) {
            Map<Bar, Spread> panel = new LinkedHashMap<>();
            for (Row row : tables.ranked(cell, work)) {
                Optional<Spread> spread = over.isEmpty()
                        ? cells.spread(cell, row, figure)
                        : cells.ratio(cell, row, figure, cell, row, over);
                spread.ifPresent(one -> panel.put(bar(row, cell), one));
            }
            panels.put(panelName(cell), panel);
        }
        return new BarChart(title, what + ", logarithmic scale, less is better; " + keys(group), false, text, panels);
    }

    private Bar bar(Row row, Cell cell) {
        return new Bar(row.peer(), tables.name(row, tables.severalWays(cell)));
    }

    private static String panelName(Cell cell) {
        return "values of " + Text.valueLength(cell.valueBytes());
    }

    private static String keys(List<Cell> group) {
        return Text.count(group.get(0).keys()) + " keys of 16 B";
    }
}
