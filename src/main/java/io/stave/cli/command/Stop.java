package io.stave.cli.command;

/** Ends a walk from within: enough was seen. */
public final class Stop extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Without a trace: it is no failure. */
    public Stop() {
        super(null, null, false, false);
    }

    /** Runs what may end so. */
    public static void catching(Runnable walk) {
        try {
            walk.run();
        } catch (Stop enough) {
            return;
        }
    }
}
