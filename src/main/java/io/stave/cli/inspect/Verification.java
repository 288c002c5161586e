package io.stave.cli.inspect;

import io.stave.cli.command.WhereThereIs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was verified, and what came out.
 *
 * @param store the directory
 * @param generation which MANIFEST it was
 * @param segments the segments, with their hints
 * @param keydir the keydir against the segments; null if it was not asked for, or the store does not open
 * @param blobs the large values, every chunk of those that are live; null if there are none, or it was not asked for
 * @param anomalies what is wrong
 */
public record Verification(
        String store,
        long generation,
        List<Checked> segments,
        @Nullable Keydir keydir,
        @WhereThereIs @Nullable BlobFindings blobs,
        List<Anomaly> anomalies) {

    /**
     * A segment, and its hint.
     *
     * @param verified whether every record verifies; null if that was not asked for
     * @param hint what came out for the hint; null if that was not asked for
     */
    public record Checked(
            long id,
            String file,
            String state,
            long length,
            long records,
            @Nullable Boolean verified,
            @Nullable HintState hint) {}

    /** What came out for a hint. */
    public enum HintState {
        /** An open believes it, and it says what the segment holds. */
        GOOD,
        /** There is none, which costs time only. */
        MISSING,
        /** An open, or a merge, does not believe it. */
        REJECTED,
        /** It is believed, and says something else than the segment. */
        DIFFERENT,
        /** It is believed; the segment itself is damaged, so that nobody can compare. */
        NOT_COMPARED
    }

    /**
     * The keydir that an open makes, against one made of all records; without what has expired.
     *
     * @param source where an open takes it from: the file KEYDIR, or the hints
     * @param keys how many keys it has
     * @param expected how many there are
     * @param wrong how many records it places wrongly
     */
    public record Keydir(String source, long keys, long expected, long wrong) {}
}
