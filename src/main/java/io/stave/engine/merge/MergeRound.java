package io.stave.engine.merge;

import io.stave.CorruptionException;
import io.stave.StoreClosedException;
import io.stave.engine.base.Notices;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.read.Reads;
import io.stave.engine.space.DiskSpace;
import io.stave.engine.write.Publisher;
import io.stave.hint.HintFile;
import io.stave.io.ForceFailedException;
import io.stave.io.NoSpaceException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeyRange;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Copies what must survive of some sealed segments into new ones: live records, and tombstones that may still shadow something, also in
 * the place of puts that have expired. The copies
 * are forced and have hints; no manifest lists them yet, and {@link #discard} undoes everything.
 */
final class MergeRound {

    private final StoreDirectory directory;
    private final StoreId storeId;
    private final Catalog catalog;
    private final Reads reads;
    private final Publisher publisher;
    private final long now;
    private final KeyHash hash;
    private final HintBuilder hints;
    private final DiskSpace space;

    /** An output may be as long as the longest input, which a batch may have made longer than any other: to split it costs a header. */
    private final long outputLength;

    private final BooleanSupplier cancelled;
    private final LongConsumer moved;
    private final Consumer<Throwable> failed;
    private final List<Segment> inputs;
    private final List<Segment> live;
    private final Notices notices;
    private final StoreLog log;

    /** The inputs whose tombstones were shown to the rule. What a hint does not tell of, only the copying finds in the others. */
    private final Set<Segment> shown = new HashSet<>();

    private TombstoneRule tombstones;

    private final List<MergeOutput.Made> outputs = new ArrayList<>();
    private final List<Long> created = new ArrayList<>();
    private final Fingerprint fingerprint = new Fingerprint();
    private final KeyRange key = new KeyRange();
    private final Location location = new Location();
    private final SegmentScanner scanner = new SegmentScanner();
    private final LookAhead ahead;
    private @Nullable MergeOutput output;
    private @Nullable IOException outputFailure;

    long recordsCopied;
    long recordsDropped;
    long tombstonesKept;
    long tombstonesDropped;

    MergeRound(
            StoreDirectory directory,
            StoreId storeId,
            Catalog catalog,
            Reads reads,
            Publisher publisher,
            long now,
            KeyHash hash,
            HintBuilder hints,
            DiskSpace space,
            long segmentLength,
            BooleanSupplier cancelled,
            LongConsumer moved,
            Consumer<Throwable> failed,
            List<Segment> inputs,
            List<Segment> live,
            Notices notices) {
        this.directory = directory;
        this.storeId = storeId;
        this.catalog = catalog;
        this.reads = reads;
        this.publisher = publisher;
        this.now = now;
        this.hash = hash;
        this.hints = hints;
        this.space = space;
        this.outputLength = inputs.stream().mapToLong(Segment::length).reduce(segmentLength, Math::max);
        this.cancelled = cancelled;
        this.moved = moved;
        this.failed = failed;
        this.inputs = inputs;
        this.live = live;
        this.notices = notices;
        this.log = new StoreLog(directory.path());
        this.ahead = new LookAhead(hash, reads::touch);
        this.tombstones = newRule();
        inputs.stream().filter(MergeRound::mayHoldShadows).forEach(shown::add);
    }

    private TombstoneRule newRule() {
        Set<Long> ids = inputs.stream().map(Segment::id).collect(Collectors.toSet());
        return new TombstoneRule(directory, live, ids);
    }

    /** How the MANIFEST is to list the outputs. */
    List<ListedSegment> outputs() {
        return outputs.stream().map(MergeOutput.Made::listed).toList();
    }

    /**
     * An input that cannot be merged: a record in it does not verify, or it could not be read.
     *
     * @param damaged whether it is damage, which stays, and not an error that may pass
     */
    record Refused(Segment input, boolean damaged) {}

    /**
     * Copies; returns null, or the input that must be left out. Then the outputs are worth nothing: a tombstone may have been dropped in the
     * belief that all inputs would go.
     *
     * @param judged is run when no record of an input is judged any more by what stands in the keydir
     */
    @Nullable
    Refused copy(Runnable judged) throws IOException {
        Refused refused;
        boolean again;
        do {
            int before = shown.size();
            refused = judgeTombstones();
            if (refused == null) {
                refused = scanInputs(inputs, this::take);
            }
            again = refused == null && shown.size() > before;
            if (again) {
                startOver();
            }
        } while (again);
        if (refused != null) {
            return refused;
        }
        judged.run();
        finishOutput();
        for (MergeOutput.Made made : outputs) {
            buildHint(made);
        }
        return null;
    }

    /** Something that may shadow was found where none was known of: an input's hint does not tell of what was overwritten in it. */
    private void startOver() throws IOException {
        close(); // first, for it may wait for the disk
        space.abandonRound(this::discard);
        space.beginRound(inputs);
        created.clear();
        outputs.clear();
        tombstones = newRule();
        recordsCopied = 0;
        recordsDropped = 0;
        tombstonesKept = 0;
        tombstonesDropped = 0;
    }

    /** The tombstones are judged together, before anything is copied: see {@link TombstoneRule}. */
    private @Nullable Refused judgeTombstones() throws IOException {
        List<Segment> holding = inputs.stream().filter(shown::contains).toList();
        Refused refused = scanInputs(holding, (input, record) -> {
            if (record.tombstone() || record.hasExpiry()) {
                hash(record);
                if (mayShadow(record) || (record.expiry() <= now && standsHere(input, record))) {
                    tombstones.consider(fingerprint.high, record.sequence());
                }
            }
        });
        tombstones.judge();
        return refused;
    }

    private void hash(RecordCursor record) {
        key.at(record.buffer(), record.keyPosition(), record.keyLength());
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
    }

    private static boolean mayHoldShadows(Segment input) {
        return input.tombstoneBytes() > 0 || input.holdsExpiries();
    }

    /**
     * Whether there is nothing more to learn about the tombstones that were kept. There is if some were not judged: those written for puts that
     * expired, were swept or were deleted since.
     */
    boolean tombstonesJudged() {
        return tombstones.complete() && tombstonesKept <= tombstones.kept();
    }

    /** Sees a record of an input. */
    private interface Visitor {
        void record(Segment input, RecordCursor record) throws IOException;
    }

    private @Nullable Refused scanInputs(List<Segment> scanned, Visitor visitor) throws IOException {
        for (Segment input : scanned) {
            Refused refused = scan(input, visitor);
            if (refused != null) {
                return refused;
            }
        }
        return null;
    }

    private @Nullable Refused scan(Segment input, Visitor visitor) throws IOException {
        try (ReadableFile file = directory.open(input.name())) {
            SegmentHeader header = SegmentHeader.read(file, input.storeId(), input.id());
            ahead.begin();
            ScanResult result = scanner.scan(file, header, input.length(), false, record -> {
                if (cancelled.getAsBoolean()) {
                    throw new StoreClosedException();
                }
                moved.accept(record.length());
                ahead.at(record);
                visitor.record(input, record);
            });
            if (result.end() != input.length() || result.digest() != input.digest()) {
                return damaged(input, result.stoppedAt(), result.expected(), result.actual());
            }
            return null;
        } catch (CorruptionException e) {
            return damaged(input, e.offset(), e.expected(), e.actual());
        } catch (IOException e) {
            if (e == outputFailure || e instanceof ForceFailedException) {
                throw e;
            }
            log.warn(
                    input.name() + " cannot be read, so it is not merged now: " + e
                            + ". It is tried again; see to the disk.",
                    e);
            return new Refused(input, false);
        }
    }

    private Refused damaged(Segment input, long offset, String expected, String actual) {
        notices.corruption(new CorruptionException(
                input.name(),
                offset,
                expected,
                actual,
                "The segment is not merged and stays as it is; other keys in it can be read. Check the disk, and put those"
                        + " that cannot again or restore a copy."));
        return new Refused(input, true);
    }

    private void take(Segment input, RecordCursor record) throws IOException {
        hash(record);
        if (!record.tombstone() && isLive(input, record)) {
            append(record, false);
            recordsCopied++;
        } else if (mayShadow(record) && mustKeep(input, record)) {
            append(record, true);
            tombstonesKept++;
        } else if (record.tombstone()) {
            tombstonesDropped++;
        } else {
            recordsDropped++;
        }
    }

    private boolean mustKeep(Segment input, RecordCursor record) {
        if (shown.add(input)) {
            // From here on the round is only read to its end to find out about the other inputs.
            return true;
        }
        return tombstones.mustKeep(record.sequence());
    }

    /** What fails here is no fault of the input. */
    private void append(RecordCursor record, boolean asTombstone) throws IOException {
        try {
            MergeOutput target = outputFor(record.length());
            if (asTombstone) {
                target.appendTombstone(record);
            } else {
                target.append(record);
            }
            moved.accept(record.length());
        } catch (IOException e) {
            outputFailure = e;
            throw e;
        }
    }

    /**
     * Whether the keydir points at a put that has not expired. One that has is taken out of the keydir here, like by a sweep, so that nothing
     * points at it when its segment goes.
     */
    private boolean isLive(Segment input, RecordCursor record) {
        boolean there = standsHere(input, record);
        if (there && record.hasExpiry() && record.expiry() <= now) {
            publisher.expire(fingerprint.high, fingerprint.low, key, location);
            return false;
        }
        return there;
    }

    /** Whether the keydir points at this record, whose key was hashed. */
    private boolean standsHere(Segment input, RecordCursor record) {
        return reads.find(fingerprint.high, fingerprint.low, key, location)
                && location.segment == input.handle()
                && location.offset == record.offset();
    }

    /**
     * Whether a record that is not live may be what hides older ones of its key (I6): a tombstone, or a put that has expired. Such a put may
     * have been swept, now or long ago, by a clock that was set back since; but then the keydir has nothing for its key. If it has, that is
     * newer and hides the older ones itself.
     */
    private boolean mayShadow(RecordCursor record) {
        return record.tombstone()
                || (record.hasExpiry() && !reads.find(fingerprint.high, fingerprint.low, key, location));
    }

    private MergeOutput outputFor(int length) throws IOException {
        MergeOutput current = output;
        if (current != null && current.length() + length > outputLength) {
            finishOutput();
            current = null;
        }
        if (current == null) {
            long id = catalog.newFileId();
            created.add(id);
            current = MergeOutput.create(directory, storeId, id, space, failed);
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

    private void buildHint(MergeOutput.Made made) throws IOException {
        long id = made.listed().id();
        try {
            if (!space.makeRoomForHintOfCopies(made.hintBytes())) {
                throw new NoSpaceException(HintFile.name(id), "what is left is kept for merges");
            }
            if (made.distinctKeys()) {
                hints.buildOfDistinctKeys(made.listed(), made.records());
            } else {
                hints.build(made.listed(), made.records());
            }
            space.copied();
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException e) {
            space.notCopied();
            log.warn(
                    "no hint for " + SegmentNames.segment(id) + ": " + e
                            + ". Nothing is lost, but the next open has to read the segment; see whether the disk is full.",
                    e);
        }
    }

    /** Points the keydir at the copies, which are the outputs in their order. */
    void swing(List<Segment> copies) throws IOException {
        Set<Integer> handles = inputs.stream().map(Segment::handle).collect(Collectors.toSet());
        Swing swing = new Swing(directory, hash, reads, publisher, handles);
        for (int i = 0; i < copies.size(); i++) {
            swing.to(copies.get(i), outputs.get(i));
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
            directory.delete(HintFile.name(id));
        }
    }
}
