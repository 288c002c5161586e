package io.stave.engine.merge;

import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.read.Reads;
import io.stave.engine.write.Publisher;
import io.stave.hint.BadHintException;
import io.stave.hint.HintReader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeyRange;
import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;
import io.stave.segment.ScanResult;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Turns records that have expired into dead bytes: takes their keys out of the keydir, so that plans see what a merge would give back. It
 * changes nothing on disk, and what it does is done anew after the next open.
 *
 * <p>There are no timers for keys. Each segment knows its earliest expiry. When that has come its hint is walked, or the segment where there
 * is none; the walk also tells when the next one is worth its while: when another sixteenth of the segment's bytes will have expired, or
 * all that is left to. So a segment is walked some seventeen times once it is sealed, however many keys it has and however they expire.
 * Before that more may come at any time: it is walked when something has expired, as often as that takes a hundredth of a thread's time.
 *
 * <p>It may run beside anything. A key is taken out only while it still stands where the expired record lies, so a put that comes in between
 * stays. Beside a merge, a copy that was made meanwhile is not swung to and lies dead in its segment. One sweep at a time.
 */
public final class Sweeper {

    /** A sealed segment is swept when so large a part of it will have expired since the last sweep. */
    private static final int PARTS = 16;

    /** A segment that cannot be walked is tried again after this long. */
    private static final long RETRY_MILLIS = TimeUnit.HOURS.toMillis(1);

    /** Between two walks of segments that are not sealed passes so many times the time that the first took. */
    private static final long UNSEALED_SHARE = 100;

    /** And so much at the least. */
    private static final long UNSEALED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StoreDirectory directory;
    private final LiveSegments segments;
    private final KeyHash hash;
    private final Reads reads;
    private final Publisher publisher;
    private final ExpiryClock clock;
    private final LongSupplier nanos;

    private final ReentrantLock sweeping = new ReentrantLock();
    private volatile boolean closed;

    // Guarded by the lock: segments that are not sealed were swept until then, and are left alone for so long.
    private long unsealedSwept;
    private long unsealedPause;

    public Sweeper(
            StoreDirectory directory,
            LiveSegments segments,
            KeyHash hash,
            Reads reads,
            Publisher publisher,
            ExpiryClock clock,
            LongSupplier nanos) {
        this.directory = directory;
        this.segments = segments;
        this.hash = hash;
        this.reads = reads;
        this.publisher = publisher;
        this.clock = clock;
        this.nanos = nanos;
        this.unsealedSwept = nanos.getAsLong();
    }

    /**
     * Sweeps the segments where it is worth its while. Returns when it wants to be called again, in epoch milliseconds by the clock
     * of the store, or {@link Segment#NO_EXPIRY}; to be called earlier does no harm.
     */
    public long sweep() {
        sweeping.lock();
        try {
            long now = clock.forDropping();
            List<Segment> unsealed = new ArrayList<>();
            for (Segment segment : segments.list()) {
                if (segment.state() != Segment.State.SEALED) {
                    unsealed.add(segment);
                } else if (segment.sweepDue() <= now) {
                    sweep(segment, now);
                }
            }
            sweepUnsealed(unsealed, now);
            return next(now);
        } finally {
            sweeping.unlock();
        }
    }

    private void sweepUnsealed(List<Segment> unsealed, long now) {
        long began = nanos.getAsLong();
        if (began - unsealedSwept < unsealedPause) {
            return;
        }
        for (Segment segment : unsealed) {
            if (segment.earliestExpiry() <= now) {
                sweep(segment, now);
                unsealedSwept = nanos.getAsLong();
                unsealedPause = Math.max(UNSEALED_NANOS, UNSEALED_SHARE * (unsealedSwept - began));
            }
        }
    }

    /** Sweeps all that has expired by now, segments that are not sealed included: before somebody looks at the dead bytes. */
    void sweepAll() {
        sweeping.lock();
        try {
            long now = clock.forDropping();
            for (Segment segment : segments.list()) {
                if (segment.earliestExpiry() <= now) {
                    sweep(segment, now);
                }
            }
        } finally {
            sweeping.unlock();
        }
    }

    /** Ends a running sweep at its next record; later ones do nothing. */
    public void close() {
        closed = true;
        sweeping.lock();
        sweeping.unlock();
    }

