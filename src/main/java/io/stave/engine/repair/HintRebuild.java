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
import java.io.IOException;
import java.nio.file.Path;

/** Makes a hint anew from its segment, and puts it in the place of the old one in one step. */
public final class HintRebuild {

    private HintRebuild() {}

    /**
     * Rebuilds the hint of a sealed segment, holding the lock of the store.
     *
     * @throws io.stave.StoreLockedException if somebody has the store open
     * @throws CorruptionException if the MANIFEST or the segment does not verify
     * @throws io.stave.FormatVersionException if a newer release wrote one of them
     * @throws IllegalArgumentException if no sealed segment has this id
     * @throws IOException if files cannot be read or written
     */
    public static void rebuild(Path store, long segmentId) throws IOException {
        try (StoreDirectory directory = RealDirectory.open(store);
                StoreLock lock = StoreLock.acquire(directory)) {
            Manifest manifest = ManifestFile.read(directory);
            ListedSegment segment = manifest.segment(segmentId)
                    .filter(ListedSegment::isSealed)
                    .orElseThrow(() -> new IllegalArgumentException("segment " + segmentId + " is not sealed"));
            // The hint is bound to what the MANIFEST says of the segment: so that must be true of it.
            String damage = new RepairInspection(directory, manifest).reason(segment);
            if (damage != null) {
                throw new CorruptionException(SegmentNames.segment(segmentId), 0, "a segment that verifies", damage);
            }
            KeyHash hash =
                    new KeyHash(manifest.secret().first(), manifest.secret().second());
            new HintBuilder(directory, hash).build(segment);
            directory.forceNames();
        }
    }
}
