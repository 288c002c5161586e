package io.stave.cli.act;

import io.stave.CorruptionException;
import io.stave.cli.command.Failed;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.inspect.SegmentArgument;
import io.stave.cli.inspect.StoreView;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import io.stave.engine.repair.HintRebuild;
import io.stave.hint.HintFile;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stave hint rebuild}: hints made anew. */
@Command(
        name = "rebuild",
        header = "Make hints anew from their segments.",
        description = {
            "",
            "One hint, or those of all sealed segments. Each is written beside the old one and then takes its place in"
                    + " one step. An open for writing does the same for hints that are missing or not trusted. Where a"
                    + " segment does not verify, its hint is left as it is, the others are made all the same, and it"
                    + " exits with 3. Takes the lock of the store: exits with 4 if another process has it open.",
            ""
        },
        footer = {"", "Examples:", "  stave hint rebuild my-store 7", "  stave hint rebuild my-store"})
public final class HintRebuildCommand extends StoreCommand {

    @Parameters(index = "1", arity = "0..1", paramLabel = SegmentArgument.LABEL, description = SegmentArgument.HELP)
    private @Nullable String segment;

    /** Writes to a terminal. */
    public HintRebuildCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        int exitCode = ExitCode.OK;
        try (HintRebuild rebuild = HintRebuild.open(store())) {
            for (long id : ids(segmentName(segment))) {
                String hint = HintFile.name(id);
                progress.begin("rebuilding " + hint);
                try {
                    rebuild.rebuild(id);
                    progress.close();
                    terminal.out().println("rebuilt " + hint + ", " + Units.bytes(Files.size(store().resolve(hint))));
                } catch (CorruptionException damage) {
                    progress.close();
                    terminal.err()
                            .println(terminal.errStyle().bad("stave: ")
                                    + Text.safe(hint + " is left as it is: " + damage.getMessage()));
                    exitCode = ExitCode.CORRUPTION;
                }
            }
        }
        return exitCode;
    }

    private List<Long> ids(@Nullable String name) throws IOException {
        List<Long> ids = new ArrayList<>();
        try (StoreView view = StoreView.open(store())) {
            List<ListedSegment> chosen = name == null ? view.manifest().segments() : List.of(view.segment(name));
            for (ListedSegment listed : chosen) {
                if (listed.isSealed()) {
                    ids.add(listed.id());
                } else if (name != null) {
                    throw new Failed(
                            ExitCode.FAILED, "segment " + listed.id() + " is active: it gets a hint when it is sealed");
                }
            }
        }
        return ids;
    }
}
