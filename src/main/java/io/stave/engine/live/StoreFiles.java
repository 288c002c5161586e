package io.stave.engine.live;

import io.stave.CorruptionException;
import io.stave.blob.BlobNames;
import io.stave.io.StoreDirectory;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.IOException;

/** Which file names in a store directory are the store's own to delete when nothing lists them. */
public final class StoreFiles {

    /**
     * An empty file that says what the directory is: with a MANIFEST a checkpoint that nobody has opened for writing, for that deletes the file;
     * without one the beginnings of a checkpoint, which may be deleted.
     */
    public static final String CHECKPOINT = "CHECKPOINT";

    private StoreFiles() {}

    /**
     * Looks at a directory without a MANIFEST. Segments there are a store that lost it: starting afresh beside them would bury the data.
     *
     * @throws CorruptionException if there are any
     */
    public static void refuseOrphans(StoreDirectory directory) throws IOException {
        for (String name : directory.list()) {
            if (isData(name) || BlobNames.parseBlob(name).isPresent()) {
                throw new CorruptionException(
                        ManifestFile.NAME,
                        0,
                        "a manifest, for the directory holds " + name,
                        "no file",
                        "Restore MANIFEST from a backup, or open another directory for a new store.");
            }
        }
    }

    /** Whether the name is that of a blob, which records refer to and no MANIFEST lists, or of an upload. */
    public static boolean isBlob(String name) {
        return BlobNames.parseBlob(name).isPresent()
                || BlobNames.parseUpload(name).isPresent();
    }

    /** Whether the file holds records, or helps to find them. */
    static boolean isData(String name) {
        return SegmentNames.parse(name).isPresent() || name.matches("[0-9a-f]{16}\\.hint");
    }

    /** Whether the name is one that only a store gives, temporary files included, of a file that goes if no MANIFEST lists it: so not of a blob. */
    public static boolean isOurs(String name) {
        return isData(name)
                || name.equals("MANIFEST.tmp")
                || name.equals(Manifest.KEYDIR_FILE)
                || name.equals(CHECKPOINT)
                || name.matches("[0-9a-f]{16}\\.(hint|blob)\\.tmp")
                || name.matches("memory-.*\\.tmp");
    }
}
