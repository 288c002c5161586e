package io.stave.engine.blob;

import io.stave.BlobUpload;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import io.stave.blob.BlobOutput;
import io.stave.blob.BlobReference;
import io.stave.blob.UploadJournal;
import io.stave.blob.UploadJournal.Chunk;
import io.stave.blob.UploadJournal.State;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.blob.BlobCommit.Condition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** An open upload: the file that is to become the blob, and the journal of what has arrived. */
final class Upload implements BlobUpload, Blobs.OpenBlob {

    private final Uploads uploads;
    private final Blobs blobs;
    private final BlobCommit commit;
    private final long id;
    private final KeyBytes key;
    private final int chunkLength;
    private final BlobOutput output;
    private final UploadJournal journal;

    // All guarded by this.
    private final TreeMap<Integer, Chunk> chunks;

    /** Those that the journal may have an entry of: also where writing it, or striking it out, has failed. */
    private final Set<Integer> entered;

    private boolean ended;
    private boolean left;

    /** A commit has ended so that nobody knows whether the record is there: then the blob must stay until the next open finds out. */
    private boolean uncertain;

    Upload(Uploads uploads, Blobs blobs, BlobCommit commit, State state, BlobOutput output, UploadJournal journal) {
        this.uploads = uploads;
        this.blobs = blobs;
        this.commit = commit;
        this.id = state.id();
        this.key = KeyBytes.of(state.key());
        this.chunkLength = state.chunkLength();
        this.output = output;
        this.journal = journal;
        this.chunks = new TreeMap<>(state.chunks());
        this.entered = new HashSet<>(chunks.keySet());
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public byte[] key() {
        return key.array().clone();
    }

    @Override
    public int chunkLength() {
        return chunkLength;
    }

    @Override
    public synchronized SortedSet<Integer> chunks() {
        ensureGoing();
        return Collections.unmodifiableSortedSet(new TreeSet<>(chunks.keySet()));
    }

    @Override
    public synchronized void write(int index, ByteBuffer chunk) {
        ensureGoing();
        if (!chunk.hasRemaining() || chunk.remaining() > chunkLength) {
            throw new IllegalArgumentException(
                    "a chunk has 1 to " + chunkLength + " bytes, this one has " + chunk.remaining());
        }
        if (index < 0 || index > BlobReference.MAX_CHUNKS - 1) {
            throw new IllegalArgumentException(
                    "a chunk has an index of 0 to " + (BlobReference.MAX_CHUNKS - 1) + ", not " + index);
        }
        try {
            ByteBuffer bytes = BlobOutput.onHeap(chunk);
            Chunk arriving = new Chunk(chunk.remaining(), output.checksum(index, bytes));
            if (arriving.equals(chunks.get(index))) {
                return;
            }
            blobs.admit(chunk.remaining());
            chunks.remove(index);
            if (entered.contains(index)) {
                journal.forget(index);
                entered.remove(index);
            }
            int unused = output.write(index, bytes);
            output.force();
            entered.add(index);
            journal.arrived(index, arriving);
            chunks.put(index, arriving);
        } catch (IOException e) {
            throw blobs.failed("writing chunk " + index + " of the upload " + id, e);
        }
    }

    @Override
    public long commit(WriteOptions how) {
        return commit(Condition.NONE, how);
    }

    @Override
    public long commitIf(long expectedVersion, WriteOptions how) {
        return commit(Condition.version(expectedVersion), how);
    }

    private synchronized long commit(Condition condition, WriteOptions how) {
        ensureGoing();
        long length = checkedLength();
        try {
            blobs.admit(0);
            long version = commit.refer(blobs.target(key, how), output.finish(length), condition);
            if (version != 0) {
                uploads.ending(this);
                leaveFiles();
                uploads.finished(this);
            }
            return version;
        } catch (StoreFailedException e) {
            uncertain = true;
            throw e;
        } catch (IOException e) {
            throw blobs.failed("completing the upload " + id, e);
        }
    }

    private long checkedLength() {
        long length = 0;
        for (int index = 0; index < chunks.size(); index++) {
            Chunk chunk = chunks.get(index);
            if (chunk == null) {
                throw new IllegalStateException(
                        "chunk " + index + " is missing, and chunk " + chunks.lastKey() + " is there");
            }
            if (chunk.length() < chunkLength && index < chunks.size() - 1) {
                throw new IllegalStateException("chunk " + index + " has " + chunk.length()
                        + " bytes, and only the last one may have less than " + chunkLength);
            }
            length += chunk.length();
        }
        return length;
    }

    @Override
    public synchronized void abort() {
        if (uncertain) {
            close();
        } else if (!ended) {
            uploads.ending(this);
            leaveFiles();
            blobs.delete(id);
            uploads.finished(this);
        }
    }

    @Override
    public synchronized void close() {
        if (!ended) {
            leaveFiles();
        }
    }

    private void leaveFiles() {
        ended = true;
        uploads.left(this);
        blobs.close(output);
        blobs.close(journal);
    }

    @Override
    public synchronized void leave() {
        left = true;
        close();
    }

    private void ensureGoing() {
        if (left) {
            throw new StoreClosedException();
        }
        if (ended) {
            throw new IllegalStateException("the upload " + id + " was committed, aborted or closed");
        }
    }
}
