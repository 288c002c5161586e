package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Way;
import java.util.List;

/** Something to be measured, in a process of its own. */
public interface Work {
    /** What a work finds in its directory. */
    enum Needs {
        /** Nothing; what it leaves there is thrown away. */
        EMPTY,
        /** The store that {@code load} left behind, or the work before. It stays, with all keys in it. */
        LOADED
    }

    /** Short and unique. */
    String name();

    /** One line for people. */
    String title();

    /** What it finds. */
    Needs needs();

    /** How the store is opened; only peers that promise the like take part. */
    default Mode mode() {
        return Mode.UNFORCED;
    }

    /** Whether the limit can be measured in this work. */
    default boolean hasLimit() {
        return false;
    }

    /** The ways in which a peer does it; several only if the work is about writing many records. */
    default List<Way> ways(Peer peer) {
        return List.of(Way.PUT);
    }

    /** Why a peer takes no part although its promise is right, or null. */
    default String refuses(Peer peer) {
        return null;
    }

    /** Another work that runs first, in a process of its own that is killed; or null. */
    default Work killed() {
        return null;
    }

    /** Does it. */
    Figures run(Context context) throws Exception;
}
