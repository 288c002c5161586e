package io.stave.engine.write;

import io.stave.Overflow;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.engine.base.Health;
import io.stave.engine.base.NanoClock;
import io.stave.engine.base.Worker;
import io.stave.engine.snapshot.Barrier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
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
public final class WritePath implements Barrier {

    private final GroupCommit groupCommit;
    private final Conditions conditions;
    private final Health health;
    private final Worker committer;
    private final Worker completer;
    private final int groupLimit;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private final LargeGroups largeGroups = new LargeGroups();
    private final Groups groups = new Groups(largeGroups);
    private final AsyncRoom async;

    // Those who were woken may need the leader's processor to come back.
    private final Returners returners = new Returners(NanoClock.SYSTEM, Thread::yield);

    private boolean led;
    private boolean closed;
    private long nextSequence;

    public WritePath(
            GroupCommit groupCommit,
            Conditions conditions,
            Health health,
            Worker committer,
            Worker completer,
            int groupLimit,
            long asyncLimit,
            long nextSequence) {
        this.groupCommit = groupCommit;
        this.conditions = conditions;
        this.health = health;
        this.committer = committer;
        this.completer = completer;
        this.groupLimit = groupLimit;
        this.async = new AsyncRoom(asyncLimit, room, completer, this::ensureOpen);
        this.nextSequence = nextSequence;
    }

    /** Applies a write; see {@link #write(Request)}. */
    public long write(Write write) {
        return write(new SingleWrite(write));
    }

    /**
     * Applies a request and returns its first sequence once its durability is kept; 0 if a condition did not hold, or nothing was to be
     * written.
     */
    public long write(Request request) {
        for (boolean retried = false; ; ) {
            request.prepare(conditions, largeGroups);
            Outcome outcome;
            long sequence = 0;
            boolean absent;
            boolean lead = false;
            lock.lock();
            try {
                awaitRoom(request);
                Conditions.Decision decision = request.decide(conditions, groups);
                if (decision.again()) {
                    continue;
                }
                absent = decision.absent();
                Group group = decision.dependsOn();
                if (decision.apply() && request.count() > 0) {
                    sequence = takeSequences(request);
                    group = request.join(groups, sequence);
                    group.addWriter();
                    returners.joined();
                    lead = claimLead();
                }
                if (group == null) {
                    return 0;
                }
                outcome = group.outcome();
                if (!lead) {
                    group.addWaiter(Thread.currentThread());
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
                return absent ? 0 : sequence;
            }
            // Deletes that failed together with puts are tried once more: puts are refused by now, and deletes may use
            // the reserve.
            boolean retry = request.onlyDeletes() && failure instanceof StoreFullException && !retried;
            if (sequence != 0 && !retry) {
                throw failure;
            }
            retried |= sequence != 0;
        }
    }

    /** Adds a write, copied, and returns a future of its sequence; see {@link #writeAsync(Request, Overflow, LongFunction)}. */
    public CompletableFuture<Long> writeAsync(Write write, Overflow overflow) {
        return writeAsync(new SingleWrite(write), overflow, Long::valueOf);
    }

    /** Adds a request, copied, and returns a future that is completed in order by the completion worker, with {@code answer} of its sequence. */
    public <R> CompletableFuture<R> writeAsync(Request request, Overflow overflow, LongFunction<R> answer) {
        CompletableFuture<R> future = new CompletableFuture<>();
        // First: without a thread for them the write must not join a group.
        committer.start();
        completer.start();
        if (request.isLarge()) {
            // Whoever has to wait, or is refused, is so before it takes the memory.
            lock.lock();
            try {
                awaitAsyncRoom(request, overflow);
            } finally {
                lock.unlock();
            }
        }
        boolean joined;
        do {
            joined = joinAsync(request, overflow, future, answer);
        } while (!joined);
        return future;
    }

    /** Joins a group, with an answer to be given at its end, be it a refusal: so it is in order, and as durable as its cause. */
    private <R> boolean joinAsync(
            Request request, Overflow overflow, CompletableFuture<R> future, LongFunction<R> answer) {
        request.prepare(conditions, largeGroups);
        boolean lead;
        lock.lock();
        try {
            awaitAsyncRoom(request, overflow);
            if (!request.hasRoom(groups, groupLimit)) {
                groups.rotate();
            }
            Conditions.Decision decision = request.decide(conditions, groups);
            if (decision.again()) {
                return false;
            }
            boolean apply = decision.apply() && request.count() > 0;
            long sequence = apply ? takeSequences(request) : 0;
            Group.AsyncWrite<R> write =
                    new Group.AsyncWrite<>(future, answer.apply(decision.absent() ? 0 : sequence), request.bytes());
            Group group = apply ? request.join(groups, sequence) : groups.gathering();
            group.addAsync(write);
            async.take(write.bytes());
            lead = claimLead();
        } finally {
            lock.unlock();
        }
        if (lead) {
            committer.execute(this::lead);
        }
        return true;
    }

    /** Returns once everything appended before is forced. */
    public void force() {
        barrier(true, null);
    }

    /** Forces everything, then runs {@code task} as {@link #atBarrier} does. */
    public void forceThen(Runnable task) {
        barrier(true, task);
    }

    @Override
    public void atBarrier(Runnable task) {
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

    @Override
    public void atRest(Runnable task) {
        lock.lock();
        try {
            while (led) {
                idle.awaitUninterruptibly();
            }
            if (closed) {
                throw new StoreClosedException();
            }
            task.run();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new writes and returns when those on their way have ended. */
    public void close() {
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
    public long lastSequence() {
        lock.lock();
        try {
            return nextSequence - 1;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of asynchronous writes that are not completed. */
    public long asyncBytes() {
        lock.lock();
        try {
            return async.underWay();
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock ----

    private long takeSequences(Request request) {
        long first = nextSequence;
        nextSequence += request.count();
        return first;
    }

    private boolean claimLead() {
        boolean claimed = !led;
        led = true;
        return claimed;
    }

    private void awaitRoom(Request request) {
        ensureOpen();
        groupCommit.checkRoom(request);
        while (!request.hasRoom(groups, groupLimit)) {
            room.awaitUninterruptibly();
            ensureOpen();
        }
    }

    private void awaitAsyncRoom(Request request, Overflow overflow) {
        ensureOpen();
        groupCommit.checkRoom(request);
        async.await(request.bytes(), overflow);
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
            throw abdicate(e);
        }
    }

    /** Nobody knows what became of the group: stops the store, and lets everybody go who waits; returns what they are told. */
    private RuntimeException abdicate(Throwable cause) {
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
        return failure;
    }

    private void commitNext() {
        returners.await();
        Group group = take();
        RuntimeException failure = groupCommit.commit(group);
        returners.forced(group.forceNanos());
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
        returners.left(group.writers());
        List<Group.AsyncWrite<?>> asyncWrites = group.asyncWrites();
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
    private void complete(List<Group.AsyncWrite<?>> writes, @Nullable RuntimeException failure) {
        lock.lock();
        try {
            async.giveBack(writes);
        } finally {
            lock.unlock();
        }
        writes.forEach(write -> write.complete(failure));
    }
}
