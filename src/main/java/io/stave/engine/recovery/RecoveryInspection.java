package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.engine.base.ProgressMeter;
import io.stave.hint.HintFile;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The first half of recovery: reads what the MANIFEST lists, loads the keydir if it must, and plans (I10). Writes nothing.
 *
 * <p>Unsealed segments are walked one after the other, because where the log ends in one decides about the next ({@link UnsealedLog}).
 * Sealed ones are loaded in parallel and in any order ({@link SealedLoad}).
 */
final class RecoveryInspection {

    private final StoreDirectory directory;
    private final Manifest manifest;
    private final ProgressMeter progress;
    private final boolean inline;

    RecoveryInspection(StoreDirectory directory, Manifest manifest, ProgressMeter progress, boolean inline) {
        this.directory = directory;
        this.manifest = manifest;
        this.progress = progress;
        this.inline = inline;
    }

    /**
     * Inspects a store whose keydir was restored: the files must be there, and there is nothing to be done.
     *
     * @throws CorruptionException if a segment is missing, or is not what is listed
     */
    RecoveryPlan inspectFiles() throws IOException {
        Set<String> names = new HashSet<>(directory.list());
        Set<Long> withoutHint = new TreeSet<>();
        for (ListedSegment segment : manifest.segments()) {
            SealedFiles.check(this::open, segment);
            if (!names.contains(HintFile.name(segment.id()))) {
                withoutHint.add(segment.id());
            }
        }
        return RecoveryPlan.untouched(manifest.segments(), withoutHint, new Strays(directory, manifest).find());
    }

    private ReadableFile open(ListedSegment segment) throws IOException {
        return directory.open(SegmentNames.segment(segment.id()));
    }

    /**
     * Inspects the store and loads the keydir.
     *
     * @throws CorruptionException if something that was once durable is missing or damaged
     */
    RecoveryPlan inspect(KeydirLoad<?> load) throws IOException {
        List<ListedSegment> sealed = new ArrayList<>();
        List<ListedSegment> active = new ArrayList<>();
        for (ListedSegment segment : manifest.segments()) {
            (segment.isSealed() ? sealed : active).add(segment);
        }
        UnsealedLog log = new UnsealedLog(directory, manifest.storeId(), load, progress);
        load.expect(sealed);
        log.walk(active);
        log.kept().forEach(this::refuseIfAboveCeiling);
        SealedLoad sealedLoad = new SealedLoad(directory, this::open, load, progress, inline ? 1 : SealedLoad.THREADS);
        sealedLoad.load(sealed);

        List<ListedSegment> segments = new ArrayList<>(sealed);
        segments.addAll(log.kept());
        Set<Long> unsealed = new HashSet<>();
        log.kept().forEach(segment -> unsealed.add(segment.id()));
        Set<Long> withoutHint = new TreeSet<>(sealedLoad.withoutHint());
        withoutHint.addAll(unsealed);
        return new RecoveryPlan(
                segments,
                unsealed,
                log.dropped(),
                log.behindCut(),
                log.cuts(),
                sealedLoad.rejected(),
                withoutHint,
                new Strays(directory, manifest).find(),
                sealedLoad.fromHints(),
                sealedLoad.scanned() + log.scanned(),
                sealedLoad.bytesScanned() + log.bytesScanned());
    }

    /** What was given out lies below the ceiling, which was raised before (I3): so a larger sequence shows that the MANIFEST is an older one. */
    private void refuseIfAboveCeiling(ListedSegment kept) {
        if (kept.maxSequence() > manifest.sequenceCeiling()) {
            throw new CorruptionException(
                    ManifestFile.NAME,
                    0,
                    "a manifest that reserved version " + kept.maxSequence() + ", which "
                            + SegmentNames.segment(kept.id()) + " holds",
                    "one that reserved versions up to " + manifest.sequenceCeiling() + ": an older one was put back",
                    "Put the newest MANIFEST back, or restore all files of one backup.");
        }
    }
}
