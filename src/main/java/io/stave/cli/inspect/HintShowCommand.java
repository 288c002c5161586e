package io.stave.cli.inspect;

import io.stave.cli.terminal.Bars;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Units;
import io.stave.hint.HintHeader;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code stave hint show}: what a hint says, and whether it is believed. */
@Command(
        name = "show",
        header = "Show what a hint says, and whether an open would believe it.",
        description = {
            "",
            "Header, entries by kind, versions, lengths of keys and records, what of the segment is live, and the"
                    + " verdict: if an open would not believe the hint, where it is wrong, what should be there and"
                    + " what is, what recovery does about it and what you may do. Exits with 3 if it is damaged.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave hint show my-store 7",
            "  stave hint show my-store/0000000000000007.hint",
            "  stave hint show --json my-store 7 | jq .trusted"
        })
public final class HintShowCommand extends OneSegment<HintFindings> {

    private static final int BAR = 40;

    /** Writes to a terminal. */
    public HintShowCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    HintFindings find(StoreView view, ListedSegment listed, Progress progress) throws IOException {
        return new HintLook(view, listed).find(share(listed, progress));
    }

    @Override
    protected int exitCode(HintFindings findings) {
        return Anomalies.exitCode(findings.anomalies());
    }

    @Override
    protected void show(HintFindings found, Sheet sheet) {
        Style style = sheet.style();
        sheet.heading(found.file());
        sheet.line("verdict", verdict(found, style));
        sheet.line("segment", segment(found.segment()));
        header(found, sheet);
        entries(found.entries(), sheet);
        share(found.share(), sheet);
        Histograms.show("key lengths", found.entries().keyLengths(), sheet);
        Histograms.show("record lengths", found.entries().recordLengths(), sheet);
        if (!found.anomalies().isEmpty()) {
            sheet.heading("what is wrong");
            Anomalies.show(found.anomalies(), sheet);
        }
    }

    static String verdict(HintFindings found, Style style) {
        if (found.length() == 0) {
            return style.dim("there is no such file");
        }
        if (!found.trusted()) {
            return style.bad(style.cross() + " not trusted") + ": an open would scan the segment instead";
        }
        return found.filterTrusted()
                ? style.good(style.tick() + " trusted") + ": an open would read it instead of the segment"
                : style.bad(style.cross() + " trusted in part") + ": its entries are good, its filter is not";
    }

    private static String segment(HintFindings.SegmentRef segment) {
        return segment.file() + ", " + segment.state()
                + (segment.length() == 0 ? "" : ", " + Units.bytes(segment.length()) + ", digest " + segment.digest());
    }

    private static void header(HintFindings found, Sheet sheet) {
        HintHeader header = found.header();
        if (header == null) {
            return;
        }
        sheet.line(
                "header",
                "format " + header.version() + ", store " + header.storeId() + ", segment " + header.segmentId());
        sheet.line(
                "made for",
                "a segment of " + Units.count(header.segmentLength()) + " bytes with digest "
                        + String.format("%016x", header.segmentDigest()));
        sheet.line(
                "size",
                Units.bytes(found.length()) + ", of which filter " + Units.bytes(header.filterBytes())
                        + (header.entries() == 0
                                ? ""
                                : String.format(
                                        java.util.Locale.ROOT,
                                        " (%.1f bits a key)",
                                        8.0 * header.filterBytes() / header.entries())));
    }

    private static void entries(HintFindings.Entries entries, Sheet sheet) {
        sheet.line(
                "entries",
                Units.count(entries.count()) + ": " + Units.counted(entries.puts(), "put") + ", "
                        + Units.counted(entries.tombstones(), "tombstone")
                        + (entries.blobs() == 0 ? "" : ", " + Units.counted(entries.blobs(), "blob"))
                        + (entries.expiring() == 0 ? "" : "; " + Units.count(entries.expiring()) + " with an expiry"));
        if (entries.count() > 0) {
            sheet.line("versions", Units.count(entries.minVersion()) + " to " + Units.count(entries.maxVersion()));
        }
    }

    static void share(HintFindings.@Nullable Share share, Sheet sheet) {
        Style style = sheet.style();
        if (share == null) {
            sheet.line("live share", style.dim("unknown: the store does not open for reading"));
            return;
        }
        long dead = share.deadBytes() + share.tombstoneBytes();
        long all = share.liveBytes() + dead;
        sheet.line(
                "live share",
                Bars.parts(share.liveBytes(), dead, Math.max(1, all), BAR, style) + " "
                        + Units.percent(share.liveBytes(), all));
        sheet.line(
                "",
                Units.bytes(share.liveBytes()) + " live, " + Units.bytes(share.deadBytes()) + " dead, "
                        + Units.bytes(share.tombstoneBytes()) + " tombstones");
    }
}
