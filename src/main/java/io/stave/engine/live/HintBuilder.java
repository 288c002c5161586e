package io.stave.engine.live;

import io.stave.engine.base.KeydirMemory;
import io.stave.hint.HintWriter;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeydirFeed;
import io.stave.keydir.KeydirLoader;
import io.stave.keydir.Location;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordCursor;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes the hint of a sealed segment: for each key physically in it, its record with the highest sequence there, whatever other segments
 * hold.
 *
 * <p>Two passes over the segment: the first finds the highest record of each key, in a table outside the heap; the second writes them in
 * file order. Where it is known that each record has a key of its own, the second is enough.
 */
public final class HintBuilder {

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
        KeydirMemory memory = new KeydirMemory(directory, Mapping::release);
        try (ReadableFile file = directory.open(SegmentNames.segment(sealed.id()))) {
            SegmentHeader header = SegmentHeader.read(file, sealed.storeId(), sealed.id());
            SegmentScanner scanner = new SegmentScanner();
            CompactKeydir highest = findHighest(scanner, file, header, sealed, memory);
            Location location = new Location();
            write(
                    scanner,
                    file,
                    header,
                    sealed,
                    highest.count(),
                    (record, key) -> highest.find(key.high, key.low, location) && location.offset == record.offset());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            memory.close();
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
            write(new SegmentScanner(), file, header, sealed, records, (record, key) -> true);
        }
    }

    /** Whether a record, whose key has this fingerprint, is in the hint. */
    private interface Choice {
        boolean takes(RecordCursor record, Fingerprint key);
    }

    private CompactKeydir findHighest(
            SegmentScanner scanner, ReadableFile file, SegmentHeader header, ListedSegment sealed, KeydirMemory memory)
            throws IOException {
        KeydirLoader loader = new KeydirLoader(memory);
        KeydirFeed feed = loader.feed(lost -> {});
        Fingerprint fingerprint = new Fingerprint();
        ScanResult result = scanner.scan(file, header, sealed.length(), false, record -> {
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
        requireWhole(file, sealed, result);
        feed.flush();
        return loader.finish();
    }

    private void write(
            SegmentScanner scanner,
            ReadableFile file,
            SegmentHeader header,
            ListedSegment sealed,
            long entries,
            Choice choice)
            throws IOException {
        Fingerprint fingerprint = new Fingerprint();
        try (HintWriter writer = HintWriter.create(
                directory, sealed.storeId(), sealed.id(), sealed.length(), sealed.digest(), entries)) {
            ScanResult result = scanner.scan(file, header, sealed.length(), false, record -> {
                hashKey(record, fingerprint);
                if (choice.takes(record, fingerprint)) {
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
            requireWhole(file, sealed, result);
            writer.finish();
        }
    }

    private static void requireWhole(ReadableFile file, ListedSegment sealed, ScanResult result) throws IOException {
        if (result.end() != sealed.length()) {
            throw new IOException(file.name() + ": stopped at offset " + result.end() + ": " + result.reason());
        }
    }

    private void hashKey(RecordCursor record, Fingerprint fingerprint) {
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
    }
}
