package io.stave.engine.support;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A call running on a thread of its own, watched by a test. The patience is only how long a hang may last. */
public final class Background<T> {

    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final Thread thread;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private Background(Callable<T> call) {
        thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Runs the call on a new thread. */
    public static <T> Background<T> run(Callable<T> call) {
        return new Background<>(call);
    }

    /** A call that returns nothing. */
    public interface Action {
        void run() throws Exception;
    }

    /** Runs the action on a new thread. */
    public static Background<Boolean> start(Action action) {
        return new Background<>(() -> {
            action.run();
            return true;
        });
    }

    /** Waits for the result; what the call threw is thrown here. */
    public T join() throws Exception {
        try {
            return result.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException e) {
            AssertionError hang = new AssertionError("the call hangs");
            hang.setStackTrace(thread.getStackTrace());
            throw hang;
        }
    }

    public boolean done() {
        return result.isDone();
    }

    public Thread thread() {
        return thread;
    }

    /** Waits until the thread is parked on an object of this class, or has ended. */
    public Background<T> awaitParkedOn(Class<?> type) {
        await(() -> done() || type.isInstance(LockSupport.getBlocker(thread)));
        return this;
    }

    /** Waits until the thread waits for something, or has ended. */
    public Background<T> awaitWaiting() {
        await(() ->
                done() || thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
        return this;
    }

    /** Waits until the condition holds. */
    public static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("the condition never held");
            }
            LockSupport.parkNanos(50_000);
        }
    }
}
