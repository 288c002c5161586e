package io.stave.cli.report;

import io.stave.cli.inspect.StoreFindings;
import io.stave.cli.terminal.Units;
import java.util.Comparator;
import java.util.List;

/** The segments as stacked bars. */
final class HtmlSegments {

    private static final int MOST = 300;

    private HtmlSegments() {}

    static void draw(List<StoreFindings.Segment> segments, Html page) {
        if (segments.isEmpty()) {
            return;
        }
        List<StoreFindings.Segment> rows = segments;
        page.raw("<section class=\"card\"><h2>")
                .text(Units.counted(segments.size(), "segment"))
                .raw("</h2>");
        if (segments.size() > MOST) {
            rows = segments.stream()
                    .sorted(Comparator.comparingLong((StoreFindings.Segment segment) -> segment.dead())
                            .reversed())
                    .limit(MOST)
                    .toList();
            page.raw("<p class=\"quiet\">")
                    .text("The " + MOST + " with the most dead bytes.")
                    .raw("</p>");
        }
        long scale =
                segments.stream().mapToLong(StoreFindings.Segment::bytes).max().orElse(1);
        page.raw("<table><thead><tr><th class=\"n\">id</th><th>live, dead, expired</th><th class=\"n\">bytes</th>")
                .raw("<th class=\"n\">live</th><th class=\"wideonly\">state</th><th class=\"wideonly\">hint</th></tr>")
                .raw("</thead><tbody>");
        rows.forEach(segment -> row(segment, scale, page));
        page.raw("</tbody></table></section>\n");
    }

    private static void row(StoreFindings.Segment segment, long scale, Html page) {
        long dead = segment.dead() - segment.expired();
        page.raw("<tr><td class=\"n\">")
                .text(Long.toString(segment.id()))
                .raw("</td><td class=\"bar\"><div class=\"stack\">")
                .raw(Html.part("live", segment.live(), scale, "live: " + Units.bytes(segment.live())))
                .raw(Html.part("dead", dead, scale, "dead: " + Units.bytes(dead)))
                .raw(Html.part("expired", segment.expired(), scale, "expired: " + Units.bytes(segment.expired())))
                .raw(Html.part(
                        "tombstone", segment.tombstones(), scale, "tombstones: " + Units.bytes(segment.tombstones())))
                .raw("</div></td><td class=\"n\">")
                .text(Units.bytes(segment.bytes()))
                .raw("</td><td class=\"n\">")
                .text(Units.percent(segment.live(), segment.live() + segment.dead() + segment.tombstones()))
                .raw("</td><td class=\"wideonly\">")
                .raw(segment.damaged() ? "<span class=\"bad\">damaged</span>" : Html.escape(segment.state()))
                .raw("</td><td class=\"wideonly\">")
                .raw(hint(segment))
                .raw("</td></tr>");
    }

    private static String hint(StoreFindings.Segment segment) {
        Boolean trusted = segment.hint();
        if (trusted == null) {
            return "<span class=\"quiet\">none yet</span>";
        }
        return trusted ? "<span class=\"good\">trusted</span>" : "<span class=\"bad\">not trusted</span>";
    }
}
