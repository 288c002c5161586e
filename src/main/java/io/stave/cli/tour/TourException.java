package io.stave.cli.tour;

/** The tour cannot go on. The message is for the user, and complete: no stack trace adds to it. */
public final class TourException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    TourException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What to tell the shell. */
    public int exitCode() {
        return exitCode;
    }
}
