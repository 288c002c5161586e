package io.stave.cli.report;

import io.stave.cli.terminal.Text;
import java.util.Locale;

/** Text of HTML that grows. Whatever comes from a store goes through {@link #text}: a key may hold HTML, and what would turn the page around. */
final class Html {

    private final StringBuilder page = new StringBuilder(64 * 1024);

    /** Appends what is HTML already. */
    Html raw(String html) {
        page.append(html);
        return this;
    }

    /** Appends text. */
    Html text(String text) {
        page.append(escape(text));
        return this;
    }

    /** Appends an element around text. */
    Html element(String tag, String text) {
        return raw("<" + tag + ">").text(text).raw("</" + tag.split(" ", 2)[0] + ">");
    }

    /** Text as it may stand in an element or an attribute. */
    static String escape(String text) {
        return Text.safe(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A part of a bar, with what it says when pointed at. */
    static String part(String kind, long part, long whole, String title) {
        if (part <= 0 || whole <= 0) {
            return "";
        }
        return "<i class=\"" + kind + "\" style=\"width:" + percent(part, whole) + "\" title=\"" + escape(title)
                + "\"></i>";
    }

    /** A share as CSS writes it. */
    static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.3f%%", whole <= 0 ? 0 : 100.0 * part / whole);
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
