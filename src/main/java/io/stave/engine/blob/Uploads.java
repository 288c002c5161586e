package io.stave.engine.blob;

import io.stave.BlobUpload;
import io.stave.CorruptionException;
import io.stave.Options;
import io.stave.PendingUpload;
import io.stave.StaveException;
import io.stave.blob.BlobNames;
import io.stave.blob.BlobOutput;
import io.stave.blob.UploadJournal;
import io.stave.blob.UploadJournal.State;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.base.StoreLog;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.CloseHelper;

/** The uploads of the store: those that are under way, and those that wait in the directory to be resumed. */
final class Uploads {

    private final Blobs blobs;
    private final StoreDirectory directory;
    private final BlobCommit commit;
    private final Options options;
    private final StoreLog log;

    // Whoever lets go of an upload holds its lock and takes none of ours: beginning and resuming lock the other way
    // round.
    private final Map<Long, Upload> open = new ConcurrentHashMap<>();

    /** Those that have ended, from before they are not open any more until their journal is gone. */
    private final Set<Long> over = ConcurrentHashMap.newKeySet();

    Uploads(Blobs blobs, StoreDirectory directory, BlobCommit commit, Options options) {
        this.blobs = blobs;
        this.directory = directory;
        this.commit = commit;
        this.options = options;
        this.log = new StoreLog(directory.path());
    }

    /** Begins one; when this returns it survives a crash. */
    synchronized BlobUpload begin(KeyBytes key) {
        deleteOld();
        BlobOutput output = blobs.create(0);
        long id = output.id();
        byte[] itsKey = key.array();
        long begun = options.clock().millis();
        try {
            // Before there is a journal: what can be resumed has its header.
            output.force();
            UploadJournal journal =
                    UploadJournal.create(directory, blobs.storeId(), id, itsKey, begun, output.chunkLength());
            Upload upload = opened(new State(id, itsKey, begun, output.chunkLength(), Map.of(), 0), output, journal);
            forceNames(upload);
            return upload;
        } catch (IOException e) {
            CloseHelper.quietClose(output);
            boolean unused = blobs.delete(BlobNames.upload(id));
            blobs.delete(id);
            throw blobs.failed("beginning an upload", e);
        }
    }

    private void forceNames(Upload upload) throws IOException {
        try {
            directory.forceNames();
        } catch (IOException e) {
            upload.close();
            throw e;
        }
    }

    /** Goes on with one. */
    synchronized BlobUpload resume(long id) {
        if (open.containsKey(id)) {
            throw new IllegalStateException("the upload " + id + " is open already");
        }
        if (over.contains(id)) {
            throw new IllegalArgumentException("there is no upload " + id + " any more");
        }
        BlobOutput output = null;
        try {
            State state = UploadJournal.read(directory, id);
            BlobOutput reopened = BlobOutput.reopen(directory, blobs.storeId(), id, state.chunkLength());
            output = reopened;
            state.chunks().forEach((index, chunk) -> reopened.known(index, chunk.checksum()));
            return opened(state, reopened, UploadJournal.reopen(directory, blobs.storeId(), state));
        } catch (NoSuchFileException e) {
            CloseHelper.quietClose(output);
            throw new IllegalArgumentException("there is no upload " + id, e);
        } catch (IOException e) {
            CloseHelper.quietClose(output);
            throw blobs.failed("resuming the upload " + id, e);
        }
    }

    private Upload opened(State state, BlobOutput output, UploadJournal journal) {
        Upload upload = new Upload(this, blobs, commit, state, output, journal);
        open.put(state.id(), upload);
        blobs.begun(upload);
        return upload;
    }

    /** One is not open any more. */
    void left(Upload upload) {
        open.remove(upload.id(), upload);
        blobs.ended(upload);
    }

    /** One has been committed or is aborted: from now on nobody may resume it, and its blob is not ours to delete. */
    void ending(Upload upload) {
        over.add(upload.id());
    }

    /**
     * One has been committed or aborted: so its journal goes, and does not come back. Where that fails nothing can be done about it here, and what
     * was committed is: the store stops if it was a force, and the next open deletes the journal.
     */
    void finished(Upload upload) {
        if (blobs.delete(BlobNames.upload(upload.id()))) {
            over.remove(upload.id());
        }
        try {
            directory.forceNames();
        } catch (IOException e) {
            StaveException unused = blobs.failed("ending the upload " + upload.id(), e);
        }
    }

    List<PendingUpload> list() {
        List<PendingUpload> pending = new ArrayList<>();
        for (State state : states()) {
            pending.add(new PendingUpload(
                    state.id(),
                    state.key(),
                    Instant.ofEpochMilli(state.begun()),
                    state.chunks().size(),
                    state.bytes()));
        }
        return pending;
    }

    /** What nobody has gone on with for so long is given up. */
    private void deleteOld() {
        long oldest = Blobs.oldestUpload(options);
        for (State state : states()) {
            if (state.begun() < oldest && isNobodys(state.id())) {
                boolean unused = blobs.delete(BlobNames.upload(state.id()));
                blobs.delete(state.id());
            }
        }
    }

    /** In this order: one that ends is over before it ceases to be open, and its journal is gone before it ceases to be over. */
    private boolean isNobodys(long id) {
        try {
            return !open.containsKey(id) && !over.contains(id) && directory.exists(BlobNames.upload(id));
        } catch (IOException e) {
            throw blobs.failed("looking for old uploads", e);
        }
    }

    private List<State> states() {
        List<State> states = new ArrayList<>();
        try {
            for (String name : directory.list()) {
                OptionalLong id = BlobNames.parseUpload(name);
                if (id.isPresent() && !over.contains(id.getAsLong())) {
                    addState(id.getAsLong(), states);
                }
            }
            return states;
        } catch (IOException e) {
            throw blobs.failed("listing uploads", e);
        }
    }

    private void addState(long id, List<State> states) {
        try {
            states.add(UploadJournal.read(directory, id));
        } catch (NoSuchFileException | CorruptionException e) {
            // It is being ended, or begun.
            return;
        } catch (IOException e) {
            log.warn(
                    BlobNames.upload(id) + " cannot be read: " + e
                            + ". The upload is left as it is and not listed; see to the disk.",
                    e);
        }
    }
}
