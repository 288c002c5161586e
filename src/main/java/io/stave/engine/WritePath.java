package io.stave.engine;

import io.stave.Overflow;
import io.stave.StoreBusyException;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where writers meet: gives out sequences, decides conditions, gathers records into groups and has one writer commit each group for all.
 *
 * <pre>
 *   writers ──add──▶ gathering ──taken by the leader──▶ committing ──append, force, publish──▶ keydir
 * </pre>
 *
 * <p><b>Leader and followers.</b> Who adds to the gathering group while nobody leads becomes the leader: it takes the group, so that the
 * next one gathers while this one is forced, commits it, hands the lead to the first waiter of the next group and wakes its followers. A
 * group with nobody waiting (asynchronous writes only) is led by the commit worker.
 *
 * <p>If a group fails, what was gathered behind it fails too: its {@link Conditions} may have counted on what was not applied.
 *
 * <p>Guards: all fields below the lock are guarded by it, except that a taken group belongs to the leader. Being the leader is handed over
 * under the lock, so what one leader wrote the next one sees.
 */
final class WritePath {

    private final GroupCommit groupCommit;
    private final Conditions conditions;
    private final Health health;
    private final Worker committer;
    private final Worker completer;
    private final int groupLimit;
    private final long asyncLimit;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private final Groups groups = new Groups();
    private boolean led;
    private boolean closed;
    private long nextSequence;
    private long asyncBytes;

    WritePath(
            GroupCommit groupCommit,
            Reads reads,
            Health health,
            Worker committer,
            Worker completer,
            int groupLimit,
            long asyncLimit,
            long nextSequence) {
        this.groupCommit = groupCommit;
        this.conditions = new Conditions(reads);
        this.health = health;
        this.committer = committer;
        this.completer = completer;
        this.groupLimit = groupLimit;
        this.asyncLimit = asyncLimit;
        this.nextSequence = nextSequence;
    }

    /** Applies a write and returns its sequence once its durability is kept, or 0 if its condition did not hold. */
    long write(Write write) {
        for (boolean retried = false; ; ) {
            Conditions.Seen seen = conditions.look(write);
            Outcome outcome;
            long sequence = 0;
            boolean lead = false;
            lock.lock();
            try {
                awaitRoom(write);
                Conditions.Decision decision = conditions.decide(write, seen, groups);
                if (decision.again()) {
                    continue;
                }
                if (decision.apply()) {
                    sequence = add(write);
                    outcome = groups.gathering().outcome();
                    lead = claimLead();
                    if (!lead) {
                        groups.gathering().addWaiter(Thread.currentThread());
                    }
                } else if (decision.dependsOn() != null) {
                    outcome = decision.dependsOn().outcome();
                    decision.dependsOn().addWaiter(Thread.currentThread());
                } else {
                    return 0;
                }
            } finally {
                lock.unlock();
            }
            if (lead) {
                lead();
            }
            outcome.await(this::lead);
            RuntimeException failure = outcome.failure();
            if (failure == null) {
                return sequence;
            }
            // A delete that failed together with puts is tried once more: puts are refused by now, and deletes may use
            // the reserve.
            boolean retry = write.kind == RecordFormat.TOMBSTONE && failure instanceof StoreFullException && !retried;
            if (sequence != 0 && !retry) {
                throw failure;
            }
            retried |= sequence != 0;
        }
    }

    /** Adds a write, copied, and returns a future of its sequence, completed in order by the completion worker. */
    CompletableFuture<Long> writeAsync(Write write, Overflow overflow) {
        CompletableFuture<Long> future = new CompletableFuture<>();
        // First: without a thread for them the write must not join a group.
        committer.start();
        completer.start();
        boolean lead;
        lock.lock();
        try {
            awaitAsyncRoom(write, overflow);
            long bytes = write.recordLength();
            long sequence = conditions.decide(write, null, groups).apply() ? add(write) : 0;
            groups.gathering().addAsync(new Group.AsyncWrite(future, sequence, bytes));
            asyncBytes += bytes;
            lead = claimLead();
        } finally {
            lock.unlock();
        }
        if (lead) {
            committer.execute(this::lead);
        }
        return future;
    }

    /** Returns once everything appended before is forced. */
    void force() {
        barrier(true, null);
    }

    /** Forces everything, then runs {@code task} as {@link #atBarrier} does. */
    void forceThen(Runnable task) {
        barrier(true, task);
    }

    /**
     * Runs {@code task} at a moment when everything acknowledged is published and nothing is being published: by the leader, between two
     * groups. Nothing is written meanwhile, so it must be brief. Returns when it has run.
     */
    void atBarrier(Runnable task) {
        barrier(false, task);
    }

    private void barrier(boolean force, @Nullable Runnable task) {
        RuntimeException failure;
        do {
            Outcome outcome;
            boolean lead;
            lock.lock();
            try {
                ensureOpen();
                Group gathering = groups.gathering();
                if (force) {
                    gathering.requireForce();
                }
                if (task != null) {
                    gathering.addTask(task);
                }
                gathering.addWaiter(Thread.currentThread());
                outcome = gathering.outcome();
                lead = claimLead();
            } finally {
                lock.unlock();
            }
            if (lead) {
                lead();
            }
            outcome.await(this::lead);
            failure = outcome.failure();
            if (failure instanceof StoreFailedException) {
                throw failure;
            }
            // Anything else is the failure of a write that shared the group: then the group was not forced, so once
            // more.
        } while (failure != null);
    }

