package io.stave.engine.live;

import io.stave.engine.base.KeydirMemory;
import io.stave.hint.HintNotes;
import io.stave.hint.HintWriter;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeydirFeed;
import io.stave.keydir.KeydirLoader;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordEstimate;
import io.stave.segment.RecordFormat;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * Writes the hint of a sealed segment: for each key physically in it, its record with the highest sequence there, whatever other segments
 * hold.
 *
 * <p>Two passes: the first finds out which records a later one of the same key supersedes, with a table outside the heap; the second writes the
 * others in file order. Where it is known that each record has a key of its own, the second is enough. They go over what was noted when the
 * records were written, or else over the segment, which verifies it.
 */
public final class HintBuilder {

    /**
     * A table for more records than so many grows as it must, and so does one of a segment with few keys and many records for each: 22 MiB are
     * taken beforehand at the most.
     */
    private static final int MOST_EXPECTED = 1 << 19;

    private final StoreDirectory directory;
    private final KeyHash hash;

    public HintBuilder(StoreDirectory directory, KeyHash hash) {
        this.directory = directory;
        this.hash = hash;
    }

    /** Notes about a segment that is begun now. */
    public HintNotes notes() {
        return new HintNotes(directory);
    }

    /** Notes about a segment of which nobody took any. */
    public HintNotes nothingNoted() {
        HintNotes none = notes();
        none.close();
        return none;
    }

    /**
     * Writes the hint of the segment that {@code sealed} describes, which is read for it.
     *
     * @throws IOException if that fails, for want of memory too
     */
    public void build(ListedSegment sealed) throws IOException {
        build(sealed, estimate(sealed).records(), nothingNoted());
    }

    /** About what records a segment has. */
    public RecordEstimate.Estimate estimate(ListedSegment sealed) throws IOException {
        return new RecordEstimate().of(directory, sealed.storeId(), sealed.id(), sealed.length());
    }

    /**
     * Writes the hint of a segment that has about {@code records} records, which are read for it, unless {@code stop} says so meanwhile: it is
     * asked at each record. Returns whether the hint was written.
     *
     * @throws IOException if that fails, for want of memory too
     */
    public boolean build(ListedSegment sealed, long records, BooleanSupplier stop) throws IOException {
        try {
            from(sealed, records, nothingNoted(), source -> choose(sealed, records, stopping(source, stop)));
            return true;
        } catch (StoppedException e) {
            return false;
        }
    }

    private static Source stopping(Source source, BooleanSupplier stop) {
        return visitor -> source.show((kind, flags, sequence, offset, length, expiry, key, keyPosition, keyLength) -> {
            if (stop.getAsBoolean()) {
                throw new StoppedException();
            }
            visitor.record(kind, flags, sequence, offset, length, expiry, key, keyPosition, keyLength);
        });
    }

    /** Nobody waits for the hint any more. */
    private static final class StoppedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Writes the hint of a segment that has {@code records} records, or about as many if nothing was noted of them.
     *
     * @throws IOException if that fails, for want of memory too
     */
    public void build(ListedSegment sealed, long records, HintNotes notes) throws IOException {
        from(sealed, records, notes, source -> choose(sealed, records, source));
    }

    private void choose(ListedSegment sealed, long records, Source source) throws IOException {
        BitSet superseded = new BitSet();
        long found = findSuperseded(records, source, superseded);
        writeOthers(sealed, found, source, superseded);
    }

    /**
     * Writes the hint of a segment of the log, of {@code records} records. Where the keydir knew of each which one it superseded, and
     * that was noted, it is not found out again.
     *
     * @throws IOException if that fails, for want of memory too
     */
    public void buildOfLog(ListedSegment sealed, long records, HintNotes notes) throws IOException {
        if (!notes.holdAll(records) || !notes.putsForGood()) {
            build(sealed, records, notes);
            return;
        }
        BitSet superseded = new BitSet();
        notes.readSuperseded(offset -> superseded.set(index(offset)));
        from(sealed, records, notes, source -> writeOthers(sealed, records, source, superseded));
    }

    /** Writes the entries of the records that are not in {@code superseded}. */
    private void writeOthers(ListedSegment sealed, long records, Source source, BitSet superseded) throws IOException {
        long entries = records - superseded.cardinality();
        write(sealed, entries, source, offset -> !superseded.get(index(offset)));
    }

