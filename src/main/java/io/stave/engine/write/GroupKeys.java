package io.stave.engine.write;

import io.stave.engine.live.Overlay;
import java.util.Arrays;

/**
 * The keys of a group's records: where each record lies in the buffer, and which one is the newest of its key.
 *
 * <p>Guarded as the group is. Once lent to an {@link Overlay}, which readers look at without a lock, it never changes again.
 */
final class GroupKeys {

    /** No record. */
    static final int NONE = -1;

    /** In the place of the keydir's flags: the record is a tombstone. */
    private static final byte TOMBSTONE = -1;

    /** Emptied for another use only up to so many records: beyond that it would take longer than to make another one. */
    private static final int MOST_KEPT = 64 * 1024;

    private int count;
    private int[] at;
    private int[] length;
    private byte[] flags;
    private long[] high;
    private int[] low;

    // The newest record of a bucket, and for each record the next one of its bucket: those that are the newest of their
    // key, so that
    // a search is short however often one key was written.
    private int[] newest;
    private int[] next;

    /** Empty, with room for so many records. */
    GroupKeys(int capacity) {
        at = new int[capacity];
        length = new int[capacity];
        flags = new byte[capacity];
        high = new long[capacity];
        low = new int[capacity];
        next = new int[capacity];
        newest = filled(Integer.highestOneBit(2 * capacity));
    }

    /** Makes room for so many more records. There may be no memory for it, and then nothing has changed. */
    void reserve(int more) {
        if (count + more > at.length) {
            grow(Math.max(count + more, 2 * at.length));
        }
    }

    private void grow(int capacity) {
        int[] longerAt = Arrays.copyOf(at, capacity);
        int[] longerLength = Arrays.copyOf(length, capacity);
        byte[] longerFlags = Arrays.copyOf(flags, capacity);
        long[] longerHigh = Arrays.copyOf(high, capacity);
        int[] longerLow = Arrays.copyOf(low, capacity);
        int[] longerNext = Arrays.copyOf(next, capacity);
        int[] emptyNewest = filled(Integer.highestOneBit(2 * capacity));
        // All or nothing: there may have been no memory for one of them.
        at = longerAt;
        length = longerLength;
        flags = longerFlags;
        high = longerHigh;
        low = longerLow;
        next = longerNext;
        newest = emptyNewest;
        for (int i = 0; i < count; i++) {
            enter(i);
        }
    }

    /** Adds a record that lies at {@code position} of the buffer, for which there must be room. */
    void add(Write write, int position) {
        int i = count++;
        at[i] = position;
        length[i] = write.recordLength();
        flags[i] = write.isPut() ? (byte) write.locationFlags() : TOMBSTONE;
        high[i] = write.high;
        low[i] = write.low;
        enter(i);
    }

    /** Puts record {@code i} in front of its bucket, and takes an older one of its key out. */
    private void enter(int i) {
        int bucket = bucket(high[i]);
        next[i] = newest[bucket];
        newest[bucket] = i;
        int before = i;
        for (int j = next[i]; j != NONE; j = next[j]) {
            if (high[j] == high[i] && low[j] == low[i]) {
                next[before] = next[j];
                return;
            }
            before = j;
        }
    }

    private int bucket(long keyHigh) {
        return (int) keyHigh & (newest.length - 1);
    }

    private static int[] filled(int buckets) {
        int[] heads = new int[buckets];
        Arrays.fill(heads, NONE);
        return heads;
    }

    /** The newest record of a key, or {@link #NONE}. */
    int find(long keyHigh, int keyLow) {
        for (int i = newest[bucket(keyHigh)]; i != NONE; i = next[i]) {
            if (high[i] == keyHigh && low[i] == keyLow) {
                return i;
            }
        }
        return NONE;
    }

    int count() {
        return count;
    }

    /** Where record {@code i} begins in the buffer. */
    int at(int i) {
        return at[i];
    }

    /** The length of record {@code i}, with all of its value. */
    int length(int i) {
        return length[i];
    }

    long high(int i) {
        return high[i];
    }

    int low(int i) {
        return low[i];
    }

    boolean isTombstone(int i) {
        return flags[i] == TOMBSTONE;
    }

    /** The flags that the keydir keeps for record {@code i}, which is not a tombstone. */
    int flags(int i) {
        return flags[i];
    }

    /** Empty again; the same object if that is cheap. */
    GroupKeys emptied(int capacity) {
        if (count > MOST_KEPT) {
            return new GroupKeys(capacity);
        }
        for (int i = 0; i < count; i++) {
            newest[bucket(high[i])] = NONE;
        }
        count = 0;
        return this;
    }
}
