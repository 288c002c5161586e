package io.stave.engine.readonly;

import io.stave.RecoveryReport;
import io.stave.engine.base.KeydirMemory;
import io.stave.engine.base.ProgressMeter;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Pins;
import io.stave.engine.live.SegmentTally;
import io.stave.engine.live.Tail;
import io.stave.engine.recovery.CertifiedLog;
import io.stave.engine.recovery.KeydirLoad;
import io.stave.engine.recovery.KeydirRead;
import io.stave.engine.recovery.Recovery;
import io.stave.engine.recovery.SealedLoad;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.CompactMaker;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.ScanResult;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Loads a moment from scratch beside a live writer: what {@link Recovery} is to a store that nobody writes. Writes nothing.
 *
 * <p>First everything is mapped and the end of the log found, which takes little time; so a merge seldom comes in between, and then it is
 * tried again with the next MANIFEST. After that nothing the writer does can disturb: hints are advice, and what has no hint is scanned
 * through its mapping.
 */
final class MomentLoad {

    private final StoreDirectory directory;
    private final KeyHash hash;
    private final CertifiedLog log;
    private final Consumer<Mapping> retire;
    private final Manifest manifest;
    private final Pins pins;
    private final int threads;

    // What was pinned.
    private final List<ListedSegment> sealed = new ArrayList<>();
    private final List<Tail> tails = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    // What was loaded.
    private @Nullable SealedLoad sealedLoad;
    private boolean keydirRestored;
    private @Nullable String keydirRejected;
    private int unsealedScanned;
    private long bytesScanned;

    /** The certified part of an unsealed segment. */
    private record Part(Tail tail, long end, Mapping mapping) {}

    /** Frees the tables that the keydir grows out of through {@code retire}; reads on so many threads at the most. */
    MomentLoad(
            StoreDirectory directory,
            KeyHash hash,
            CertifiedLog log,
            Consumer<Mapping> retire,
            Manifest manifest,
            Pins pins,
            int threads) {
        this.directory = directory;
        this.hash = hash;
        this.log = log;
        this.retire = retire;
        this.manifest = manifest;
        this.pins = pins;
        this.threads = threads;
    }

    /**
     * Maps what the MANIFEST lists, as far as it is certified.
     *
     * @param thorough as in {@link CertifiedLog#ends}
     * @throws java.nio.file.NoSuchFileException if a segment is not there any more
     * @throws io.stave.CorruptionException if a segment is not what is listed
     */
    void pin(boolean thorough) throws IOException {
        for (ListedSegment listed : manifest.segments()) {
            if (listed.isSealed()) {
                pins.pin(listed);
                sealed.add(listed);
            } else {
                tails.add(tail(listed));
            }
        }
        long[] ends = log.ends(tails, manifest, thorough);
        for (int i = 0; i < ends.length; i++) {
            Tail tail = tails.get(i);
            if (ends[i] > tail.shown()) {
                parts.add(new Part(tail, ends[i], pins.pin(tail, ends[i])));
            }
        }
    }

    /**
     * Loads what was mapped.
     *
     * @throws io.stave.CorruptionException if something certified does not verify
     */
    Moment load(ProgressMeter progress) throws IOException {
        KeydirMemory memory = new KeydirMemory(directory, retire);
        try {
            CompactMaker maker = new CompactMaker(memory);
            KeydirRead<CompactKeydir> reading = new KeydirRead<>(directory, manifest, maker, progress, threads);
            KeydirRead.Restored<CompactKeydir> restored = reading.read();
            keydirRestored = restored != null;
            // A reader has a compact one, whatever the writer chooses.
            keydirRejected = reading.ofAnotherKind() ? null : rejectedFor(reading.rejected());
            KeydirLoad<CompactKeydir> load = new KeydirLoad<>(directory, hash, maker.filler());
            SealedLoad loading = new SealedLoad(directory, pins::open, load, progress, threads);
            sealedLoad = loading;
            if (restored == null) {
                load.expect(sealed);
                loading.load(sealed);
            }
            List<Segment> segments = sealedSegments();
            segments.addAll(replay(load));
            CompactKeydir keydir = restored == null ? load.finish() : restored.keydir();
            LongFunction<SegmentTally> tallies = restored == null ? load::tally : restored.tallies()::get;
            long version = 0;
            for (Segment segment : segments) {
                tallies.apply(segment.id()).tell(segment);
                version = Math.max(version, segment.maxSequence());
            }
            return new Moment(manifest, memory, keydir, new LiveSegments(segments), List.copyOf(tails), version);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    /** A writer that has opened the store since has a MANIFEST that vouches for no KEYDIR, and has deleted it: so nothing is wrong. */
    private @Nullable String rejectedFor(@Nullable String rejected) throws IOException {
        return rejected == null || ManifestFile.isCurrent(directory, manifest) ? rejected : null;
    }

    private Tail tail(ListedSegment listed) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(listed.id()))) {
            return new Tail(SegmentHeader.read(file, listed.storeId(), listed.id()));
        }
    }

    private List<Segment> sealedSegments() throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (ListedSegment listed : sealed) {
            segments.add(Segment.sealed(
                    listed.storeId(),
                    listed.id(),
                    pins.pin(listed),
                    listed.length(),
                    listed.digest(),
                    listed.minSequence(),
                    listed.maxSequence(),
                    listed.damaged()));
        }
        return segments;
    }

    private List<Segment> replay(KeydirLoad<?> load) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (Part part : parts) {
            Tail tail = part.tail;
            ScanResult result = log.replay(tail, part.mapping, part.end, load.visitor(tail.id()));
            tail.show(part.end, Math.max(tail.lastShown(), result.maxSequence()));
            segments.add(Segment.certified(
                    tail.header().storeId(),
                    tail.id(),
                    part.mapping,
                    tail.shown(),
                    result.minSequence(),
                    tail.lastShown()));
            unsealedScanned++;
            bytesScanned += part.end;
        }
        return segments;
    }

    /** What this load did, for those who opened. Nothing was recovered, sealed, cut or deleted: that is the writer's. */
    RecoveryReport report(Moment moment, Duration duration) {
        SealedLoad loaded = Objects.requireNonNull(sealedLoad, "load first");
        return new RecoveryReport(
                duration,
                false,
                true,
                moment.segments().list().size(),
                keydirRestored,
                keydirRejected,
                loaded.fromHints(),
                loaded.scanned() + unsealedScanned,
                0,
                loaded.bytesScanned() + bytesScanned,
                moment.keydir().count(),
                loaded.rejected(),
                List.of(),
                List.of(),
                List.of());
    }
}
