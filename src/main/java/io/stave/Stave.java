package io.stave;

import io.stave.engine.Engine;
import io.stave.engine.ReadOnlyEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An open key-value store: a durable map from bytes to bytes in one directory, with one opener at a time.
 *
 * <pre>{@code
 * try (Stave store = Stave.open(Path.of("data"))) {
 *     long version = store.put(key, value);             // survives power loss from here on
 *     byte[] found = store.get(key);                    // null if absent
 *     store.compareAndSet(key, version, newValue);      // only if nobody wrote in between
 *     store.delete(key);
 * }
 * }</pre>
 *
 * <p><b>Keys and values.</b> A key is 1 to {@value #MAX_KEY_LENGTH} bytes, a value 0 or more; one that is put
 * asynchronously or in a batch has at most {@value #MAX_VALUE_LENGTH}. Other lengths throw {@link IllegalArgumentException}.
 * Values above {@link Options#blobThreshold()} lie in files of their own; see {@link #openWriter(byte[], WriteOptions)}. Arrays and buffers passed in remain the caller's: the store
 * copies what it needs before the call returns, so they must not change during the call and may change after it. A
 * buffer is read from its position to its limit, and neither its bytes nor its position change. Arrays and buffers
 * handed out are the caller's too, save the view that {@code read} lends.
 *
 * <p><b>Versions.</b> Each write has a version, 1 or more. Later writes have larger versions, with gaps, and no version
 * is ever given twice, crashes included (I3).
 *
 * <p><b>Expiry.</b> A put may say when its value expires: {@link WriteOptions#timeToLive}, {@link WriteOptions#expiry}. From
 * that millisecond on, by {@link Options#clock()}, the key is absent for all methods, as after a delete. A put that says nothing never
 * expires, also where the value before it would have.
 *
 * <p><b>Durability.</b> A write is acknowledged when its call returns or its future completes normally. What it
 * survives from then on is said by {@link WriteOptions#durability()}, or else {@link Options#durability()}: see
 * {@link Durability}. An answer that rests on another thread's unfinished write waits for that write (I2).
 *
 * <p><b>Threads.</b> All methods may be called by any number of threads at a time. Each operation on a key takes effect
 * at one moment between its call and its return, and reads see every write acknowledged before. Reads wait neither for
 * I/O of writes and merges nor for locks (I11); only the page of the file they need may have to come from disk. An
 * interrupt never harms the store: the call is carried through and the interrupt flag stays set (I13).
 *
 * <p><b>Exceptions.</b> All are unchecked; trouble with the store is a {@link StaveException}.
 *
 * <ul>
 *   <li>After {@code close} every method but {@code close}, {@code health} and {@code recoveryReport} throws
 *       {@link StoreClosedException}; arguments are checked first.
 *   <li>Reads, and conditional writes, throw {@link CorruptionException} if the record does not verify,
 *       {@link KeyCollisionException} if it is of another key, {@link StoreIOException} if it cannot be read.
 *   <li>Writes throw {@link StoreFullException} if the disk is full, {@link StoreIOException} if the write failed and
 *       was undone, and {@link StoreFailedException} if the store has had to stop writing. After the
 *       last alone it is unknown, until the store is opened again, whether the write took effect.
 * </ul>
 *
 * <p>Not meant to be implemented outside this library: releases add methods.
 *
 * @since 0.1
 */
public interface Stave extends StaveReader {
    /** Greatest length of a key in bytes. The least is 1. */
    int MAX_KEY_LENGTH = 65_535;

    /** Greatest length in bytes of a value that lies in a segment: 16 MiB. Longer ones become blobs. */
    int MAX_VALUE_LENGTH = 16 * 1024 * 1024;

    /** Greatest length of a batch in bytes, as {@link Batch#bytes()} counts them: 64 MiB. */
    int MAX_BATCH_BYTES = 64 * 1024 * 1024;

    /** The version of an absent key, and the answer of a write that was not applied: 0, smaller than any version. */
    long NO_VERSION = 0L;

    /** Opens the store in {@code directory}: {@link #open(Path, Options)} with {@link Options#defaults()}. */
    static Stave open(Path directory) {
        return open(directory, Options.defaults());
    }

    /**
     * Opens the store in {@code directory}, recovering from a crash if need be, or makes a new one there. Takes time in
     * proportion to the number of keys, and more if segments must be scanned because their hints are missing.
     *
     * @param directory where the store is or shall be; on a local file system, and used by nobody else
     * @param options how to open it
     * @return the open store, to be closed by the caller
     * @throws StoreLockedException if the store is open already, here or in another process
     * @throws CorruptionException if a file that was known to be durable is damaged or missing; nothing was changed
     * @throws FormatVersionException if a newer Stave wrote the store; nothing was changed
     * @throws StoreFullException if there is no room for a new segment
     * @throws StoreIOException if there is no store and {@link Options#createIfMissing()} is false, if
     *     {@code directory} is not a directory, or if files cannot be read or written
     */
    static Stave open(Path directory, Options options) {
        return Engine.open(directory, options);
    }

    /**
     * Opens the store in {@code directory} for reading only: {@link #openReadOnly(Path, Options)} with
     * {@link Options#defaults()}.
     */
    static ReadOnlyStave openReadOnly(Path directory) {
        return openReadOnly(directory, Options.defaults());
    }

    /**
     * Opens the store in {@code directory} for reading only, whether or not it is open for writing, here or in another
     * process. Takes no lock and writes nothing: see {@link ReadOnlyStave}. Takes as much time as opening it for writing,
     * and as much memory.
     *
     * @param directory where the store is; on a local file system
     * @param options how to open it; only {@link Options#clock()} and {@link Options#recoveryProgress()} matter, and no store
     *     is ever made
     * @return the open store, to be closed by the caller
     * @throws CorruptionException if a file that was known to be durable is damaged or missing
     * @throws FormatVersionException if a newer Stave wrote the store
     * @throws StoreIOException if there is no store, if {@code directory} is not a directory, if files cannot be read, if
     *     there is no memory, or if merges replaced segments time and again while they were being opened
     */
    static ReadOnlyStave openReadOnly(Path directory, Options options) {
        return ReadOnlyEngine.open(directory, options);
    }

    // --------------------------------------------------------------------------------------------------- writes

    /**
     * Sets the value of a key, present or not. Reads nothing from disk.
     *
     * @param key the key
     * @param value the value
     * @param options what this write does differently
     * @return the version of this write
     */
    long put(byte[] key, byte[] value, WriteOptions options);

    /** Sets the value of a key, as {@link #put(byte[], byte[], WriteOptions)}. */
    long put(ByteBuffer key, ByteBuffer value, WriteOptions options);

    /** Sets the value of a key: {@link #put(byte[], byte[], WriteOptions)} with the store's options. */
    default long put(byte[] key, byte[] value) {
        return put(key, value, WriteOptions.defaults());
    }

    /** Sets the value of a key: {@link #put(ByteBuffer, ByteBuffer, WriteOptions)} with the store's options. */
    default long put(ByteBuffer key, ByteBuffer value) {
        return put(key, value, WriteOptions.defaults());
    }

    /**
     * Removes a key and its value. Reads nothing from disk, unless the value has an expiry. Writes nothing if the key is absent;
     * but if it is so because its value has expired, and the value is still there, that is removed, lest it return with a clock that is
     * set back.
     *
     * @param key the key
     * @param options what this write does differently
     * @return the version of this write, or {@link #NO_VERSION} if the key was absent
     */
    long delete(byte[] key, WriteOptions options);

    /** Removes a key and its value, as {@link #delete(byte[], WriteOptions)}. */
    long delete(ByteBuffer key, WriteOptions options);

    /** Removes a key and its value: {@link #delete(byte[], WriteOptions)} with the store's options. */
    default long delete(byte[] key) {
        return delete(key, WriteOptions.defaults());
    }

    /** Removes a key and its value: {@link #delete(ByteBuffer, WriteOptions)} with the store's options. */
    default long delete(ByteBuffer key) {
        return delete(key, WriteOptions.defaults());
    }

    // ------------------------------------------------------------------------------------------- large values

    /**
     * Begins a value that is written piece by piece, of any length.
     *
     * @param key the key; copied
     * @param options what this write does differently; a time to live counts from the commit
     * @return what to write to, and to {@linkplain BlobWriter#commit() commit}; the caller closes it
     */
    BlobWriter openWriter(byte[] key, WriteOptions options);

    /** Begins a value: {@link #openWriter(byte[], WriteOptions)} with the store's options. */
    default BlobWriter openWriter(byte[] key) {
        return openWriter(key, WriteOptions.defaults());
    }

    /**
     * Sets the value of a key to all that a stream has to give, of any length.
     *
     * @param key the key
     * @param value read to its end, and left open
     * @param options what this write does differently; a time to live counts from the end of the stream
     * @return the version of this write
     * @throws IOException what the stream has thrown: then the key is as it was
     */
    default long put(byte[] key, InputStream value, WriteOptions options) throws IOException {
        try (BlobWriter writer = openWriter(key, options)) {
            long unused = value.transferTo(writer.stream());
            return writer.commit();
        }
    }

    /** Sets the value of a key: {@link #put(byte[], InputStream, WriteOptions)} with the store's options. */
    default long put(byte[] key, InputStream value) throws IOException {
        return put(key, value, WriteOptions.defaults());
    }

    /**
     * Begins a value that arrives in chunks, and may be resumed after a crash or a restart.
     *
     * @param key the key
     * @return the upload, which is durable; the caller closes it
     */
    BlobUpload beginUpload(byte[] key);

    /**
     * Goes on with an upload that was begun and neither committed nor aborted.
     *
     * @param id its {@link BlobUpload#id()}
     * @return the upload; the caller closes it
     * @throws IllegalArgumentException if there is none
     * @throws IllegalStateException if somebody has it open
     */
    BlobUpload resumeUpload(long id);

    /** {@return the uploads that were begun and neither committed nor aborted, open ones included} */
    List<PendingUpload> uploads();

    // ------------------------------------------------------------------------------------- conditional writes

    /**
     * Sets the value of a key if its version is the expected one. Of several such writes that expect the same version,
     * one is applied. A refusal is as durable as the write that caused it: it is given after that one was acknowledged.
     *
     * @param key the key
     * @param expectedVersion version of the value to replace, or {@link #NO_VERSION} to put only if the key is absent
     * @param value the value
     * @param options what this write does differently
     * @return the version of this write, or {@link #NO_VERSION} if it was not applied
     * @throws IllegalArgumentException if the expected version is negative, besides the lengths
     */
    long compareAndSet(byte[] key, long expectedVersion, byte[] value, WriteOptions options);

    /** Sets a value conditionally, as {@link #compareAndSet(byte[], long, byte[], WriteOptions)}. */
    long compareAndSet(ByteBuffer key, long expectedVersion, ByteBuffer value, WriteOptions options);

    /** {@link #compareAndSet(byte[], long, byte[], WriteOptions)} with the store's options. */
    default long compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        return compareAndSet(key, expectedVersion, value, WriteOptions.defaults());
    }

    /** {@link #compareAndSet(ByteBuffer, long, ByteBuffer, WriteOptions)} with the store's options. */
    default long compareAndSet(ByteBuffer key, long expectedVersion, ByteBuffer value) {
        return compareAndSet(key, expectedVersion, value, WriteOptions.defaults());
    }

    /**
     * Sets the value of a key that is absent: {@link #compareAndSet(byte[], long, byte[], WriteOptions)} expecting
     * {@link #NO_VERSION}.
     *
     * @param key the key
     * @param value the value
     * @param options what this write does differently
     * @return the version of this write, or {@link #NO_VERSION} if the key was present
     */
    default long putIfAbsent(byte[] key, byte[] value, WriteOptions options) {
        return compareAndSet(key, NO_VERSION, value, options);
    }

    /** Sets the value of an absent key, as {@link #putIfAbsent(byte[], byte[], WriteOptions)}. */
    default long putIfAbsent(ByteBuffer key, ByteBuffer value, WriteOptions options) {
        return compareAndSet(key, NO_VERSION, value, options);
    }

    /** {@link #putIfAbsent(byte[], byte[], WriteOptions)} with the store's options. */
    default long putIfAbsent(byte[] key, byte[] value) {
        return putIfAbsent(key, value, WriteOptions.defaults());
    }

    /** {@link #putIfAbsent(ByteBuffer, ByteBuffer, WriteOptions)} with the store's options. */
    default long putIfAbsent(ByteBuffer key, ByteBuffer value) {
        return putIfAbsent(key, value, WriteOptions.defaults());
    }

    /**
     * Removes a key if its version is the expected one. A refusal is given after the write that caused it was
     * acknowledged.
     *
     * @param key the key
     * @param expectedVersion version of the value to remove; {@link #NO_VERSION} matches nothing
     * @param options what this write does differently
     * @return the version of this write, or {@link #NO_VERSION} if the key was absent or had another version
     * @throws IllegalArgumentException if the expected version is negative, besides the lengths
     */
    long delete(byte[] key, long expectedVersion, WriteOptions options);

    /** Removes a key conditionally, as {@link #delete(byte[], long, WriteOptions)}. */
    long delete(ByteBuffer key, long expectedVersion, WriteOptions options);

    /** {@link #delete(byte[], long, WriteOptions)} with the store's options. */
    default long delete(byte[] key, long expectedVersion) {
        return delete(key, expectedVersion, WriteOptions.defaults());
    }

    /** {@link #delete(ByteBuffer, long, WriteOptions)} with the store's options. */
    default long delete(ByteBuffer key, long expectedVersion) {
        return delete(key, expectedVersion, WriteOptions.defaults());
    }

    // -------------------------------------------------------------------------------------------------- expiry

    /**
     * Changes when the value of a key expires, and nothing else. The record is read and written anew within the store, value included,
     * if nobody wrote in between, else again from the start. So it costs what a read and a put cost.
     *
     * @param key the key
     * @param expiry from when on the key is absent, rounded down to milliseconds, at once if past; null to have it never expire
     * @param options what this write does differently; a time to live or an expiry in it is ignored
     * @return the version of this write, or {@link #NO_VERSION} if the key is absent
     */
    long setExpiry(byte[] key, @Nullable Instant expiry, WriteOptions options);

    /** Changes when a value expires, as {@link #setExpiry(byte[], Instant, WriteOptions)}. */
    long setExpiry(ByteBuffer key, @Nullable Instant expiry, WriteOptions options);

    /** {@link #setExpiry(byte[], Instant, WriteOptions)} with the store's options. */
    default long setExpiry(byte[] key, @Nullable Instant expiry) {
        return setExpiry(key, expiry, WriteOptions.defaults());
    }

    /** {@link #setExpiry(ByteBuffer, Instant, WriteOptions)} with the store's options. */
    default long setExpiry(ByteBuffer key, @Nullable Instant expiry) {
        return setExpiry(key, expiry, WriteOptions.defaults());
    }

    // ------------------------------------------------------------------------------------------------- batches

    /**
     * Applies all writes of a batch, if all its conditions hold, or none of them (I5). After a crash all are there or none
     * is, and whoever reads one of them reads the others, or later ones, from then on: on the same thread or on another one
     * that the first has told. No read waits for that. Reads nothing from disk but what the conditions ask for.
     *
     * <p>The durability is that of the batch as a whole. Its versions follow each other without a gap. A refusal is given
     * after every write that it rests on was acknowledged, and so is the answer to a batch of conditions without writes.
     * A batch with neither does nothing: it is applied, with no version, and forces nothing.
     *
     * <p>A batch is written, forced and published as one group: the larger it is, the longer do other writers wait for it.
     * Beyond 256 KiB its records are copied into memory outside the heap, which is given back afterwards.
     *
     * @param batch what to write, and on what conditions
     * @param options what this batch does differently
     * @return whether it was applied, its versions, and if not, the condition that did not hold
     * @throws IllegalArgumentException if {@code options} name an expiry or a time to live: each put of the batch has its own
     * @throws CorruptionException if the record of a key with a condition does not verify; nothing was applied, as after
     *     any exception but {@link StoreFailedException}
     */
    BatchResult apply(Batch batch, WriteOptions options);

    /** Applies a batch: {@link #apply(Batch, WriteOptions)} with the store's options. */
    default BatchResult apply(Batch batch) {
        return apply(batch, WriteOptions.defaults());
    }

    // ------------------------------------------------------------------------------------- asynchronous writes

    /**
     * Sets the value of a key without waiting for the disk. Key and value are copied before the call returns.
     *
     * <p>Futures complete once the write is acknowledged, in the order of their versions, on one thread of the store.
     * Dependents that run there must not block it, nor close the store: give such work to another thread with the
     * {@code Async} methods of {@link CompletableFuture}. Cancelling a future does not take the write back.
     * {@link #close()} completes all futures before it returns.
     *
     * @param key the key
     * @param value the value
     * @param options what this write does differently, and whether to wait or to refuse when too much is under way
     * @return completes with the version of this write, or exceptionally if it fails
     * @throws StoreBusyException if {@link Options#asyncBytes()} are under way and {@code options} say to refuse, or
     *     this is the thread that completes futures
     * @throws StoreFailedException if the store has stopped writing before this call
     */
    CompletableFuture<Long> putAsync(byte[] key, byte[] value, WriteOptions options);

    /** Sets a value, as {@link #putAsync(byte[], byte[], WriteOptions)}. */
    CompletableFuture<Long> putAsync(ByteBuffer key, ByteBuffer value, WriteOptions options);

    /** {@link #putAsync(byte[], byte[], WriteOptions)} with the store's options. */
    default CompletableFuture<Long> putAsync(byte[] key, byte[] value) {
        return putAsync(key, value, WriteOptions.defaults());
    }

    /** {@link #putAsync(ByteBuffer, ByteBuffer, WriteOptions)} with the store's options. */
    default CompletableFuture<Long> putAsync(ByteBuffer key, ByteBuffer value) {
        return putAsync(key, value, WriteOptions.defaults());
    }

    /**
     * Removes a key without waiting for the disk: to {@link #delete(byte[], WriteOptions)} what
     * {@link #putAsync(byte[], byte[], WriteOptions)} is to {@code put}.
     *
     * @param key the key
     * @param options what this write does differently, and whether to wait or to refuse when too much is under way
     * @return completes with the version of this write, or {@link #NO_VERSION} if the key was absent
     * @throws StoreBusyException as {@code putAsync}
     * @throws StoreFailedException if the store has stopped writing before this call
     */
    CompletableFuture<Long> deleteAsync(byte[] key, WriteOptions options);

    /** Removes a key, as {@link #deleteAsync(byte[], WriteOptions)}. */
    CompletableFuture<Long> deleteAsync(ByteBuffer key, WriteOptions options);

    /** {@link #deleteAsync(byte[], WriteOptions)} with the store's options. */
    default CompletableFuture<Long> deleteAsync(byte[] key) {
        return deleteAsync(key, WriteOptions.defaults());
    }

    /** {@link #deleteAsync(ByteBuffer, WriteOptions)} with the store's options. */
    default CompletableFuture<Long> deleteAsync(ByteBuffer key) {
        return deleteAsync(key, WriteOptions.defaults());
    }

    /**
     * Applies a batch without waiting for the disk: to {@link #apply(Batch, WriteOptions)} what
     * {@link #putAsync(byte[], byte[], WriteOptions)} is to {@code put}. The batch is copied before the call returns. What
     * the conditions ask for is read by the calling thread. All its bytes count as under way, so one larger than
     * {@link Options#asyncBytes()} is accepted when nothing else is.
     *
     * @param batch what to write, and on what conditions
     * @param options what this batch does differently, and whether to wait or to refuse when too much is under way
     * @return completes with whether it was applied, in the order of the versions, or exceptionally if it fails
     * @throws StoreBusyException as {@code putAsync}
     * @throws CorruptionException if the record of a key with a condition does not verify; nothing was applied
     * @throws StoreFailedException if the store has stopped writing before this call
     */
    CompletableFuture<BatchResult> applyAsync(Batch batch, WriteOptions options);

    /** {@link #applyAsync(Batch, WriteOptions)} with the store's options. */
    default CompletableFuture<BatchResult> applyAsync(Batch batch) {
        return applyAsync(batch, WriteOptions.defaults());
    }

    // ----------------------------------------------------------------------------------------------- iteration

    /**
     * Opens a snapshot: the store as it is at one moment during this call, to be walked over while writes and merges go on.
     * Every write acknowledged before this call is seen. Forces nothing, and waits for no merge; the group of writes that
     * is being committed is waited for. Works on a store that has stopped writing, too.
     *
     * @return the snapshot, to be closed by the caller
     * @throws StoreClosedException if the store is closed
     */
    Snapshot snapshot();

    // ----------------------------------------------------------------------------------------------- the store

    /**
     * Forces to stable storage every write that was acknowledged before this call, whatever its durability.
     *
     * @throws StoreFailedException if the force fails, or one did before; the store then takes no more writes
     */
    void sync();

    /**
     * Says whether the store does its work, and what to do if not. Asks the file system once for the room that is left,
     * reads no key and waits for no lock: a probe may call it each second, from any thread, also while writes hang on a slow disk.
     *
     * @return the health as of now; of a store that is closed too: this method never throws {@link StoreClosedException}
     */
    StoreHealth health();

    /**
     * Plans a merge of all segments that are worth it, and does nothing else but find what has expired.
     *
     * @return what {@link #merge()} would do now
     */
    MergePlan planMerge();

    /**
     * Plans a merge of the given segments, and does nothing else.
     *
     * @param segmentIds ids of live segments: {@link SegmentStats#id()}
     * @return what {@link #merge(Collection)} would do now
     * @throws IllegalArgumentException if an id is not that of a live segment
     */
    MergePlan planMerge(Collection<Long> segmentIds);

    /**
     * Merges all segments that are worth it: their live records are copied to new segments and the old ones deleted,
     * which frees the space of dead records and of tombstones that nothing needs any more (I6, I7). Reads and writes go
     * on meanwhile; a second merge waits for the first. If the active segment is among them, it is sealed first. Does
     * nothing if nothing can be reclaimed.
     *
     * <p>There is no need to call it: by {@link Options#mergePolicy(MergePolicy)} the store merges of its own accord, in
     * small rounds, what is worth it. Called by hand, it merges to the last dead byte, without regard to any limit of
     * the policy. A tombstone that is still needed when its segment's turn comes, and not any more when those after it
     * have gone, waits for the next merge.
     *
     * @return what was done
     * @throws StoreFullException if there is no room for the copies. A merge goes segment by segment where room is
     *     short; what was merged before stays merged, the rest stays as it was, and nothing is lost
     * @throws StoreIOException if a segment cannot be written; likewise. One that cannot be read is left out and named
     *     in the report
     * @throws StoreFailedException if a force fails, or one did before
     */
    MergeReport merge();

    /**
     * Merges the given segments, as {@link #merge()}, as far as there is anything to reclaim in them. Tombstones are
     * dropped only where the other segments allow it. If the active segment is among them, it is sealed first.
     *
     * @param segmentIds ids of live segments, as in {@link MergePlan#segmentIds()}
     * @return what was done
     * @throws IllegalArgumentException if an id is not that of a live segment
     */
    MergeReport merge(Collection<Long> segmentIds);

    /**
     * Takes a checkpoint: makes {@code directory} hold what the store holds at one moment during this call, forced to stable
     * storage. Each segment is verified record by record when it is brought. Every write acknowledged before this call is in it, and of
     * each batch all or nothing.
     *
     * <p>The files are shared with the store where the file system can do that, by hard links, and copied where not; they never change. If
     * the directory holds an earlier checkpoint of this store, only the segments that it lacks are brought, and those that the store does not
     * have any more are deleted; a crash leaves the earlier one or the new one. Reads, writes and merges go on; writers wait for one force.
     *
     * <p>A checkpoint can be read as it is, with {@link #openReadOnly(Path)}. Opened for writing it becomes a store of its own,
     * and no checkpoint is taken in it any more. A checkpoint that shares files with the store is no backup of its disk: have {@code directory} on
     * another one, or copy it there.
     *
     * @param directory where to; created if it is missing
     * @return what it holds, and what was brought
     * @throws IllegalArgumentException if the directory holds anything else of Stave's: another store, a store that has been written to, or a
     *     checkpoint of one that has gone another way since
     * @throws StoreLockedException if somebody has {@code directory} open for writing
     * @throws StoreFullException if there is no room for it; what was written is deleted again
     * @throws StoreIOException if a file cannot be read or written; the store itself goes on, whatever happens to the other directory
     * @throws CorruptionException if a record of the store does not verify, or {@code directory} holds what cannot be read
     * @throws StoreFailedException if the store has stopped writing
     */
    CheckpointReport checkpoint(Path directory);

    /**
     * Restores a checkpoint: verifies every record in it, then copies it and verifies the copy. The new store has an identity of its own. Its
     * keys have the versions they had.
     *
     * @param checkpoint the checkpoint, or a store that was closed; nothing is written there
     * @param directory where to; created if it is missing, and must not hold a store. If this call fails or the process dies, there is none
     * @return what was copied
     * @throws IllegalArgumentException if {@code directory} holds a store, or {@code checkpoint} one that was not closed
     * @throws StoreLockedException if somebody is writing in {@code directory}
     * @throws CorruptionException if anything in the checkpoint does not verify; nothing was written then
     * @throws StoreFullException if there is no room for it; what was written is deleted again
     * @throws StoreIOException if a file cannot be read or written
     */
    static CheckpointReport restore(Path checkpoint, Path directory) {
        return Engine.restore(checkpoint, directory);
    }

    /**
     * Closes the store: refuses new calls, waits for those under way and for all futures, forces, seals the active
     * segment and lets go of the lock. Closing again does nothing. A store that is not closed loses nothing it has
     * acknowledged, but takes longer to open.
     *
     * @throws StoreFailedException if the last writes cannot be forced, or could not be in the background and no call has
     *     said so yet; the store is closed nevertheless and recovers when opened
     * @throws StoreIOException if a file cannot be closed; the store is closed nevertheless
     */
    @Override
    void close();
}
