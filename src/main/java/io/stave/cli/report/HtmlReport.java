package io.stave.cli.report;

import io.stave.MergePlan;
import io.stave.RecoveryReport;
import io.stave.cli.command.Json;
import io.stave.cli.inspect.Anomaly;
import io.stave.cli.inspect.StoreFindings;
import io.stave.cli.terminal.Units;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The page: what {@code stave info} finds out, drawn. */
final class HtmlReport {

    private final StoreFindings found;
    private final Html page = new Html();

    private HtmlReport(StoreFindings found) {
        this.found = found;
    }

    static String of(StoreFindings found) throws IOException {
        return new HtmlReport(found).page();
    }

    private String page() throws IOException {
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                // Nothing is fetched and nothing runs, whatever a key may hold.
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
                        + " 'unsafe-inline'\">\n")
                .element("title", "Stave: " + found.store())
                .raw("\n<style>\n")
                .raw(style())
                .raw("</style>\n</head>\n<body>\n<main>\n");
        head();
        tiles();
        anomalies();
        space();
        merge();
        HtmlSegments.draw(found.segments(), page);
        HtmlEntries.draw(found.entries(), page);
        keydirAndOpen();
        page.raw("<footer>Made by <code>stave report</code>. The same numbers as JSON are in this file.</footer>\n")
                .raw("</main>\n<script type=\"application/json\" id=\"findings\">")
                .raw(json())
                .raw("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private static String style() throws IOException {
        try (InputStream css = Objects.requireNonNull(
                HtmlReport.class.getResourceAsStream("report.css"), "report.css lies beside this class")) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A {@code <} stands in strings only, where JSON may write it in another way. */
    private String json() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Json.print(found, bytes);
        return bytes.toString(StandardCharsets.UTF_8).replace("<", "\\u003c");
    }

    private void head() {
        page.raw("<header>").element("h1", found.store()).raw("<p class=\"quiet\">");
        page.text("Looked at " + found.time().truncatedTo(java.time.temporal.ChronoUnit.SECONDS) + ". ");
        StoreFindings.Writer writer = found.writer();
        page.text(
                writer == null
                        ? "Nobody has it open for writing."
                        : "Open for writing by process " + writer.pid() + " on " + writer.host() + ".");
        page.raw("</p></header>\n");
    }

    private void tiles() {
        StoreFindings.Entries entries = found.entries();
        page.raw("<section class=\"tiles\">");
        tile(Units.count(entries == null ? found.keys() : entries.count()), "keys");
        tile(Units.bytes(found.files().total()), "on the disk");
        tile(Units.bytes(found.space().live()), "live");
        tile(Units.bytes(found.merge().reclaimableBytes()), "a merge gives back");
        tile(String.format(Locale.ROOT, "%.2f", found.space().amplification()), "bytes for a live one");
        tile(Units.bytes(found.keydir().bytes()), "of memory for the keydir");
        page.raw("</section>\n");
    }

    private void tile(String figure, String name) {
        page.raw("<div class=\"tile\">")
                .element("b", figure)
                .element("span", name)
                .raw("</div>");
    }

    private void anomalies() {
        if (found.anomalies().isEmpty()) {
            return;
        }
        page.raw("<section class=\"card\"><h2 class=\"bad\">What is wrong</h2>");
        for (Anomaly anomaly : found.anomalies()) {
            page.raw("<div class=\"anomaly" + (anomaly.isCorruption() ? "" : " harmless") + "\"><b>")
                    .text(anomaly.file() + " at offset " + Units.count(anomaly.offset()))
                    .raw("</b><dl>");
            detail("expected", anomaly.expected());
            detail("found", anomaly.actual());
            detail("recovery", anomaly.recovery());
            detail("you may", anomaly.advice());
            page.raw("</dl></div>");
        }
        page.raw("</section>\n");
    }

    private void detail(String name, String what) {
        page.element("dt", name).element("dd", what);
    }

