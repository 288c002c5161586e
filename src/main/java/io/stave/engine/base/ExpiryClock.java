package io.stave.engine.base;

import io.stave.WriteOptions;
import io.stave.segment.RecordFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What time it is for values that expire, in epoch milliseconds. A value is visible while the time is before its expiry.
 *
 * <p>Two times. {@link #now()} is the clock's, and decides what readers see: nothing is lost if it is wrong, for it can be mended.
 * {@link #forDropping()} decides what is given up for good. A clock of the system that is set ahead does not move it: it is never later than
 * the time at the open and what has really passed since. A clock that the user brought is taken at its word.
 */
public final class ExpiryClock {

    private final InstantSource clock;
    private final boolean guarded;
    private final LongSupplier nanos;
    private final long openedMillis;
    private final long openedNanos;

    /** A clock that starts now; {@code guarded} against being set ahead, by {@code nanos}, which nobody can set. */
    ExpiryClock(InstantSource clock, boolean guarded, LongSupplier nanos) {
        this.clock = clock;
        this.guarded = guarded;
        this.nanos = nanos;
        this.openedMillis = clock.millis();
        this.openedNanos = nanos.getAsLong();
    }

    /** The clock of a store that is being opened. */
    public static ExpiryClock of(InstantSource clock) {
        return new ExpiryClock(clock, isSystem(clock), System::nanoTime);
    }

    /** Whether this is the clock of the system, in whatever zone. */
    static boolean isSystem(InstantSource clock) {
        return clock.equals(InstantSource.system())
                || clock.getClass().equals(Clock.systemUTC().getClass());
    }

    /** Whether nobody moves it but the system: then it is not ahead of {@link #forDropping} for more than a jump. */
    public boolean guarded() {
        return guarded;
    }

    /** The time by which values are visible or not. */
    public long now() {
        return clock.millis();
    }

    /** Whether a value with this expiry, or {@link RecordFormat#NO_EXPIRY}, is not visible any more. */
    public boolean expired(long expiry) {
        return expiry != RecordFormat.NO_EXPIRY && now() >= expiry;
    }

    /** The time by which values may be given up; never later than {@link #now()}. */
    public long forDropping() {
        long now = now();
        return guarded
                ? Math.min(now, openedMillis + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - openedNanos))
                : now;
    }

    /** The expiry of a put with these options, or {@link RecordFormat#NO_EXPIRY}. */
    public long expiry(WriteOptions how) {
        return how.timeToLive() == null ? millis(how.expiry()) : expiry(how, now());
    }

    /** The same, if its time to live begins at {@code from}. */
    public long expiry(WriteOptions how, long from) {
        Duration timeToLive = how.timeToLive();
        return timeToLive == null ? millis(how.expiry()) : storable(sum(from, ceil(timeToLive)));
    }

    /** An instant as records keep it, rounded down; what lies outside of their range is moved to its border. */
    public static long millis(@Nullable Instant expiry) {
        if (expiry == null) {
            return RecordFormat.NO_EXPIRY;
        }
        try {
            return storable(expiry.toEpochMilli());
        } catch (ArithmeticException e) {
            return expiry.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** What {@link #millis} made, as an instant again. */
    public static @Nullable Instant instant(long expiry) {
        return expiry == RecordFormat.NO_EXPIRY ? null : Instant.ofEpochMilli(expiry);
    }

    /** The first moment of 1970 is taken: it says that there is no expiry. The millisecond before it does as well. */
    private static long storable(long millis) {
        return millis == RecordFormat.NO_EXPIRY ? -1 : millis;
    }

    /** Rounded up, so that no duration becomes none. */
    private static long ceil(Duration duration) {
        try {
            long whole = duration.toMillis();
            return duration.minusMillis(whole).isZero() ? whole : sum(whole, 1);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The sum of any number and a positive one, or the largest number if it is too large. */
    private static long sum(long any, long positive) {
        long sum = any + positive;
        return sum < any ? Long.MAX_VALUE : sum;
    }
}
