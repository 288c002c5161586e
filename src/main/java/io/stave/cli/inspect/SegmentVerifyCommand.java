package io.stave.cli.inspect;

import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stave segment verify}: whether segments verify. */
@Command(
        name = "verify",
        header = "Verify every record of segments.",
        description = {
            "",
            "Reads one segment or all of them: every checksum, the length and the digest that the MANIFEST knows of"
                    + " sealed ones. What lies behind the last certificate of an active one may be a write under way."
                    + " Exits with 3 if anything is damaged.",
            ""
        },
        footer = {"", "Examples:", "  stave segment verify my-store", "  stave segment verify --json my-store 7"})
public final class SegmentVerifyCommand extends Inspection<Verification> {

    @Parameters(index = "1", arity = "0..1", paramLabel = SegmentArgument.LABEL, description = SegmentArgument.HELP)
    private @Nullable String segment;

    /** Writes to a terminal. */
    public SegmentVerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Verification find(Progress progress) throws IOException {
        String name = segmentName(segment);
        try (StoreView view = StoreView.open(store())) {
            progress.begin("verifying segments");
            return new StoreCheck(view, true, false, progress).run(name);
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
