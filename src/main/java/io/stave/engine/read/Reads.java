package io.stave.engine.read;

import io.stave.BlobReader;
import io.stave.CorruptionException;
import io.stave.Entry;
import io.stave.StoreClosedException;
import io.stave.StoreIOException;
import io.stave.ValueReader;
import io.stave.blob.BlobFile;
import io.stave.engine.base.Counters;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.base.Notices;
import io.stave.engine.base.ReadLatency;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Overlay;
import io.stave.engine.live.ReaderEpoch;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.Key;
import io.stave.keydir.KeyHash;
import io.stave.keydir.Keydir;
import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;
import io.stave.segment.RecordReader;
import io.stave.segment.Segment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The read path: fingerprint, keydir probe, one record copied out of a mapping and verified. Takes no lock and waits for nothing (I11); the
 * reader epoch keeps the keydir's table and the segment's mapping alive meanwhile (I9).
 */
public final class Reads {

    /** So many keys are best given to {@link #touch}: about as many reads as a processor has under way at a time. */
    public static final int TOUCHED_TOGETHER = 16;

    /** One get of a thread in so many is measured, less one. */
    private static final int SAMPLED = 1024 - 1;

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final StoreDirectory directory;
    private final KeyHash hash;
    private final ReaderEpoch epoch;
    private final Counters counters;
    private final ExpiryClock clock;
    private final ReadLatency latency;
    private final Notices notices;
    private final BlobFiles blobs;
    private volatile View view;
    private volatile boolean closed;

    /**
     * What reads look into. A reader takes it once, inside the epoch, so that it sees one view or the next and never a bit of both.
     *
     * @param overlay what is to be consulted before the keydir, if anything
     * @param keydir where the newest record of each key lies
     * @param segments what its locations point into
     */
    public record View(@Nullable Overlay overlay, Keydir keydir, LiveSegments segments) {

        /** Finds what is visible of a key; {@code into} is filled if it is there. */
        public boolean find(long high, int low, Key key, Location into) {
            if (overlay != null) {
                Overlay.Answer answer = overlay.find(high, low, into);
                if (answer != Overlay.Answer.UNKNOWN) {
                    return answer == Overlay.Answer.PRESENT;
                }
            }
            return keydir.find(high, low, key, into);
        }

        /** The segment of a location that was found here: it is removed only after the epoch has ended. */
        Segment segmentOf(Location location) {
            Segment segment = segments.get(location.segment);
            if (segment == null) {
                throw new IllegalStateException("the keydir points into segment "
                        + Integer.toUnsignedString(location.segment) + ", which is not open");
            }
            return segment;
        }
    }

    /** What a read needs beside its result, kept per thread so that a get allocates nothing but the value. */
    private static final class Scratch {
        final Fingerprint fingerprint = new Fingerprint();
        final Location location = new Location();
        final RecordReader reader = new RecordReader();
        final ColdReads cold = new ColdReads();

        // The record that has been read and found to have expired, if any.
        boolean expired;
        int expiredSegment;
        int expiredOffset;

        // What the record that was found refers to, if it does.
        @Nullable
        BlobFile blob;

        private int gets;

        @Nullable
        BlobFile takeBlob() {
            BlobFile taken = blob;
            if (taken != null) {
                blob = null;
            }
            return taken;
        }

        /** Whether this get is one of the few that are measured. */
        boolean measured() {
            return (++gets & SAMPLED) == 0;
        }
    }

    public Reads(
            StoreDirectory directory,
            KeyHash hash,
            Keydir keydir,
            LiveSegments segments,
            ReaderEpoch epoch,
            Counters counters,
            ExpiryClock clock,
            ReadLatency latency,
            Notices notices,
            BlobFiles blobs) {
        this.directory = directory;
        this.hash = hash;
        this.epoch = epoch;
        this.counters = counters;
        this.clock = clock;
        this.latency = latency;
        this.notices = notices;
        this.blobs = blobs;
        this.view = new View(null, keydir, segments);
    }

    /** Has reads look into {@code next} from now on; what only the view before can reach may be retired afterwards. */
    public void show(View next) {
        view = next;
    }

    /** The fingerprint of a key, for a write; valid until the calling thread asks again. */
    public Fingerprint fingerprint(KeyBytes key) {
        return scratchFor(key).fingerprint;
    }

    public byte @Nullable [] get(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        if (scratch.measured()) {
            long started = System.nanoTime();
            byte[] value = get(key, scratch);
            latency.add(System.nanoTime() - started);
            return value;
        }
        return get(key, scratch);
    }

    private byte @Nullable [] get(KeyBytes key, Scratch scratch) {
        byte[] value = find(key, scratch);
        BlobFile blob = scratch.takeBlob();
        return blob == null ? value : blobs.whole(blob);
    }

