package io.stave.cli.data;

import io.stave.Options;
import io.stave.Stave;
import io.stave.cli.command.Failed;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import picocli.CommandLine.Command;

/** {@code stave delete}: removes a key. */
@Command(
        name = "delete",
        header = "Remove a key and its value.",
        description = {
            "",
            "Takes the lock of the store: exits with 4 if another process has it open, and with 1 if the key is"
                    + " absent.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave delete my-store planet",
            "  stave delete --hex my-store 00ff   a key of two bytes"
        })
public final class DeleteCommand extends KeyCommand {

    /** Writes to a terminal. */
    public DeleteCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) {
        byte[] key = key();
        try (Stave store = openForWriting(Options.defaults().createIfMissing(false), progress)) {
            long version = store.delete(key);
            progress.close();
            if (version == Stave.NO_VERSION) {
                throw new Failed(ExitCode.FAILED, "there is no key " + form().show(key));
            }
            terminal.out().println("deleted, version " + version);
        }
        return ExitCode.OK;
    }
}
