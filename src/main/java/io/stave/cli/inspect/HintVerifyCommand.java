package io.stave.cli.inspect;

import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;

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
public final class HintVerifyCommand extends PartVerifyCommand {

    /** Writes to a terminal. */
    public HintVerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Verification find(Progress progress) throws IOException {
        return verify(false, true, progress);
    }
}
