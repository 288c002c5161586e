package io.stave;

import java.time.Duration;
import java.util.Objects;

/**
 * What an acknowledged write survives. A write is acknowledged when its call returns or its future completes normally.
 *
 * <table>
 * <caption>The three promises</caption>
 * <tr><th></th><th>process killed</th><th>power lost or system crashed</th><th>cost</th></tr>
 * <tr><td>{@link #SYNC}</td><td>kept</td><td>kept</td><td>one force per group of writes</td></tr>
 * <tr><td>{@link #interval(Duration) interval}</td><td>kept</td><td>last interval lost</td><td>one force each</td></tr>
 * <tr><td>{@link #OS}</td><td>kept</td><td>any write not forced since lost</td><td>none</td></tr>
 * </table>
 *
 * <p>Whatever the mode, a crash never tears a value, and what it takes back is always the newest writes: if a write
 * survives, all writes with smaller versions do. {@link Stave#sync()}, a {@code SYNC} write and {@link Stave#close()}
 * make every write before them durable too.
 *
 * @since 0.1
 */
public final class Durability {
    private enum Kind {
        SYNC,
        INTERVAL,
        OS
    }

    private static final Duration MIN_INTERVAL = Duration.ofMillis(1);
    private static final Duration MAX_INTERVAL = Duration.ofHours(1);

    /**
     * Forced to stable storage before it is acknowledged, with every write before it (I1). No reader sees the value
     * earlier, so nothing that was ever read can be taken back by a crash (I2). Concurrent writers share a force.
     */
    public static final Durability SYNC = new Durability(Kind.SYNC, Duration.ZERO);

    /**
     * Handed to the operating system before it is acknowledged, and visible from then on. It survives the death of the
     * process, but not of the machine: power loss takes back what neither the operating system nor a later force
     * brought to stable storage, which can be much and can be old. For data that can be made again.
     */
    public static final Durability OS = new Durability(Kind.OS, Duration.ZERO);

    private final Kind kind;
    private final Duration window;

    private Durability(Kind kind, Duration window) {
        this.kind = kind;
        this.window = window;
    }

    /**
     * Handed to the operating system before it is acknowledged, visible from then on, and forced within {@code window}.
     * It survives the death of the process. Power loss takes back at most the writes of the last window, plus the time
     * that the force itself takes; readers may have seen them.
     *
     * @param window longest time from acknowledgement to the start of the force; 1 ms to 1 h
     * @return the promise; equal to any other of the same window
     * @throws IllegalArgumentException if the window is shorter than 1 ms or longer than 1 h
     */
    public static Durability interval(Duration window) {
        Objects.requireNonNull(window, "window");
        if (window.compareTo(MIN_INTERVAL) < 0 || window.compareTo(MAX_INTERVAL) > 0) {
            throw new IllegalArgumentException("interval must be from 1 ms to 1 h: " + window);
        }
        return new Durability(Kind.INTERVAL, window);
    }

    /** {@return whether this is {@link #SYNC}} */
    public boolean isSync() {
        return kind == Kind.SYNC;
    }

    /** {@return whether this was made by {@link #interval(Duration)}} */
    public boolean isInterval() {
        return kind == Kind.INTERVAL;
    }

    /** {@return whether this is {@link #OS}} */
    public boolean isOs() {
        return kind == Kind.OS;
    }

    /** {@return the window of {@link #interval(Duration)}, or zero for the other two} */
    public Duration interval() {
        return window;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Durability that && kind == that.kind && window.equals(that.window);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + window.hashCode();
    }

    /** {@return {@code SYNC}, {@code OS}, or {@code INTERVAL(PT0.05S)}} */
    @Override
    public String toString() {
        return kind == Kind.INTERVAL ? "INTERVAL(" + window + ")" : kind.name();
    }
}
