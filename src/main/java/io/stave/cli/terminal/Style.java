package io.stave.cli.terminal;

/**
 * How things look: colours and glyphs, or plain text and ASCII where they are not wanted. Colour never carries meaning
 * alone. Pad before painting: the escape sequences have a length, too.
 *
 * @param colour whether ANSI colours are written
 * @param unicode whether glyphs beyond ASCII are written
 */
public record Style(boolean colour, boolean unicode) {

    /** Every glyph beyond ASCII there is: a charset that lacks one gets none. */
    static final String ALL_GLYPHS = "█▉▊▋▌▍▎▏░✔✘…·─│";

    /** No colour, no glyph beyond ASCII. */
    public static final Style PLAIN = new Style(false, false);

    private static final String RESET = "\u001b[0m";

    /** The same glyphs without colour. */
    public Style withoutColour() {
        return new Style(false, unicode);
    }

    /** What matters most. */
    public String bold(String text) {
        return paint("\u001b[1m", text);
    }

    /** What may be overlooked. */
    public String dim(String text) {
        return paint("\u001b[2m", text);
    }

    /** What is well. */
    public String good(String text) {
        return paint("\u001b[32m", text);
    }

    /** What is wrong. */
    public String bad(String text) {
        return paint("\u001b[1;31m", text);
    }

    /** What fills a bar. */
    public String accent(String text) {
        return paint("\u001b[36m", text);
    }

    private String paint(String sequence, String text) {
        return colour && !text.isEmpty() ? sequence + text + RESET : text;
    }

    /** A full cell of a bar. */
    public String full() {
        return unicode ? "█" : "#";
    }

    /** A cell of a bar that is taken, but by nothing of worth. */
    public String hollow() {
        return unicode ? "░" : ".";
    }

    /** A cell of a bar of which only so many eighths, 1 to 7, are full. */
    String eighths(int count) {
        return unicode ? "▏▎▍▌▋▊▉".substring(count - 1, count) : count >= 4 ? "#" : "";
    }

    /** Says yes. */
    public String tick() {
        return unicode ? "✔" : "ok";
    }

    /** Says no. */
    public String cross() {
        return unicode ? "✘" : "!!";
    }

    /** Stands for what was left out. */
    public String ellipsis() {
        return unicode ? "…" : "...";
    }

    /** Stands between things of equal rank. */
    public String dot() {
        return unicode ? "·" : "-";
    }

    /** Stands for no number, where one does not apply. */
    public String none() {
        return unicode ? "─" : "-";
    }

    /** Stands between two columns. */
    public String wall() {
        return unicode ? "│" : "|";
    }
}
