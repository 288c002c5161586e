package io.stave.engine.merge;

import io.stave.CorruptionException;
import io.stave.StoreClosedException;
import io.stave.hint.HintFile;
import io.stave.hint.HintNotes;
import io.stave.io.ForceFailedException;
import io.stave.io.NoSpaceException;
import io.stave.io.ReadableFile;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeyRange;
import io.stave.keydir.Location;
import io.stave.segment.RecordCursor;
import io.stave.segment.ScanResult;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One hand of a merge's round: walks some of the inputs, one after the other, and copies what must survive into outputs of its own. The hands of a
 * round work beside each other, on different inputs.
 *
 * <p>Used by one thread at a time.
 */
final class MergeHand {

    /** Told of at once are so many bytes that were read or written. */
    private static final int TOLD = 16 << 10;

    private final RoundContext context;
    private final List<Segment> inputs;
    private final long outputLength;

    /** The inputs whose tombstones were shown to the rule, of all hands; the set is for any thread. */
    private final Set<Segment> shown;

    /** Judged already; only asked here. */
    private final TombstoneRule tombstones;

    private final BooleanSupplier broken;

    private final KeyHash hash;
    private final Fingerprint fingerprint = new Fingerprint();
    private final KeyRange key = new KeyRange();
    private final Location location = new Location();
    private final SegmentScanner scanner = new SegmentScanner();
    private final LookAhead ahead;

    private final List<MergeOutput.Made> outputs = new ArrayList<>();
    private final List<Long> created = new ArrayList<>();
    private final List<HintNotes> notes = new ArrayList<>();
    private @Nullable MergeOutput output;
    private @Nullable IOException outputFailure;
    private long untold;

    long recordsCopied;
    long recordsDropped;
    long tombstonesKept;
    long tombstonesDropped;

    /**
     * A hand for these inputs, which begins a new output when one has got {@code outputLength} bytes long.
     *
     * @param broken whether another hand has failed, so that nothing will come of the round
     */
    MergeHand(
            RoundContext context,
            List<Segment> inputs,
            long outputLength,
            Set<Segment> shown,
            TombstoneRule tombstones,
            BooleanSupplier broken) {
        this.context = context;
        this.inputs = inputs;
        this.outputLength = outputLength;
        this.shown = shown;
        this.tombstones = tombstones;
        this.broken = broken;
        this.hash = context.hash();
        this.ahead = new LookAhead(hash, context.reads()::touch);
    }

    /** The outputs that are whole; all of them after {@link #finish}. */
    List<MergeOutput.Made> outputs() {
        return outputs;
    }

    /** The ids of all files that it has created. */
    List<Long> created() {
        return created;
    }

    /** Shows the rule what may shadow something in these inputs; throws {@link RefusedException} as {@link #copy}. */
    void show(List<Segment> holding) throws IOException {
        scanAll(holding, (input, record) -> {
            if (record.tombstone() || record.hasExpiry()) {
                hash(record);
                if (mayShadow(record) || (record.expiry() <= context.now() && standsHere(input, record))) {
                    tombstones.consider(fingerprint.high, record.sequence());
                }
            }
        });
    }

    /**
     * Copies what must survive of its inputs.
     *
     * @throws RefusedException if one of them cannot be merged
     */
    void copy() throws IOException {
        scanAll(inputs, this::take);
    }

    /** Forces what it has copied, and writes the hints. */
    void finish() throws IOException {
        finishOutput();
        for (MergeOutput.Made made : outputs) {
            buildHint(made);
            made.notes().close();
        }
    }

    /** Closes an output that is still open, and gives its memory back. */
    void close() throws IOException {
        notes.forEach(HintNotes::close);
        MergeOutput current = output;
        if (current != null) {
            output = null;
            current.close();
        }
    }

    /** Sees a record of an input. */
    private interface Visitor {
        void record(Segment input, RecordCursor record) throws IOException;
    }

    private void scanAll(List<Segment> scanned, Visitor visitor) throws IOException {
        for (Segment input : scanned) {
            scan(input, visitor);
        }
        tell();
    }

