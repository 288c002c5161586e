package io.stave.cli.terminal;

import io.stave.CorruptionException;
import io.stave.StoreLockedException;

/** What a command tells the shell. */
public final class ExitCode {

    /** All is well. */
    public static final int OK = 0;

    /** It did not work, or something is lost. */
    public static final int FAILED = 1;

    /** The command line makes no sense. */
    public static final int USAGE = 2;

    /** Bytes on disk are not what was written. */
    public static final int CORRUPTION = 3;

    /** Somebody else has the store open. */
    public static final int LOCKED = 4;

    private ExitCode() {}

    /** Returns what a failure means to the shell. */
    public static int of(Throwable failure) {
        if (failure instanceof CorruptionException) {
            return CORRUPTION;
        }
        return failure instanceof StoreLockedException ? LOCKED : FAILED;
    }
}
