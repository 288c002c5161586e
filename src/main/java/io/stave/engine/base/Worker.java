package io.stave.engine.base;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * One background thread of the store: runs tasks in the order given, and a duty of its own in between. The thread starts with the first
 * task, so a store that needs none has none; it is a daemon.
 */
public final class Worker implements Executor, AutoCloseable {

    /** A duty's answer when it need not be called again until the next {@link #wake}. */
    public static final long NOT_BEFORE_WOKEN = Long.MAX_VALUE;

    private final String name;
    private final LongSupplier duty;
    private final Health health;
    private final boolean inline;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Loop loop = new Loop();

    private volatile boolean closing;
    private volatile boolean started;
    private volatile @Nullable Thread thread;

    // Guarded by this.
    private @Nullable AgentRunner runner;

    /**
     * Creates a worker.
     *
     * @param inline whether tasks and duty run on the calling thread instead, which makes a simulation deterministic
     * @param duty returns the nanoseconds after which it wants to be called again
     */
    public Worker(String name, Health health, boolean inline, LongSupplier duty) {
        this.name = name;
        this.health = health;
        this.inline = inline;
        this.duty = duty;
    }

    /** Runs {@code task} after those given before. */
    @Override
    public void execute(Runnable task) {
        if (inline) {
            task.run();
            return;
        }
        tasks.add(task);
        wake();
    }

    /** Has the duty called soon. */
    public void wake() {
        Thread running = thread;
        if (inline) {
            long again;
            do {
                again = duty.getAsLong();
            } while (again == 0);
        } else if (running == null) {
            startAndWake();
        } else {
            LockSupport.unpark(running);
        }
    }

    /** Whether the calling thread is this worker's. */
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Starts the thread if it does not run yet, and does not wake it; there may be none to be had, and then the next call tries again. */
    public void start() {
        if (!started) {
            startAndWake();
        }
    }

    private synchronized void startAndWake() {
        if (runner == null && !closing && !inline) {
            AgentRunner created = new AgentRunner(loop, this::failed, null, loop);
            try {
                AgentRunner.startOnThread(created, this::newThread);
                runner = created;
                started = true;
            } catch (Throwable e) {
                thread = null;
                throw e;
            }
        }
        LockSupport.unpark(thread);
    }

    /** An agent ends by this exception, which is no failure. */
    private void failed(Throwable failure) {
        if (!(failure instanceof AgentTerminationException)) {
            health.fail(failure);
        }
    }

    private Thread newThread(Runnable body) {
        Thread created = new Thread(body, name);
        created.setDaemon(true);
        thread = created;
        return created;
    }

    /** Runs the tasks that are left and ends the thread; called from the worker's own thread, it only has it end. */
    @Override
    public void close() {
        AgentRunner started;
        synchronized (this) {
            closing = true;
            started = runner;
        }
        if (started == null) {
            return;
        }
        LockSupport.unpark(thread);
        if (!isCurrentThread()) {
            joinUninterruptibly(thread);
            started.close();
        }
    }

    /** Waits for the end of a thread, if there is one and it was started. */
    static void joinUninterruptibly(@Nullable Thread ending) {
        boolean interrupted = false;
        while (ending != null && ending.isAlive()) {
            try {
                ending.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The agent and its idle strategy: parks until woken or until the duty is due.
     *
     * <p>The runner ends with an error, and with an interrupt that finds it idle. Neither may end this thread, on which others wait: an error
     * stops the store and no more, and an interrupt, which a callback of foreign code may leave behind, means nothing here (I13).
     */
    private final class Loop implements Agent, IdleStrategy {

        private long sleep;

        /** Claims to have worked even if not, for the runner looks at the interrupt flag only when idle. */
        @Override
        public int doWork() {
            Runnable task = tasks.poll();
            sleep = task == null ? NOT_BEFORE_WOKEN : 0;
            try {
                if (task == null) {
                    sleep = duty.getAsLong();
                } else {
                    task.run();
                }
            } catch (Throwable e) {
                health.fail(e);
            }
            boolean unused = Thread.interrupted();
            if (task == null && closing && tasks.isEmpty()) {
                throw new AgentTerminationException();
            }
            return 1;
        }

        @Override
        public void idle(int workCount) {
            idle();
        }

        @Override
        public void idle() {
            if (!tasks.isEmpty() || closing) {
                return;
            }
            if (sleep == NOT_BEFORE_WOKEN) {
                LockSupport.park(Worker.this);
            } else if (sleep > 0) {
                LockSupport.parkNanos(Worker.this, sleep);
            }
        }

        @Override
        public void reset() {}

        @Override
        public String roleName() {
            return name;
        }
    }
}
