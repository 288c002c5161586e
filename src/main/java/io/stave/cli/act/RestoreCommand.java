package io.stave.cli.act;

import io.stave.CheckpointReport;
import io.stave.Stave;
import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stave restore}: makes a new store of a checkpoint. */
@Command(
        name = "restore",
        header = "Make a new store of a checkpoint.",
        description = {
            "",
            "Verifies every record of the checkpoint first, and writes nothing if one does not verify: exits with 3"
                    + " then. Copies it, and verifies the copy. STORE is a checkpoint, or a store that was closed; it"
                    + " is not written to.",
            ""
        },
        footer = {"", "Example:", "  stave restore /backup/my-store restored"})
public final class RestoreCommand extends Inspection<CheckpointReport> {

    @Parameters(
            index = "1",
            paramLabel = "DIRECTORY",
            description = "Where to; created if it is missing. It must not hold a store.")
    private @Nullable Path directory;

    /** Writes to a terminal. */
    public RestoreCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected CheckpointReport find(Progress progress) {
        Path checkpoint = store();
        progress.begin("verifying " + checkpoint + " and copying it");
        try {
            return Stave.restore(checkpoint, Objects.requireNonNull(directory, "picocli sees to it"));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    protected void show(CheckpointReport report, Sheet sheet) {
        CheckpointSheet.show(report, sheet);
    }
}
