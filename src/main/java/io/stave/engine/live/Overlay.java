package io.stave.engine.live;

import io.stave.keydir.Location;

/**
 * Changes that are to become visible at one moment, however many they are (I5): they lie over the keydir while they are carried over to it, one by
 * one. Never changed once readers see it.
 *
 * <pre>
 *   who publishes                              reader
 *   overlay = all changes                      o = overlay
 *   for each change: keydir                    if o has the key: that is the answer
 *   overlay = none                             else: keydir
 * </pre>
 *
 * <p><b>All become visible at one moment</b>, the one at which the overlay is set. Up to then neither overlay nor keydir shows any of
 * them. From then on both together show all: a key that the keydir does not have yet is in the overlay, and when that is taken away, the
 * keydir has them all.
 *
 * <p><b>A read that falls into it</b> takes effect at one moment too. If it finds its key in the overlay, that is the moment at which it
 * looked there: nothing later is published before this overlay is gone, so nothing newer is hidden by it. If it looked before the overlay
 * was set and in the keydir after, it finds what was there just before the overlay was set, or, if its key was carried over already, what
 * has been there since; both moments lie within the read. And one that follows it, by the same reader or by one that heard of it, begins
 * later: the keydir's change, if that is what the first has seen, came after the overlay was set, so the second finds the overlay or a keydir
 * that has everything. Hence whoever has seen one of the changes sees all of them.
 *
 * <p><b>Nobody waits</b> (I11): a read looks into one more table, which never changes, and into the keydir as ever.
 */
public interface Overlay {

    /** What {@link #find} says. */
    enum Answer {
        /** The key is not among the changes: the keydir knows. */
        UNKNOWN,
        /** The key is absent. */
        ABSENT,
        /** The key is there. */
        PRESENT
    }

    /** Looks up a key; {@code into} is filled if it is there, else left alone. */
    Answer find(long high, int low, Location into);
}
