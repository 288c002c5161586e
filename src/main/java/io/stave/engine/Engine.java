package io.stave.engine;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.BlobUpload;
import io.stave.BlobWriter;
import io.stave.CheckpointReport;
import io.stave.Durability;
import io.stave.MergePlan;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.PendingUpload;
import io.stave.RecoveryReport;
import io.stave.Snapshot;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreFullException;
import io.stave.StoreHealth;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.backup.Restore;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.blob.BlobCommit;
import io.stave.engine.merge.BackgroundMerge;
import io.stave.engine.read.Reads;
import io.stave.engine.write.BatchWrite;
import io.stave.engine.write.Write;
import io.stave.engine.write.Write.Condition;
import io.stave.io.NoSpaceException;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The store: checks arguments, and hands each operation to the room that does it. The rooms are wired in {@link House}.
 */
public final class Engine extends ReadCalls implements Stave {

    private final House house;
    private final Closing closing;
    private final Options options;

    private Engine(House house, Options options) {
        super(house.reads, house.notices);
        this.house = house;
        this.closing = new Closing(house);
        this.options = options;
    }

    /** Opens the store in {@code path} as {@link Stave#open(Path, Options)} says. */
    public static Stave open(Path path, Options options) {
        KeydirRoom.check(options.keydir()); // before there is a directory
        StoreDirectory directory;
        try {
            directory = options.createIfMissing() ? RealDirectory.create(path) : RealDirectory.open(path);
        } catch (IOException e) {
            throw new StoreIOException("cannot open the directory " + path + ": " + e.getMessage(), e);
        }
        return open(directory, options, false);
    }

    /**
     * Opens the store in {@code directory}, which it owns from now on.
     *
     * @param inline whether background work runs on the threads of the callers, which makes a simulation deterministic
     */
    public static Stave open(StoreDirectory directory, Options options, boolean inline) {
        try {
            return new Engine(Opening.open(directory, options, inline), options);
        } catch (IOException e) {
            throw cannotOpen(directory, e);
        } catch (UncheckedIOException e) {
            // There is no memory for the keydir.
            throw cannotOpen(directory, Objects.requireNonNull(e.getCause()));
        }
    }

    /** Restores as {@link Stave#restore(Path, Path)} says. */
    public static CheckpointReport restore(Path checkpoint, Path directory) {
        return Restore.run(checkpoint, directory);
    }

    private static StaveException cannotOpen(StoreDirectory directory, IOException cause) {
        if (cause instanceof NoSpaceException) {
            return new StoreFullException("opening the store " + directory.path(), cause);
        }
        return new StoreIOException("cannot open the store " + directory.path() + ": " + cause.getMessage(), cause);
    }

    @Override
    public long put(byte[] key, byte[] value, WriteOptions how) {
        return put("put", KeyBytes.of(key), ByteBuffer.wrap(value), Condition.ALWAYS, 0, how);
    }

    @Override
    public long put(ByteBuffer key, ByteBuffer value, WriteOptions how) {
        return put("put", KeyBytes.of(key), value, Condition.ALWAYS, 0, how);
    }

    @Override
    public long delete(byte[] key, WriteOptions how) {
        return write("delete", delete(KeyBytes.of(key), Condition.PRESENT, 0, how));
    }

    @Override
    public long delete(ByteBuffer key, WriteOptions how) {
        return write("delete", delete(KeyBytes.of(key), Condition.PRESENT, 0, how));
    }

    @Override
    public long compareAndSet(byte[] key, long expectedVersion, byte[] value, WriteOptions how) {
        return put("compareAndSet", KeyBytes.of(key), ByteBuffer.wrap(value), Condition.VERSION, expectedVersion, how);
    }

    @Override
    public long compareAndSet(ByteBuffer key, long expectedVersion, ByteBuffer value, WriteOptions how) {
        return put("compareAndSet", KeyBytes.of(key), value, Condition.VERSION, expectedVersion, how);
    }

