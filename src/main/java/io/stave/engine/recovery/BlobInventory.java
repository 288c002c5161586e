package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.StoreIOException;
import io.stave.blob.BlobNames;
import io.stave.blob.BlobReference;
import io.stave.blob.UploadJournal;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.Leftovers;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.live.LiveSegments;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Keydir;
import io.stave.keydir.Location;
import io.stave.segment.RecordReader;
import io.stave.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which blobs the records of a recovered keydir refer to, and deletes those that none does: what a crash left of a write that was not
 * committed, or of a deletion. A blob that an upload may still be resumed for stays.
 *
 * <p>A store without blobs pays for a list of its directory.
 */
final class BlobInventory {

    private final StoreDirectory directory;
    private final StoreLog log;
    private final Leftovers leftovers;
    private final Keydir keydir;
    private final LiveSegments segments;
    private final long oldestUpload;

    private final Set<Long> files = new TreeSet<>();
    private final Set<Long> journals = new TreeSet<>();
    private final Set<Long> referred = new HashSet<>();
    private final LiveBlobs live = new LiveBlobs();
    private final List<String> deleted = new ArrayList<>();
    private boolean allKnown = true;

    /** Of a store that nobody writes to yet; uploads that were begun before {@code oldestUpload}, in epoch milliseconds, are given up. */
    BlobInventory(StoreDirectory directory, Keydir keydir, LiveSegments segments, long oldestUpload) {
        this.directory = directory;
        this.log = new StoreLog(directory.path());
        this.leftovers = new Leftovers(directory);
        this.keydir = keydir;
        this.segments = segments;
        this.oldestUpload = oldestUpload;
    }

    /** Takes it, and tidies up; {@link #deleted} tells of what. */
    LiveBlobs take() throws IOException {
        for (String name : directory.list()) {
            add(BlobNames.parseBlob(name), files);
            add(BlobNames.parseUpload(name), journals);
        }
        if (!files.isEmpty() || !journals.isEmpty()) {
            RecordReader reader = new RecordReader();
            keydir.forEach(Location.BLOB, location -> refer(location, reader));
            endUploads();
            deleteOrphans();
        }
        return live;
    }

    /** The names of the files that were deleted. */
    List<String> deleted() {
        return deleted;
    }

    private static void add(OptionalLong id, Set<Long> ids) {
        id.ifPresent(ids::add);
    }

    private void refer(Location location, RecordReader reader) {
        BlobReference blob = reference(location, reader);
        if (blob == null) {
            allKnown = false;
        } else {
            live.add(location.segment, location.offset, blob);
            referred.add(blob.id());
        }
    }

    /** What a record refers to; null if it cannot be read, of which whoever asks for its key will hear. */
    private @Nullable BlobReference reference(Location location, RecordReader reader) {
        Segment segment = segments.get(location.segment);
        if (segment == null) {
            return null;
        }
        try {
            return BlobReference.decode(
                    reader.value(segment, location.offset, location.length),
                    segment.name(),
                    Integer.toUnsignedLong(location.offset));
        } catch (CorruptionException | StoreIOException e) {
            log.warn(
                    segment.name() + ": the record at offset " + Integer.toUnsignedLong(location.offset)
                            + " cannot be read, so nobody knows which blob it refers to: " + e.getMessage()
                            + ". No blob is deleted at this open. Restore the value of its key and put it again.",
                    e);
            return null;
        }
    }

    /** An upload whose blob is referred to was committed; one that cannot be resumed, or is too old, is over. */
    private void endUploads() throws IOException {
        boolean committed = false;
        for (long id : journals) {
            if (referred.contains(id)) {
                committed |= delete(BlobNames.upload(id));
            } else if (files.contains(id) && canBeResumed(id)) {
                files.remove(id);
            } else {
                boolean unused = delete(BlobNames.upload(id));
            }
        }
        if (committed) {
            // Else it could be back when its blob has been given up, and look as if it had never ended.
            directory.forceNames();
        }
    }

    private boolean canBeResumed(long id) {
        try {
            return UploadJournal.read(directory, id).begun() >= oldestUpload;
        } catch (CorruptionException e) {
            // As a crash leaves it, before anybody was told its id.
            return false;
        } catch (IOException e) {
            log.warn(
                    BlobNames.upload(id) + " cannot be read: " + e
                            + ". The upload is kept as it is, and cannot be resumed meanwhile; see to the disk.",
                    e);
            return true;
        }
    }

    private void deleteOrphans() {
        for (long id : files) {
            if (allKnown && !referred.contains(id)) {
                boolean unused = delete(BlobNames.blob(id));
            }
        }
    }

    private boolean delete(String name) {
        boolean gone = leftovers.delete(name);
        if (gone) {
            deleted.add(name);
        }
        return gone;
    }
}