    /** The value in the record of a key; if that refers to a blob, {@code scratch} has it open. */
    private byte @Nullable [] find(KeyBytes key, Scratch scratch) {
        int slot = epoch.enter();
        try {
            for (Segment segment = locate(scratch, key); segment != null; segment = locate(scratch, key)) {
                byte[] value = value(scratch, segment, key);
                if (!expired(scratch)) {
                    openBlob(scratch, value);
                    return value;
                }
            }
            return null;
        } catch (CorruptionException e) {
            throw notices.corruption(e);
        } finally {
            epoch.exit(slot);
        }
    }

    /** If the record that was just read refers to a blob, opens that: still in the epoch, so that its file is there. */
    private void openBlob(Scratch scratch, byte[] value) {
        if (isBlob(scratch.location)) {
            scratch.blob = blobs.open(value);
        }
    }

    private static boolean isBlob(Location at) {
        return (at.flags & Location.BLOB) != 0;
    }

    /**
     * What the record of a key holds.
     *
     * @param value its value, or a reference to a blob
     * @param blob whether it is such a reference
     * @param version the record's sequence
     */
    public record Stored(byte[] value, boolean blob, long version) {}

    /** What the record of a key holds, as it is; null if the key is absent. */
    @Nullable
    public Stored stored(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        byte[] value = find(key, scratch);
        if (value == null) {
            return null;
        }
        BlobFile blob = scratch.takeBlob();
        if (blob != null) {
            BlobFiles.close(blob);
        }
        return new Stored(value, blob != null, scratch.reader.sequence());
    }

    /** Opens the value of a key for reading piece by piece; null if there is none. */
    @Nullable
    public BlobReader openReader(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        byte[] value = find(key, scratch);
        if (value == null) {
            return null;
        }
        BlobFile blob = scratch.takeBlob();
        ValueSource source = blob == null ? new ArraySource(value) : new ChunkSource(blob, notices);
        return new ValueChannel(source, scratch.reader.sequence(), ExpiryClock.instant(scratch.reader.expiry()));
    }

    @Nullable
    public Entry getEntry(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        byte[] value = get(key, scratch);
        if (value == null) {
            return null;
        }
        byte[] keyCopy = Arrays.copyOfRange(key.array(), key.offset(), key.offset() + key.length());
        return new Entry(keyCopy, value, scratch.reader.sequence(), ExpiryClock.instant(scratch.reader.expiry()));
    }

    /** Lends the value to {@code reader}, outside the epoch, so that a slow one holds nothing up but the mapping it reads. */
    public <R extends @Nullable Object> @Nullable R read(KeyBytes key, ValueReader<R> reader) {
        Scratch scratch = scratchFor(key);
        try (RecordReader.Loan loan = borrow(key, scratch)) {
            if (loan == null) {
                return null;
            }
            BlobFile blob = scratch.takeBlob();
            ByteBuffer value = blob == null
                    ? loan.value()
                    : ByteBuffer.wrap(blobs.whole(blob)).asReadOnlyBuffer();
            return reader.read(value, loan.sequence());
        }
    }

    private RecordReader.@Nullable Loan borrow(KeyBytes key, Scratch scratch) {
        int slot = epoch.enter();
        try {
            for (Segment segment = locate(scratch, key); segment != null; segment = locate(scratch, key)) {
                Location at = scratch.location;
                scratch.cold.before(directory, segment, at.offset, at.length);
                RecordReader.Loan loan =
                        scratch.reader.lend(segment, at.offset, at.length, key.array(), key.offset(), key.length());
                if (expired(scratch)) {
                    loan.close();
                } else if (isBlob(at)) {
                    return lendBlob(scratch, loan);
                } else {
                    return loan;
                }
            }
            return null;
        } catch (CorruptionException e) {
            throw notices.corruption(e);
        } finally {
            epoch.exit(slot);
        }
    }

    private RecordReader.Loan lendBlob(Scratch scratch, RecordReader.Loan loan) {
        try {
            byte[] value = new byte[loan.value().remaining()];
            loan.value().get(0, value);
            openBlob(scratch, value);
            return loan;
        } catch (RuntimeException e) {
            loan.close();
            throw e;
        }
    }

    public boolean contains(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        int slot = epoch.enter();
        try {
            for (Segment segment = locate(scratch, key); segment != null; segment = locate(scratch, key)) {
                Location at = scratch.location;
                if (!expires(at)) {
                    return true;
                }
                scratch.cold.before(directory, segment, at.offset, at.length);
                scratch.reader.verify(segment, at.offset, at.length, key.array(), key.offset(), key.length());
                if (!expired(scratch)) {
                    return true;
                }
            }
            return false;
        } catch (CorruptionException e) {
            throw notices.corruption(e);
        } finally {
            epoch.exit(slot);
        }
    }

