package io.stave.cli.tour;

import io.stave.MergeReport;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.cli.terminal.Bars;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.util.ArrayList;
import java.util.List;

/** Shows the segments before and after the merge side by side, each as a bar of live and dead bytes. */
final class SegmentTable {

    private static final String INDENT = "  ";
    private static final int TOTAL_BAR = 42;
    private static final int BAR = 16;
    private static final int COLUMN = 37;
    private static final int MOST_ROWS = 24;

    private final TourResult result;
    private final Style style;
    private final List<String> lines = new ArrayList<>();

    private SegmentTable(TourResult result, Style style) {
        this.result = result;
        this.style = style;
    }

    static List<String> of(TourResult result, Style style) {
        return new SegmentTable(result, style).lines();
    }

    private List<String> lines() {
        List<SegmentStats> before = filled(result.before());
        List<SegmentStats> after = filled(result.after());
        lines.add(INDENT
                + style.dim("segments  ")
                + style.accent(style.full())
                + style.dim(" live  ")
                + style.dim(style.hollow() + " dead"));
        long scale = Math.max(live(before) + dead(before), live(after) + dead(after));
        total("before", before, scale);
        total("after", after, scale);
        MergeReport merge = result.merge();
        lines.add(INDENT
                + style.dim("merged in " + Units.duration(merge.duration()) + ": "
                        + Units.counted(merge.recordsCopied(), "record") + " copied, "
                        + Units.count(merge.recordsDropped()) + " dead and "
                        + Units.counted(merge.tombstonesDropped(), "tombstone") + " dropped"));
        lines.add("");
        columns(before, after);
        return lines;
    }

    /** A segment just begun holds nothing: there is nothing to show of it. */
    private static List<SegmentStats> filled(Stats stats) {
        return stats.segments().stream()
                .filter(segment -> segment.maxVersion() > 0)
                .toList();
    }

    private static long live(List<SegmentStats> segments) {
        return segments.stream().mapToLong(SegmentStats::liveBytes).sum();
    }

    private void total(String label, List<SegmentStats> segments, long scale) {
        long live = live(segments);
        long dead = dead(segments);
        lines.add(INDENT
                + Text.left(label, 10)
                + Bars.parts(live, dead, scale, TOTAL_BAR, style)
                + Text.right(Units.bytes(live) + " live", 16)
                + style.dim(Text.right(Units.bytes(dead), 10)));
    }

    private static long dead(List<SegmentStats> segments) {
        return segments.stream().mapToLong(SegmentTable::dead).sum();
    }

    private static long dead(SegmentStats segment) {
        return segment.deadBytes() + segment.tombstoneBytes();
    }

    private void columns(List<SegmentStats> before, List<SegmentStats> after) {
        long scale = Math.max(longest(before), longest(after));
        lines.add(INDENT
                + style.dim(Text.left("before the merge: " + before.size(), COLUMN) + " " + style.wall() + " "
                        + "after the merge: " + after.size()));
        int rows = Math.min(MOST_ROWS, Math.max(before.size(), after.size()));
        for (int row = 0; row < rows; row++) {
            lines.add(
                    (INDENT + cell(before, row, scale) + " " + style.dim(style.wall()) + " " + cell(after, row, scale))
                            .stripTrailing());
        }
        if (before.size() > rows || after.size() > rows) {
            lines.add(INDENT
                    + style.dim(Text.left(more(before.size() - rows), COLUMN) + " " + style.wall() + " "
                                    + more(after.size() - rows))
                            .stripTrailing());
        }
    }

    private static long longest(List<SegmentStats> segments) {
        return segments.stream().mapToLong(SegmentStats::length).max().orElse(0);
    }

    private String cell(List<SegmentStats> segments, int row, long scale) {
        if (row >= segments.size()) {
            return " ".repeat(COLUMN);
        }
        SegmentStats segment = segments.get(row);
        return Text.right(Long.toString(segment.id()), 4) + " "
                + Bars.parts(segment.liveBytes(), dead(segment), scale, BAR, style)
                + Text.right(Units.bytes(segment.length()), 10)
                + style.dim(Text.right(Units.percent(segment.liveBytes(), segment.liveBytes() + dead(segment)), 6));
    }

    private static String more(int count) {
        return count > 0 ? "     and " + Units.count(count) + " more" : "";
    }
}
