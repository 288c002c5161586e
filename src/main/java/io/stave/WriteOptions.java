package io.stave;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one write does differently from the store's {@link Options}. Immutable: each setter returns a changed copy, and
 * one instance can serve any number of writes from any thread.
 *
 * <pre>{@code
 * static final WriteOptions CACHED = WriteOptions.defaults().durability(Durability.OS);
 * }</pre>
 *
 * @since 0.1
 */
public final class WriteOptions {
    private static final WriteOptions DEFAULTS = new WriteOptions(null, Overflow.BLOCK);

    private final @Nullable Durability durability;
    private final Overflow overflow;

    private WriteOptions(@Nullable Durability durability, Overflow overflow) {
        this.durability = durability;
        this.overflow = overflow;
    }

    /** {@return the options of a write that names none: the store's durability, and {@link Overflow#BLOCK}} */
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
        return new WriteOptions(Objects.requireNonNull(durability, "durability"), overflow);
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
        return new WriteOptions(durability, Objects.requireNonNull(overflow, "overflow"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WriteOptions that
                && Objects.equals(durability, that.durability)
                && overflow == that.overflow;
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hashCode(durability) + overflow.hashCode();
    }

    @Override
    public String toString() {
        return "WriteOptions[durability=" + (durability == null ? "the store's" : durability) + ", overflow=" + overflow
                + "]";
    }
}
