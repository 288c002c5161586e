package io.stave.cli.inspect;

import io.stave.SegmentStats;
import io.stave.Stats;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures of a store by their names in the file STATS: read from there, or taken from a record. */
public final class StatsFigures {

    private static final String FIRST = "stave-stats 1";
    private static final String LAST = "end";

    private StatsFigures() {}

    /** Reads the file STATS; null if there is none, or only a part of one. */
    public static @Nullable Map<String, Object> read(Path store) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(store.resolve("STATS"));
        } catch (NoSuchFileException e) {
            return null;
        }
        if (lines.isEmpty()
                || !lines.get(0).equals(FIRST)
                || !lines.get(lines.size() - 1).equals(LAST)) {
            return null;
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                figures.put(line.substring(0, space), value(line.substring(space + 1)));
            }
        }
        return figures;
    }

    private static Object value(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        try {
            return text.contains(".") ? (Object) Double.valueOf(text) : (Object) Long.valueOf(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }

    /** Takes them from a record. */
    static Map<String, Object> of(Stats stats) {
        Map<String, Object> figures = new LinkedHashMap<>();
        add("", stats, figures);
        return figures;
    }

    private static void add(String prefix, Record record, Map<String, Object> figures) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String name = prefix + component.getName();
            Object value = of(component, record);
            if (value instanceof Record inner) {
                add(name + '.', inner, figures);
            } else if (value instanceof List<?> list) {
                figures.put(name + ".count", list.size());
                for (Object element : list) {
                    if (element instanceof SegmentStats segment) {
                        add(name + '.' + segment.fileName() + '.', segment, figures);
                    }
                }
            } else {
                figures.put(name, plain(value));
            }
        }
    }

    private static Object plain(@Nullable Object value) {
        return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
    }

    private static @Nullable Object of(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(component + " of a public record", e);
        }
    }
}