    @Override
    public long delete(byte[] key, long expectedVersion, WriteOptions how) {
        return write("delete", delete(KeyBytes.of(key), Condition.VERSION, expectedVersion, how));
    }

    @Override
    public long delete(ByteBuffer key, long expectedVersion, WriteOptions how) {
        return write("delete", delete(KeyBytes.of(key), Condition.VERSION, expectedVersion, how));
    }

    @Override
    public long setExpiry(byte[] key, @Nullable Instant expiry, WriteOptions how) {
        return setExpiry(KeyBytes.of(key), expiry, how);
    }

    @Override
    public long setExpiry(ByteBuffer key, @Nullable Instant expiry, WriteOptions how) {
        return setExpiry(KeyBytes.of(key), expiry, how);
    }

    private long setExpiry(KeyBytes key, @Nullable Instant expiry, WriteOptions how) {
        long millis = ExpiryClock.millis(expiry);
        for (Reads.Stored there = house.reads.stored(key); there != null; there = house.reads.stored(key)) {
            ByteBuffer value = ByteBuffer.wrap(there.value());
            Fingerprint fingerprint = house.reads.fingerprint(key);
            Durability durability = durability(how);
            // Of a blob the reference is written anew, not the value.
            Write again = there.blob()
                    ? Write.blob(key, fingerprint, value, millis, Condition.VERSION, there.version(), durability)
                    : Write.put(key, fingerprint, value, millis, Condition.VERSION, there.version(), durability);
            long version = write("setExpiry", again);
            if (version != NO_VERSION) {
                return version;
            }
        }
        return NO_VERSION;
    }

    @Override
    public BlobWriter openWriter(byte[] key, WriteOptions how) {
        return house.blobs.openWriter(KeyBytes.of(key), how);
    }

    @Override
    public BlobUpload beginUpload(byte[] key) {
        return house.blobs.beginUpload(KeyBytes.of(key));
    }

    @Override
    public BlobUpload resumeUpload(long id) {
        return house.blobs.resumeUpload(id);
    }

    @Override
    public List<PendingUpload> uploads() {
        return house.blobs.uploads();
    }

    @Override
    public CompletableFuture<Long> putAsync(byte[] key, byte[] value, WriteOptions how) {
        return putAsync(KeyBytes.of(key), ByteBuffer.wrap(value), how);
    }

    @Override
    public CompletableFuture<Long> putAsync(ByteBuffer key, ByteBuffer value, WriteOptions how) {
        return putAsync(KeyBytes.of(key), value, how);
    }

    private CompletableFuture<Long> putAsync(KeyBytes key, ByteBuffer value, WriteOptions how) {
        checkValue(value);
        ByteBuffer kept = Write.copyIfLarge(value);
        return house.writePath.writeAsync(put(key, kept, Condition.ALWAYS, 0, how), how.overflow());
    }

    @Override
    public CompletableFuture<Long> deleteAsync(byte[] key, WriteOptions how) {
        return house.writePath.writeAsync(delete(KeyBytes.of(key), Condition.PRESENT, 0, how), how.overflow());
    }

    @Override
    public CompletableFuture<Long> deleteAsync(ByteBuffer key, WriteOptions how) {
        return house.writePath.writeAsync(delete(KeyBytes.of(key), Condition.PRESENT, 0, how), how.overflow());
    }

    @Override
    public BatchResult apply(Batch batch, WriteOptions how) {
        Object begun = house.notices.beginOperation();
        try {
            BatchWrite write = new BatchWrite(batch, house.reads, house.clock, batchDurability(how));
            return write.result(house.writePath.write(write));
        } finally {
            house.notices.ended(begun, "apply");
        }
    }

    private Durability batchDurability(WriteOptions how) {
        if (how.timeToLive() != null || how.expiry() != null) {
            throw new IllegalArgumentException(
                    "each put of a batch has its own expiry, to be chosen when it is added; these are " + how);
        }
        return durability(how);
    }

    @Override
    public CompletableFuture<BatchResult> applyAsync(Batch batch, WriteOptions how) {
        BatchWrite write = new BatchWrite(batch, house.reads, house.clock, batchDurability(how));
        return house.writePath.writeAsync(write, how.overflow(), write::result);
    }

