package io.stave.cli.report;

import io.stave.cli.inspect.Histograms;
import io.stave.cli.inspect.SizeHistogram;
import io.stave.cli.inspect.StoreFindings;
import io.stave.cli.terminal.Units;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The live entries: their lengths, ages and times to live, and the biggest. */
final class HtmlEntries {

    private HtmlEntries() {}

    static void draw(StoreFindings.@Nullable Entries entries, Html page) {
        if (entries == null || entries.count() == 0) {
            return;
        }
        page.raw("<div class=\"pair\">");
        sizes("Key lengths", entries.keyLengths(), page);
        sizes("Value lengths", entries.valueLengths(), page);
        spans("Written, by the age of the file", entries.ages(), page);
        spans("Time left to live", entries.timesToLive(), page);
        page.raw("</div>\n");
        biggest(entries.biggest(), page);
    }

    private static void sizes(String title, List<SizeHistogram.Bucket> buckets, Html page) {
        spans(
                title,
                buckets.stream()
                        .map(bucket -> new StoreFindings.Span(Histograms.label(bucket), bucket.count(), bucket.bytes()))
                        .toList(),
                page);
    }

    private static void spans(String title, List<StoreFindings.Span> spans, Html page) {
        if (spans.isEmpty()) {
            return;
        }
        long most = spans.stream().mapToLong(StoreFindings.Span::count).max().orElse(1);
        page.raw("<section class=\"card\">")
                .element("h2", title)
                .raw("<table><thead><tr><th></th><th></th><th class=\"n\">entries</th><th class=\"n\">bytes</th></tr>")
                .raw("</thead><tbody>");
        for (StoreFindings.Span span : spans) {
            page.raw("<tr><td class=\"label\">")
                    .text(span.name())
                    .raw("</td><td class=\"bar\"><div class=\"stack\">")
                    .raw(Html.part(
                            "live",
                            span.count(),
                            most,
                            Units.counted(span.count(), "entry").replace("entrys", "entries")))
                    .raw("</div></td><td class=\"n\">")
                    .text(Units.count(span.count()))
                    .raw("</td><td class=\"n\">")
                    .text(Units.bytes(span.bytes()))
                    .raw("</td></tr>");
        }
        page.raw("</tbody></table></section>");
    }

    private static void biggest(List<StoreFindings.Big> biggest, Html page) {
        if (biggest.isEmpty()) {
            return;
        }
        page.raw("<section class=\"card\"><h2>Biggest entries</h2><table><thead><tr><th>key</th>")
                .raw(
                        "<th class=\"n\">key</th><th class=\"n\">value</th><th class=\"wideonly\">segment</th></tr></thead>")
                .raw("<tbody>");
        for (StoreFindings.Big big : biggest) {
            page.raw("<tr><td class=\"mono\">")
                    .text(big.key())
                    .raw("</td><td class=\"n\">")
                    .text(Units.bytes(big.keyLength()))
                    .raw("</td><td class=\"n\">")
                    .text(Units.bytes(big.valueLength()))
                    .raw("</td><td class=\"mono wideonly\">")
                    .text(big.segment())
                    .raw("</td></tr>");
        }
        page.raw("</tbody></table></section>\n");
    }
}
