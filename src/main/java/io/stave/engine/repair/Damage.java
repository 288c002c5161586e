package io.stave.engine.repair;

import io.stave.manifest.ListedSegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A segment that does not hold what it should, and what can be kept of it.
 *
 * @param segment the segment as the MANIFEST lists it
 * @param file its file
 * @param reason what is wrong with it, in words
 * @param end where it ends: of what lies behind nothing is kept
 * @param kept how many records verify
 * @param lost the parts before the end that do not verify; empty if none is missing, as of a segment that is only rewritten to go with others
 * @param cut what lies behind the end of an unsealed segment: never known to be durable and torn, so that an open would cut it off, too; null if
 *     nothing does
 * @param records the records in the lost parts that the hint knows of; null if there is no hint to be trusted
 */
public record Damage(
        ListedSegment segment,
        String file,
        String reason,
        long end,
        long kept,
        List<Range> lost,
        @Nullable Range cut,
        @Nullable List<LostRecord> records) {

    /** Bytes that do not verify: from {@code from} up to {@code to}, without it. */
    public record Range(long from, long to) {}

    /**
     * A record that is lost.
     *
     * @param tombstone whether it is one; such a one is made again from the hint, and nothing is lost
     */
    public record LostRecord(long offset, int length, long version, boolean tombstone, byte[] key) {}
}
