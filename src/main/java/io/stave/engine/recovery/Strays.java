package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.blob.BlobFile;
import io.stave.blob.BlobNames;
import io.stave.blob.UploadJournal;
import io.stave.engine.live.StoreFiles;
import io.stave.hint.HintFile;
import io.stave.io.FileHeader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of ours that the MANIFEST does not list: what a crash left of rolls, merges, hints and installs, to be deleted. Foreign files are
 * left alone.
 *
 * <p>A MANIFEST that is not the one that belongs here would have all data deleted as strays. So each is looked at first for what no crash
 * leaves: a segment that this store made with an id above the ceiling, which was reserved before it was made; one of another store; one of a
 * newer release. Reads only (I10).
 */
public final class Strays {

    private final StoreDirectory directory;
    private final Manifest manifest;

    public Strays(StoreDirectory directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /**
     * Returns their names.
     *
     * @throws CorruptionException if one shows that MANIFEST and segments do not belong together
     * @throws FormatVersionException if a newer release wrote one
     */
    public List<String> find() throws IOException {
        Set<String> listed = new HashSet<>();
        for (ListedSegment segment : manifest.segments()) {
            listed.add(SegmentNames.segment(segment.id()));
            listed.add(HintFile.name(segment.id()));
        }
        if (manifest.keydir() != Manifest.NO_KEYDIR) {
            listed.add(KeydirFile.NAME);
        }
        List<String> strays = new ArrayList<>();
        for (String name : directory.list()) {
            if (StoreFiles.isOurs(name) && !listed.contains(name)) {
                OptionalLong id = SegmentNames.parse(name);
                if (id.isPresent()) {
                    refuseIfNoCrashLeftIt(
                            name, id.getAsLong(), header(name, SegmentHeader.MAGIC, SegmentHeader.VERSION));
                }
                strays.add(name);
            }
            OptionalLong blob = BlobNames.parseBlob(name);
            if (blob.isPresent() && blob.getAsLong() > manifest.segmentIdCeiling()) {
                refuseIfNoCrashLeftIt(name, blob.getAsLong(), header(name, BlobFile.MAGIC, BlobFile.VERSION));
            }
            if (BlobNames.parseUpload(name).isPresent()) {
                // It may have to be ended, which takes one who understands it.
                ByteBuffer unused = header(name, UploadJournal.MAGIC, UploadJournal.VERSION);
            }
        }
        return strays;
    }

    private void refuseIfNoCrashLeftIt(String name, long id, @Nullable ByteBuffer header) {
        if (header == null) {
            return;
        }
        long itsId = FileHeader.id(header);
        StoreId itsStore = FileHeader.storeId(header);
        FileHeader.verifyIdentity(header, name, manifest.knows(itsStore) ? itsStore : manifest.storeId(), itsId);
        // The copy of a segment under another name proves nothing. Another store's has an id that was never reserved
        // here: it was
        // brought for a checkpoint that was not completed.
        if (itsId == id && itsStore.equals(manifest.storeId()) && id > manifest.segmentIdCeiling()) {
            throw new CorruptionException(
                    ManifestFile.NAME,
                    0,
                    "a manifest that knows of " + name,
                    "one that reserved segment ids up to " + Long.toHexString(manifest.segmentIdCeiling())
                            + ": an older one was put back",
                    "Put the newest MANIFEST back, or restore all files of one backup.");
        }
    }

    /** The header of a segment or blob; null if it has none that verifies, as a crash may leave it too, or cannot be read. */
    private @Nullable ByteBuffer header(String name, long magic, int newest) {
        try (ReadableFile file = directory.open(name)) {
            return FileHeader.read(file, magic, newest);
        } catch (CorruptionException | IOException e) {
            return null;
        }
    }
}
