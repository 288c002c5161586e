package io.stave.cli.inspect;

import io.stave.cli.terminal.Terminal;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stave segment dump}: the records of a segment. */
@Command(
        name = "dump",
        header = "List the records of a segment.",
        description = {
            "",
            "Every record that verifies, dead ones too: offset, length, version, kind, key and expiry; a '+' says that"
                    + " more of its batch follows. Stops where a record does not verify, says why on standard error,"
                    + " and exits with 3.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave segment dump my-store 7 | less",
            "  stave segment dump --values --utf8 my-store/0000000000000007.seg"
        })
public final class SegmentDumpCommand extends DumpCommand {

    @Option(names = "--values", description = "Show the values, too.")
    private boolean values;

    /** Writes to a terminal. */
    public SegmentDumpCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void dump(StoreView view, ListedSegment listed, Print print, List<Anomaly> anomalies) throws IOException {
        boolean hintGood = new HintLook(view, listed).find(null).trusted();
        try (ReadableFile file = view.open(listed)) {
            anomalies.addAll(new SegmentLook(view, listed, hintGood, record -> print.line(line(record)))
                    .find(file, null)
                    .anomalies());
        }
    }

    private DumpLine line(RecordCursor record) {
        return new DumpLine(
                record.offset(),
                record.length(),
                record.sequence(),
                HintDiff.kind(record.kind()),
                (record.flags() & RecordFormat.CONTINUES) != 0,
                DumpLine.instant(record.hasExpiry(), record.expiry()),
                bytes.form().show(record.key()),
                record.valueLength(),
                values && !record.tombstone() ? DumpLine.value(record.value(), bytes.form()) : null);
    }
}
