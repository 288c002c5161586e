package io.stave.metrics;

import io.stave.Stats;
import io.stave.Stave;
import io.stave.StaveReader;
import io.stave.StoreClosedException;
import io.stave.StoreHealth;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the meters of one store read: its figures, taken anew when they are a second old, so that a scrape of all meters asks the store once.
 *
 * <p>Any thread. Those who come while one takes the figures wait for it: that is a look at each segment.
 */
final class LatestFigures {

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StaveReader store;
    private final LongSupplier nanos;
    private volatile @Nullable Taken latest;

    /**
     * What the store said.
     *
     * @param stats the figures, of its last moment if it is closed; null if it was closed before they were ever taken
     * @param health null where the store is open for reading only
     * @param live whether it was open
     */
    record Taken(@Nullable Stats stats, @Nullable StoreHealth health, boolean live, long nanos) {}

    LatestFigures(StaveReader store, LongSupplier nanos) {
        this.store = store;
        this.nanos = nanos;
    }

    Taken get() {
        Taken taken = latest;
        return taken != null && isFresh(taken) ? taken : takeAnew();
    }

    private boolean isFresh(Taken taken) {
        return nanos.getAsLong() - taken.nanos < FRESH_NANOS;
    }

    private synchronized Taken takeAnew() {
        Taken before = latest;
        if (before != null && isFresh(before)) {
            return before;
        }
        StoreHealth health = store instanceof Stave writable ? writable.health() : null;
        Taken taken;
        try {
            taken = new Taken(store.stats(), health, true, nanos.getAsLong());
        } catch (StoreClosedException e) {
            taken = new Taken(before == null ? null : before.stats, health, false, nanos.getAsLong());
        }
        latest = taken;
        return taken;
    }
}