    private long next(long now) {
        long next = Segment.NO_EXPIRY;
        long left = unsealedPause - (nanos.getAsLong() - unsealedSwept);
        long unsealedNext = left <= 0 ? now : now + 1 + TimeUnit.NANOSECONDS.toMillis(left);
        for (Segment segment : segments.list()) {
            if (segment.state() == Segment.State.SEALED) {
                next = Math.min(next, segment.sweepDue());
            } else if (segment.earliestExpiry() != Segment.NO_EXPIRY) {
                next = Math.min(next, Math.max(segment.earliestExpiry(), unsealedNext));
            }
        }
        return next;
    }

    private void sweep(Segment segment, long now) {
        if (closed) {
            return;
        }
        // First: once sealed nothing is added to it, so that a walk from then on sees it whole.
        boolean sealed = segment.state() == Segment.State.SEALED;
        long before = segment.beginSweep();
        try {
            Walk walk = walk(segment, sealed, now);
            segment.expires(walk.earliest);
            if (sealed) {
                segment.sweepNotBefore(walk.due());
            }
        } catch (StoreClosedException e) {
            segment.expires(before);
        } catch (IOException | StaveException e) {
            // Readers see what has expired for themselves; it only takes up room until then. Or a merge has just taken
            // the segment away.
            new StoreLog(directory.path()).debug(segment.name() + " could not be swept", e);
            segment.expires(before);
            segment.sweepNotBefore(now + RETRY_MILLIS);
        }
    }

    private Walk walk(Segment segment, boolean sealed, long now) throws IOException {
        if (sealed) {
            Walk walk = new Walk(segment, now);
            if (walkedHint(segment, walk)) {
                return walk;
            }
        }
        Walk walk = new Walk(segment, now);
        scan(segment, walk);
        return walk;
    }

    private boolean walkedHint(Segment segment, Walk walk) {
        try (HintReader hint =
                HintReader.open(directory, segment.storeId(), segment.id(), segment.length(), segment.digest())) {
            hint.read(entry ->
                    walk.see(entry.expiry(), entry.offset(), entry.buffer(), entry.keyPosition(), entry.keyLength()));
            return true;
        } catch (BadHintException e) {
            return false;
        }
    }

    private void scan(Segment segment, Walk walk) throws IOException {
        long length = segment.length();
        try (ReadableFile file = directory.open(segment.name())) {
            SegmentHeader header = SegmentHeader.read(file, segment.storeId(), segment.id());
            ScanResult result = new SegmentScanner()
                    .scan(
                            file,
                            header,
                            length,
                            false,
                            record -> walk.see(
                                    record.expiry(),
                                    record.offset(),
                                    record.buffer(),
                                    record.keyPosition(),
                                    record.keyLength()));
            if (result.end() != length) {
                throw new IOException(
                        segment.name() + ": stopped at offset " + result.stoppedAt() + ": " + result.reason());
            }
        }
    }

    /** One walk over the records of a segment. */
    private final class Walk {
        private final Segment segment;
        private final long now;
        private final ExpiryHistogram later = new ExpiryHistogram();
        private final Fingerprint fingerprint = new Fingerprint();
        private final KeyRange key = new KeyRange();
        private final Location location = new Location();
        private long earliest = Segment.NO_EXPIRY;

        Walk(Segment segment, long now) {
            this.segment = segment;
            this.now = now;
        }

        void see(long expiry, long offset, ByteBuffer buffer, int keyPosition, int keyLength) {
            if (closed) {
                throw new StoreClosedException();
            }
            if (expiry == RecordFormat.NO_EXPIRY) {
                return;
            }
            hash.hash(buffer, keyPosition, keyLength, fingerprint);
            key.at(buffer, keyPosition, keyLength);
            boolean live = reads.find(fingerprint.high, fingerprint.low, key, location)
                    && location.segment == segment.handle()
                    && location.offset == offset;
            if (!live) {
                return;
            }
            if (expiry <= now) {
                publisher.expire(fingerprint.high, fingerprint.low, key, location);
            } else {
                earliest = Math.min(earliest, expiry);
                later.add(saturated(expiry - now), location.length);
            }
        }

        /** The expiry is larger than the time, so a negative difference is one that was too large. */
        private static long saturated(long difference) {
            return difference < 0 ? Long.MAX_VALUE : difference;
        }

        /** When the next sweep is worth its while, if anything is left to expire. */
        long due() {
            return now + later.delayUntil(segment.length() / PARTS);
        }
    }
}
