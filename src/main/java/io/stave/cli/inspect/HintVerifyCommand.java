package io.stave.cli.inspect;

import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stave hint verify}: whether hints can be trusted. */
@Command(
        name = "verify",
        header = "Tell whether hints can be trusted.",
        description = {
            "",
            "Reads one hint or all of them as an open does, their filters as a merge does, and compares each with its"
                    + " segment, entry by entry. A missing hint costs time only; exits with 3 if one is damaged.",
            ""
        },
        footer = {"", "Examples:", "  stave hint verify my-store", "  stave hint verify --json my-store 7"})
public final class HintVerifyCommand extends Inspection<Verification> {

    @Parameters(index = "1", arity = "0..1", paramLabel = SegmentArgument.LABEL, description = SegmentArgument.HELP)
    private @Nullable String segment;

    /** Writes to a terminal. */
    public HintVerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Verification find(Progress progress) throws IOException {
        String name = segmentName(segment);
        try (StoreView view = StoreView.open(store())) {
            progress.begin("verifying hints");
            return new StoreCheck(view, false, true, progress).run(name);
        }
    }

    @Override
    protected void show(Verification found, Sheet sheet) {
        VerifyTable.show(found, sheet);
    }

    @Override
    protected int exitCode(Verification found) {
        return Anomalies.exitCode(found.anomalies());
    }
}
