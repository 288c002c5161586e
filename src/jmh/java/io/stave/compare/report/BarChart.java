package io.stave.compare.report;

import io.stave.compare.result.Spread;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a chart shows: bars side by side in panels that share their labels.
 *
 * @param title above all
 * @param subtitle what the bars measure
 * @param moreIsBetter whether the longest bar comes first
 * @param labels how values are written beside the bars
 * @param panels by their names: bars by their labels, the same labels in all as far as they have them
 */
record BarChart(
        String title,
        String subtitle,
        boolean moreIsBetter,
        java.util.function.DoubleFunction<String> labels,
        Map<String, Map<Bar, Spread>> panels) {

    /** A bar: whose it is, which chooses its colour, and what is written beside it. */
    record Bar(String peer, String label) {}

    BarChart {
        panels = new LinkedHashMap<>(panels);
    }

    boolean isEmpty() {
        return panels.values().stream().allMatch(Map::isEmpty);
    }
}
