package io.stave.cli.terminal;

import java.io.PrintStream;

/** Very many lines, printed a pile at a time. Says when nobody reads them any more, so that {@code stave scan ... | head} ends. */
public final class Lines implements AutoCloseable {

    private static final int PILE = 32 * 1024;

    private final PrintStream out;
    private final StringBuilder pile = new StringBuilder();
    private boolean broken;

    /** Prints to a stream, which stays open. */
    public Lines(PrintStream out) {
        this.out = out;
    }

    /** Prints a line, now or later; false if nobody reads. */
    public boolean line(String line) {
        pile.append(line).append(System.lineSeparator());
        if (pile.length() >= PILE) {
            close();
        }
        return !broken;
    }

    /** Prints what is left. */
    @Override
    public void close() {
        out.print(pile);
        pile.setLength(0);
        broken = out.checkError();
    }
}
