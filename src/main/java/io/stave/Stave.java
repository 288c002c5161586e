package io.stave;

import io.stave.engine.Engine;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * <p><b>Keys and values.</b> A key is 1 to {@value #MAX_KEY_LENGTH} bytes, a value 0 to {@value #MAX_VALUE_LENGTH};
 * other lengths throw {@link IllegalArgumentException}. Arrays and buffers passed in remain the caller's: the store
 * copies what it needs before the call returns, so they must not change during the call and may change after it. A
 * buffer is read from its position to its limit, and neither its bytes nor its position change. Arrays and buffers
 * handed out are the caller's too, save the view that {@code read} lends.
 *
 * <p><b>Versions.</b> Each write has a version, 1 or more. Later writes have larger versions, with gaps, and no version
 * is ever given twice, crashes included (I3).
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
 *   <li>After {@code close} every method but {@code close} and {@code recoveryReport} throws
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
public interface Stave extends AutoCloseable {
    /** Greatest length of a key in bytes. The least is 1. */
    int MAX_KEY_LENGTH = 65_535;

    /** Greatest length of a value in bytes: 16 MiB. The least is 0. */
    int MAX_VALUE_LENGTH = 16 * 1024 * 1024;

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

    // ---------------------------------------------------------------------------------------------------- reads

    /** {@return the value of a key in a new array, or null if the key is absent} */
    byte @Nullable [] get(byte[] key);

    /** {@return the value of a key in a new big-endian heap buffer, from position 0; or null if the key is absent} */
    @Nullable
    ByteBuffer get(ByteBuffer key);

    /**
     * Returns the values of many keys. Each is read on its own: writes of other threads may fall in between.
     *
     * @param keys the keys; one may occur more than once
     * @return a new list with one value for each key, in the same order, null where the key is absent
     */
    default List<byte @Nullable []> getAll(List<byte[]> keys) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            values.add(get(key));
        }
        return values;
    }

    /** {@return the value of a key with its version and a copy of the key, or null if the key is absent} */
    @Nullable
    Entry getEntry(byte[] key);

    /** {@return the value of a key with its version and a copy of the key, or null if the key is absent} */
    @Nullable
    Entry getEntry(ByteBuffer key);

    /**
     * Lends the value of a key to {@code reader}, in the mapped file, without copying it to the heap. The value is
     * verified first. It stays readable until {@code reader} returns, whatever is written, deleted or merged meanwhile;
     * the disk space and memory of what was replaced cannot be freed so long, so {@code reader} should be brief. It may
     * call any method of the store but {@link #close()}.
     *
     * @param key the key
     * @param reader called once with the value and its version, on this thread; not called if the key is absent. What
     *     it throws reaches the caller
     * @param <R> what the reader makes of the value
     * @return what {@code reader} returned, or null if the key is absent
     */
    <R extends @Nullable Object> @Nullable R read(byte[] key, ValueReader<R> reader);

    /** Lends the value of a key to {@code reader}, as {@link #read(byte[], ValueReader)}. */
    <R extends @Nullable Object> @Nullable R read(ByteBuffer key, ValueReader<R> reader);

    /** {@return whether a key is present; looks at the keydir only, not at the value} */
    boolean contains(byte[] key);

    /** {@return whether a key is present; looks at the keydir only, not at the value} */
    boolean contains(ByteBuffer key);

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
     * Removes a key and its value. Reads nothing from disk, and writes nothing if the key is absent.
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

    // ----------------------------------------------------------------------------------------------- the store

    /**
     * Forces to stable storage every write that was acknowledged before this call, whatever its durability.
     *
     * @throws StoreFailedException if the force fails, or one did before; the store then takes no more writes
     */
    void sync();

    /**
     * Plans a merge of all segments that are worth it, and does nothing else.
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
     * @return what was done
     * @throws StoreFullException if there is no room for the copies. A merge goes segment by segment where room is
     *     short; what was merged before stays merged, the rest stays as it was, and nothing is lost
     * @throws StoreIOException if a segment cannot be read or written; likewise
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

    /** {@return the store in figures, as of now; takes time in proportion to the number of segments} */
    Stats stats();

    /** {@return what opening this store found and did; also after {@code close}} */
    RecoveryReport recoveryReport();

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
