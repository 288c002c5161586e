package io.stave.engine.backup;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.StoreIOException;
import io.stave.blob.BlobReference;
import io.stave.engine.base.Failures;
import io.stave.engine.recovery.SealedFiles;
import io.stave.io.ReadOnlyDirectory;
import io.stave.io.ReadableFile;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.RecordVisitor;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;

/** Makes a new store of a checkpoint: verifies all of it first, then copies it. */
public final class Restore {

    private Restore() {}

    /** Restores as {@link io.stave.Stave#restore} says. */
    public static CheckpointReport run(Path checkpoint, Path directory) {
        String doing = "restoring " + checkpoint + " to " + directory;
        try (StoreDirectory source = ReadOnlyDirectory.open(checkpoint)) {
            long started = System.nanoTime();
            Verified verified = verified(source);
            try (StoreDirectory target = RealDirectory.create(directory)) {
                return copy(source, verified, target, started);
            }
        } catch (IOException e) {
            throw Failures.translate(doing, e);
        }
    }

    /** A checkpoint that is what it should be. */
    record Verified(Manifest manifest, CheckpointContent content) {}

    /** Reads the MANIFEST, and verifies every record of every segment and every blob that a live one refers to. */
    static Verified verified(StoreDirectory source) throws IOException {
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
        }
        LiveReferences references = new LiveReferences();
        scan(source, manifest, references::note);
        if (!references.isEmpty()) {
            scan(source, manifest, references::strike);
        }
        Collection<BlobReference> blobs = references.list(source, System.currentTimeMillis());
        for (BlobReference blob : blobs) {
            FileBringer.verify(source, blob, () -> {});
        }
        return new Verified(manifest, CheckpointContent.of(manifest.segments(), blobs));
    }

    private static void scan(StoreDirectory source, Manifest manifest, RecordVisitor visitor) throws IOException {
        for (ListedSegment segment : manifest.segments()) {
            String name = SegmentNames.segment(segment.id());
            try (ReadableFile file = source.open(name)) {
                SealedFiles.scan(file, segment, visitor);
            } catch (NoSuchFileException e) {
                throw new CorruptionException(name, 0, "a segment that the MANIFEST lists", "no file");
            }
        }
    }

    /** Copies what was verified, and verifies the copy. */
    static CheckpointReport copy(StoreDirectory source, Verified verified, StoreDirectory target, long started)
            throws IOException {
        Manifest manifest = verified.manifest;
        long version = manifest.segments().stream()
                .mapToLong(ListedSegment::maxSequence)
                .max()
                .orElse(0);
        try (CheckpointTarget into = CheckpointTarget.openEmpty(target)) {
            FileBringer bringer = new FileBringer(source, target, false, () -> {});
            return into.fill(verified.content, manifest, version, bringer, started);
        }
    }
}
