package io.stave.engine.enumeration;

import io.stave.io.CrashState;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Which of the recoveries are crashed in turn, at each of their points. */
enum Deeper {

    /** That of one state at one point in {@link #SHARE}: what a build has time for. */
    SOME,

    /** That of one state at each point. */
    POINTS,

    /** That of every state; those that leave the same content are recovered once. */
    STATES;

    private static final int SHARE = 60;

    /**
     * Chooses among what was found at a point, each different content once.
     *
     * @param seed of the point
     * @param done the contents of this recording whose recoveries were chosen so far; safe for all threads
     */
    List<Met> chosen(Collection<Met> all, long seed, Set<Content> done) {
        return switch (this) {
            case SOME -> Math.floorMod(seed, SHARE) == 0 ? one(all, seed) : List.of();
            case POINTS -> one(all, seed);
            case STATES -> all.stream().filter(met -> done.add(met.content())).toList();
        };
    }

    private static List<Met> one(Collection<Met> all, long seed) {
        return List.of(List.copyOf(all).get((int) Math.floorMod(seed / SHARE, (long) all.size())));
    }

    /**
     * A content that was met at a point.
     *
     * @param state the first that leaves it
     */
    record Met(Content content, CrashState state, Outcome outcome) {}
}
