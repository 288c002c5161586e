package io.stave.cli.act;

import io.stave.CheckpointReport;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;

/** What was brought to where, for people. */
final class CheckpointSheet {

    private CheckpointSheet() {}

    static void show(CheckpointReport report, Sheet sheet) {
        Style style = sheet.style();
        sheet.line(style.good(style.tick()) + " " + Text.safe(report.directory().toString()) + " holds "
                + style.bold(Units.bytes(report.bytes())) + " in " + Units.counted(report.segments(), "segment")
                + (report.blobs() == 0 ? "" : " and " + Units.counted(report.blobs(), "blob"))
                + ", up to version " + Units.count(report.version()));
        sheet.line(Units.count(report.kept()) + " there before, " + Units.count(report.linked()) + " linked, "
                + Units.count(report.copied()) + " copied (" + Units.bytes(report.bytesCopied()) + ") in "
                + Units.duration(report.duration()));
    }
}
