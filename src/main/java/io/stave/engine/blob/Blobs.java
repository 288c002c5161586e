package io.stave.engine.blob;

import io.stave.BlobUpload;
import io.stave.BlobWriter;
import io.stave.Options;
import io.stave.PendingUpload;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import io.stave.blob.BlobNames;
import io.stave.blob.BlobOutput;
import io.stave.blob.BlobReference;
import io.stave.engine.base.Failures;
import io.stave.engine.base.Health;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.base.StoreLog;
import io.stave.engine.blob.BlobCommit.Condition;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.Leftovers;
import io.stave.engine.space.DiskSpace;
import io.stave.engine.write.Write;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes large values: each into a file of its own, which is complete and forced before the one record is written that refers to it. So a crash
 * leaves the old value or the new one, and at most a file that nothing refers to, which the next open deletes. A merge copies the record and
 * never the file.
 */
public final class Blobs {

    private final StoreDirectory directory;
    private final Catalog catalog;
    private final DiskSpace space;
    private final Health health;
    private final BlobCommit commit;
    private final Options options;
    private final Uploads uploads;
    private final StoreLog log;
    private final Leftovers leftovers;

    private final Set<OpenBlob> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public Blobs(
            StoreDirectory directory,
            Catalog catalog,
            DiskSpace space,
            Health health,
            BlobCommit commit,
            Options options) {
        this.directory = directory;
        this.catalog = catalog;
        this.space = space;
        this.health = health;
        this.commit = commit;
        this.options = options;
        this.uploads = new Uploads(this, directory, commit, options);
        this.log = new StoreLog(directory.path());
        this.leftovers = new Leftovers(directory);
    }

    /** When the oldest upload was begun that may be resumed, in epoch milliseconds. */
    public static long oldestUpload(Options options) {
        try {
            return Math.subtractExact(
                    options.clock().millis(), options.uploadLifetime().toMillis());
        } catch (ArithmeticException e) {
            return Long.MIN_VALUE; // for ever
        }
    }

    /** Whether a value of so many bytes becomes a blob. */
    public boolean takes(long length) {
        return length > options.blobThreshold();
    }

    /** Writes a value that is at hand; returns its version, or 0 if the condition did not hold. */
    public long put(KeyBytes key, ByteBuffer value, Condition condition, WriteOptions how) {
        BlobTarget target = target(key, how);
        BlobOutput output = create(value.remaining());
        BlobReference blob;
        try (output) {
            int at = 0;
            for (int index = 0; at < value.remaining(); index++) {
                int length = Math.min(output.chunkLength(), value.remaining() - at);
                int unused = output.write(index, BlobOutput.onHeap(value.slice(value.position() + at, length)));
                at += length;
            }
            blob = output.finish(value.remaining());
        } catch (IOException e) {
            delete(output.id());
            throw failed("writing a large value", e);
        }
        return commit(target, blob, condition);
    }

    /** Begins a value that is to come. */
    public BlobWriter openWriter(KeyBytes key, WriteOptions how) {
        ensureOpen();
        return new StreamWriter(this, commit, target(KeyBytes.copyOf(key), how), options.blobChunkLength());
    }

    /** Begins an upload. */
    public BlobUpload beginUpload(KeyBytes key) {
        ensureOpen();
        return uploads.begin(KeyBytes.copyOf(key));
    }

    /** Goes on with an upload. */
    public BlobUpload resumeUpload(long id) {
        ensureOpen();
        return uploads.resume(id);
    }

    /** The uploads that have not ended. */
    public List<PendingUpload> uploads() {
        ensureOpen();
        return uploads.list();
    }

    // ---- what the ways of writing share

    /** Something that keeps a file open. */
    interface OpenBlob {
        /** Lets go of it, for the store is closed. */
        void leave();
    }

    /** Takes note of one; it ends by {@link #ended}. */
    void begun(OpenBlob blob) {
        open.add(blob);
        if (closed) {
            blob.leave();
            throw new StoreClosedException();
        }
    }

    void ended(OpenBlob blob) {
        open.remove(blob);
    }

    BlobTarget target(KeyBytes key, WriteOptions how) {
        return new BlobTarget(key, how, Write.durability(how, options));
    }

    StoreId storeId() {
        return catalog.storeId();
    }

    /** Creates a file for a blob of at least so many bytes, for which there is room now. */
    BlobOutput create(long bytes) {
        String doing = "beginning a large value";
        try {
            admit(bytes);
        } catch (IOException e) {
            throw failed(doing, e);
        }
        long id = catalog.newFileId();
        try {
            return BlobOutput.create(directory, storeId(), id, options.blobChunkLength());
        } catch (IOException e) {
            delete(id);
            throw failed(doing, e);
        }
    }

    /** Throws unless the store is open, writes, and has room for so many bytes. */
    void admit(long bytes) throws IOException {
        ensureOpen();
        health.check();
        space.checkFile(bytes);
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
    }

    StaveException failed(String doing, IOException e) {
        return Failures.translate(doing + " in " + directory.path(), e, health);
    }

    /** Has a record refer to a blob; if it certainly does not, the blob is deleted. If that is uncertain the next open finds out. */
    long commit(BlobTarget target, BlobReference blob, Condition condition) {
        try {
            long version = commit.refer(target, blob, condition);
            if (version == 0) {
                delete(blob.id());
            }
            return version;
        } catch (StoreFailedException e) {
            throw e;
        } catch (StaveException e) {
            delete(blob.id());
            throw e;
        }
    }

    /** Deletes the file of a blob that nothing refers to. */
    public void delete(long id) {
        boolean unused = delete(BlobNames.blob(id));
    }

    /** Deletes what is not needed; returns whether it is gone. */
    boolean delete(String name) {
        return leftovers.delete(name);
    }

    /** Closes a file in which all that counts is forced. */
    void close(Closeable file) {
        try {
            file.close();
        } catch (IOException e) {
            log.debug("a file of a large value could not be closed", e);
        }
    }

    /** Ends what is being written. */
    public void close() {
        closed = true;
        open.forEach(OpenBlob::leave);
    }
}
