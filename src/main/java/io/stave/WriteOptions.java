package io.stave;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one write does differently from the store's {@link Options}. Immutable: each setter returns a changed copy, and
 * one instance can serve any number of writes from any thread.
 *
 * <pre>{@code
 * static final WriteOptions CACHED = WriteOptions.defaults().durability(Durability.OS).timeToLive(Duration.ofHours(1));
 * }</pre>
 *
 * @since 0.1
 */
public final class WriteOptions {
    private static final WriteOptions DEFAULTS = new WriteOptions(null, Overflow.BLOCK, null, null);

    private final @Nullable Durability durability;
    private final Overflow overflow;
    private final @Nullable Duration timeToLive;
    private final @Nullable Instant expiry;

    private WriteOptions(
            @Nullable Durability durability,
            Overflow overflow,
            @Nullable Duration timeToLive,
            @Nullable Instant expiry) {
        this.durability = durability;
        this.overflow = overflow;
        this.timeToLive = timeToLive;
        this.expiry = expiry;
    }

    /** {@return the options of a write that names none: the store's durability, {@link Overflow#BLOCK}, no expiry} */
    public static WriteOptions defaults() {
        return DEFAULTS;
    }

    /** {@return the promise asked for, or null for the store's {@link Options#durability()}, the default} */
    public @Nullable Durability durability() {
        return durability;
    }

    /**
     * Asks for a promise other than the store's. A weaker one does not delay stronger writes, and a stronger one makes
     * the weaker ones before it durable too.
     *
     * @param durability the promise this write keeps
     * @return a copy with this setting
     */
    public WriteOptions durability(Durability durability) {
        return new WriteOptions(Objects.requireNonNull(durability, "durability"), overflow, timeToLive, expiry);
    }

    /** {@return what an asynchronous write does when too much waits already; default {@link Overflow#BLOCK}} */
    public Overflow overflow() {
        return overflow;
    }

    /**
     * Chooses what an asynchronous write does when {@link Options#asyncBytes()} bytes wait already. Writes that are not
     * asynchronous ignore it: they bring their own thread to wait with.
     *
     * @param overflow to wait or to refuse
     * @return a copy with this setting
     */
    public WriteOptions overflow(Overflow overflow) {
        return new WriteOptions(durability, Objects.requireNonNull(overflow, "overflow"), timeToLive, expiry);
    }

    /** {@return for how long a put is visible, or null if that was not set; default null} */
    public @Nullable Duration timeToLive() {
        return timeToLive;
    }

    /**
     * Has a put expire so long after its call, by {@link Options#clock()}: from then on the key is absent, as after a
     * delete. Takes the place of an {@link #expiry(Instant)} set before. Deletes ignore it.
     *
     * @param timeToLive more than zero, rounded up to milliseconds; so long that the calendar ends means for ever
     * @return a copy with this setting
     * @throws IllegalArgumentException if it is zero or negative
     */
    public WriteOptions timeToLive(Duration timeToLive) {
        if (timeToLive.isZero() || timeToLive.isNegative()) {
            throw new IllegalArgumentException("a time to live must be more than zero: " + timeToLive);
        }
        return new WriteOptions(durability, overflow, timeToLive, null);
    }

    /** {@return from when on the key is absent, or null if that was not set; default null} */
    public @Nullable Instant expiry() {
        return expiry;
    }

    /**
     * Has a put expire at an instant: from then on, by {@link Options#clock()}, the key is absent, as after a delete. Takes the place
     * of a {@link #timeToLive(Duration)} set before. Deletes ignore it.
     *
     * @param expiry rounded down to milliseconds. One that is past makes a put that nobody will see, which still overwrites
     *     what was there
     * @return a copy with this setting
     */
    public WriteOptions expiry(Instant expiry) {
        return new WriteOptions(durability, overflow, null, Objects.requireNonNull(expiry, "expiry"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WriteOptions that
                && Objects.equals(durability, that.durability)
                && overflow == that.overflow
                && Objects.equals(timeToLive, that.timeToLive)
                && Objects.equals(expiry, that.expiry);
    }

    @Override
    public int hashCode() {
        return Objects.hash(durability, overflow, timeToLive, expiry);
    }

    @Override
    public String toString() {
        return "WriteOptions[durability=" + (durability == null ? "the store's" : durability) + ", overflow=" + overflow
                + (timeToLive == null ? "" : ", timeToLive=" + timeToLive)
                + (expiry == null ? "" : ", expiry=" + expiry) + "]";
    }
}
