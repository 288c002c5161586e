package io.stave.engine.repair;

import io.stave.CorruptionException;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.live.StoreLock;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Makes hints anew from their segments, and puts each in the place of the old one in one step. Holds the lock of the store until it is closed. */
public final class HintRebuild implements Closeable {

    private final StoreDirectory directory;
    private final StoreLock lock;

    private HintRebuild(StoreDirectory directory, StoreLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes the lock of a store.
     *
     * @throws io.stave.StoreLockedException if somebody has it open
     */
    public static HintRebuild open(Path store) throws IOException {
        StoreDirectory directory = RealDirectory.open(store);
        try {
            return new HintRebuild(directory, StoreLock.acquire(directory));
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /**
     * Rebuilds the hint of a sealed segment. If that fails, the old one is as it was.
     *
     * @throws CorruptionException if the MANIFEST or the segment does not verify, or there is no such file
     * @throws io.stave.FormatVersionException if a newer release wrote one of them
     * @throws IllegalArgumentException if no sealed segment has this id
     * @throws IOException if files cannot be read or written
     */
    public void rebuild(long segmentId) throws IOException {
        Manifest manifest = ManifestFile.read(directory);
        ListedSegment segment = manifest.segment(segmentId)
                .filter(ListedSegment::isSealed)
                .orElseThrow(() -> new IllegalArgumentException("segment " + segmentId + " is not sealed"));
        try {
            // The hint is bound to what the MANIFEST says of the segment: so that must be true of it.
            RepairInspection.check(directory, segment);
        } catch (NoSuchFileException e) {
            throw new CorruptionException(
                    SegmentNames.segment(segmentId),
                    0,
                    "a segment that the MANIFEST lists",
                    "no file",
                    RepairInspection.ADVICE,
                    e);
        }
        KeyHash hash = new KeyHash(manifest.secret().first(), manifest.secret().second());
        new HintBuilder(directory, hash).build(segment);
        directory.forceNames();
    }

    /** Lets go of the lock. */
    @Override
    public void close() throws IOException {
        try (directory) {
            lock.close();
        }
    }
}
