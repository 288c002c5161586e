package io.stave.engine;

import io.stave.Overflow;
import io.stave.StoreBusyException;
import java.util.List;
import java.util.concurrent.locks.Condition;

/** How many bytes of asynchronous writes are under way, and may be. Guarded by the write path's lock. */
final class AsyncRoom {

    private final long limit;
    private final Condition room;
    private final Worker completer;
    private final Runnable ensureOpen;
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

    /** Waits until so many bytes may join what is under way, or refuses them. More than the limit may if nothing else is. */
    void await(long bytes, Overflow overflow) {
        while (underWay > 0 && underWay + bytes > limit) {
            if (overflow == Overflow.REFUSE || completer.isCurrentThread()) {
                throw new StoreBusyException(underWay, limit);
            }
            room.awaitUninterruptibly();
            ensureOpen.run();
        }
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
