package io.stave.keydir;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Table memory that keeps its part of the bargain to the letter: a retired table is spoiled, or a map closed, as soon as every reader that was inside a call at that
 * time has left it, and not before.
 */
final class EpochMemory extends HeapMemory {

    private record Retired(Runnable free, long[] calls) {}

    /** Odd while the reader is inside a call. */
    private final AtomicLongArray calls;

    private final ArrayDeque<Retired> retired = new ArrayDeque<>();
    private int spoiled;

    EpochMemory(int readers) {
        calls = new AtomicLongArray(readers);
    }

    void enter(int reader) {
        calls.incrementAndGet(reader);
    }

    void exit(int reader) {
        calls.incrementAndGet(reader);
    }

    @Override
    synchronized void retire(Runnable free) {
        long[] now = new long[calls.length()];
        for (int i = 0; i < now.length; i++) {
            now[i] = calls.get(i);
        }
        retired.add(new Retired(free, now));
        while (!retired.isEmpty() && allHaveLeft(retired.peek().calls)) {
            retired.remove().free.run();
            spoiled++;
        }
    }

    /** How many tables were spoiled so far. */
    synchronized int spoiled() {
        return spoiled;
    }

    private boolean allHaveLeft(long[] then) {
        for (int i = 0; i < then.length; i++) {
            if (then[i] % 2 == 1 && calls.get(i) == then[i]) {
                return false;
            }
        }
        return true;
    }
}
