package io.stave.cli.terminal;

import java.io.PrintStream;

/** A page of findings: headings, lines of a name and what it has, tables, bars, all a little indented. */
public final class Sheet {

    private static final String INDENT = "  ";
    private static final int NAME = 14;

    private final PrintStream out;
    private final Style style;
    private boolean begun;

    /** Prints to a stream. */
    public Sheet(PrintStream out, Style style) {
        this.out = out;
        this.style = style;
    }

    /** How it looks. */
    public Style style() {
        return style;
    }

    /** Begins a section. */
    public void heading(String title) {
        if (begun) {
            out.println();
        }
        begun = true;
        out.println(style.bold(title));
    }

    /** A name, and what it has. */
    public void line(String name, String what) {
        line(style.dim(Text.left(name, NAME)) + what);
    }

    /** A line. */
    public void line(String text) {
        begun = true;
        out.println((INDENT + text).stripTrailing());
    }

    /** A table. */
    public void table(Table table) {
        if (!table.isEmpty()) {
            table.lines(style).forEach(this::line);
        }
    }
}
