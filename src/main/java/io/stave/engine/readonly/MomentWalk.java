package io.stave.engine.readonly;

import io.stave.CorruptionException;
import io.stave.StoredRecord;
import io.stave.blob.BlobReference;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.read.BlobFiles;
import io.stave.hint.BadHintException;
import io.stave.hint.HintCursor;
import io.stave.hint.HintReader;
import io.stave.io.MappedFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.Location;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentWalk;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Walks over all records of a moment, segment by segment and each from front to back, and says of each what has become of it. Reads through the
 * mappings, which stay when the writer unlinks the files. Nobody may change the moment meanwhile. Not thread-safe.
 */
final class MomentWalk implements StoredRecord {

    private final StoreDirectory directory;
    private final KeyHash hash;
    private final ExpiryClock clock;
    private final Moment moment;
    private final BlobFiles blobs;

    private final SegmentWalk walk = new SegmentWalk();
    private final Fingerprint fingerprint = new Fingerprint();
    private final Location location = new Location();

    // What is shown.
    private Segment segment;
    private RecordCursor record;

    @SuppressWarnings("NullAway.Init") // set before anything is shown
    MomentWalk(StoreDirectory directory, KeyHash hash, ExpiryClock clock, Moment moment, BlobFiles blobs) {
        this.directory = directory;
        this.blobs = blobs;
        this.hash = hash;
        this.clock = clock;
        this.moment = moment;
    }

    void walk(Visitor visitor) throws IOException {
        for (Segment next : moment.segments().list()) {
            segment = next;
            for (long from = SegmentHeader.LENGTH; from < next.length(); ) {
                from = walk(visitor, from);
            }
        }
    }

    /** Shows the records from an offset on, to the end or to damage; returns where to go on. */
    private long walk(Visitor visitor, long from) throws IOException {
        walk.open(
                new MappedFile(segment.name(), segment.mapping()),
                segment.storeId(),
                segment.id(),
                from,
                segment.length());
        try {
            for (RecordCursor next = next(); next != null; next = next()) {
                record = next;
                visitor.record(this);
            }
            return segment.length();
        } catch (Damage e) {
            long behind = recordBehind(e.found.offset());
            visitor.damaged(e.found, behind - e.found.offset());
            return behind;
        } finally {
            walk.close();
        }
    }

    /** Damage that was found here, and not by the visitor. */
    private static final class Damage extends Exception {
        private static final long serialVersionUID = 1L;
        private final CorruptionException found;

        Damage(CorruptionException found) {
            super(found);
            this.found = found;
        }
    }

    private @Nullable RecordCursor next() throws IOException, Damage {
        try {
            return walk.next();
        } catch (CorruptionException e) {
            throw new Damage(e);
        }
    }

    /** Nothing in a segment says where the next record begins behind damage, but its hint does. */
    private long recordBehind(long offset) {
        if (segment.state() == Segment.State.SEALED) {
            try (HintReader hint =
                    HintReader.open(directory, segment.storeId(), segment.id(), segment.length(), segment.digest())) {
                HintCursor entry = hint.walk(offset + 1).next();
                if (entry != null) {
                    return entry.offset();
                }
            } catch (BadHintException e) {
                // A hint is advice: without it the rest of the segment is left out.
                return segment.length();
            }
        }
        return segment.length();
    }

    @Override
    public Fate fate() {
        if (record.tombstone()) {
            return Fate.TOMBSTONE;
        }
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
        boolean newest = moment.keydir().find(fingerprint.high, fingerprint.low, location)
                && location.segment == segment.handle()
                && location.offset == record.offset();
        if (!newest) {
            return Fate.DEAD;
        }
        return clock.expired(record.expiry()) ? Fate.EXPIRED : Fate.LIVE;
    }

    @Override
    public long segmentId() {
        return segment.id();
    }

    @Override
    public long offset() {
        return record.offset();
    }

    @Override
    public int length() {
        return record.length();
    }

    @Override
    public long version() {
        return record.sequence();
    }

    @Override
    public int keyLength() {
        return record.keyLength();
    }

    @Override
    public long valueLength() {
        return inBlob() ? reference().length() : record.valueLength();
    }

    @Override
    public boolean inBlob() {
        return record.kind() == RecordFormat.BLOB;
    }

    @Override
    public @Nullable String blobFile() {
        return inBlob() ? reference().file() : null;
    }

    private BlobReference reference() {
        return blobs.reference(record.value());
    }

    @Override
    public byte[] key() {
        return record.key();
    }

    @Override
    public byte[] value() {
        return inBlob() ? blobs.whole(blobs.open(reference())) : record.value();
    }

    @Override
    public @Nullable Instant expiry() {
        return ExpiryClock.instant(record.expiry());
    }
}
