package io.stave.engine.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells when no reader can still hold what was retired: a mapping, a keydir table, a segment's file (I9, I11).
 *
 * <p>Readers announce themselves in one of two generations; the generation of the current epoch takes newcomers, the other one drains.
 *
 * <pre>
 *   reader                              reclaimer
 *   e = epoch                           if generation(epoch - 1) is empty:
 *   generation(e)++                         free all that was retired before this epoch
 *   if (epoch != e) back out, retry         epoch = epoch + 1, if anything is left
 *   … read …
 *   generation(e)--
 * </pre>
 *
 * A reader that passed its check counted itself before any later move of the epoch, so the move that would end its generation sees it. What
 * is retired at epoch e was unreachable before; only readers of generations up to e can hold it. Freeing asks for the end of one
 * generation, never for a moment without readers, so it comes however busy the store is. Entering and leaving cost one atomic add
 * each on a cache line shared by few threads; no reader ever waits.
 */
public final class ReaderEpoch {

    /** Longs from one counter to the next: two cache lines, because adjacent ones are fetched in pairs. */
    private static final int STRIDE = 16;

    private final int stripes = Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors());
    private final AtomicLongArray readers = new AtomicLongArray((2 * stripes + 1) * STRIDE);
    private volatile long epoch;

    // Guarded by this.
    private final ArrayDeque<Retired> retired = new ArrayDeque<>();

    private record Retired(long epoch, Runnable free) {}

    /** Begins a read; the result must be given to {@link #exit}. */
    public int enter() {
        int stripe = (int) Thread.currentThread().getId() & (stripes - 1);
        for (; ; ) {
            long e = epoch;
            int slot = slot(e, stripe);
            readers.getAndIncrement(slot);
            if (epoch == e) {
                return slot;
            }
            readers.getAndDecrement(slot);
        }
    }

    /** Ends a read. */
    public void exit(int slot) {
        readers.getAndDecrement(slot);
    }

    /** Has {@code free} run by a later {@link #reclaim}, once all readers that are inside now have left. */
    synchronized void retire(Runnable free) {
        retired.add(new Retired(epoch, free));
    }

    /**
     * Frees what no reader can hold any more, on the calling thread; returns how many things still wait. What one of them throws
     * is thrown when all have been freed.
     */
    int reclaim() {
        List<Runnable> free = new ArrayList<>();
        int waiting;
        synchronized (this) {
            if (drained(epoch - 1)) {
                takeOlderThanEpoch(free);
                if (!retired.isEmpty()) {
                    epoch++;
                    if (drained(epoch - 1)) {
                        takeOlderThanEpoch(free);
                    }
                }
            }
            waiting = retired.size();
        }
        freeAll(free);
        return waiting;
    }

    private static void freeAll(List<Runnable> free) {
        RuntimeException failure = null;
        for (Runnable each : free) {
            try {
                each.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** All readers that are inside came after the epoch began. */
    private void takeOlderThanEpoch(List<Runnable> free) {
        while (!retired.isEmpty() && retired.getFirst().epoch < epoch) {
            free.add(retired.removeFirst().free);
        }
    }

    private boolean drained(long e) {
        for (int stripe = 0; stripe < stripes; stripe++) {
            if (readers.get(slot(e, stripe)) != 0) {
                return false;
            }
        }
        return true;
    }

    private int slot(long e, int stripe) {
        return ((int) (e & 1) * stripes + stripe + 1) * STRIDE;
    }
}