    /** Refuses new writes and returns when those on their way have ended. */
    void close() {
        lock.lock();
        try {
            closed = true;
            room.signalAll();
            while (led) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The largest sequence issued so far. */
    long lastSequence() {
        lock.lock();
        try {
            return nextSequence - 1;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of asynchronous writes that are not completed. */
    long asyncBytes() {
        lock.lock();
        try {
            return asyncBytes;
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock ----

    private long add(Write write) {
        long sequence = nextSequence++;
        groups.gathering().add(write, sequence);
        return sequence;
    }

    private boolean claimLead() {
        boolean claimed = !led;
        led = true;
        return claimed;
    }

    private void awaitRoom(Write write) {
        ensureOpen();
        groupCommit.checkRoom(write);
        while (!hasRoom(write)) {
            room.awaitUninterruptibly();
            ensureOpen();
        }
    }

    private boolean hasRoom(Write write) {
        return groups.gathering().hasRoom(write.recordLength(), write.valueLength, groupLimit);
    }

    private void awaitAsyncRoom(Write write, Overflow overflow) {
        ensureOpen();
        groupCommit.checkRoom(write);
        int bytes = write.recordLength();
        while (asyncBytes > 0 && asyncBytes + bytes > asyncLimit) {
            // The completion worker is the one that makes room: it must never wait for it.
            if (overflow == Overflow.REFUSE || completer.isCurrentThread()) {
                throw new StoreBusyException(asyncBytes, asyncLimit);
            }
            room.awaitUninterruptibly();
            ensureOpen();
        }
        if (!hasRoom(write)) {
            groups.rotate();
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
        health.check();
    }

    // ---- the leader ----

    /** Commits the next group; the calling thread has the lead, and has given it away when this returns or throws. */
    private void lead() {
        try {
            commitNext();
        } catch (Throwable e) {
            abdicate(e);
            throw e;
        }
    }

    /** Nobody knows what became of the group: stops the store, and lets everybody go who waits. */
    private void abdicate(Throwable cause) {
        RuntimeException failure = health.stop(cause);
        List<Thread> ended = new ArrayList<>();
        lock.lock();
        try {
            Group group = groups.committing();
            if (group != null) {
                end(group, failure, ended);
                groups.ended(group);
            }
            groups.removeWaiting().forEach(behind -> end(behind, failure, ended));
            led = false;
            idle.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        ended.forEach(LockSupport::unpark);
    }

    private void commitNext() {
        Group group = take();
        RuntimeException failure = groupCommit.commit(group);
        List<Thread> ended = new ArrayList<>();
        Thread successor = null;
        boolean leadInBackground = false;
        lock.lock();
        try {
            end(group, failure, ended);
            groups.ended(group);
            if (failure != null) {
                groups.removeWaiting().forEach(behind -> end(behind, failure, ended));
                room.signalAll();
            }
            Group next = groups.next();
            if (groups.isEmpty()) {
                led = false;
                idle.signalAll();
            } else if (next.waiters().isEmpty()) {
                leadInBackground = true;
            } else {
                successor = next.waiters().get(0);
                next.outcome().appoint(successor);
            }
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(successor);
        ended.forEach(LockSupport::unpark);
        if (leadInBackground) {
            committer.execute(this::lead);
        }
    }

    /** Ends a group, under the lock, and makes it ready to gather again; adds whom to wake. */
    private void end(Group group, @Nullable RuntimeException failure, List<Thread> wake) {
        wake.addAll(group.waiters());
        List<Group.AsyncWrite> asyncWrites = group.asyncWrites();
        group.outcome().complete(failure);
        group.reset();
        if (!asyncWrites.isEmpty()) {
            completer.execute(() -> complete(asyncWrites, failure));
        }
    }

    private Group take() {
        lock.lock();
        try {
            room.signalAll();
            return groups.take();
        } finally {
            lock.unlock();
        }
    }

    /** Completes the writes of one group. Their bytes are given back first, so that whoever has seen a write complete does not see its bytes. */
    private void complete(List<Group.AsyncWrite> writes, @Nullable RuntimeException failure) {
        lock.lock();
        try {
            asyncBytes -= writes.stream().mapToLong(Group.AsyncWrite::bytes).sum();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        for (Group.AsyncWrite write : writes) {
            if (failure == null) {
                write.future().complete(write.version());
            } else {
                write.future().completeExceptionally(failure);
            }
        }
    }

    /** A copy of a large asynchronous value, which the group would otherwise refer to after the caller has gone on. */
    static ByteBuffer copyIfLarge(ByteBuffer value) {
        if (value.remaining() <= Group.LARGE_VALUE) {
            return value;
        }
        byte[] copy = new byte[value.remaining()];
        value.get(value.position(), copy);
        return ByteBuffer.wrap(copy);
    }
}
