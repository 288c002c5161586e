package io.stave.cli.inspect;

import io.stave.cli.command.BytesOptions;
import io.stave.cli.command.Stop;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.terminal.Lines;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that lists the records of one segment, or what its hint says of them. */
abstract class DumpCommand extends StoreCommand {

    @Parameters(index = "1", arity = "0..1", paramLabel = SegmentArgument.LABEL, description = SegmentArgument.HELP)
    private @Nullable String segment;

    /** How keys and values are shown. */
    @Mixin
    protected final BytesOptions bytes = new BytesOptions();

    @Option(names = "--json", description = "Print a JSON object in each line, with the version of its schema.")
    private boolean json;

    DumpCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected final int run(Progress progress) throws IOException {
        String name = segmentName(segment);
        if (name == null) {
            throw usage("which segment? 'stave info' shows them");
        }
        try (StoreView view = StoreView.open(store());
                Lines lines = new Lines(terminal.out())) {
            progress.close();
            List<Anomaly> anomalies = new java.util.ArrayList<>();
            if (!json) {
                lines.line(DumpLine.head(terminal.outStyle()));
            }
            try {
                ListedSegment listed = view.segment(name);
                view.find(listed, () -> {
                    dump(view, listed, line -> print(line, lines), anomalies);
                    return () -> anomalies;
                });
            } catch (Stop nobodyReads) {
                return 0;
            }
            lines.close();
            Anomalies.show(anomalies, new Sheet(terminal.err(), terminal.errStyle()));
            return Anomalies.exitCode(anomalies);
        }
    }

    private void print(DumpLine line, Lines lines) {
        try {
            if (!(json ? line.printJson(lines) : line.print(lines, terminal.outStyle()))) {
                throw new Stop();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Is given each line. */
    @FunctionalInterface
    interface Print {
        void line(DumpLine line);
    }

    /** Prints the records, and adds what ends them before their time. */
    abstract void dump(StoreView view, ListedSegment listed, Print print, List<Anomaly> anomalies) throws IOException;
}
