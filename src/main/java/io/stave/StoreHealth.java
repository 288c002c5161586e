package io.stave;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a store does its work, and what to do if it does not: for a probe that asks now and then.
 *
 * <p>{@link #live()} says that this object can still be used: if not, only opening the store again helps.
 * {@link #ready()} says that writes may be sent to it. A store that is live and not ready goes on to answer reads.
 *
 * @param live whether the store is open: reads are answered
 * @param recovered whether recovery is behind it; as {@code open} returns only then, an open store always has recovered
 * @param writable whether writes are taken: the store is open, and no failure has stopped it (I8)
 * @param lastForceSucceeded whether no force has failed since the store was opened; one that did has stopped it
 * @param disk what room is left on the disk; null if the store is closed or the operating system does not say
 * @param problems what is wrong, most important first: each a sentence or two that say what happened and what to do. Empty
 *     if nothing is. Some do not keep a store from being ready: a damaged record concerns its own key alone
 * @since 0.1
 */
public record StoreHealth(
        boolean live,
        boolean recovered,
        boolean writable,
        boolean lastForceSucceeded,
        @Nullable DiskRoom disk,
        List<String> problems) {

    /** Copies the list. */
    public StoreHealth {
        problems = List.copyOf(problems);
    }

    /** {@return whether the disk is known to have room: {@link DiskRoom.Level#AMPLE}, so that no write is held back} */
    public boolean diskHeadroom() {
        return disk != null && disk.level() == DiskRoom.Level.AMPLE;
    }

    /** {@return whether writes may be sent: recovered, writable, disk headroom, last force succeeded} */
    public boolean ready() {
        return live && recovered && writable && diskHeadroom() && lastForceSucceeded;
    }

    /**
     * Tells it to a human: one line, and one more for each problem.
     *
     * @return lines separated by {@code \n}, without one at the end
     */
    public String describe() {
        StringBuilder text = new StringBuilder(ready() ? "Ready" : live ? "Live, but not ready" : "Closed");
        problems.forEach(problem -> text.append("\n  ").append(problem));
        return text.toString();
    }
}
