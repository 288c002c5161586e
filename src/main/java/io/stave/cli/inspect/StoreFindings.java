package io.stave.cli.inspect;

import io.stave.MergePlan;
import io.stave.RecoveryReport;
import io.stave.Stats;
import io.stave.cli.command.WhereThereIs;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds and what its bytes are, at one moment.
 *
 * @param store the directory
 * @param time when it was looked at
 * @param storeId its id
 * @param generation which MANIFEST it was
 * @param writer who has it open for writing, if that can be told
 * @param keys keys, with those whose value has expired
 * @param lastVersion the largest version
 * @param files what the directory takes on the disk
 * @param space what the bytes of segments are; live and dead as a merge would count them
 * @param keydir the keydir
 * @param segments the segments
 * @param entries what was found by reading every record; null if that was not asked for
 * @param blobs the large values; null if there are none
 * @param merge what a merge would do
 * @param recovery what an open does
 * @param anomalies what is wrong, as far as it was looked at
 */
public record StoreFindings(
        String store,
        Instant time,
        String storeId,
        long generation,
        @Nullable Writer writer,
        long keys,
        long lastVersion,
        Disk files,
        Space space,
        Stats.Keydir keydir,
        List<Segment> segments,
        @Nullable Entries entries,
        @WhereThereIs @Nullable BlobFindings blobs,
        MergePlan merge,
        Recovery recovery,
        List<Anomaly> anomalies) {

    /** A process that has the store open for writing. */
    public record Writer(long pid, String host, String since) {}

    /** What the files take, in bytes. */
    public record Disk(long segments, long hints, long blobs, long others, long total) {}

    /** What the bytes of all segments are. */
    public record Space(long bytes, long live, long dead, long expired, long tombstones, double amplification) {}

    /**
     * A segment.
     *
     * @param written when its file was written last: by the merge that made it, or the last append
     * @param hint whether an open would believe its hint; null for an active one
     */
    public record Segment(
            long id,
            String file,
            String state,
            long bytes,
            long live,
            long dead,
            long expired,
            long tombstones,
            boolean damaged,
            @Nullable Instant written,
            @Nullable Boolean hint) {}

    /**
     * What is live.
     *
     * @param count how many entries
     * @param expired how many more have expired
     * @param keyLengths the lengths of their keys, and the bytes of their records
     * @param valueLengths the lengths of their values, and the bytes of their records
     * @param ages how long ago the file was written that they lie in
     * @param timesToLive how long they have left to live, of those that expire
     * @param biggest the entries with the longest records
     */
    public record Entries(
            long count,
            long expired,
            List<SizeHistogram.Bucket> keyLengths,
            List<SizeHistogram.Bucket> valueLengths,
            List<Span> ages,
            List<Span> timesToLive,
            List<Big> biggest) {}

    /** Entries that have something in common, and the bytes of their records. */
    public record Span(String name, long count, long bytes) {}

    /** An entry with a long record. */
    public record Big(String key, int keyLength, long valueLength, String segment) {}

    /**
     * What an open does.
     *
     * @param report what the open for reading did
     * @param phases how long each phase of that took, in milliseconds: all of them together as long as the open
     */
    public record Recovery(RecoveryReport report, List<Phase> phases) {}

    /** A phase of an open. */
    public record Phase(String name, long bytes, double millis) {}
}
