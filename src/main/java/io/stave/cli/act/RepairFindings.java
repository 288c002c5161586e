package io.stave.cli.act;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a repair does, or would do.
 *
 * @param store the directory
 * @param done whether it was done
 * @param segments the damaged segments
 * @param keys how many keys the store has now; null if nothing was done
 */
public record RepairFindings(
        String store,
        boolean done,
        List<Segment> segments,
        @Nullable Long keys) {

    /**
     * A damaged segment.
     *
     * @param file its file
     * @param reason what is wrong with it
     * @param kept how many records of it are kept
     * @param lost the parts that do not verify
     * @param cut what lies behind a tear and was never known to be durable, which an open would cut off, too; null if nothing does
     * @param records the records in the lost parts, as far as a hint names them; null if none does
     */
    public record Segment(
            String file,
            String reason,
            long kept,
            List<Lost> lost,
            @Nullable Lost cut,
            @Nullable List<Key> records) {}

    /** Bytes, from one offset up to another. */
    public record Lost(long from, long to) {}

    /** A record in them. Of a tombstone nothing is lost: it is made again. */
    public record Key(String key, long version, long offset, boolean tombstone) {}
}
