package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.StoreIOException;
import io.stave.engine.live.SegmentTally;
import io.stave.hint.BadHintException;
import io.stave.hint.HintReader;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeyRange;
import io.stave.keydir.Keydir;
import io.stave.keydir.KeydirFiller;
import io.stave.keydir.Location;
import io.stave.keydir.RecordFeed;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordEstimate;
import io.stave.segment.RecordFormat;
import io.stave.segment.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Loads records into the keydir that is being recovered, and keeps the tally of each segment. Order does not matter: the largest sequence
 * of a key wins (I3). Thread-safe; a record must be offered once.
 */
public final class KeydirLoad<K extends Keydir> {

    /** Nobody knows how many of the records in a segment without a hint are of one key: more keys than so many are not counted on. */
    private static final long MOST_GUESSED = 1 << 22;

    private final StoreDirectory directory;
    private final KeyHash hash;
    private final KeydirFiller<K> filler;
    private final Map<Integer, SegmentTally> tallies = new ConcurrentHashMap<>();
    private final Map<Thread, RecordFeed> feeds = new ConcurrentHashMap<>();

    public KeydirLoad(StoreDirectory directory, KeyHash hash, KeydirFiller<K> filler) {
        this.directory = directory;
        this.hash = hash;
        this.filler = filler;
    }

    /** The tally of a segment. */
    public SegmentTally tally(long segmentId) {
        return tallies.computeIfAbsent((int) segmentId, id -> new SegmentTally());
    }

    /**
     * Prepares, before the first record is offered, for about as many keys as these segments have records, by their hints or by how they begin.
     */
    public void expect(List<ListedSegment> sealed) {
        long entries = 0;
        long guessed = 0;
        RecordEstimate estimate = new RecordEstimate();
        for (ListedSegment segment : sealed) {
            try (HintReader hint =
                    HintReader.open(directory, segment.storeId(), segment.id(), segment.length(), segment.digest())) {
                entries += hint.entries();
            } catch (BadHintException e) {
                guessed += records(segment, estimate);
            }
        }
        filler.expect(entries + Math.min(guessed, MOST_GUESSED));
    }

    private long records(ListedSegment segment, RecordEstimate estimate) {
        try {
            return estimate.of(directory, segment.storeId(), segment.id(), segment.length())
                    .records();
        } catch (IOException | CorruptionException | FormatVersionException e) {
            return 0; // whoever loads it says what is wrong
        }
    }

    /** Ends the loading, when all threads have. */
    public K finish() {
        feeds.values().forEach(RecordFeed::flush);
        return filler.finish();
    }

    private RecordFeed feed() {
        return feeds.computeIfAbsent(Thread.currentThread(), thread -> filler.feed(this::lost));
    }

    private void lost(Location superseded) {
        tally(superseded.segment).liveBytes.addAndGet(-superseded.length);
    }

    /** A visitor that offers each record of a segment; for one thread. */
    public RecordVisitor visitor(long segmentId) {
        Offer offer = new Offer(segmentId);
        return record -> offer.offer(
                record.buffer(),
                record.keyPosition(),
                record.keyLength(),
                record.sequence(),
                record.kind(),
                record.offset(),
                record.length(),
                record.expiry());
    }

    /** Loads a sealed segment from its hint; returns null, or why the hint cannot be used. */
    @Nullable
    String loadHint(ListedSegment segment) {
        Offer offer = new Offer(segment.id());
        try (HintReader hint =
                HintReader.open(directory, segment.storeId(), segment.id(), segment.length(), segment.digest())) {
            hint.read(entry -> offer.offer(
                    entry.buffer(),
                    entry.keyPosition(),
                    entry.keyLength(),
                    entry.sequence(),
                    entry.kind(),
                    entry.offset(),
                    entry.recordLength(),
                    entry.expiry()));
            return null;
        } catch (BadHintException e) {
            if (offer.offered > 0) {
                // It was verified whole before the first entry was shown: somebody changed it since. A scan would count
                // twice.
                throw new StoreIOException(
                        "the hint of segment " + segment.id() + " changed while it was read", new IOException(e));
            }
            return e.getMessage();
        }
    }

    /** What the keydir keeps of a record that is no tombstone, beside its place. */
    public static int locationFlags(int kind, boolean expires) {
        return Location.flags(expires, kind == RecordFormat.BLOB);
    }

    /** Offers the records of one segment, on one thread. */
    private final class Offer {
        private final int handle;
        private final SegmentTally tally;
        private final Fingerprint fingerprint = new Fingerprint();
        private final KeyRange key = new KeyRange();
        private final RecordFeed feed = feed();
        private long offered;

        Offer(long segmentId) {
            this.handle = (int) segmentId;
            this.tally = tally(segmentId);
        }

        void offer(
                ByteBuffer buffer,
                int keyPosition,
                int keyLength,
                long sequence,
                int kind,
                long offset,
                int length,
                long expiry) {
            offered++;
            boolean tombstone = kind == RecordFormat.TOMBSTONE;
            hash.hash(buffer, keyPosition, keyLength, fingerprint);
            if (tombstone) {
                tally.tombstoneBytes.addAndGet(length);
            } else {
                tally.liveBytes.addAndGet(length);
            }
            boolean expires = expiry != RecordFormat.NO_EXPIRY;
            if (expires) {
                tally.expires(expiry);
            }
            int flags = locationFlags(kind, expires);
            key.at(buffer, keyPosition, keyLength);
            feed.offer(
                    fingerprint.high, fingerprint.low, key, sequence, tombstone, handle, (int) offset, length, flags);
        }
    }
}
