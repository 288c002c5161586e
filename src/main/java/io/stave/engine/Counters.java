package io.stave.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the store has done since it was opened. Adders where many threads count, atomics where one does at a time. */
final class Counters {

    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final AtomicLong puts = new AtomicLong();
    final AtomicLong deletes = new AtomicLong();
    final AtomicLong batches = new AtomicLong();
    final Histogram groupRecords = new Histogram();
    final Histogram forceNanos = new Histogram();
    final AtomicLong bytesWritten = new AtomicLong();
    final AtomicLong merges = new AtomicLong();
    final AtomicLong mergeBytesRead = new AtomicLong();
    final AtomicLong mergeBytesWritten = new AtomicLong();

    /** A group was appended, so many bytes with what certifies the force before, and published. */
    void committed(int records, int putRecords, int wholeBatches, long bytes) {
        groupRecords.add(records);
        puts.addAndGet(putRecords);
        deletes.addAndGet(records - putRecords);
        batches.addAndGet(wholeBatches);
        bytesWritten.addAndGet(bytes);
    }
}
