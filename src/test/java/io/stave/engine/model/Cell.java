package io.stave.engine.model;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be known of a key.
 *
 * <p>What has expired is hidden, and the store may drop it. If the clock is set back before it did, it is to be seen again; nobody can say
 * from outside whether. But whatever it is, nothing older is.
 *
 * @param held what it holds, expired or not, or null if nothing is to be seen
 * @param lapsed whether the clock has ever shown that it had expired
 * @param ghosts what had expired and was not to be seen although the clock went back: the next open may find it again
 */
record Cell(@Nullable Held held, boolean lapsed, Set<Held> ghosts) {

    /** Of a key that holds nothing. */
    static final Cell EMPTY = new Cell(null, false, Set.of());

    static Cell of(Held held, long now) {
        return new Cell(held, held.expired(now), Set.of());
    }

    /** What the clock shows is told to each cell. */
    Cell at(long now) {
        return held != null && held.expired(now) ? new Cell(held, true, ghosts) : this;
    }

    /** What must be shown, or null. */
    @Nullable
    Held visible(long now) {
        return held == null || held.expired(now) ? null : held;
    }

    /** Whether this may be shown, after an open or after the clock was set back; null is nothing. */
    boolean allows(@Nullable Held shown, long now) {
        if (shown == null) {
            return held == null || lapsed || held.expired(now);
        }
        return !shown.expired(now)
                && ((held != null && held.matches(shown)) || ghosts.stream().anyMatch(ghost -> ghost.matches(shown)));
    }

    /** What is known once this was shown; {@code shown} is allowed. */
    Cell after(@Nullable Held shown, long now) {
        if (shown != null) {
            return new Cell(shown, lapsed || !ghosts.isEmpty() || shown.expired(now), Set.of());
        }
        Set<Held> still = new HashSet<>(ghosts);
        if (held != null) {
            still.add(held);
        }
        return still.isEmpty() ? EMPTY : new Cell(null, false, still);
    }

    /** One of two cells that the same was seen of. */
    Cell or(Cell other) {
        Set<Held> all = new HashSet<>(ghosts);
        all.addAll(other.ghosts);
        return new Cell(held, lapsed || other.lapsed, all);
    }
}
