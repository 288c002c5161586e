package io.stave.engine.stats;

import io.stave.SegmentStats;
import io.stave.Stats;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;

/**
 * Stats as text, for the STATS file: a line for each figure, its name and its value, between a first and a last line that tell a whole file
 * from part of one.
 *
 * <pre>
 *   stave-stats 1
 *   time 2026-01-01T12:00:00.000Z
 *   uptimeNanos 3000000000
 *   keys 1000
 *   space.diskBytes 123456
 *   segments.0000000000000001.seg.liveBytes 4096
 *   end
 * </pre>
 *
 * <p>The names are those of the record components, so a new figure needs no word here. Of a list other than that of the segments, the count.
 */
final class StatsText {

    /** The first line; the number changes when a name changes its meaning. */
    static final String FIRST = "stave-stats 1";

    /** The last line. */
    static final String LAST = "end";

    private StatsText() {}

    static String of(Stats stats) {
        StringBuilder text = new StringBuilder(4096).append(FIRST).append('\n');
        append(text, "", stats);
        return text.append(LAST).append('\n').toString();
    }

    /** A text without its first lines, which say when it was made: two that are equal otherwise say the same. */
    static String figures(String text) {
        return text.substring(text.indexOf("\nkeys "));
    }

    private static void append(StringBuilder text, String prefix, Record figures) {
        for (RecordComponent component : figures.getClass().getRecordComponents()) {
            append(text, prefix + component.getName(), value(component, figures));
        }
    }

    private static void append(StringBuilder text, String name, Object value) {
        if (value instanceof Record figures) {
            append(text, name + '.', figures);
        } else if (value instanceof List<?> list) {
            appendList(text, name, list);
        } else {
            text.append(name).append(' ').append(value).append('\n');
        }
    }

    private static void appendList(StringBuilder text, String name, List<?> list) {
        text.append(name).append(".count ").append(list.size()).append('\n');
        for (Object element : list) {
            if (element instanceof SegmentStats segment) {
                append(text, name + '.' + segment.fileName() + '.', segment);
            }
        }
    }

    private static Object value(RecordComponent component, Record figures) {
        try {
            return component.getAccessor().invoke(figures);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(component + " of a public record", e);
        }
    }
}
