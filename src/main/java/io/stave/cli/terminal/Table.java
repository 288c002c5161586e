package io.stave.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns: names to the left, numbers to the right, as wide as their widest cell. */
public final class Table {

    private static final String GAP = "  ";

    private final List<String> heads = new ArrayList<>();
    private final List<Boolean> numbers = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** A table without rows; a head that begins with {@code >} is that of a column of numbers. */
    public Table(String... columns) {
        for (String column : columns) {
            boolean number = column.startsWith(">");
            heads.add(number ? column.substring(1) : column);
            numbers.add(number);
        }
    }

    /** Adds a row. A cell may be painted: escape sequences take no room. */
    public Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Whether it has no rows. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Returns the lines, heads first. */
    public List<String> lines(Style style) {
        int[] widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(
                    heads.get(i).length(),
                    rows.stream().mapToInt(row -> width(row.get(column))).max().orElse(0));
        }
        List<String> lines = new ArrayList<>();
        lines.add(style.dim(line(heads, widths)));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String padding = " ".repeat(widths[i] - width(cell));
            line.append(i == 0 ? "" : GAP).append(numbers.get(i) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return cell.replaceAll("\u001b\\[[0-9;]*m", "").length();
    }
}
