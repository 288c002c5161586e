package io.stave.keydir;

import java.util.function.Consumer;

/**
 * A map from a key to the location of its newest record. One finds keys by their fingerprints, and needs no more; one holds whole keys, and has
 * the fingerprints to choose by: each call has both, and they belong together.
 *
 * <p>Every method may be called by any thread, beside every other. {@link #find} never waits for a writer's I/O, for a mutex or for growth
 * (I11). All operations on one fingerprint are linearizable.
 *
 * <p>Memory may be taken away under a reader only by the {@link TableMemory} the keydir was given: whoever owns that must not free a retired
 * table while a call that began before is still inside. The same holds for {@link #close}: the owner first sees to it that nobody comes in.
 *
 * <p>An exception of the {@link TableMemory} leaves the keydir as it was before the call.
 *
 * @since 0.1
 */
public interface Keydir extends AutoCloseable {

    /**
     * Looks up a location.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param key the key itself
     * @param out filled if found, else left alone
     * @return whether there is a location
     * @throws IllegalStateException if the keydir is closed; it may be noticed only when nothing is found
     */
    boolean find(long high, int low, Key key, Location out);

    /**
     * Brings the place where a key is looked up nearer to the processor. Of keys that are looked up one after the other each is waited for in
     * turn; of those that were all touched before, all are waited for together. May do nothing.
     *
     * @param high the first 64 bits of the fingerprint
     * @return nothing that means anything: use it, or the read is optimized away
     */
    default long touch(long high) {
        return 0;
    }

    /**
     * Sets the location, whether there was one or not.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param key the key itself
     * @param segment the low 32 bits of the segment's id
     * @param offset of the record, in bytes, at most {@link Location#MAX_OFFSET}
     * @param length of the record, in bytes, at most {@link Location#MAX_LENGTH}
     * @param flags seven bits, {@link Location#EXPIRY} and {@link Location#BLOB} among them
     * @param previous filled with the location that was replaced, else left alone
     * @return whether a location was replaced
     * @throws IllegalArgumentException if offset, length or flags do not fit
     * @throws IllegalStateException if the keydir is closed, or can hold no more
     */
    boolean put(long high, int low, Key key, int segment, int offset, int length, int flags, Location previous);

    /**
     * Removes the location, if there is one.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param key the key itself
     * @param previous filled with the location that was removed, else left alone
     * @return whether a location was removed
     * @throws IllegalStateException if the keydir is closed
     */
    boolean remove(long high, int low, Key key, Location previous);

    /**
     * Removes a location that still stands at the given place, and leaves any other alone.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param key the key itself
     * @param segment the expected segment
     * @param offset the expected offset
     * @param previous filled with the location that was removed, else left alone
     * @return whether the location stood there, and was removed
     * @throws IllegalStateException if the keydir is closed
     */
    boolean removeIf(long high, int low, Key key, int segment, int offset, Location previous);

    /**
     * Moves a location that still stands at the given place; its length and flags stay. Merge swings a key to its copy with this: a put that
     * came in between is left alone.
     *
     * @param high the first 64 bits of the fingerprint
     * @param low the last 32 bits of the fingerprint
     * @param key the key itself
     * @param segment the expected segment
     * @param offset the expected offset
     * @param newSegment where the record was copied to
     * @param newOffset of the copy
     * @return whether the location stood there, and was moved
     * @throws IllegalArgumentException if the new offset does not fit
     * @throws IllegalStateException if the keydir is closed
     */
    boolean replace(long high, int low, Key key, int segment, int offset, int newSegment, int newOffset);

    /**
     * Shows all locations that have one of these flags, in no order; to be called while nobody changes the keydir.
     *
     * @param flags one or more, see {@link Location#flags}
     * @param visitor sees one after the other, in the same object
     * @throws IllegalStateException if the keydir is closed
     */
    void forEach(int flags, Consumer<Location> visitor);

    /**
     * How many locations there are; exact when nobody writes.
     *
     * @return the count
     */
    long count();

    /**
     * The memory of the current tables; retired ones that are not freed yet are not in it.
     *
     * @return the memory in bytes
     */
    long bytes();

    /**
     * How full the tables are.
     *
     * @return used slots as a part of all slots, 0 if there are none
     */
    double load();

    /**
     * The keydir as it lies in memory.
     *
     * @return to be used while nobody changes the keydir
     * @throws IllegalStateException if the keydir is closed
     */
    KeydirImage image();

    /** Retires all tables. Later calls throw. Closing again does nothing. */
    @Override
    void close();
}
