package io.stave.cli.terminal;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells on the error stream what a command is at: on a terminal one line that is overwritten and is gone at the end,
 * elsewhere a line for each step, and one now and then during a long one. Thread-safe.
 */
public final class Progress implements AutoCloseable {

    private static final long LIVE_NANOS = 50_000_000L;
    private static final long SPARSE_NANOS = 10_000_000_000L;
    private static final int LABEL = 44;
    private static final int BAR = 24;
    private static final String WIPE = "\r\u001b[K";

    private final Terminal terminal;
    private final LongSupplier nanoTime;

    private @Nullable String step;
    private long shownAt;

    /** Writes to the error stream of a terminal. */
    public Progress(Terminal terminal) {
        this(terminal, System::nanoTime);
    }

    Progress(Terminal terminal, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.nanoTime = nanoTime;
    }

    /** Begins a step, and so ends the one before. */
    public synchronized void step(String what) {
        step = what;
        shownAt = nanoTime.getAsLong();
        if (terminal.live()) {
            show("  " + Text.shorten(what, LABEL, terminal.errStyle()));
        } else {
            terminal.err().println("stave: " + what);
        }
    }

    /** Begins a step that is mostly over at once: where there is no terminal nothing is said of it unless it lasts. */
    public synchronized void begin(String what) {
        if (terminal.live()) {
            step(what);
        } else {
            step = what;
            shownAt = nanoTime.getAsLong();
        }
    }

    /** Tells how far the step has come. Cheap enough to be called for every little thing. */
    public synchronized void at(long done, long total) {
        long now = nanoTime.getAsLong();
        if (step == null || total <= 0 || now - shownAt < (terminal.live() ? LIVE_NANOS : SPARSE_NANOS)) {
            return;
        }
        shownAt = now;
        String share = Units.percent(Math.min(done, total), total);
        if (terminal.live()) {
            Style style = terminal.errStyle();
            String label = Text.left(Text.shorten(step, LABEL, style), LABEL);
            show("  " + label + " " + Bars.smooth(done, total, BAR, style) + " " + Text.right(share, 5));
        } else {
            terminal.err().println("stave: " + step + ": " + share);
        }
    }

    private void show(String line) {
        terminal.err().print(WIPE + line);
        terminal.err().flush();
    }

    /** Ends the last step, and takes its line off the terminal. */
    @Override
    public synchronized void close() {
        if (terminal.live() && step != null) {
            terminal.err().print(WIPE);
            terminal.err().flush();
        }
        step = null;
    }
}