    private void scan(Segment input, Visitor visitor) throws IOException {
        try (ReadableFile file = context.directory().open(input.name())) {
            SegmentHeader header = SegmentHeader.read(file, input.storeId(), input.id());
            ahead.begin();
            ScanResult result = scanner.scan(file, header, input.length(), false, record -> {
                if (context.cancelled().getAsBoolean()) {
                    throw new StoreClosedException();
                }
                if (broken.getAsBoolean()) {
                    throw new CancellationException("another hand has failed");
                }
                moved(record.length());
                ahead.at(record);
                visitor.record(input, record);
            });
            if (result.end() != input.length() || result.digest() != input.digest()) {
                throw damaged(input, result.stoppedAt(), result.expected(), result.actual());
            }
        } catch (CorruptionException e) {
            throw damaged(input, e.offset(), e.expected(), e.actual());
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            if (e == outputFailure || e instanceof ForceFailedException) {
                throw e;
            }
            context.log()
                    .warn(
                            input.name() + " cannot be read, so it is not merged now: " + e
                                    + ". It is tried again; see to the disk.",
                            e);
            throw new RefusedException(input, false);
        }
    }

    private RefusedException damaged(Segment input, long offset, String expected, String actual) {
        context.notices()
                .corruption(new CorruptionException(
                        input.name(),
                        offset,
                        expected,
                        actual,
                        "The segment is not merged and stays as it is; other keys in it can be read. Check the disk, and put"
                                + " those that cannot again or restore a copy."));
        return new RefusedException(input, true);
    }

    private void moved(long bytes) {
        untold += bytes;
        if (untold >= TOLD) {
            tell();
        }
    }

    private void tell() {
        context.moved().accept(untold);
        untold = 0;
    }

    private void hash(RecordCursor record) {
        key.at(record.buffer(), record.keyPosition(), record.keyLength());
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
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
            moved(record.length());
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
        if (there && record.hasExpiry() && record.expiry() <= context.now()) {
            context.publisher().expire(fingerprint.high, fingerprint.low, key, location);
            return false;
        }
        return there;
    }

    /** Whether the keydir points at this record, whose key was hashed. */
    private boolean standsHere(Segment input, RecordCursor record) {
        return inKeydir() && location.segment == input.handle() && location.offset == record.offset();
    }

    /** Finds where the keydir points for the key that was hashed. */
    private boolean inKeydir() {
        return context.reads().find(fingerprint.high, fingerprint.low, key, location);
    }

    /**
     * Whether a record that is not live may be what hides older ones of its key (I6): a tombstone, or a put that has expired. Such a put may
     * have been swept, now or long ago, by a clock that was set back since; but then the keydir has nothing for its key. If it has, that is
     * newer and hides the older ones itself.
     */
    private boolean mayShadow(RecordCursor record) {
        return record.tombstone() || (record.hasExpiry() && !inKeydir());
    }

    private MergeOutput outputFor(int length) throws IOException {
        MergeOutput current = output;
        if (current != null && current.length() + length > outputLength) {
            finishOutput();
            current = null;
        }
        if (current == null) {
            long id = context.catalog().newFileId();
            created.add(id);
            HintNotes noted = context.hints().notes();
            notes.add(noted);
            current = MergeOutput.create(
                    context.directory(),
                    context.catalog().storeId(),
                    id,
                    context.space(),
                    context.health()::fail,
                    noted);
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
        if (!makeRoomForHint(id, made.hintBytes())) {
            return;
        }
        try {
            if (made.distinctKeys()) {
                context.hints().buildOfDistinctKeys(made.listed(), made.records(), made.notes());
            } else {
                context.hints().build(made.listed(), made.records(), made.notes());
            }
            context.space().copied(made.hintBytes());
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException e) {
            context.space().notCopied(made.hintBytes());
            context.log().noHint(id, e);
        }
    }

    private boolean makeRoomForHint(long id, long bytes) throws IOException {
        try {
            if (context.space().makeRoomForHintOfCopies(bytes)) {
                return true;
            }
            context.log().noHint(id, new NoSpaceException(HintFile.name(id), "what is left is kept for merges"));
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException e) {
            context.log().noHint(id, e);
        }
        return false;
    }
}
