package io.stave.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the store has done since it was opened. Adders where many threads count, atomics where one does at a time. */
final class Counters {

    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final AtomicLong puts = new AtomicLong();
    final AtomicLong deletes = new AtomicLong();
    final AtomicLong groups = new AtomicLong();
    final AtomicLong forces = new AtomicLong();
    final AtomicLong forcedRecords = new AtomicLong();
    final AtomicLong bytesWritten = new AtomicLong();
    final AtomicLong merges = new AtomicLong();
    final AtomicLong mergeBytesRead = new AtomicLong();
    final AtomicLong mergeBytesWritten = new AtomicLong();

    /** A group was appended and published. */
    void committed(Group group) {
        groups.incrementAndGet();
        puts.addAndGet(group.puts());
        deletes.addAndGet(group.count() - group.puts());
        bytesWritten.addAndGet(group.bytes());
    }

    /** A group was forced. */
    void forced(Group group) {
        forces.incrementAndGet();
        forcedRecords.addAndGet(group.count());
    }
}
