package io.stave.hint;

import java.util.HexFormat;

/** File names of hints: the segment's id as 16 lower-case hexadecimal digits, and {@code .hint}. */
public final class HintFile {

    /** What ends the name of each hint. */
    public static final String SUFFIX = ".hint";

    /** What is appended to the name of a hint while it is written; such a file is a leftover if nobody is writing it. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private HintFile() {}

    /** Returns the file name of the hint of a segment. */
    public static String name(long segmentId) {
        return HexFormat.of().toHexDigits(segmentId) + SUFFIX;
    }

    /** Returns the name under which that hint is written. */
    public static String temporaryName(long segmentId) {
        return name(segmentId) + TEMPORARY_SUFFIX;
    }
}
