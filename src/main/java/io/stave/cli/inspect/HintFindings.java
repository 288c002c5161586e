package io.stave.cli.inspect;

import io.stave.hint.HintHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a hint says, and whether it would be believed.
 *
 * @param file the name of the hint
 * @param length the bytes of the file; 0 if there is none
 * @param segment the segment it stands beside, as the MANIFEST lists it
 * @param trusted whether an open believes it
 * @param filterTrusted whether a merge believes its filter
 * @param header what its header says; null if that does not verify
 * @param entries what was read of its entries: all of them if it is trusted, else those before the damage
 * @param share what of the segment is live; null if the store could not be opened to find out
 * @param anomalies why it is not trusted
 */
public record HintFindings(
        String file,
        long length,
        SegmentRef segment,
        boolean trusted,
        boolean filterTrusted,
        @Nullable HintHeader header,
        Entries entries,
        @Nullable Share share,
        List<Anomaly> anomalies)
        implements Found {

    /** A segment as the MANIFEST lists it. */
    public record SegmentRef(
            long id, String file, String state, long length, String digest, long minVersion, long maxVersion) {}

    /**
     * The entries of a hint: for each key in the segment its newest record there.
     *
     * @param count how many
     * @param puts those that are puts
     * @param tombstones those that are tombstones
     * @param blobs those that refer to a blob
     * @param expiring those that have an expiry
     * @param minVersion the smallest version among them
     * @param maxVersion the largest
     * @param keyLengths the lengths of the keys
     * @param recordLengths the lengths of the records
     */
    public record Entries(
            long count,
            long puts,
            long tombstones,
            long blobs,
            long expiring,
            long minVersion,
            long maxVersion,
            List<SizeHistogram.Bucket> keyLengths,
            List<SizeHistogram.Bucket> recordLengths) {}

    /** What the bytes of the segment are, against the whole store. */
    public record Share(long liveBytes, long deadBytes, long tombstoneBytes) {}
}
