package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.engine.model.Held;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at a store before each operation of its disk while a write is being forced: what can be seen then must be there after a crash (I2). */
final class Watch {

    private final Supplier<Map<Integer, Held>> visible;
    private final Supplier<Map<Integer, Held>> leftByACrash;

    /** The thread that writes; others do things of their own. */
    private @Nullable Thread watched;

    private Map<Integer, Held> before = Map.of();
    private @Nullable Throwable seenTooEarly;

    /**
     * A watch.
     *
     * @param visible what the store shows
     * @param leftByACrash what it would show if all were lost that was not forced
     */
    Watch(Supplier<Map<Integer, Held>> visible, Supplier<Map<Integer, Held>> leftByACrash) {
        this.visible = visible;
        this.leftByACrash = leftByACrash;
    }

    /** A write begins that will be forced; all before it is durable. */
    void begin() {
        before = visible.get();
        watched = Thread.currentThread();
    }

    /** The disk is about to be changed; returns true. */
    boolean look() {
        if (Thread.currentThread() == watched) {
            try {
                Map<Integer, Held> seen = visible.get();
                if (!seen.equals(before)) {
                    assertEquals(leftByACrash.get(), seen);
                }
            } catch (RuntimeException | Error e) {
                seenTooEarly = e; // not thrown from here: the store would take it for a failure of its disk
            }
        }
        return true;
    }

    /** The write was acknowledged. */
    void end() {
        watched = null;
        if (seenTooEarly != null) {
            throw new AssertionError("seen before it was durable", seenTooEarly);
        }
    }
}
