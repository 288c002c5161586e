package io.stave.engine;

import io.stave.CorruptionException;
import io.stave.StoreClosedException;
import io.stave.io.ForceFailedException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.Location;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordCursor;
import io.stave.segment.ScanResult;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Copies what must survive of some sealed segments into new ones: live records, and tombstones that may still shadow something. The copies
 * are forced and have hints; no manifest lists them yet, and {@link #discard} undoes everything.
 */
final class MergeRound {

    private static final System.Logger LOG = System.getLogger("io.stave");

    private final StoreDirectory directory;
    private final StoreId storeId;
    private final Catalog catalog;
    private final Reads reads;
    private final KeyHash hash;
    private final HintBuilder hints;
    private final long segmentLength;
    private final BooleanSupplier cancelled;
    private final List<Segment> inputs;
    private final TombstoneRule tombstones;

    private final List<ListedSegment> outputs = new ArrayList<>();
    private final List<Long> created = new ArrayList<>();
    private final Fingerprint fingerprint = new Fingerprint();
    private final Location location = new Location();
    private @Nullable MergeOutput output;

    long recordsCopied;
    long recordsDropped;
    long tombstonesKept;
    long tombstonesDropped;

    MergeRound(
            StoreDirectory directory,
            StoreId storeId,
            Catalog catalog,
            Reads reads,
            KeyHash hash,
            HintBuilder hints,
            long segmentLength,
            BooleanSupplier cancelled,
            List<Segment> inputs,
            List<Segment> live) {
        this.directory = directory;
        this.storeId = storeId;
        this.catalog = catalog;
        this.reads = reads;
        this.hash = hash;
        this.hints = hints;
        this.segmentLength = segmentLength;
        this.cancelled = cancelled;
        this.inputs = inputs;
        Set<Long> ids = inputs.stream().map(Segment::id).collect(Collectors.toSet());
        this.tombstones = new TombstoneRule(directory, storeId, live, ids);
    }

    /** How the MANIFEST is to list the outputs. */
    List<ListedSegment> outputs() {
        return outputs;
    }

    /**
     * Copies; returns null, or the input in which a record does not verify. Then the outputs are worth nothing: a tombstone may have been
     * dropped in the belief that all inputs would go.
     */
    @Nullable
    Segment copy() throws IOException {
        SegmentScanner scanner = new SegmentScanner();
        for (Segment input : inputs) {
            try (ReadableFile file = directory.open(input.name())) {
                SegmentHeader header = SegmentHeader.read(file, storeId, input.id());
                ScanResult result = scanner.scan(file, header, input.length(), false, record -> take(input, record));
                if (result.end() != input.length() || result.digest() != input.digest()) {
                    return damaged(input, result.stoppedAt(), result.expected(), result.actual());
                }
            } catch (CorruptionException e) {
                return damaged(input, e.offset(), e.expected(), e.actual());
            }
        }
        finishOutput();
        for (ListedSegment made : outputs) {
            buildHint(made);
        }
        return null;
    }

    private static Segment damaged(Segment input, long offset, String expected, String actual) {
        LOG.log(
                System.Logger.Level.ERROR,
                input.name() + " is damaged at offset " + offset + ": expected " + expected + ", found " + actual
                        + ". It stays as it is; the other keys in it can be read.");
        return input;
    }

    private void take(Segment input, RecordCursor record) throws IOException {
        if (cancelled.getAsBoolean()) {
            throw new StoreClosedException();
        }
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
        boolean keep;
        if (record.tombstone()) {
            keep = tombstones.mustKeep(fingerprint.high, record.sequence());
            tombstonesKept += keep ? 1 : 0;
            tombstonesDropped += keep ? 0 : 1;
        } else {
            keep = reads.find(fingerprint.high, fingerprint.low, location)
                    && location.segment == input.handle()
                    && location.offset == record.offset();
            recordsCopied += keep ? 1 : 0;
            recordsDropped += keep ? 0 : 1;
        }
        if (keep) {
            outputFor(record.length()).append(record);
        }
    }

    private MergeOutput outputFor(int length) throws IOException {
        MergeOutput current = output;
        if (current != null && current.length() + length > segmentLength) {
            finishOutput();
            current = null;
        }
        if (current == null) {
            long id = catalog.newSegmentId();
            created.add(id);
            current = MergeOutput.create(directory, storeId, id);
            output = current;
        }
        return current;
    }

    private void finishOutput() throws IOException {
        MergeOutput current = output;
        if (current != null) {
            try (current) {
                outputs.add(current.finish());
            }
            output = null;
        }
    }

    private void buildHint(ListedSegment made) throws IOException {
        try {
            hints.build(made);
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "no hint for " + SegmentNames.segment(made.id()) + ": " + e, e);
        }
    }

    /** Points the keydir at the copies: only where it still points at the original (I7). */
    void swing(Publisher publisher, Segment copy) throws IOException {
        Set<Integer> handles = inputs.stream().map(Segment::handle).collect(Collectors.toSet());
        try (ReadableFile file = directory.open(copy.name())) {
            SegmentHeader header = SegmentHeader.read(file, storeId, copy.id());
            ScanResult result = new SegmentScanner().scan(file, header, copy.length(), false, record -> {
                if (record.tombstone()) {
                    copy.addTombstone(record.length());
                    return;
                }
                hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
                // The inputs hold one live record of a key, and gain none: if the keydir points into them, it points at
                // the original.
                if (reads.find(fingerprint.high, fingerprint.low, location) && handles.contains(location.segment)) {
                    publisher.move(fingerprint.high, fingerprint.low, location, copy, (int) record.offset());
                }
            });
            if (result.end() != copy.length()) {
                throw new IOException(
                        copy.name() + ": stopped at offset " + result.stoppedAt() + ": " + result.reason());
            }
        }
    }

    /** Closes an output that is still open. */
    void close() throws IOException {
        MergeOutput current = output;
        if (current != null) {
            output = null;
            current.close();
        }
    }

    /** Removes the outputs of a round that will not be committed. */
    void discard() throws IOException {
        close();
        for (long id : created) {
            directory.delete(SegmentNames.segment(id));
            directory.delete(io.stave.hint.HintFile.name(id));
        }
    }
}