    @Override
    public void sync() {
        Object begun = house.notices.beginOperation();
        try {
            house.writePath.force();
        } finally {
            house.notices.ended(begun, "sync");
        }
    }

    @Override
    public Snapshot snapshot() {
        Object begun = house.notices.beginOperation();
        try {
            return house.snapshots.open(house.writePath);
        } finally {
            house.notices.ended(begun, "snapshot");
        }
    }

    @Override
    public MergePlan planMerge() {
        ensureOpen();
        return house.merger.plan(null);
    }

    @Override
    public MergePlan planMerge(Collection<Long> segmentIds) {
        ensureOpen();
        return house.merger.plan(segmentIds);
    }

    @Override
    public MergeReport merge() {
        return house.merger.merge(null);
    }

    @Override
    public MergeReport merge(Collection<Long> segmentIds) {
        return house.merger.merge(segmentIds);
    }

    @Override
    public CheckpointReport checkpoint(Path path) {
        ensureOpen();
        try (StoreDirectory target = RealDirectory.create(path)) {
            return checkpoint(target);
        } catch (IOException e) {
            throw new StoreIOException("cannot use the directory " + path + ": " + e.getMessage(), e);
        }
    }

    /** Takes a checkpoint in a directory, which the caller closes. */
    public CheckpointReport checkpoint(StoreDirectory target) {
        return house.checkpoints.take(target);
    }

    @Override
    public Stats stats() {
        ensureOpen();
        return house.stats();
    }

    @Override
    public StoreHealth health() {
        return house.health();
    }

    @Override
    public RecoveryReport recoveryReport() {
        return house.recovery;
    }

    @Override
    public void close() {
        try {
            closing.close();
        } catch (IOException e) {
            throw new StoreIOException("closing " + house.directory.path() + " failed: " + e.getMessage(), e);
        }
    }

    /** For tests that run the store inline. */
    public BackgroundMerge backgroundMerge() {
        return house.backgroundMerge();
    }

    private long put(
            String operation,
            KeyBytes key,
            ByteBuffer value,
            Condition condition,
            long expectedVersion,
            WriteOptions how) {
        if (!house.blobs.takes(value.remaining())) {
            return write(operation, put(key, value, condition, expectedVersion, how));
        }
        BlobCommit.Condition blobCondition = new BlobCommit.Condition(condition, expectedVersion);
        Object begun = house.notices.beginOperation();
        try {
            return house.blobs.put(key, value, blobCondition, how);
        } finally {
            house.notices.ended(begun, operation);
        }
    }

    private long write(String operation, Write write) {
        Object begun = house.notices.beginOperation();
        try {
            return house.writePath.write(write);
        } finally {
            house.notices.ended(begun, operation);
        }
    }

    private Write put(KeyBytes key, ByteBuffer value, Condition condition, long expectedVersion, WriteOptions how) {
        checkValue(value);
        return put(key, value, house.clock.expiry(how), condition, expectedVersion, how);
    }

    private Write put(
            KeyBytes key, ByteBuffer value, long expiry, Condition condition, long expectedVersion, WriteOptions how) {
        return Write.put(key, house.reads.fingerprint(key), value, expiry, condition, expectedVersion, durability(how));
    }

    private Write delete(KeyBytes key, Condition condition, long expectedVersion, WriteOptions how) {
        return Write.delete(key, house.reads.fingerprint(key), condition, expectedVersion, durability(how));
    }

    private Durability durability(WriteOptions how) {
        return Write.durability(how, options);
    }

    private static void checkValue(ByteBuffer value) {
        if (value.remaining() > MAX_VALUE_LENGTH) {
            throw new IllegalArgumentException(
                    "a value has at most " + MAX_VALUE_LENGTH + " bytes, this one has " + value.remaining());
        }
    }

    private void ensureOpen() {
        if (house.closed) {
            throw new StoreClosedException();
        }
    }
}
