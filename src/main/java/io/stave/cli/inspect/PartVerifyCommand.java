package io.stave.cli.inspect;

import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A command that verifies the segments of a store or their hints, all of them or those of one segment. */
abstract class PartVerifyCommand extends Inspection<Verification> {

    @Parameters(index = "1", arity = "0..1", paramLabel = SegmentArgument.LABEL, description = SegmentArgument.HELP)
    private @Nullable String segment;

    /** Writes to a terminal. */
    PartVerifyCommand(Terminal terminal) {
        super(terminal);
    }

    /** Verifies what is asked for. */
    final Verification verify(boolean segments, boolean hints, Progress progress) throws IOException {
        String name = segmentName(segment);
        try (StoreView view = StoreView.open(store())) {
            progress.begin(segments ? "verifying segments" : "verifying hints");
            return new StoreCheck(view, segments, hints, progress).run(name);
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
