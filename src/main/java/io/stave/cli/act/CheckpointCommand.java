package io.stave.cli.act;

import io.stave.CheckpointReport;
import io.stave.MergePolicy;
import io.stave.Options;
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

/** {@code stave checkpoint}: makes another directory hold what a store holds. */
@Command(
        name = "checkpoint",
        header = "Make another directory hold what the store holds.",
        description = {
            "",
            "By hard links where the file system can, else by copies, forced and verified record by record. Into the"
                    + " directory of an earlier checkpoint only what is new is brought. Takes the lock of the store:"
                    + " exits with 4 if another process has it open. That process can take one itself, while it"
                    + " writes, with Stave.checkpoint.",
            ""
        },
        footer = {"", "Example:", "  stave checkpoint my-store /backup/my-store"})
public final class CheckpointCommand extends Inspection<CheckpointReport> {

    @Parameters(index = "1", paramLabel = "DIRECTORY", description = "Where to; created if it is missing.")
    private @Nullable Path directory;

    /** Writes to a terminal. */
    public CheckpointCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected CheckpointReport find(Progress progress) {
        Path target = Objects.requireNonNull(directory, "picocli sees to it");
        Options options = Options.defaults().createIfMissing(false).mergePolicy(MergePolicy.manual());
        try (Stave store = openForWriting(options, progress)) {
            progress.begin("taking a checkpoint in " + target);
            return store.checkpoint(target);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    protected void show(CheckpointReport report, Sheet sheet) {
        CheckpointSheet.show(report, sheet);
    }
}
