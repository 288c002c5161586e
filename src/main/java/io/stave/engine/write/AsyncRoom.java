package io.stave.engine.write;

import io.stave.Overflow;
import io.stave.StoreBusyException;
import io.stave.engine.base.Worker;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * How many bytes of asynchronous writes are under way, and may be. Who waits does so in turn: what needs much room would otherwise never find
 * it while many small writes take whatever is given back. Guarded by the write path's lock.
 */
final class AsyncRoom {

    private final long limit;
    private final Condition room;
    private final Worker completer;
    private final Runnable ensureOpen;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private long underWay;

    /**
     * Nothing is under way.
     *
     * @param room signalled when something was given back
     * @param completer the worker that gives back: it must never wait for it
     * @param ensureOpen throws when there is nothing to wait for any more
     */
    AsyncRoom(long limit, Condition room, Worker completer, Runnable ensureOpen) {
        this.limit = limit;
        this.room = room;
        this.completer = completer;
        this.ensureOpen = ensureOpen;
    }

    /**
     * Waits until so many bytes may join what is under way, or refuses them. More than the limit may if nothing else is. Who does not wait
     * takes what room there is, whoever waits for more.
     */
    void await(long bytes, Overflow overflow) {
        boolean waits = overflow == Overflow.BLOCK && !completer.isCurrentThread();
        if (fits(bytes) && (waiting.isEmpty() || !waits)) {
            return;
        }
        if (!waits) {
            throw new StoreBusyException(underWay, limit);
        }
        Object turn = new Object();
        waiting.add(turn);
        try {
            do {
                room.awaitUninterruptibly();
                ensureOpen.run();
            } while (waiting.peek() != turn || !fits(bytes));
        } finally {
            waiting.remove(turn);
            room.signalAll(); // there may be room for the next one too
        }
    }

    private boolean fits(long bytes) {
        return underWay == 0 || underWay + bytes <= limit;
    }

    void take(long bytes) {
        underWay += bytes;
    }

    void giveBack(List<Group.AsyncWrite<?>> writes) {
        underWay -= writes.stream().mapToLong(Group.AsyncWrite::bytes).sum();
        room.signalAll();
    }

    long underWay() {
        return underWay;
    }
}
