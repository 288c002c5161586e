package io.stave.cli.terminal;

/** Bars of proportional length. Each is exactly as wide as asked for, so that columns behind it stay in line. */
public final class Bars {

    private static final int EIGHTHS = 8;

    private Bars() {}

    /**
     * A bar of two parts, as of live and dead bytes. It has at least one cell unless both parts are nothing.
     *
     * @param full what the full cells stand for
     * @param hollow what the hollow cells stand for, behind them
     * @param scale what the whole width stands for, at least the sum of both
     * @param width in characters
     */
    public static String parts(long full, long hollow, long scale, int width, Style style) {
        int taken = full + hollow > 0 ? Math.max(1, cells(full + hollow, scale, width)) : 0;
        // Rounded within the bar, so that the larger part gets the only cell of a short one.
        int fullCells = cells(full, full + hollow, taken);
        return style.accent(style.full().repeat(fullCells))
                + style.dim(style.hollow().repeat(taken - fullCells))
                + " ".repeat(width - taken);
    }

    private static int cells(long part, long scale, int width) {
        return scale <= 0 ? 0 : (int) Math.min(width, Math.round((double) part * width / scale));
    }

    /**
     * A bar of one part, in eighths of a character where there are glyphs for it.
     *
     * @param part what the bar stands for
     * @param scale what the whole width stands for
     * @param width in characters
     */
    public static String smooth(long part, long scale, int width, Style style) {
        double share = scale <= 0 ? 0 : Math.max(0, Math.min(1, (double) part / scale));
        long eighths = Math.round(share * width * EIGHTHS);
        if (part > 0 && eighths == 0) {
            eighths = 1;
        }
        int whole = (int) (eighths / EIGHTHS);
        String rest = eighths % EIGHTHS == 0 ? "" : style.eighths((int) (eighths % EIGHTHS));
        String bar = style.full().repeat(whole) + rest;
        return style.accent(bar) + " ".repeat(width - bar.length());
    }
}
