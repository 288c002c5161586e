package io.stave.cli.inspect;

import io.stave.cli.command.BytesOptions;
import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stave info}: what a store holds, and where its bytes are. */
@Command(
        name = "info",
        header = "Show what a store holds, and where its bytes are.",
        description = {
            "",
            "Keys, live and dead bytes by segment, lengths of keys and values, the biggest entries, what a merge would"
                    + " give back, and what an open does. Reads every record; --quick leaves out what takes that."
                    + " Takes no lock: another process may have the store open. Exits with 3 if it meets damage.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave info my-store               why is it so large?",
            "  stave info --biggest=100 my-store which entries are the biggest?",
            "  stave info --json my-store | jq .merge.reclaimableBytes"
        })
public final class InfoCommand extends Inspection<StoreFindings> {

    @Mixin
    private final BytesOptions bytes = new BytesOptions();

    @Option(names = "--quick", description = "Leave out what takes reading every record.")
    private boolean quick;

    @Option(
            names = "--biggest",
            paramLabel = "COUNT",
            description = "Show so many of the biggest entries, by default 5.")
    private int biggest = 5;

    /** Writes to a terminal. */
    public InfoCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected StoreFindings find(Progress progress) throws IOException {
        progress.begin("opening " + store());
        return new StoreLook(store(), bytes.form(), biggest, quick, progress).find();
    }

    @Override
    protected void show(StoreFindings found, Sheet sheet) {
        InfoTable.show(found, sheet);
    }

    @Override
    protected int exitCode(StoreFindings found) {
        return Anomalies.exitCode(found.anomalies());
    }
}
