package io.stave.engine.readonly;

import io.stave.engine.live.Pins;
import io.stave.engine.live.Tail;
import io.stave.engine.read.GrowthOverlay;
import io.stave.engine.read.Reads;
import io.stave.engine.recovery.CertifiedLog;
import io.stave.engine.recovery.KeydirLoad;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.segment.RecordCursor;
import io.stave.segment.ScanResult;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Turns a moment into the next one when the writer has only appended since: no segment is gone, and those that are new follow the known ones
 * in the log without a gap. Then what is new is the rest of the log, in the order of the sequences, and nothing else has to be read.
 *
 * <p>{@link #plan} reads, and changes nothing. {@link #carryOut} then shows all of it at once.
 */
final class MomentGrowth {

    /** More changes than these are loaded afresh: hints are quicker to read then, and the overlay lies on the heap, here some 13 MB. */
    private static final int MOST_CHANGES = 1 << 18;

    private final StoreDirectory directory;
    private final KeyHash hash;
    private final CertifiedLog log;
    private final Moment moment;
    private final Manifest manifest;
    private final Map<Long, ListedSegment> listed;

    private final List<Step> steps = new ArrayList<>();
    private final List<Tail> tails = new ArrayList<>();
    private final GrowthOverlay overlay = new GrowthOverlay();
    private final Fingerprint fingerprint = new Fingerprint();

    /** Ends the reading: there is too much for an overlay. */
    private static final class TooManyChanges extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** More of a segment is to be shown: up to {@code end}, through {@code mapping}. */
    private record Step(
            Tail tail, Mapping mapping, long end, long firstSequence, long lastSequence, long tombstoneBytes) {}

    MomentGrowth(StoreDirectory directory, KeyHash hash, CertifiedLog log, Moment moment, Manifest manifest) {
        this.directory = directory;
        this.hash = hash;
        this.log = log;
        this.moment = moment;
        this.manifest = manifest;
        this.listed = byId(manifest);
    }

    private static Map<Long, ListedSegment> byId(Manifest manifest) {
        Map<Long, ListedSegment> byId = new HashMap<>();
        manifest.segments().forEach(segment -> byId.put(segment.id(), segment));
        return byId;
    }

    private boolean relisted() {
        return manifest != moment.manifest();
    }

    /**
     * Reads what is new.
     *
     * @return false if the moment has to be loaded afresh instead
     * @throws java.nio.file.NoSuchFileException if a segment is not there any more
     * @throws io.stave.CorruptionException if something certified does not verify
     */
    boolean plan(Pins pins) throws IOException {
        tails.addAll(moment.tails());
        if (relisted() && (!allStillListed() || !findNewTails())) {
            return false;
        }
        List<Tail> unsealed = unsealed();
        long[] ends = log.ends(unsealed, manifest, false);
        for (Tail tail : tails) {
            ListedSegment entry = entry(tail);
            long end = entry.isSealed() ? entry.length() : ends[unsealed.indexOf(tail)];
            if (end > tail.shown() && !read(tail, entry.isSealed() ? pins.pin(entry) : pins.pin(tail, end), end)) {
                return false;
            }
        }
        return true;
    }

    private List<Tail> unsealed() {
        return tails.stream().filter(tail -> !entry(tail).isSealed()).toList();
    }

    private ListedSegment entry(Tail tail) {
        return Objects.requireNonNull(listed.get(tail.id()));
    }

    /** What was listed is listed, sealed segments unchanged: so no merge has come in between. */
    private boolean allStillListed() {
        for (ListedSegment known : moment.manifest().segments()) {
            ListedSegment now = listed.get(known.id());
            if (now == null || known.isSealed() && (!now.isSealed() || now.digest() != known.digest())) {
                return false;
            }
        }
        return true;
    }

    /** Finds the new segments; false if one of them does not go on where a known one has ended. */
    private boolean findNewTails() throws IOException {
        Set<Long> known = byId(moment.manifest()).keySet();
        for (ListedSegment entry : manifest.segments()) {
            if (known.contains(entry.id())) {
                continue;
            }
            try (ReadableFile file = directory.open(SegmentNames.segment(entry.id()))) {
                SegmentHeader header = SegmentHeader.read(file, entry.storeId(), entry.id());
                // The output of a merge and the first segment of a writer's life follow nothing.
                if (!listed.containsKey(header.predecessorId())) {
                    return false;
                }
                tails.add(new Tail(header));
            }
        }
        return true;
    }

    /** Reads on to {@code end}; returns false if there is too much. */
    private boolean read(Tail tail, Mapping mapping, long end) throws IOException {
        long[] tombstoneBytes = new long[1];
        ScanResult result;
        try {
            result = log.replay(tail, mapping, end, record -> tombstoneBytes[0] += take(tail, record));
        } catch (TooManyChanges e) {
            return false;
        }
        long last = Math.max(tail.lastShown(), result.maxSequence());
        steps.add(new Step(tail, mapping, end, result.minSequence(), last, tombstoneBytes[0]));
        return true;
    }

    /** Takes a record into the overlay; returns its length if it is a tombstone, else 0. */
    private int take(Tail tail, RecordCursor record) throws TooManyChanges {
        if (overlay.count() >= MOST_CHANGES) {
            throw new TooManyChanges();
        }
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
        if (record.tombstone()) {
            overlay.delete(fingerprint.high, fingerprint.low);
            return record.length();
        }
        int flags = KeydirLoad.locationFlags(record.kind(), record.hasExpiry());
        int handle = (int) tail.id();
        overlay.put(fingerprint.high, fingerprint.low, handle, (int) record.offset(), record.length(), flags);
        return 0;
    }

    /** Whether there is anything new to show. */
    boolean showsMore() {
        return !steps.isEmpty();
    }

    /**
     * Shows the next moment, all of it at once.
     *
     * @param retire takes a mapping that was replaced, to release it when its readers have left
     */
    Moment carryOut(Reads reads, Consumer<Mapping> retire) {
        long version = moment.version();
        for (Step step : steps) {
            showSegment(step, retire);
            step.tail.show(step.end, step.lastSequence);
            version = Math.max(version, step.lastSequence);
        }
        if (relisted()) {
            takeOverStates();
        }
        if (overlay.count() > 0) {
            reads.show(new Reads.View(overlay, moment.keydir(), moment.segments()));
            overlay.settle(moment.keydir(), moment.segments());
            reads.show(new Reads.View(null, moment.keydir(), moment.segments()));
        }
        return new Moment(manifest, moment.memory(), moment.keydir(), moment.segments(), unsealed(), version);
    }

    /** Maps come before the locations that need them. */
    private void showSegment(Step step, Consumer<Mapping> retire) {
        Segment segment = moment.segments().get((int) step.tail.id());
        if (segment == null) {
            segment = Segment.certified(
                    manifest.storeId(), step.tail.id(), step.mapping, step.end, step.firstSequence, step.lastSequence);
            moment.segments().add(segment);
        } else {
            retire.accept(segment.certify(step.mapping, step.end, step.lastSequence));
        }
        segment.addTombstone(step.tombstoneBytes);
    }

    private void takeOverStates() {
        for (Segment segment : moment.segments().all()) {
            ListedSegment entry = Objects.requireNonNull(listed.get(segment.id()));
            if (entry.isSealed() && segment.state() != Segment.State.SEALED) {
                segment.seal(entry.digest());
            }
            if (entry.damaged()) {
                segment.markDamaged();
            }
        }
    }
}
