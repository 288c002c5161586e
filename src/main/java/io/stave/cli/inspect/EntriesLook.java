package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.StoredRecord;
import io.stave.cli.command.ByteForm;
import io.stave.cli.terminal.Progress;
import io.stave.segment.SegmentNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Looks at every record of a store once, and sums up what is live and what has expired. */
final class EntriesLook implements StoredRecord.Visitor {

    /** A key is shown up to so many bytes. */
    private static final int LONGEST_KEY = 120;

    private final Instant now;
    private final LongFunction<@Nullable Instant> written;
    private final ByteForm form;
    private final int most;
    private final Progress progress;
    private final long total;

    private final Map<Long, Long> expiredBytes = new HashMap<>();
    private final SizeHistogram keyLengths = new SizeHistogram();
    private final SizeHistogram valueLengths = new SizeHistogram();
    private final Spans ages = new Spans();
    private final Spans timesToLive = new Spans();
    private final List<Anomaly> anomalies = new ArrayList<>();
    private final PriorityQueue<Found> biggest = new PriorityQueue<>(Comparator.comparingLong(Found::length));
    private long live;
    private long expired;
    private long done;

    /** An entry that may be among the biggest. */
    private record Found(long length, StoreFindings.Big entry) {}

    /** Keeps {@code most} of the biggest; {@code written} says when a segment was. */
    EntriesLook(
            Instant now,
            LongFunction<@Nullable Instant> written,
            ByteForm form,
            int most,
            Progress progress,
            long total) {
        this.now = now;
        this.written = written;
        this.form = form;
        this.most = most;
        this.progress = progress;
        this.total = total;
    }

    @Override
    public void record(StoredRecord record) {
        done += record.length();
        progress.at(done, total);
        switch (record.fate()) {
            case LIVE -> live(record);
            case EXPIRED -> {
                expired++;
                expiredBytes.merge(record.segmentId(), (long) record.length(), Long::sum);
            }
            case DEAD, TOMBSTONE -> {}
        }
    }

    private void live(StoredRecord record) {
        int length = record.length();
        live++;
        keyLengths.add(record.keyLength(), length);
        valueLengths.add(record.valueLength(), length);
        Instant since = written.apply(record.segmentId());
        if (since != null) {
            ages.add(Math.max(0, now.toEpochMilli() - since.toEpochMilli()), length);
        }
        Instant expiry = record.expiry();
        if (expiry != null) {
            timesToLive.add(Math.max(0, expiry.toEpochMilli() - now.toEpochMilli()), length);
        }
        long bytes = record.inBlob() ? length + record.valueLength() : length;
        if (most > 0 && (biggest.size() < most || bytes > biggest.element().length())) {
            keep(record, bytes);
        }
    }

    private void keep(StoredRecord record, long bytes) {
        byte[] key = record.key();
        String shown = key.length <= LONGEST_KEY
                ? form.show(key)
                : form.show(java.util.Arrays.copyOf(key, LONGEST_KEY)) + "...";
        biggest.add(new Found(
                bytes,
                new StoreFindings.Big(
                        shown, key.length, record.valueLength(), SegmentNames.segment(record.segmentId()))));
        if (biggest.size() > most) {
            biggest.remove();
        }
    }

    @Override
    public void damaged(CorruptionException damage, long bytesLeftOut) {
        anomalies.add(Anomaly.of(damage, true));
    }

    /** What the records are that are live. */
    StoreFindings.Entries entries() {
        return new StoreFindings.Entries(
                live,
                expired,
                keyLengths.buckets(),
                valueLengths.buckets(),
                ages.list(),
                timesToLive.list(),
                biggest.stream()
                        .sorted(Comparator.comparingLong(Found::length)
                                .reversed()
                                .thenComparing(found -> found.entry().key()))
                        .map(Found::entry)
                        .toList());
    }

    /** The bytes of records that have expired, in a segment. */
    long expiredBytes(long segmentId) {
        return expiredBytes.getOrDefault(segmentId, 0L);
    }

    /** Where bytes did not verify. */
    List<Anomaly> anomalies() {
        return anomalies;
    }
}
