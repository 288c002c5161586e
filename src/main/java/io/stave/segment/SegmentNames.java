package io.stave.segment;

import java.util.HexFormat;
import java.util.OptionalLong;

/** File names of segments: the id as 16 lower-case hexadecimal digits, and {@code .seg}. */
public final class SegmentNames {

    private static final String SUFFIX = ".seg";
    private static final int DIGITS = 16;

    private SegmentNames() {}

    /** Returns the file name of a segment. */
    public static String segment(long id) {
        return HexFormat.of().toHexDigits(id) + SUFFIX;
    }

    /** Returns the id that a file name stands for; empty unless {@link #segment} gives exactly that name for it. */
    public static OptionalLong parse(String name) {
        if (name.length() != DIGITS + SUFFIX.length() || !name.endsWith(SUFFIX)) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < DIGITS; i++) {
            char c = name.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(HexFormat.fromHexDigitsToLong(name, 0, DIGITS));
    }
}
