package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.RecoveryProgress;
import io.stave.RecoveryProgress.Phase;
import io.stave.RecoveryReport;
import io.stave.engine.base.ProgressMeter;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.Leftovers;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.SegmentTally;
import io.stave.engine.live.StoreFiles;
import io.stave.engine.space.Reserve;
import io.stave.hint.HintFile;
import io.stave.io.NoSpaceException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.keydir.KeyHash;
import io.stave.keydir.Keydir;
import io.stave.keydir.KeydirMaker;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import io.stave.segment.Segment;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Opens what is on disk: inspects, then acts (I10).
 *
 * <p>The acts, in this order, so that a crash between any two leads the next recovery to the same state: cut the torn end and force what is
 * left; install a MANIFEST that lists everything kept as sealed and reserves new ceilings; delete what it does not list;
 * map. Nothing is mapped before it is truncated (I9), and nothing is ever appended behind a cut: writing goes on in a new segment.
 */
public final class Recovery {

    private final StoreDirectory directory;
    private final Leftovers leftovers;
    private final ProgressMeter progress;
    private final KeydirMaker<?> maker;
    private final Reserve reserve;
    private final boolean inline;
    private final long oldestUpload;
    private final List<String> straysDeleted = new ArrayList<>();
    private final long started = System.nanoTime();

    /**
     * Creates it.
     *
     * @param reserve gives room for a MANIFEST where the disk has none
     * @param inline whether all of it is done by the calling thread
     * @param oldestUpload uploads that were begun before it, in epoch milliseconds, are given up
     */
    public Recovery(
            StoreDirectory directory,
            RecoveryProgress progress,
            KeydirMaker<?> maker,
            Reserve reserve,
            boolean inline,
            long oldestUpload) {
        this.directory = directory;
        this.leftovers = new Leftovers(directory);
        this.progress = new ProgressMeter(progress);
        this.maker = maker;
        this.reserve = reserve;
        this.inline = inline;
        this.oldestUpload = oldestUpload;
    }

    /**
     * A store ready to be used.
     *
     * @param left files that nothing needs any more, to be deleted when there is time for it
     * @param withoutHint the segments whose hints are to be made when there is time for it
     */
    public record Recovered(
            Manifest manifest,
            long nextSequence,
            long nextSegmentId,
            KeyHash hash,
            Keydir keydir,
            LiveSegments segments,
            LiveBlobs blobs,
            List<String> left,
            List<ListedSegment> withoutHint,
            RecoveryReport report) {}

    /**
     * Recovers the store, or creates it in a directory that holds none.
     *
     * @throws CorruptionException if something that was once durable is missing or damaged; then nothing was changed
     */
    public Recovered run() throws IOException {
        return recover(maker);
    }

    private <K extends Keydir> Recovered recover(KeydirMaker<K> maker) throws IOException {
        boolean created = !directory.exists(ManifestFile.NAME);
        if (created) {
            StoreFiles.refuseOrphans(directory);
            install(Manifest.first(StoreId.random(), StoreSecret.random()));
        }
        Manifest manifest = ManifestFile.read(directory);
        KeyHash hash = new KeyHash(manifest.secret().first(), manifest.secret().second());
        boolean clean = manifest.segments().stream().allMatch(ListedSegment::isSealed);
        RecoveryInspection inspection = new RecoveryInspection(directory, manifest, progress, inline);
        KeydirRead<K> reading = new KeydirRead<>(directory, manifest, maker, progress, inline ? 1 : SealedLoad.THREADS);
        KeydirRead.Restored<K> restored = reading.read();
        KeydirLoad<K> load = new KeydirLoad<>(directory, hash, maker.filler());
        RecoveryPlan plan = restored == null ? inspection.inspect(load) : inspection.inspectFiles();
        Manifest next = act(plan, manifest);
        Keydir keydir = restored == null ? load.finish() : restored.keydir();
        LiveSegments segments = map(next.storeId(), plan, restored == null ? load::tally : restored.tallies()::get);
        BlobInventory inventory = new BlobInventory(directory, keydir, segments, oldestUpload);
        LiveBlobs blobs;
        try {
            blobs = inventory.take();
        } catch (IOException | RuntimeException | Error e) {
            segments.list().forEach(segment -> segment.mapping().release());
            throw e;
        }
        straysDeleted.addAll(inventory.deleted());
        progress.end();
        return new Recovered(
                next,
                manifest.sequenceCeiling() + 1,
                manifest.segmentIdCeiling() + 1,
                hash,
                keydir,
                segments,
                blobs,
                manifest.keydir() == Manifest.NO_KEYDIR ? List.of() : List.of(KeydirFile.NAME),
                plan.segments().stream()
                        .filter(segment -> plan.withoutHint().contains(segment.id()))
                        .toList(),
                report(plan, created, clean, keydir.count(), restored != null, reading.rejected()));
    }