    /**
     * Writes the hint of a segment that has {@code records} records, no two of them of the same key.
     *
     * @throws IOException if that fails
     */
    public void buildOfDistinctKeys(ListedSegment sealed, long records, HintNotes notes) throws IOException {
        from(sealed, records, notes, source -> write(sealed, records, source, offset -> true));
    }

    /** Sees a record. */
    private interface Visitor {
        void record(
                int kind,
                int flags,
                long sequence,
                long offset,
                int length,
                long expiry,
                ByteBuffer key,
                int keyPosition,
                int keyLength)
                throws IOException;
    }

    /** Shows all records of a segment, in their order; as often as one likes. */
    private interface Source {
        void show(Visitor visitor) throws IOException;
    }

    /** Makes a hint of them. */
    private interface Making {
        void from(Source source) throws IOException;
    }

    private void from(ListedSegment sealed, long records, HintNotes notes, Making making) throws IOException {
        try {
            if (notes.holdAll(records)) {
                making.from(visitor -> show(notes, visitor));
                return;
            }
            try (ReadableFile file = directory.open(SegmentNames.segment(sealed.id()))) {
                SegmentHeader header = SegmentHeader.read(file, sealed.storeId(), sealed.id());
                SegmentScanner scanner = new SegmentScanner();
                making.from(visitor -> show(scanner, file, header, sealed, visitor));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void show(HintNotes notes, Visitor visitor) throws IOException {
        notes.read(note -> visitor.record(
                note.kind(),
                note.flags(),
                note.sequence(),
                Integer.toUnsignedLong(note.offset()),
                note.recordLength(),
                note.expiry(),
                note.buffer(),
                note.keyPosition(),
                note.keyLength()));
    }

    /** Each record is verified; fails unless the whole segment verifies. */
    private static void show(
            SegmentScanner scanner, ReadableFile file, SegmentHeader header, ListedSegment sealed, Visitor visitor)
            throws IOException {
        ScanResult result = scanner.scan(
                file,
                header,
                sealed.length(),
                false,
                record -> visitor.record(
                        record.kind(),
                        record.flags(),
                        record.sequence(),
                        record.offset(),
                        record.length(),
                        record.expiry(),
                        record.buffer(),
                        record.keyPosition(),
                        record.keyLength()));
        if (result.end() != sealed.length()) {
            throw new IOException(file.name() + ": stopped at offset " + result.end() + ": " + result.reason());
        }
        if (result.digest() != sealed.digest()) {
            throw new IOException(file.name() + " holds other records than those that were sealed");
        }
    }

    /** A number for the record at an offset that no other record of the segment has, and about as small as can be. */
    private static int index(long offset) {
        return (int) (offset / RecordFormat.HEADER_LENGTH);
    }

    /** Puts the {@link #index} of each record that a later one of its key supersedes into {@code superseded}; returns how many records there are. */
    private long findSuperseded(long expected, Source source, BitSet superseded) throws IOException {
        long[] records = {0};
        KeydirMemory memory = new KeydirMemory(directory, Mapping::release);
        try (KeydirLoader loader = new KeydirLoader(memory)) {
            loader.expect(Math.min(expected, MOST_EXPECTED));
            KeydirFeed feed = loader.feed(lost -> superseded.set(index(lost.offset)));
            Fingerprint print = new Fingerprint();
            source.show((kind, flags, sequence, offset, length, expiry, key, keyPosition, keyLength) -> {
                records[0]++;
                hash.hash(key, keyPosition, keyLength, print);
                // A tombstone counts like any record here, so it is offered as a put.
                feed.offer(print.high, print.low, sequence, false, 0, (int) offset, length, 0);
            });
            feed.flush();
        } finally {
            memory.close();
        }
        return records[0];
    }

    private void write(ListedSegment sealed, long entries, Source source, LongPredicate choice) throws IOException {
        Fingerprint print = new Fingerprint();
        try (HintWriter writer = HintWriter.create(
                directory, sealed.storeId(), sealed.id(), sealed.length(), sealed.digest(), entries)) {
            source.show((kind, flags, sequence, offset, length, expiry, key, keyPosition, keyLength) -> {
                if (choice.test(offset)) {
                    hash.hash(key, keyPosition, keyLength, print);
                    writer.add(kind, flags, sequence, offset, length, expiry, key, keyPosition, keyLength, print.high);
                }
            });
            writer.finish();
        }
    }
}
