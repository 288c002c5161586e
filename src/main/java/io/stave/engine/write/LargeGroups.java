package io.stave.engine.write;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where large batches get their groups from. The buffer of the last one is kept if it is not too long: who applies one large batch after the
 * other would else have the operating system hand out as much memory each time, and clear it. Thread-safe.
 */
final class LargeGroups {

    /** A longer buffer is not kept. */
    static final int MOST_KEPT = 4 << 20;

    /** Buffers are multiples of this, so that the next batch, which is about as long, fits too. */
    static final int STEP = 256 << 10;

    private final AtomicReference<@Nullable Group> kept = new AtomicReference<>();

    /** An empty group for one batch, of so many records of so many bytes. */
    Group take(int bytes, int count) {
        Group group = kept.getAndSet(null);
        if (group != null && group.reserveFor(bytes, count)) {
            return group;
        }
        int steps = (int) (((long) bytes + STEP - 1) / STEP);
        return new Group(bytes <= MOST_KEPT - STEP ? steps * STEP : bytes, count);
    }

    /** Keeps a group that has ended and was reset, for a batch to come. */
    void keep(Group group) {
        if (group.buffer().capacity() <= MOST_KEPT) {
            kept.set(group);
        }
    }
}