    private void space() {
        StoreFindings.Space space = found.space();
        long dead = space.dead() - space.expired();
        long all = space.live() + space.dead() + space.tombstones();
        page.raw("<section class=\"card\"><h2>What the bytes are</h2><div class=\"stack wide\">")
                .raw(Html.part("live", space.live(), all, "live: " + Units.bytes(space.live())))
                .raw(Html.part("dead", dead, all, "dead: " + Units.bytes(dead)))
                .raw(Html.part("expired", space.expired(), all, "expired: " + Units.bytes(space.expired())))
                .raw(Html.part("tombstone", space.tombstones(), all, "tombstones: " + Units.bytes(space.tombstones())))
                .raw("</div><ul class=\"legend\">");
        legend("live", space.live(), all, "live");
        legend("dead", dead, all, "overwritten, deleted, or of forces");
        legend("expired", space.expired(), all, "expired");
        legend("tombstone", space.tombstones(), all, "tombstones");
        page.raw("</ul><p class=\"quiet\">")
                .text("Files: segments " + Units.bytes(found.files().segments()) + ", hints "
                        + Units.bytes(found.files().hints())
                        + (found.files().blobs() == 0
                                ? ""
                                : ", large values " + Units.bytes(found.files().blobs()))
                        + ", others "
                        + Units.bytes(found.files().others()) + ".")
                .raw("</p></section>\n");
    }

    private void legend(String kind, long bytes, long all, String name) {
        page.raw("<li><i class=\"" + kind + "\"></i>")
                .text(name + " ")
                .element("b", Units.bytes(bytes))
                .text(" " + Units.percent(bytes, all))
                .raw("</li>");
    }

    private void merge() {
        MergePlan plan = found.merge();
        long now = found.space().bytes();
        long after = Math.max(0, now - plan.reclaimableBytes());
        page.raw("<section class=\"card\"><h2>What a merge would give back</h2>");
        if (plan.isEmpty()) {
            page.raw("<p>Nothing: every byte is live, or needed.</p></section>\n");
            return;
        }
        page.raw("<table><tbody><tr><td class=\"label\">now</td><td class=\"bar\"><div class=\"stack\">")
                .raw(Html.part("live", after, now, "stays"))
                .raw(Html.part("dead", now - after, now, "given back"))
                .raw("</div></td><td class=\"n\">")
                .text(Units.bytes(now))
                .raw("</td></tr><tr><td class=\"label\">after</td><td class=\"bar\"><div class=\"stack\">")
                .raw(Html.part("live", after, now, "stays"))
                .raw("</div></td><td class=\"n\">")
                .text(Units.bytes(after))
                .raw("</td></tr></tbody></table><p class=\"quiet\">")
                .text("It would read " + Units.counted(plan.inputs().size(), "segment") + " and copy "
                        + Units.bytes(plan.liveBytes()) + " to give back " + Units.bytes(plan.reclaimableBytes())
                        + ": 'stave merge'.")
                .raw("</p></section>\n");
    }

    private void keydirAndOpen() {
        long load = Math.round(1000 * found.keydir().load());
        page.raw("<div class=\"pair\"><section class=\"card\"><h2>Keydir</h2><div class=\"stack\">")
                .raw(Html.part("live", load, 1000, "slots taken"))
                .raw("</div><p class=\"quiet\">")
                .text(String.format(
                        Locale.ROOT,
                        "%.1f %% of its slots are taken, in %s of memory: %s a key.",
                        100 * found.keydir().load(),
                        Units.bytes(found.keydir().bytes()),
                        Units.bytes(found.keydir().bytes() / Math.max(1, found.keys()))))
                .raw("</p></section>\n<section class=\"card\"><h2>What an open does</h2>");
        timeline(found.recovery().phases());
        RecoveryReport report = found.recovery().report();
        page.raw("<p class=\"quiet\">")
                .text("Opened for reading in " + Units.duration(report.duration()) + ": "
                        + (report.keydirRestored()
                                ? "the keydir was there as it was closed."
                                : Units.counted(report.segmentsFromHints(), "segment") + " from hints, "
                                        + Units.count(report.segmentsScanned()) + " scanned, "
                                        + Units.bytes(report.bytesScanned()) + " read."))
                .raw("</p></section></div>\n");
    }

    private void timeline(List<StoreFindings.Phase> phases) {
        double longest =
                phases.stream().mapToDouble(StoreFindings.Phase::millis).max().orElse(1);
        page.raw("<table><tbody>");
        for (StoreFindings.Phase phase : phases) {
            page.raw("<tr><td class=\"label\">")
                    .text(phase.name())
                    .raw("</td><td class=\"bar\"><div class=\"stack\">")
                    .raw(Html.part(
                            "live",
                            Math.round(phase.millis() * 1000),
                            Math.max(1, Math.round(longest * 1000)),
                            Units.bytes(phase.bytes())))
                    .raw("</div></td><td class=\"n\">")
                    .text(Units.duration(Duration.ofNanos(Math.round(phase.millis() * 1e6))))
                    .raw("</td></tr>");
        }
        page.raw("</tbody></table>");
    }
}
