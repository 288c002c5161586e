package io.stave.engine;

import io.stave.Entry;
import io.stave.StoreClosedException;
import io.stave.ValueReader;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.Keydir;
import io.stave.keydir.Location;
import io.stave.segment.RecordReader;
import io.stave.segment.Segment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The read path: fingerprint, keydir probe, one record copied out of a mapping and verified. Takes no lock and waits for nothing (I11); the
 * reader epoch keeps the keydir's table and the segment's mapping alive meanwhile (I9).
 */
final class Reads {

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final KeyHash hash;
    private final Keydir keydir;
    private final LiveSegments segments;
    private final ReaderEpoch epoch;
    private final Counters counters;
    private volatile boolean closed;

    /** What a read needs beside its result, kept per thread so that a get allocates nothing but the value. */
    private static final class Scratch {
        final Fingerprint fingerprint = new Fingerprint();
        final Location location = new Location();
        final RecordReader reader = new RecordReader();
    }

    Reads(KeyHash hash, Keydir keydir, LiveSegments segments, ReaderEpoch epoch, Counters counters) {
        this.hash = hash;
        this.keydir = keydir;
        this.segments = segments;
        this.epoch = epoch;
        this.counters = counters;
    }

    /** The fingerprint of a key, for a write; valid until the calling thread asks again. */
    Fingerprint fingerprint(KeyBytes key) {
        return scratchFor(key).fingerprint;
    }

    byte @Nullable [] get(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        int slot = epoch.enter();
        try {
            Segment segment = locate(scratch);
            return segment == null ? null : value(scratch, segment, key);
        } finally {
            epoch.exit(slot);
        }
    }

    @Nullable
    Entry getEntry(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        int slot = epoch.enter();
        try {
            Segment segment = locate(scratch);
            if (segment == null) {
                return null;
            }
            byte[] value = value(scratch, segment, key);
            byte[] keyCopy = Arrays.copyOfRange(key.array(), key.offset(), key.offset() + key.length());
            return new Entry(keyCopy, value, scratch.reader.sequence());
        } finally {
            epoch.exit(slot);
        }
    }

    /** Lends the value to {@code reader}, outside the epoch, so that a slow one holds nothing up but the mapping it reads. */
    <R extends @Nullable Object> @Nullable R read(KeyBytes key, ValueReader<R> reader) {
        try (RecordReader.Loan loan = borrow(key)) {
            return loan == null ? null : reader.read(loan.value(), loan.sequence());
        }
    }

    private RecordReader.@Nullable Loan borrow(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        int slot = epoch.enter();
        try {
            Segment segment = locate(scratch);
            if (segment == null) {
                return null;
            }
            Location at = scratch.location;
            return scratch.reader.lend(segment, at.offset, at.length, key.array(), key.offset(), key.length());
        } finally {
            epoch.exit(slot);
        }
    }

    boolean contains(KeyBytes key) {
        Scratch scratch = scratchFor(key);
        int slot = epoch.enter();
        try {
            return locate(scratch) != null;
        } finally {
            epoch.exit(slot);
        }
    }

    /** Finds a key and reads its version, for a condition; {@code into} receives the location. Returns 0 if the key is absent. */
    long version(Write write, Location into) {
        Scratch scratch = SCRATCH.get();
        int slot = epoch.enter();
        try {
            ensureOpen();
            if (!keydir.find(write.high, write.low, into)) {
                return 0;
            }
            Segment segment = segmentOf(into);
            scratch.reader.verify(segment, into.offset, into.length, write.key, write.keyOffset, write.keyLength);
            return scratch.reader.sequence();
        } finally {
            epoch.exit(slot);
        }
    }

    /** Finds the location of a key without touching its segment. */
    boolean find(long high, int low, Location into) {
        int slot = epoch.enter();
        try {
            return keydir.find(high, low, into);
        } finally {
            epoch.exit(slot);
        }
    }

    /** Refuses new reads; those inside go on until they leave. */
    void close() {
        closed = true;
    }

    private Scratch scratchFor(KeyBytes key) {
        Scratch scratch = SCRATCH.get();
        hash.hash(key.array(), key.offset(), key.length(), scratch.fingerprint);
        return scratch;
    }

    private @Nullable Segment locate(Scratch scratch) {
        ensureOpen();
        Fingerprint fingerprint = scratch.fingerprint;
        if (!keydir.find(fingerprint.high, fingerprint.low, scratch.location)) {
            counters.misses.increment();
            return null;
        }
        counters.hits.increment();
        return segmentOf(scratch.location);
    }

    /** A location found inside an epoch points into a live segment: it is removed only after the epoch has ended. */
    private Segment segmentOf(Location location) {
        Segment segment = segments.get(location.segment);
        if (segment == null) {
            throw new IllegalStateException("the keydir points into segment "
                    + Integer.toUnsignedString(location.segment) + ", which is not open");
        }
        return segment;
    }

    private static byte[] value(Scratch scratch, Segment segment, KeyBytes key) {
        Location at = scratch.location;
        return scratch.reader.value(segment, at.offset, at.length, key.array(), key.offset(), key.length());
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
    }
}
