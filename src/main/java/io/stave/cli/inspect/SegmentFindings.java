package io.stave.cli.inspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a segment holds, and whether all of it verifies.
 *
 * @param segment the segment as the MANIFEST lists it
 * @param fileLength the bytes of the file
 * @param header what its header says; null if that does not verify
 * @param verifiedTo up to where all records verify, in bytes
 * @param certified of an active segment up to where a certificate vouches, in bytes
 * @param digest the digest of what verifies
 * @param records what was read
 * @param share what is live; null if the store could not be opened to find out
 * @param anomalies what is wrong
 */
public record SegmentFindings(
        HintFindings.SegmentRef segment,
        long fileLength,
        @Nullable Header header,
        long verifiedTo,
        long certified,
        String digest,
        Records records,
        HintFindings.@Nullable Share share,
        List<Anomaly> anomalies)
        implements Found {

    /** What the header says. */
    public record Header(
            String storeId, long segmentId, long baseVersion, long predecessorId, long predecessorLength) {}

    /**
     * The records that verify.
     *
     * @param count how many
     * @param puts those that are puts
     * @param tombstones those that are tombstones
     * @param blobs those that refer to a blob
     * @param expiring those that have an expiry
     * @param inBatches those that more of a batch follows
     * @param minVersion the smallest version among them
     * @param maxVersion the largest
     * @param keyLengths the lengths of the keys
     * @param valueLengths the lengths of the values of puts
     */
    public record Records(
            long count,
            long puts,
            long tombstones,
            long blobs,
            long expiring,
            long inBatches,
            long minVersion,
            long maxVersion,
            List<SizeHistogram.Bucket> keyLengths,
            List<SizeHistogram.Bucket> valueLengths) {}
}