    /**
     * Finds a key and reads version and expiry of its record, expired or not, for a condition; null if there is none.
     *
     * @param evenIfDamaged whether a record that cannot be read is there nevertheless, instead of throwing
     */
    @Nullable
    public Seen look(long high, int low, KeyBytes key, boolean evenIfDamaged) {
        Scratch scratch = SCRATCH.get();
        int slot = epoch.enter();
        try {
            ensureOpen();
            View now = view;
            Location at = scratch.location;
            if (!now.find(high, low, key, at)) {
                return null;
            }
            RecordReader reader = scratch.reader;
            Segment segment = now.segmentOf(at);
            scratch.cold.before(directory, segment, at.offset, at.length);
            try {
                reader.verify(segment, at.offset, at.length, key.array(), key.offset(), key.length());
            } catch (CorruptionException | StoreIOException e) {
                if (e instanceof CorruptionException damage) {
                    notices.corruption(damage);
                }
                if (evenIfDamaged) {
                    // Nothing says that it has expired, and to delete it is one way to be rid of it.
                    return new Seen(at.segment, at.offset, 0, RecordFormat.NO_EXPIRY);
                }
                throw e;
            }
            return new Seen(at.segment, at.offset, reader.sequence(), reader.expiry());
        } finally {
            epoch.exit(slot);
        }
    }

    /**
     * Finds the location that the keydir has of a key, without touching its segment: for those who compare it with one to be replaced. While
     * a batch is being published, readers may see a newer one. Not through the overlay: until a change is carried over, the keydir must not
     * keep pointing into a segment that a merge gives back, for snapshots look there.
     */
    public boolean find(long high, int low, Key key, Location into) {
        int slot = epoch.enter();
        try {
            return view.keydir.find(high, low, key, into);
        } finally {
            epoch.exit(slot);
        }
    }

    /** Touches keys that are about to be changed in the keydir; what it returns only has to be used. */
    public long touch(int count, IntToLongFunction highs) {
        long read = 0;
        int slot = epoch.enter();
        try {
            Keydir keydir = view.keydir;
            for (int i = 0; i < count; i++) {
                read += keydir.touch(highs.applyAsLong(i));
            }
        } finally {
            epoch.exit(slot);
        }
        return read;
    }

    /** The overlay that is in place, or null. */
    @Nullable
    public Overlay overlay() {
        return view.overlay;
    }

    /** Lays changes over the keydir, or takes them away; the leader of the write path only. */
    public void overlay(@Nullable Overlay next) {
        View now = view;
        view = new View(next, now.keydir, now.segments);
    }

    /** Refuses new reads; those inside go on until they leave. */
    public void close() {
        closed = true;
    }

    private Scratch scratchFor(KeyBytes key) {
        Scratch scratch = SCRATCH.get();
        scratch.expired = false;
        hash.hash(key.array(), key.offset(), key.length(), scratch.fingerprint);
        return scratch;
    }

    private @Nullable Segment locate(Scratch scratch, KeyBytes key) {
        ensureOpen();
        View now = view;
        Fingerprint fingerprint = scratch.fingerprint;
        Location at = scratch.location;
        if (!now.find(fingerprint.high, fingerprint.low, key, at)) {
            counters.misses.increment();
            return null;
        }
        if (!expires(at)) {
            counters.hits.increment();
        } else if (scratch.expired && scratch.expiredSegment == at.segment && scratch.expiredOffset == at.offset) {
            counters.misses.increment();
            return null;
        }
        return now.segmentOf(at);
    }

    private static boolean expires(Location at) {
        return (at.flags & Location.EXPIRY) != 0;
    }

    /**
     * Whether the record that was just read and verified has expired. If so the caller locates the key once more: it is absent if it still
     * stands where it was, for then it did so when the clock was asked. It may have got another value before the old one expired.
     */
    private boolean expired(Scratch scratch) {
        Location at = scratch.location;
        if (!expires(at)) {
            return false;
        }
        if (!clock.expired(scratch.reader.expiry())) {
            counters.hits.increment();
            return false;
        }
        scratch.expired = true;
        scratch.expiredSegment = at.segment;
        scratch.expiredOffset = at.offset;
        return true;
    }

    private byte[] value(Scratch scratch, Segment segment, KeyBytes key) {
        Location at = scratch.location;
        scratch.cold.before(directory, segment, at.offset, at.length);
        return scratch.reader.value(segment, at.offset, at.length, key.array(), key.offset(), key.length());
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
    }
}
