package io.stave.cli.inspect;

/**
 * A place where a hint does not say what its segment holds.
 *
 * @param kind how they differ
 * @param offset where in the segment the record lies, or would
 * @param key the key, as it is shown
 * @param hint what the hint says, in words
 * @param segment what the segment holds, in words
 */
public record Difference(Kind kind, long offset, String key, String hint, String segment) {

    /** How a hint and its segment differ. */
    public enum Kind {
        /** The newest record of a key is not in the hint: an open would miss it. */
        MISSING,
        /** The hint lists what is no record of the segment. */
        EXTRA,
        /** The hint lists a record that a newer one in the same segment has replaced. */
        SUPERSEDED,
        /** The hint says something else of a record than it says itself. */
        DIFFERENT,
        /** The filter denies a key that is there: a merge could bring a deleted one back. */
        DENIED
    }
}
