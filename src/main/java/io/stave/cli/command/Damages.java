package io.stave.cli.command;

import io.stave.CorruptionException;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;

/** Reports on the error stream what a walk had to leave out, and remembers that it did. */
public final class Damages {

    private final Terminal terminal;
    private long count;

    /** Reports to a terminal. */
    public Damages(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Reports one. */
    public void report(CorruptionException damage, long bytesLeftOut) {
        count++;
        terminal.err()
                .println(terminal.errStyle().bad("stave: ")
                        + Text.safe(damage.file() + " at offset " + damage.offset() + ": expected " + damage.expected()
                                + ", found " + damage.actual() + "; left out " + Units.counted(bytesLeftOut, "byte")));
    }

    /** What that means to the shell. */
    public int exitCode() {
        return count == 0 ? ExitCode.OK : ExitCode.CORRUPTION;
    }
}
