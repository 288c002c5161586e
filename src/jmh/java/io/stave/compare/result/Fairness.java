package io.stave.compare.result;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Promise;
import java.util.Collection;

/** Who may be compared with whom: a peer that forces each put never stands beside one that does not. */
public final class Fairness {
    private Fairness() {}

    /** {@return whether a promise is the one that works in this mode ask for; null is no promise} */
    public static boolean admits(Mode mode, Promise promise) {
        return promise != null && (promise == Promise.FORCED) == (mode == Mode.FORCED);
    }

    /**
     * Looks at all who are about to be put beside each other.
     *
     * @throws IllegalArgumentException if some of them force and some do not
     */
    public static void check(Collection<Promise> together) {
        long forced =
                together.stream().filter(promise -> promise == Promise.FORCED).count();
        if (forced != 0 && forced != together.size()) {
            throw new IllegalArgumentException(
                    forced + " of " + together.size() + " force and the others do not: not to be compared");
        }
    }
}
