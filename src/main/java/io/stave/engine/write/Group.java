package io.stave.engine.write;

import io.stave.Durability;
import io.stave.blob.BlobReference;
import io.stave.hint.HintWriter;
import io.stave.keydir.Key;
import io.stave.keydir.KeyRange;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The records that one append, and at most one force, makes durable together: gathered by many threads under the write path's lock, then
 * committed by one.
 *
 * <p>The buffer begins with room for the certificate of the force before. Checksums are filled in by the leader, who alone knows the
 * offsets. A record with a large value is always the last: its head lies in the buffer, its value stays where the caller has it.
 */
public final class Group {

    /** The most bytes of a buffer. */
    static final int CAPACITY = 1 << 20;

    /** The bytes of a buffer to begin with: groups that queue up behind a slow force may be many, and then each takes what it needs. */
    private static final int FIRST_CAPACITY = 16 * 1024;

    /** Room for the certificate at the front. */
    static final int FIRST = RecordFormat.HEADER_LENGTH;

    /** A value longer than this is not copied into the buffer. */
    public static final int LARGE_VALUE = CAPACITY / 4;

    /** The records that there is room for to begin with. */
    private static final int FIRST_COUNT = 16;

    /** An asynchronous write that waits for the group's end, and what it is then answered. */
    record AsyncWrite<R>(CompletableFuture<R> future, R answer, long bytes) {
        void complete(@Nullable RuntimeException failure) {
            if (failure == null) {
                future.complete(answer);
            } else {
                future.completeExceptionally(failure);
            }
        }
    }

    private final boolean ofOneBatch;
    private ByteBuffer buffer;

    /** The same bytes, for all but the leader, who moves the limit of {@link #buffer} while others decide conditions. */
    private ByteBuffer records;

    private GroupKeys keys;
    private final KeyRange key = new KeyRange();
    private int end = FIRST;
    private int puts;
    private long hintBytes;
    private long lastSequence;
    private boolean batch;
    private boolean blob;
    private int batches;
    private boolean lent;

    private @Nullable ByteBuffer largeValue;
    private boolean force;
    private List<Runnable> tasks = new ArrayList<>();
    private long intervalNanos = Long.MAX_VALUE;
    private Outcome outcome = new Outcome();
    private List<Thread> waiters = new ArrayList<>();
    private int writers;
    private long forceNanos;
    private List<AsyncWrite<?>> asyncWrites = new ArrayList<>();

    /** A group to gather in. */
    Group() {
        this(FIRST_CAPACITY - FIRST, FIRST_COUNT, false);
    }

    /** A group that is to hold one batch, of so many records of so many bytes, and nothing else. */
    Group(int bytes, int count) {
        this(bytes, count, true);
    }

    private Group(int bytes, int count, boolean ofOneBatch) {
        this.ofOneBatch = ofOneBatch;
        buffer = ByteBuffer.allocateDirect(FIRST + bytes).order(ByteOrder.LITTLE_ENDIAN);
        records = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        keys = new GroupKeys(count);
    }

    /** Whether a batch of so many bytes fits in; if so there is room for its records. */
    boolean reserveFor(int bytes, int count) {
        boolean fits = FIRST + bytes <= buffer.capacity();
        if (fits) {
            keys.reserve(count);
        }
        return fits;
    }

    /** Whether it holds one batch only, and never gathers. */
    boolean ofOneBatch() {
        return ofOneBatch;
    }

    /** Whether a record of {@code length}, with a value of {@code valueLength}, may join when the group must stay below {@code limit} bytes. */
    boolean hasRoom(int length, int valueLength, int limit) {
        if (largeValue != null) {
            return false;
        }
        int inBuffer = valueLength > LARGE_VALUE ? length - valueLength : length;
        if (end + inBuffer > CAPACITY) {
            return false;
        }
        return count() == 0 || end + (long) length <= limit;
    }

    /** Adds a record. A large value is referred to, not copied. */
    void add(Write write, long sequence) {
        boolean large = write.valueLength > LARGE_VALUE;
        reserve(write.recordLength() - (large ? write.valueLength : 0), 1);
        int next = copy(write, end, sequence, 0, large ? null : write.value);
        largeValue = large ? write.value : null;
        enter(write, sequence);
        end = next;
    }

