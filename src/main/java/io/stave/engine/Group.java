package io.stave.engine;

import io.stave.Durability;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
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
final class Group {

    /** The most bytes of a buffer. */
    static final int CAPACITY = 1 << 20;

    /** The bytes of a buffer to begin with: groups that queue up behind a slow force may be many, and then each takes what it needs. */
    private static final int FIRST_CAPACITY = 16 * 1024;

    /** Room for the certificate at the front. */
    static final int FIRST = RecordFormat.HEADER_LENGTH;

    /** A value longer than this is not copied into the buffer. */
    static final int LARGE_VALUE = CAPACITY / 4;

    private static final int NONE = -1;

    /** An asynchronous write that waits for the group's end. */
    record AsyncWrite(CompletableFuture<Long> future, long version, long bytes) {}

    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);

    /** The same bytes, for all but the leader, who moves the limit of {@link #buffer} while others decide conditions. */
    private ByteBuffer records = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);

    private int end = FIRST;
    private int count;
    private int puts;
    private long lastSequence;
    private int[] at = new int[16];
    private long[] high = new long[16];
    private int[] low = new int[16];

    // For conditions: the newest record of a bucket, and for each record the next older one of its bucket.
    private int[] newest = filled(32);
    private int[] older = new int[16];

    private @Nullable ByteBuffer largeValue;
    private boolean force;
    private List<Runnable> tasks = new ArrayList<>();
    private long intervalNanos = Long.MAX_VALUE;
    private Outcome outcome = new Outcome();
    private List<Thread> waiters = new ArrayList<>();
    private List<AsyncWrite> asyncWrites = new ArrayList<>();

    /** Whether a record of {@code length}, with a value of {@code valueLength}, may join when the group must stay below {@code limit} bytes. */
    boolean hasRoom(int length, int valueLength, int limit) {
        if (largeValue != null) {
            return false;
        }
        int inBuffer = valueLength > LARGE_VALUE ? length - valueLength : length;
        if (end + inBuffer > CAPACITY) {
            return false;
        }
        return count == 0 || end + (long) length <= limit;
    }

    /** Adds a record. A large value is referred to, not copied. */
    void add(Write write, long sequence) {
        int valueLength = write.valueLength;
        boolean large = valueLength > LARGE_VALUE;
        // First, for there may be no memory for it, and then nothing was added.
        ensureCapacity(end + write.recordLength() - (large ? valueLength : 0));
        if (count == at.length) {
            grow();
        }
        int flags = write.flags();
        RecordFormat.putHeader(records, end, write.kind, flags, sequence, write.keyLength, valueLength);
        if (write.expires()) {
            RecordFormat.putExpiry(records, end, write.expiry);
        }
        int keyAt = RecordFormat.keyOffset(end, flags);
        int next = keyAt + write.keyLength;
        records.put(keyAt, write.key, write.keyOffset, write.keyLength);
        ByteBuffer value = write.value;
        if (value != null && !large) {
            records.put(next, value, value.position(), valueLength);
            next += valueLength;
        }
        // Everything is copied: nothing below can fail, and a record counts only now.
        largeValue = large ? value : null;
        int i = count++;
        at[i] = end;
        end = next;
        puts += write.kind == RecordFormat.PUT ? 1 : 0;
        lastSequence = sequence;
        high[i] = write.high;
        low[i] = write.low;
        int bucket = bucket(write.high);
        older[i] = newest[bucket];
        newest[bucket] = i;
        require(write.durability);
    }

    private void ensureCapacity(int needed) {
        if (needed > buffer.capacity()) {
            int capacity = Math.max(needed, Math.min(2 * buffer.capacity(), CAPACITY));
            ByteBuffer longer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
            longer.put(0, records, 0, end);
            buffer = longer;
            records = longer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        }
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
    int find(long keyHigh, int keyLow) {
        for (int i = newest[bucket(keyHigh)]; i != NONE; i = older[i]) {
            if (high[i] == keyHigh && low[i] == keyLow) {
                return i;
            }
        }
        return NONE;
    }

    private int bucket(long keyHigh) {
        return (int) keyHigh & (newest.length - 1);
    }

    private void grow() {
        int capacity = 2 * at.length;
        int[] longerAt = Arrays.copyOf(at, capacity);
        long[] longerHigh = Arrays.copyOf(high, capacity);
        int[] longerLow = Arrays.copyOf(low, capacity);
        int[] longerOlder = Arrays.copyOf(older, capacity);
        int[] emptyNewest = filled(2 * capacity);
        // All or nothing: there may have been no memory for one of them.
        at = longerAt;
        high = longerHigh;
        low = longerLow;
        older = longerOlder;
        newest = emptyNewest;
        for (int i = 0; i < count; i++) {
            int bucket = bucket(high[i]);
            older[i] = newest[bucket];
            newest[bucket] = i;
        }
    }

    private static int[] filled(int length) {
        int[] heads = new int[length];
        Arrays.fill(heads, NONE);
        return heads;
    }

    /** Whether nothing waits for this group. */
    boolean isEmpty() {
        return count == 0 && waiters.isEmpty() && asyncWrites.isEmpty();
    }

    int count() {
        return count;
    }

    /** Whether the group only gives space back. */
    boolean onlyDeletes() {
        return puts == 0;
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
        return at[i];
    }

    /** The length of record {@code i}. */
    int length(int i) {
        return inBuffer(i) + (i == count - 1 && largeValue != null ? largeValue.remaining() : 0);
    }

    /** How much of record {@code i} lies in the buffer. */
    int inBuffer(int i) {
        return (i == count - 1 ? end : at[i + 1]) - at[i];
    }

    long high(int i) {
        return high[i];
    }

    int low(int i) {
        return low[i];
    }

    int kind(int i) {
        return RecordFormat.kind(records, at[i]);
    }

    long sequence(int i) {
        return RecordFormat.sequence(records, at[i]);
    }

    /** When the value of record {@code i} expires, in epoch milliseconds; {@link RecordFormat#NO_EXPIRY} if never. */
    long expiry(int i) {
        boolean expires = (RecordFormat.flags(records, at[i]) & RecordFormat.EXPIRY) != 0;
        return expires ? RecordFormat.expiry(records, at[i]) : RecordFormat.NO_EXPIRY;
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

    /** Registers an asynchronous write. */
    void addAsync(AsyncWrite write) {
        asyncWrites.add(write);
    }

    /** The asynchronous writes to complete. */
    List<AsyncWrite> asyncWrites() {
        return asyncWrites;
    }

    /** Makes the group ready to gather again; the lists handed out stay with those who took them. */
    void reset() {
        for (int i = 0; i < count; i++) {
            newest[bucket(high[i])] = NONE;
        }
        buffer.clear();
        end = FIRST;
        count = 0;
        puts = 0;
        largeValue = null;
        force = false;
        tasks = new ArrayList<>();
        intervalNanos = Long.MAX_VALUE;
        outcome = new Outcome();
        waiters = new ArrayList<>();
        asyncWrites = new ArrayList<>();
    }
}
