package io.stave.engine.backup;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.StoreIOException;
import io.stave.engine.base.Failures;
import io.stave.engine.recovery.SealedFiles;
import io.stave.io.ReadOnlyDirectory;
import io.stave.io.ReadableFile;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Makes a new store of a checkpoint: verifies all of it first, then copies it. */
public final class Restore {

    private Restore() {}

    /** Restores as {@link io.stave.Stave#restore} says. */
    public static CheckpointReport run(Path checkpoint, Path directory) {
        String doing = "restoring " + checkpoint + " to " + directory;
        try (StoreDirectory source = ReadOnlyDirectory.open(checkpoint)) {
            long started = System.nanoTime();
            Manifest manifest = verified(source);
            try (StoreDirectory target = RealDirectory.create(directory)) {
                return copy(source, manifest, target, started);
            }
        } catch (IOException e) {
            throw Failures.translate(doing, e);
        }
    }

    /** Reads the MANIFEST and verifies every record of every segment. */
    static Manifest verified(StoreDirectory source) throws IOException {
        Manifest manifest;
        try {
            manifest = ManifestFile.read(source);
        } catch (NoSuchFileException e) {
            throw new StoreIOException(source.path() + " holds no checkpoint: there is no " + ManifestFile.NAME, e);
        }
        for (ListedSegment segment : manifest.segments()) {
            String name = SegmentNames.segment(segment.id());
            if (!segment.isSealed()) {
                throw new IllegalArgumentException(source.path() + " is a store that was not closed, for " + name
                        + " is not sealed; open it, and take a checkpoint");
            }
            try (ReadableFile file = source.open(name)) {
                SealedFiles.scan(file, segment, record -> {});
            } catch (NoSuchFileException e) {
                throw new CorruptionException(name, 0, "a segment that the MANIFEST lists", "no file");
            }
        }
        return manifest;
    }

    /** Copies what was verified, and verifies the copy. */
    static CheckpointReport copy(StoreDirectory source, Manifest manifest, StoreDirectory target, long started)
            throws IOException {
        long version = manifest.segments().stream()
                .mapToLong(ListedSegment::maxSequence)
                .max()
                .orElse(0);
        try (CheckpointTarget into = CheckpointTarget.openEmpty(target)) {
            SegmentBringer bringer = new SegmentBringer(source, target, false, () -> {});
            return into.fill(manifest.segments(), manifest, version, bringer, started);
        }
    }
}