    /** Adds the records of a batch, their values copied: all of them or, if there is no memory, none. */
    void addBatch(List<Write> writes, long firstSequence) {
        int bytes = 0;
        for (Write write : writes) {
            bytes += write.recordLength();
        }
        reserve(bytes, writes.size());
        int at = end;
        for (int i = 0; i < writes.size(); i++) {
            int more = i < writes.size() - 1 ? RecordFormat.CONTINUES : 0;
            at = copy(writes.get(i), at, firstSequence + i, more, writes.get(i).value);
        }
        // The bytes beyond the end counted for nothing so far.
        for (int i = 0; i < writes.size(); i++) {
            enter(writes.get(i), firstSequence + i);
            end += writes.get(i).recordLength();
        }
        batch |= writes.size() > 1;
        batches++;
    }

    /** Adds a record to a group of one batch that {@link #number} has yet to be told the sequences of; there must be room for it. */
    void addUnnumbered(Write write, boolean last) {
        long place = count() + 1L;
        int next = copy(write, end, place, last ? 0 : RecordFormat.CONTINUES, write.value);
        enter(write, place);
        end = next;
        batch |= !last;
        batches += last ? 1 : 0;
    }

    /** Gives the records of a group of one batch their sequences. */
    void number(long firstSequence) {
        for (int i = 0; i < count(); i++) {
            RecordFormat.putSequence(records, keys.at(i), firstSequence + i);
        }
        lastSequence = firstSequence + count() - 1;
    }

    /** Makes room. It comes before all else, for there may be no memory, and then nothing was added. */
    private void reserve(int bytes, int more) {
        keys.reserve(more);
        int needed = end + bytes;
        if (needed > buffer.capacity()) {
            int capacity = Math.max(needed, Math.min(2 * buffer.capacity(), CAPACITY));
            ByteBuffer longer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
            longer.put(0, records, 0, end);
            ByteBuffer longerRecords = longer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            buffer = longer;
            records = longerRecords;
        }
    }

    /** Writes a record into the buffer, where it does not count yet, and returns where it ends. */
    private int copy(Write write, int at, long sequence, int more, @Nullable ByteBuffer value) {
        int flags = write.flags() | more;
        RecordFormat.putHeader(records, at, write.kind, flags, sequence, write.keyLength, write.valueLength);
        if (write.expires()) {
            RecordFormat.putExpiry(records, at, write.expiry);
        }
        int keyAt = RecordFormat.keyOffset(at, flags);
        int next = keyAt + write.keyLength;
        records.put(keyAt, write.key, write.keyOffset, write.keyLength);
        if (value != null) {
            records.put(next, value, value.position(), write.valueLength);
            next += write.valueLength;
        }
        return next;
    }

    /** Counts a record that was copied to the {@link #end}; cannot fail. */
    private void enter(Write write, long sequence) {
        keys.add(write, end);
        puts += write.isPut() ? 1 : 0;
        blob |= write.kind == RecordFormat.BLOB;
        hintBytes += HintWriter.bytesFor(write.keyLength, write.expires());
        lastSequence = sequence;
        require(write.durability);
    }

    private void require(Durability durability) {
        if (durability.isSync()) {
            force = true;
        } else if (durability.isInterval()) {
            intervalNanos = Math.min(intervalNanos, durability.interval().toNanos());
        }
    }

    /** Has everything appended so far forced with this group. */
    void requireForce() {
        force = true;
    }

    /** Has {@code task} run by the leader when this group was published and the next one is not yet begun. */
    void addTask(Runnable task) {
        tasks.add(task);
    }

    /** The newest record of a key in this group, or -1. */
    int find(long high, int low) {
        return keys.find(high, low);
    }

    /** Whether there are several records in it that must become visible at one moment. */
    boolean hasBatch() {
        return batch;
    }

    /** Whether there is a record in it that refers to a blob. */
    boolean hasBlob() {
        return blob;
    }

    /** How many batches it holds, those of a single record included. */
    int batches() {
        return batches;
    }

    /** The keys as they are now, for good: the group adds to them no more, and has others when it gathers again. */
    GroupKeys lendKeys() {
        lent = true;
        return keys;
    }

    /** Whether nothing waits for this group. */
    boolean isEmpty() {
        return count() == 0 && waiters.isEmpty() && asyncWrites.isEmpty();
    }

    int count() {
        return keys.count();
    }

    /** Whether the group only gives space back. */
    boolean onlyDeletes() {
        return puts == 0;
    }