    private Manifest act(RecoveryPlan plan, Manifest manifest) throws IOException {
        progress.begin(Phase.ACT, 0);
        for (ListedSegment segment : plan.segments()) {
            if (plan.unsealed().contains(segment.id())) {
                directory.truncate(SegmentNames.segment(segment.id()), segment.length());
            }
        }
        Manifest next = manifest.withSegments(plan.segments())
                .withSequenceCeiling(manifest.sequenceCeiling() + Catalog.SEQUENCE_BLOCK)
                .withSegmentIdCeiling(manifest.segmentIdCeiling() + Catalog.SEGMENT_ID_BLOCK);
        install(next);
        for (ListedSegment segment : plan.dropped()) {
            boolean unused = delete(SegmentNames.segment(segment.id())) && delete(HintFile.name(segment.id()));
        }
        plan.strays().stream().filter(this::delete).forEach(straysDeleted::add);
        return next;
    }

    private void install(Manifest manifest) throws IOException {
        try {
            ManifestFile.install(directory, manifest);
        } catch (NoSpaceException e) {
            if (!reserve.shrinkForManifest(manifest.segments().size())) {
                throw e;
            }
            ManifestFile.install(directory, manifest);
        }
    }

    /** What is not listed is not seen: it can stay until the next open, or for good if it is a directory. */
    private boolean delete(String name) {
        return leftovers.delete(name);
    }

    private LiveSegments map(StoreId storeId, RecoveryPlan plan, LongFunction<SegmentTally> tallies)
            throws IOException {
        List<Segment> segments = new ArrayList<>();
        try {
            mapAll(storeId, plan, tallies, segments);
            return new LiveSegments(segments);
        } catch (IOException | RuntimeException | Error e) {
            segments.forEach(segment -> segment.mapping().release());
            throw e;
        }
    }

    private void mapAll(StoreId storeId, RecoveryPlan plan, LongFunction<SegmentTally> tallies, List<Segment> segments)
            throws IOException {
        for (ListedSegment listed : plan.segments()) {
            String name = SegmentNames.segment(listed.id());
            boolean slack;
            try (ReadableFile file = directory.open(name)) {
                // A checkpoint shares its files with a store that may have them mapped, zeros and all.
                slack = listed.storeId().equals(storeId) && file.length() > listed.length();
            }
            if (slack) {
                // The zeros that the writer had put ahead of itself.
                directory.truncate(name, listed.length());
            }
            try (ReadableFile file = directory.open(name)) {
                Segment segment = Segment.sealed(
                        listed.storeId(),
                        listed.id(),
                        file.map(listed.length()),
                        listed.length(),
                        listed.digest(),
                        listed.minSequence(),
                        listed.maxSequence(),
                        listed.damaged());
                segments.add(segment);
                tallies.apply(listed.id()).tell(segment);
            }
        }
    }

    private RecoveryReport report(
            RecoveryPlan plan,
            boolean created,
            boolean clean,
            long keys,
            boolean keydirRestored,
            @Nullable String keydirRejected) {
        return new RecoveryReport(
                Duration.ofNanos(System.nanoTime() - started),
                created,
                clean,
                plan.segments().size(),
                keydirRestored,
                keydirRejected,
                plan.fromHints(),
                plan.scanned(),
                plan.unsealed().size(),
                plan.bytesScanned(),
                keys,
                plan.rejected(),
                plan.cuts(),
                plan.behindCut(),
                straysDeleted);
    }
}
