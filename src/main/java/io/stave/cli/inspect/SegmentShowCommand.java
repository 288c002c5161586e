package io.stave.cli.inspect;

import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Units;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code stave segment show}: what a segment holds. */
@Command(
        name = "show",
        header = "Show what a segment holds, and whether it verifies.",
        description = {
            "",
            "Header, records by kind, versions, lengths of keys and values, what is live, and the verdict. Reads the"
                    + " whole segment. Exits with 3 if it is damaged.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave segment show my-store 7",
            "  stave segment show my-store/0000000000000007.seg"
        })
public final class SegmentShowCommand extends OneSegment<SegmentFindings> {

    /** Writes to a terminal. */
    public SegmentShowCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    SegmentFindings find(StoreView view, ListedSegment listed, Progress progress) throws IOException {
        boolean hintGood = new HintLook(view, listed).find(null).trusted();
        try (ReadableFile file = view.open(listed)) {
            return new SegmentLook(view, listed, hintGood, record -> {}).find(file, share(listed, progress));
        }
    }

    @Override
    protected int exitCode(SegmentFindings findings) {
        return Anomalies.exitCode(findings.anomalies());
    }

    @Override
    protected void show(SegmentFindings found, Sheet sheet) {
        Style style = sheet.style();
        sheet.heading(found.segment().file());
        sheet.line("verdict", verdict(found, style));
        sheet.line(
                "state",
                found.segment().state() + ", " + Units.bytes(found.fileLength()) + ", verified to "
                        + Units.count(found.verifiedTo()));
        SegmentFindings.Header header = found.header();
        if (header != null) {
            sheet.line(
                    "header",
                    "store " + header.storeId() + ", segment " + header.segmentId()
                            + (header.predecessorId() == 0
                                    ? ""
                                    : header.predecessorLength() == 0
                                            ? ", created ahead, to follow segment " + header.predecessorId()
                                            : ", follows segment " + header.predecessorId() + " from its byte "
                                                    + Units.count(header.predecessorLength())));
        }
        sheet.line("digest", found.digest());
        records(found.records(), sheet);
        HintShowCommand.share(found.share(), sheet);
        Histograms.show("key lengths", found.records().keyLengths(), sheet);
        Histograms.show("value lengths", found.records().valueLengths(), sheet);
        if (!found.anomalies().isEmpty()) {
            sheet.heading("what is wrong");
            Anomalies.show(found.anomalies(), sheet);
        }
    }

    private static String verdict(SegmentFindings found, Style style) {
        return found.anomalies().stream().anyMatch(Anomaly::isCorruption)
                ? style.bad(style.cross() + " damaged")
                : style.good(style.tick() + " every record verifies");
    }

    private static void records(SegmentFindings.Records records, Sheet sheet) {
        sheet.line(
                "records",
                Units.count(records.count()) + ": " + Units.counted(records.puts(), "put") + ", "
                        + Units.counted(records.tombstones(), "tombstone")
                        + (records.blobs() == 0 ? "" : ", " + Units.counted(records.blobs(), "blob"))
                        + (records.expiring() == 0 ? "" : "; " + Units.count(records.expiring()) + " with an expiry")
                        + (records.inBatches() == 0
                                ? ""
                                : "; " + Units.count(records.inBatches()) + " followed by more of their batch"));
        if (records.count() > 0) {
            sheet.line("versions", Units.count(records.minVersion()) + " to " + Units.count(records.maxVersion()));
        }
    }
}