    /** The bytes that its records add to the hint of their segment. */
    long hintBytes() {
        return hintBytes;
    }

    int puts() {
        return puts;
    }

    boolean force() {
        return force;
    }

    /** What the leader is to run after the group. */
    List<Runnable> tasks() {
        return tasks;
    }

    /** The shortest interval asked for, in nanoseconds; {@code Long.MAX_VALUE} if none was. */
    long intervalNanos() {
        return intervalNanos;
    }

    long lastSequence() {
        return lastSequence;
    }

    /** The bytes, certificate and records; the leader's to seal and write. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** Where the records end in the buffer. */
    int end() {
        return end;
    }

    @Nullable
    ByteBuffer largeValue() {
        return largeValue;
    }

    /** Bytes of all records, large value included, certificate not. */
    long bytes() {
        return end - FIRST + (largeValue == null ? 0L : largeValue.remaining());
    }

    /** Where record {@code i} begins in the buffer. */
    int at(int i) {
        return keys.at(i);
    }

    /** The length of record {@code i}. */
    int length(int i) {
        return keys.length(i);
    }

    /** How much of record {@code i} lies in the buffer. */
    int inBuffer(int i) {
        return (i == count() - 1 ? end : keys.at(i + 1)) - keys.at(i);
    }

    long high(int i) {
        return keys.high(i);
    }

    int low(int i) {
        return keys.low(i);
    }

    boolean isTombstone(int i) {
        return keys.isTombstone(i);
    }

    /** The blob that record {@code i} refers to, or null if it holds its value. */
    @Nullable
    BlobReference blob(int i) {
        int at = keys.at(i);
        if (RecordFormat.kind(records, at) != RecordFormat.BLOB) {
            return null;
        }
        int flags = RecordFormat.flags(records, at);
        int value = RecordFormat.valueOffset(at, flags, RecordFormat.keyLength(records, at));
        return BlobReference.decode(records, value, RecordFormat.valueLength(records, at));
    }

    /** The key of record {@code i}; the leader's, until it asks for another. */
    Key key(int i) {
        int at = keys.at(i);
        int flags = RecordFormat.flags(records, at);
        return key.at(records, RecordFormat.keyOffset(at, flags), RecordFormat.keyLength(records, at));
    }

    long sequence(int i) {
        return RecordFormat.sequence(records, keys.at(i));
    }

    /** When the value of record {@code i} expires, in epoch milliseconds; {@link RecordFormat#NO_EXPIRY} if never. */
    long expiry(int i) {
        boolean expires = (RecordFormat.flags(records, keys.at(i)) & RecordFormat.EXPIRY) != 0;
        return expires ? RecordFormat.expiry(records, keys.at(i)) : RecordFormat.NO_EXPIRY;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Registers a thread to be woken at the end, or to lead. */
    void addWaiter(Thread waiter) {
        waiters.add(waiter);
    }

    /** The threads to wake. */
    List<Thread> waiters() {
        return waiters;
    }

    /** Counts a writer that waits for the group's end, the leader included. */
    void addWriter() {
        writers++;
    }

    /** How many writers wait for the group's end, the leader included. */
    int writers() {
        return writers;
    }

    /** The leader has forced its records, in so many nanoseconds. */
    void forceTook(long nanos) {
        forceNanos = nanos;
    }

    /** How long the force took, in nanoseconds; 0 if its records were not forced. */
    long forceNanos() {
        return forceNanos;
    }

    /** Registers an asynchronous write. */
    void addAsync(AsyncWrite<?> write) {
        asyncWrites.add(write);
    }

    /** The asynchronous writes to complete. */
    List<AsyncWrite<?>> asyncWrites() {
        return asyncWrites;
    }

    /** Makes the group ready to gather again; the lists handed out stay with those who took them. */
    void reset() {
        keys = lent ? new GroupKeys(FIRST_COUNT) : keys.emptied(FIRST_COUNT);
        buffer.clear();
        end = FIRST;
        puts = 0;
        hintBytes = 0;
        batch = false;
        blob = false;
        batches = 0;
        lent = false;
        largeValue = null;
        force = false;
        tasks = new ArrayList<>();
        intervalNanos = Long.MAX_VALUE;
        outcome = new Outcome();
        waiters = new ArrayList<>();
        writers = 0;
        forceNanos = 0;
        asyncWrites = new ArrayList<>();
    }
}
