package io.stave.cli.command;

/** A command cannot do what it was asked to, for a reason that the message says. */
public final class Failed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** With what to tell the user, and the shell. */
    public Failed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What to tell the shell. */
    public int exitCode() {
        return exitCode;
    }
}
