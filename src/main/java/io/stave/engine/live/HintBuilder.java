package io.stave.engine.live;

import io.stave.engine.base.KeydirMemory;
import io.stave.hint.HintWriter;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeydirFeed;
import io.stave.keydir.KeydirLoader;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordEstimate;
import io.stave.segment.RecordFormat;
import io.stave.segment.RecordVisitor;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.function.Predicate;

/**
 * Writes the hint of a sealed segment: for each key physically in it, its record with the highest sequence there, whatever other segments
 * hold.
 *
 * <p>Two passes over the segment: the first finds out which records a later one of the same key supersedes, with a table outside the heap; the
 * second writes the others in file order. Where it is known that each record has a key of its own, the second is enough.
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

    /**
     * Writes the hint of the segment that {@code sealed} describes.
     *
     * @throws IOException if that fails, for want of memory too
     */
    public void build(ListedSegment sealed) throws IOException {
        build(sealed, new RecordEstimate().of(directory, sealed.storeId(), sealed.id(), sealed.length()));
    }

    /**
     * Writes the hint of a segment that has about {@code records} records, so that its table need not grow its way up.
     *
     * @throws IOException if that fails, for want of memory too
     */
    public void build(ListedSegment sealed, long records) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(sealed.id()))) {
            SegmentHeader header = SegmentHeader.read(file, sealed.storeId(), sealed.id());
            SegmentScanner scanner = new SegmentScanner();
            BitSet superseded = new BitSet();
            long found = findSuperseded(scanner, file, header, sealed, records, superseded);
            long entries = found - superseded.cardinality();
            write(scanner, file, header, sealed, entries, record -> !superseded.get(index(record.offset())));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Writes the hint of a segment that has {@code records} records, no two of them of the same key.
     *
     * @throws IOException if that fails
     */
    public void buildOfDistinctKeys(ListedSegment sealed, long records) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(sealed.id()))) {
            SegmentHeader header = SegmentHeader.read(file, sealed.storeId(), sealed.id());
            write(new SegmentScanner(), file, header, sealed, records, record -> true);
        }
    }

    /** A number for the record at an offset that no other record of the segment has, and about as small as can be. */
    private static int index(long offset) {
        return (int) (offset / RecordFormat.HEADER_LENGTH);
    }

    /** Puts the {@link #index} of each record that a later one of its key supersedes into {@code superseded}; returns how many records there are. */
    private long findSuperseded(
            SegmentScanner scanner,
            ReadableFile file,
            SegmentHeader header,
            ListedSegment sealed,
            long expected,
            BitSet superseded)
            throws IOException {
        long[] records = {0};
        KeydirMemory memory = new KeydirMemory(directory, Mapping::release);
        try (KeydirLoader loader = new KeydirLoader(memory)) {
            loader.expect(Math.min(expected, MOST_EXPECTED));
            KeydirFeed feed = loader.feed(lost -> superseded.set(index(lost.offset)));
            Fingerprint fingerprint = new Fingerprint();
            scan(scanner, file, header, sealed, record -> {
                records[0]++;
                hashKey(record, fingerprint);
                // A tombstone counts like any record here, so it is offered as a put.
                feed.offer(
                        fingerprint.high,
                        fingerprint.low,
                        record.sequence(),
                        false,
                        0,
                        (int) record.offset(),
                        record.length(),
                        0);
            });
            feed.flush();
        } finally {
            memory.close();
        }
        return records[0];
    }

    private void write(
            SegmentScanner scanner,
            ReadableFile file,
            SegmentHeader header,
            ListedSegment sealed,
            long entries,
            Predicate<RecordCursor> choice)
            throws IOException {
        Fingerprint fingerprint = new Fingerprint();
        try (HintWriter writer = HintWriter.create(
                directory, sealed.storeId(), sealed.id(), sealed.length(), sealed.digest(), entries)) {
            scan(scanner, file, header, sealed, record -> {
                if (choice.test(record)) {
                    hashKey(record, fingerprint);
                    writer.add(
                            record.kind(),
                            record.flags(),
                            record.sequence(),
                            record.offset(),
                            record.length(),
                            record.expiry(),
                            record.buffer(),
                            record.keyPosition(),
                            record.keyLength(),
                            fingerprint.high);
                }
            });
            writer.finish();
        }
    }

    /** Shows all records, each verified; fails unless the whole segment verifies. */
    private static void scan(
            SegmentScanner scanner,
            ReadableFile file,
            SegmentHeader header,
            ListedSegment sealed,
            RecordVisitor visitor)
            throws IOException {
        ScanResult result = scanner.scan(file, header, sealed.length(), false, visitor);
        if (result.end() != sealed.length()) {
            throw new IOException(file.name() + ": stopped at offset " + result.end() + ": " + result.reason());
        }
    }

    private void hashKey(RecordCursor record, Fingerprint fingerprint) {
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
    }
}
