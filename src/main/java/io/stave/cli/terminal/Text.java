package io.stave.cli.terminal;

import java.util.HexFormat;

/** Text as it can be shown in columns: padded, shortened, and without what would control the terminal. */
public final class Text {

    private Text() {}

    /** Pads on the right, to a width in characters. */
    public static String left(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** Pads on the left, to a width in characters. */
    public static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    /**
     * Shows what comes from outside, such as the name of a file: what a terminal would obey, or what would turn the
     * direction of writing, stands there as a number instead.
     */
    public static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            int type = Character.getType(point);
            if (Character.isISOControl(point)
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE) {
                safe.append("\\u{")
                        .append(HexFormat.of().toHexDigits(point, 6).replaceFirst("^0+(?=.)", ""))
                        .append('}');
            } else {
                safe.appendCodePoint(point);
            }
        });
        return safe.toString();
    }

    /** Takes so much out of the middle that the rest fits into a width: both ends of a path tell something. */
    public static String shorten(String text, int width, Style style) {
        String gap = style.ellipsis();
        if (text.length() <= width || width <= gap.length()) {
            return text;
        }
        int kept = width - gap.length();
        int head = kept / 2;
        int tail = text.length() - (kept - head);
        // Half of a pair would be no character at all.
        if (Character.isHighSurrogate(text.charAt(Math.max(0, head - 1)))) {
            head--;
        }
        if (Character.isLowSurrogate(text.charAt(tail))) {
            tail++;
        }
        return text.substring(0, Math.max(0, head)) + gap + text.substring(tail);
    }
}
