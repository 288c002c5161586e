package io.stave.cli.inspect;

import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;

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
public final class SegmentVerifyCommand extends PartVerifyCommand {

    /** Writes to a terminal. */
    public SegmentVerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Verification find(Progress progress) throws IOException {
        return verify(true, false, progress);
    }
}
