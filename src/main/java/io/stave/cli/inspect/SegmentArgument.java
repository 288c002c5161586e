package io.stave.cli.inspect;

/** What the help says of the parameter that names a segment, and with it its hint. */
public final class SegmentArgument {

    /** Its name. */
    public static final String LABEL = "SEGMENT";

    /** Its description. */
    public static final String HELP =
            "The segment: its number, or the name of its file or its hint. A path to such a file"
                    + " does in the place of STORE and SEGMENT.";

    private SegmentArgument() {}
}
