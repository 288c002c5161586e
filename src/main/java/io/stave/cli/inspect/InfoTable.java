package io.stave.cli.inspect;

import io.stave.MergePlan;
import io.stave.RecoveryReport;
import io.stave.cli.terminal.Bars;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Table;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a store holds, for people. */
final class InfoTable {

    private static final int TOTAL_BAR = 50;
    private static final int BAR = 24;
    private static final int SPAN_BAR = 30;
    private static final int MOST_ROWS = 24;
    private static final int MOST_KEY = 48;

    private InfoTable() {}

    static void show(StoreFindings found, Sheet sheet) {
        summary(found, sheet);
        segments(found.segments(), sheet);
        StoreFindings.Entries entries = found.entries();
        if (entries != null) {
            Histograms.show("key lengths", entries.keyLengths(), sheet);
            Histograms.show("value lengths", entries.valueLengths(), sheet);
            spans("written, by the age of the file", entries.ages(), sheet);
            spans("time left to live", entries.timesToLive(), sheet);
            biggest(entries.biggest(), sheet);
        }
        merge(found.merge(), sheet);
        recovery(found.recovery(), sheet);
        if (!found.anomalies().isEmpty()) {
            sheet.heading("what is wrong");
            Anomalies.show(found.anomalies(), sheet);
        }
    }

    private static void summary(StoreFindings found, Sheet sheet) {
        Style style = sheet.style();
        sheet.heading(Text.safe(found.store()));
        StoreFindings.Writer writer = found.writer();
        sheet.line(
                "open",
                writer == null
                        ? "by nobody who writes"
                        : "for writing by process " + writer.pid() + " on " + Text.safe(writer.host()) + " since "
                                + Text.safe(writer.since()));
        StoreFindings.Entries entries = found.entries();
        sheet.line(
                "keys",
                Units.count(entries == null ? found.keys() : entries.count())
                        + (entries == null || entries.expired() == 0
                                ? ""
                                : ", and " + Units.count(entries.expired()) + " that have expired"));
        StoreFindings.Space space = found.space();
        long dead = space.dead() + space.tombstones();
        sheet.line("bytes", Bars.parts(space.live(), dead, Math.max(1, space.live() + dead), TOTAL_BAR, style));
        sheet.line(
                "",
                style.accent(style.full()) + " " + Units.bytes(space.live()) + " live  "
                        + style.dim(style.hollow()) + " " + Units.bytes(space.dead()) + " dead"
                        + (space.expired() == 0 ? "" : ", of which " + Units.bytes(space.expired()) + " expired") + ", "
                        + Units.bytes(space.tombstones()) + " tombstones");
        boolean anyBlobs = found.files().blobs() > 0;
        sheet.line(
                "disk",
                Units.bytes(found.files().total()) + ": segments "
                        + Units.bytes(found.files().segments())
                        + ", hints " + Units.bytes(found.files().hints())
                        + (anyBlobs ? ", blobs " + Units.bytes(found.files().blobs()) : "") + ", other files "
                        + Units.bytes(found.files().others()));
        String name = "blobs";
        for (String line : BlobLines.of(found.blobs(), style)) {
            sheet.line(name, line);
            name = "";
        }
        sheet.line(
                "keydir",
                Units.bytes(found.keydir().bytes())
                        + String.format(
                                Locale.ROOT,
                                " of memory, %.0f %% full",
                                100 * found.keydir().load()));
        sheet.line("store", found.storeId() + ", manifest " + found.generation() + ", version " + found.lastVersion());
    }

    private static void segments(List<StoreFindings.Segment> segments, Sheet sheet) {
        if (segments.isEmpty()) {
            return;
        }
        Style style = sheet.style();
        sheet.heading(Units.counted(segments.size(), "segment")
                + (segments.size() > MOST_ROWS ? ", those with the most dead bytes first" : ""));
        List<StoreFindings.Segment> rows = segments.size() <= MOST_ROWS
                ? segments
                : segments.stream()
                        .sorted(Comparator.comparingLong(
                                        (StoreFindings.Segment segment) -> segment.dead() + segment.tombstones())
                                .reversed())
                        .limit(MOST_ROWS)
                        .toList();
        Table table = new Table(">id", "live and dead", ">bytes", ">live", "state", "hint");
        long scale =
                segments.stream().mapToLong(StoreFindings.Segment::bytes).max().orElse(1);
        for (StoreFindings.Segment segment : rows) {
            long dead = segment.dead() + segment.tombstones();
            table.row(
                    Long.toString(segment.id()),
                    Bars.parts(segment.live(), dead, scale, BAR, style),
                    Units.bytes(segment.bytes()),
                    Units.percent(segment.live(), segment.live() + dead),
                    segment.damaged() ? style.bad("damaged") : segment.state(),
                    hint(segment.hint(), style));
        }
        sheet.table(table);
        if (rows.size() < segments.size()) {
            sheet.line(style.dim("and " + Units.count(segments.size() - rows.size()) + " more"));
        }
    }

    private static String hint(@Nullable Boolean trusted, Style style) {
        if (trusted == null) {
            return style.dim(style.none());
        }
        return trusted ? style.good(style.tick()) : style.bad(style.cross());
    }

    private static void spans(String title, List<StoreFindings.Span> spans, Sheet sheet) {
        if (spans.isEmpty()) {
            return;
        }
        sheet.heading(title);
        long most = spans.stream().mapToLong(StoreFindings.Span::count).max().orElse(1);
        for (StoreFindings.Span span : spans) {
            sheet.line(Text.left(span.name(), 16)
                    + Bars.smooth(span.count(), most, SPAN_BAR, sheet.style()) + "  "
                    + Text.right(Units.count(span.count()), Units.count(most).length())
                    + sheet.style().dim(Text.right(Units.bytes(span.bytes()), 12)));
        }
    }

    private static void biggest(List<StoreFindings.Big> biggest, Sheet sheet) {
        if (biggest.isEmpty()) {
            return;
        }
        sheet.heading("biggest entries");
        Table table = new Table("key", ">key", ">value", "segment");
        for (StoreFindings.Big big : biggest) {
            table.row(
                    Text.shorten(big.key(), MOST_KEY, sheet.style()),
                    Units.bytes(big.keyLength()),
                    Units.bytes(big.valueLength()),
                    big.segment());
        }
        sheet.table(table);
    }

    private static void merge(MergePlan plan, Sheet sheet) {
        sheet.heading("a merge");
        sheet.line(
                plan.isEmpty()
                        ? "would give nothing back"
                        : "would give back " + sheet.style().bold(Units.bytes(plan.reclaimableBytes())) + " for "
                                + Units.bytes(plan.liveBytes()) + " to copy: 'stave merge'");
    }

    private static void recovery(StoreFindings.Recovery recovery, Sheet sheet) {
        RecoveryReport report = recovery.report();
        sheet.heading("an open");
        sheet.line("took " + Units.duration(report.duration()) + " for reading: "
                + (report.keydirRestored()
                        ? "the keydir was there as it was closed"
                        : report.segmentsFromHints() + " segments from hints, " + report.segmentsScanned()
                                + " scanned, " + Units.bytes(report.bytesScanned()) + " read"));
        for (StoreFindings.Phase phase : recovery.phases()) {
            sheet.line(Text.left(phase.name(), 10)
                    + Units.duration(Duration.ofNanos((long) (phase.millis() * 1e6)))
                    + (phase.bytes() == 0 ? "" : sheet.style().dim(" for " + Units.bytes(phase.bytes()))));
        }
    }
}
