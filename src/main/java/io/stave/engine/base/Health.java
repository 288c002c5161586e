package io.stave.engine.base;

import io.stave.StoreFailedException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The fail-stop (I8): remembers the first failure that makes writing unsafe, and refuses every write from then on.
 *
 * <p>After a failed force the kernel has dropped the dirty pages and the next force succeeds, so nothing short of a recovery may trust the
 * file again. Reads go on.
 */
public final class Health {

    private final Consumer<Throwable> stopped;

    private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();

    /** How many callers have been told: what fails in the background must at least be heard of at the close. */
    private final AtomicInteger told = new AtomicInteger();

    /** Of what nobody else needs to hear of. */
    public Health() {
        this(failure -> {});
    }

    /** {@code stopped} is told of the first failure. */
    public Health(Consumer<Throwable> stopped) {
        this.stopped = stopped;
    }

    /** Stops the store for writing, also for what happened on a thread of its own, where no caller hears of it. Only the first cause counts. */
    public void fail(Throwable failure) {
        if (cause.compareAndSet(null, failure)) {
            stopped.accept(failure);
        }
    }

    /** Stops the store and returns the exception for the caller, whose cause is the first failure as in every later one. */
    public StoreFailedException stop(Throwable failure) {
        fail(failure);
        told.incrementAndGet();
        Throwable first = Objects.requireNonNull(cause.get());
        StoreFailedException stopped = new StoreFailedException(first);
        if (failure != first) {
            stopped.addSuppressed(failure);
        }
        return stopped;
    }

    /** What was met in the background has reached no caller, if {@link #stop} returned it or {@link #check} threw it. */
    public void unheard(Throwable met) {
        if (met instanceof StoreFailedException) {
            told.decrementAndGet();
        }
    }

    /** Throws if writing was stopped and no caller has been told. */
    public void tell() {
        if (told.get() <= 0) {
            check();
        }
    }

    /** Whether writing was stopped. */
    public boolean failed() {
        return cause.get() != null;
    }

    /** What stopped writing, or null. */
    public @Nullable Throwable cause() {
        return cause.get();
    }

    /** Throws if writing was stopped. */
    public void check() {
        Throwable failure = cause.get();
        if (failure != null) {
            told.incrementAndGet();
            throw new StoreFailedException(failure);
        }
    }
}
