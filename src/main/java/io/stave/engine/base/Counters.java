package io.stave.engine.base;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the store has done since it was opened. Adders where many threads count, atomics where one does at a time. */
public final class Counters {

    public final LongAdder hits = new LongAdder();
    public final LongAdder misses = new LongAdder();
    public final AtomicLong puts = new AtomicLong();
    public final AtomicLong deletes = new AtomicLong();
    public final AtomicLong batches = new AtomicLong();
    public final Histogram groupRecords = new Histogram();
    public final Histogram forceNanos = new Histogram();
    public final AtomicLong bytesWritten = new AtomicLong();
    public final AtomicLong merges = new AtomicLong();
    public final AtomicLong mergeBytesRead = new AtomicLong();
    public final AtomicLong mergeBytesWritten = new AtomicLong();

    /** A group was appended, so many bytes with what certifies the force before, and published. */
    public void committed(int records, int putRecords, int wholeBatches, long bytes) {
        groupRecords.add(records);
        puts.addAndGet(putRecords);
        deletes.addAndGet(records - putRecords);
        batches.addAndGet(wholeBatches);
        bytesWritten.addAndGet(bytes);
    }
}
