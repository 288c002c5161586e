package io.stave;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts and deletes that are applied all or none, and conditions that they depend on.
 *
 * <pre>{@code
 * BatchResult moved = store.apply(new Batch()
 *         .require(from, fromVersion)          // nobody has written either of them in between
 *         .require(to, toVersion)
 *         .put(from, less)
 *         .put(to, more));
 * }</pre>
 *
 * <p>A batch is filled without any store: nothing is locked or written before {@link Stave#apply(Batch)}. It copies keys
 * and values when they are added, so arrays and buffers may be used again at once. Applying does not consume it: it may
 * be applied again, to another store too, and {@link #clear()} empties it. The writes take effect in the order they were
 * added; of several to one key the last one stays.
 *
 * <p>{@link #bytes()} is at most {@value Stave#MAX_BATCH_BYTES}. What would exceed it is refused when it is added, and
 * the batch remains as it was. Until it is cleared a batch takes about as much of the heap.
 *
 * <p>Not safe for use by several threads at once; it must not change while it is being applied. After
 * {@code applyAsync} has returned it may.
 *
 * @since 0.1
 */
public final class Batch {
    /** The bytes of a record beside key, value and expiry; a condition is counted as if it were a record. */
    private static final int RECORD_HEADER = 20;

    private static final int EXPIRY = 8;

    private static final int FIRST_CHUNK = 1024;
    private static final int LARGEST_CHUNK = 1 << 20;

    /** The chunks that are kept for what is added after a clear. */
    private static final int KEPT_CHUNKS = 4;

    private static final byte PUT = 1;
    private static final byte DELETE = 2;
    private static final byte REQUIRE = 3;

    /** What every entry begins with. */
    private static final int KIND_AND_KEY_LENGTH = 1 + 2;

    /**
     * Entries one after the other, up to the position: kind u8, key length u16; of a put the value length i32 and the
     * place of its options in {@link #options} i32, of a condition the version i64; key; value.
     */
    private final List<ByteBuffer> chunks = new ArrayList<>();

    /** Which chunk the next entry goes into, if it has room for it; those behind it are empty. */
    private int filling;

    private final List<WriteOptions> options = new ArrayList<>();
    private int count;
    private int conditions;
    private long bytes;

    /** Is shown what a batch holds: {@link Batch#forEach(Visitor)}. Buffers are read-only and big-endian. */
    public interface Visitor {
        /**
         * A put.
         *
         * @param key the key, from position to limit
         * @param value the value, from position to limit
         * @param options as given to {@link Batch#put(byte[], byte[], WriteOptions)}
         */
        void put(ByteBuffer key, ByteBuffer value, WriteOptions options);

        /**
         * A delete.
         *
         * @param key the key, from position to limit
         */
        void delete(ByteBuffer key);

        /**
         * A condition.
         *
         * @param key the key, from position to limit
         * @param expectedVersion the version it must have
         */
        void require(ByteBuffer key, long expectedVersion);
    }

    /** Creates an empty batch. */
    public Batch() {}

    /**
     * Adds a put.
     *
     * @param key the key, 1 to {@value Stave#MAX_KEY_LENGTH} bytes
     * @param value the value, 0 to {@value Stave#MAX_VALUE_LENGTH} bytes
     * @param options what this put does differently: when its value expires. A time to live begins when the batch is applied,
     *     for all of its puts at the same moment. The durability is that of the batch as a whole and is chosen then
     * @return this batch
     * @throws IllegalArgumentException if a length is out of range, if the batch would become too long, or if
     *     {@code options} ask for a durability
     */
    public Batch put(byte[] key, byte[] value, WriteOptions options) {
        return put(ByteBuffer.wrap(key), ByteBuffer.wrap(value), options);
    }

    /** Adds a put, as {@link #put(byte[], byte[], WriteOptions)}; the buffers are read from position to limit. */
    public Batch put(ByteBuffer key, ByteBuffer value, WriteOptions options) {
        int valueLength = value.remaining();
        if (valueLength > Stave.MAX_VALUE_LENGTH) {
            throw new IllegalArgumentException(
                    "a value has at most " + Stave.MAX_VALUE_LENGTH + " bytes, this one has " + valueLength);
        }
        if (options.durability() != null) {
            throw new IllegalArgumentException("a batch has one durability for all its writes, to be chosen when it is "
                    + "applied; these options ask for " + options.durability());
        }
        boolean expires = options.timeToLive() != null || options.expiry() != null;
        long length = admit(key, valueLength + (expires ? EXPIRY : 0), "put");
        int place = place(options);
        ByteBuffer chunk = begin(2 * Integer.BYTES + key.remaining() + valueLength);
        int start = chunk.position();
        try {
            head(chunk, PUT, key).putInt(valueLength).putInt(place);
            chunk.put(key.duplicate()).put(value.duplicate());
        } catch (RuntimeException | Error e) {
            // The value may be a view of a file that the disk cannot deliver.
            chunk.position(start);
            throw e;
        }
        bytes += length;
        count++;
        return this;
    }

    /** Adds a put: {@link #put(byte[], byte[], WriteOptions)} with {@link WriteOptions#defaults()}. */
    public Batch put(byte[] key, byte[] value) {
        return put(key, value, WriteOptions.defaults());
    }

    /** Adds a put: {@link #put(ByteBuffer, ByteBuffer, WriteOptions)} with {@link WriteOptions#defaults()}. */
    public Batch put(ByteBuffer key, ByteBuffer value) {
        return put(key, value, WriteOptions.defaults());
    }

    /**
     * Adds a delete. Other than {@link Stave#delete(byte[])} it is written, and has a version, even if the key is absent.
     *
     * @param key the key, 1 to {@value Stave#MAX_KEY_LENGTH} bytes
     * @return this batch
     * @throws IllegalArgumentException if the length is out of range, or if the batch would become too long
     */
    public Batch delete(byte[] key) {
        return delete(ByteBuffer.wrap(key));
    }

    /** Adds a delete, as {@link #delete(byte[])}; the buffer is read from position to limit. */
    public Batch delete(ByteBuffer key) {
        long length = admit(key, 0, "delete");
        head(begin(key.remaining()), DELETE, key).put(key.duplicate());
        bytes += length;
        count++;
        return this;
    }

    /**
     * Adds a condition: the batch is applied only if the key has this version at that moment, before any write of the
     * batch. All conditions are judged at one moment; it does not matter where among the writes they stand. Other
     * writes wait meanwhile: about a microsecond a condition, if the records are in memory.
     *
     * @param key the key, 1 to {@value Stave#MAX_KEY_LENGTH} bytes
     * @param expectedVersion the version, or {@link Stave#NO_VERSION} if the key must be absent
     * @return this batch
     * @throws IllegalArgumentException if the length is out of range, if the version is negative, or if the batch would
     *     become too long
     */
    public Batch require(byte[] key, long expectedVersion) {
        return require(ByteBuffer.wrap(key), expectedVersion);
    }

    /**
     * Adds a condition, as {@link #require(byte[], long)}.
     *
     * @param key the key, from position to limit
     * @param expectedVersion the version, or {@link Stave#NO_VERSION} if the key must be absent
     * @return this batch
     */
    public Batch require(ByteBuffer key, long expectedVersion) {
        if (expectedVersion < Stave.NO_VERSION) {
            throw new IllegalArgumentException("a version is never negative: " + expectedVersion);
        }
        long length = admit(key, 0, "condition");
        head(begin(Long.BYTES + key.remaining()), REQUIRE, key)
                .putLong(expectedVersion)
                .put(key.duplicate());
        bytes += length;
        conditions++;
        return this;
    }

    /** {@return the number of puts and deletes} */
    public int count() {
        return count;
    }

    /** {@return the number of conditions} */
    public int conditions() {
        return conditions;
    }

    /** {@return the bytes of the records that applying this batch writes, and of its conditions, each as long as a delete} */
    public long bytes() {
        return bytes;
    }

    /** {@return whether there is neither a write nor a condition} */
    public boolean isEmpty() {
        return count == 0 && conditions == 0;
    }

    /**
     * Takes everything out, so that the batch can be filled again. Up to 4 MiB of the heap stay with it for that.
     *
     * @return this batch
     */
    public Batch clear() {
        chunks.removeIf(chunk -> chunk.capacity() > LARGEST_CHUNK);
        if (chunks.size() > KEPT_CHUNKS) {
            chunks.subList(0, chunks.size() - KEPT_CHUNKS).clear();
        }
        chunks.forEach(ByteBuffer::clear);
        filling = 0;
        options.clear();
        count = 0;
        conditions = 0;
        bytes = 0;
        return this;
    }

    /**
     * Shows everything in the order it was added.
     *
     * @param visitor called once for each write and condition, on this thread; it must not change the batch
     */
    public void forEach(Visitor visitor) {
        for (ByteBuffer chunk : chunks) {
            ByteBuffer entries = chunk.asReadOnlyBuffer().flip();
            while (entries.hasRemaining()) {
                byte kind = entries.get();
                int keyLength = Short.toUnsignedInt(entries.getShort());
                switch (kind) {
                    case PUT -> {
                        int valueLength = entries.getInt();
                        WriteOptions how = options.get(entries.getInt());
                        visitor.put(next(entries, keyLength), next(entries, valueLength), how);
                    }
                    case DELETE -> visitor.delete(next(entries, keyLength));
                    default -> {
                        long expectedVersion = entries.getLong();
                        visitor.require(next(entries, keyLength), expectedVersion);
                    }
                }
            }
        }
    }

    private static ByteBuffer next(ByteBuffer entries, int length) {
        int at = entries.position();
        entries.position(at + length);
        return entries.slice(at, length);
    }

    /** Checks the lengths before anything is added; returns what the batch becomes longer by. */
    private long admit(ByteBuffer key, int more, String what) {
        int keyLength = key.remaining();
        if (keyLength < 1 || keyLength > Stave.MAX_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "a key has 1 to " + Stave.MAX_KEY_LENGTH + " bytes, this one has " + keyLength);
        }
        long length = RECORD_HEADER + keyLength + (long) more;
        if (bytes + length > Stave.MAX_BATCH_BYTES) {
            throw new IllegalArgumentException("a batch has at most " + Stave.MAX_BATCH_BYTES + " bytes, this one has "
                    + bytes + ", and a " + what + " of " + length + " more does not fit");
        }
        return length;
    }

    private int place(WriteOptions how) {
        int last = options.size() - 1;
        if (last < 0 || !options.get(last).equals(how)) {
            options.add(how);
            last++;
        }
        return last;
    }

    /** Returns the chunk that the next entry goes into, whole: another one if the one being filled has no room for it. */
    private ByteBuffer begin(int length) {
        int needed = KIND_AND_KEY_LENGTH + length;
        for (; filling < chunks.size(); filling++) {
            ByteBuffer chunk = chunks.get(filling);
            if (chunk.remaining() >= needed) {
                return chunk;
            }
        }
        int longer = filling == 0
                ? FIRST_CHUNK
                : Math.min(2 * chunks.get(filling - 1).capacity(), LARGEST_CHUNK);
        ByteBuffer chunk = ByteBuffer.allocate(needed > longer / 2 ? needed : longer);
        chunks.add(chunk);
        return chunk;
    }

    private static ByteBuffer head(ByteBuffer chunk, byte kind, ByteBuffer key) {
        return chunk.put(kind).putShort((short) key.remaining());
    }

    @Override
    public String toString() {
        return "Batch[count=" + count + ", conditions=" + conditions + ", bytes=" + bytes + "]";
    }
}
