package io.stave;

import java.util.Objects;

/**
 * Is told what happens in a store, to page somebody, to count, or to start a backup: {@link Options#listener}. Implement
 * what is of interest; the rest does nothing.
 *
 * <p><b>Threads and order.</b> One thread of the store, {@code stave-notify}, makes all calls, one at a time, in the order in
 * which things happened as far as there was one. It holds no lock: a method may call the store, {@link Stave#close()} too.
 * No read or write waits for a listener.
 *
 * <p><b>Slow or broken listeners</b> do the store no harm. What a method throws is logged and the next call is made as ever.
 * While one takes long, 1,024 notices wait; those that come beyond are dropped, and the log says how many. {@link
 * Stave#close()} waits until what was queued is told, unless a listener calls it, so a method must return; by then the store
 * may refuse calls with {@link StoreClosedException}. After the close nothing is told any more.
 *
 * <p>A store that is open for reading only tells of corruption alone.
 *
 * @since 0.1
 */
public interface StoreListener {

    /** Is told nothing. */
    StoreListener NONE = new StoreListener() {};

    /**
     * A segment is complete, and writes go to a new one. The complete one is forced and sealed in the background.
     *
     * @param roll from which segment to which
     */
    default void rolled(Roll roll) {}

    /**
     * A merge by hand, or a round of the background, has replaced segments. One that could not be carried through tells of what it had done
     * by then.
     *
     * @param report what it did; its inputs are deleted as soon as no reader is left in them
     */
    default void merged(MergeReport report) {}

    /**
     * Something on disk does not verify: met by a read, by a merge, by a snapshot or by the open, which then fails. Each place is
     * told of once while the store is open, and of no more than 1,024 places.
     *
     * @param damage which file, where, and what to do; as whoever met it got it
     */
    default void corrupted(CorruptionException damage) {}

    /**
     * The room on the disk has come to another {@link DiskRoom.Level}: it is low, or worse, or ample again. The store looks
     * while it is written to; an idle one does not see a disk fill up, but {@link Stave#health()} does.
     *
     * @param room what is left
     */
    default void diskRoomChanged(DiskRoom room) {}

    /**
     * The store has stopped writing, for a force failed or a write could not be undone (I8). Told once.
     *
     * @param failure as each further write will throw it; its cause is the first failure
     */
    default void stopped(StoreFailedException failure) {}

    /**
     * From which segment to which writes have gone over.
     *
     * @param fileName name of the new segment's file, in the store's directory
     * @param previous name of the file of the one that is complete
     * @param previousLength length of that in bytes
     * @param nanos how long writers waited for the new one, in nanoseconds
     * @since 0.1
     */
    record Roll(String fileName, String previous, long previousLength, long nanos) {
        /** Rejects null. */
        public Roll {
            Objects.requireNonNull(fileName, "fileName");
            Objects.requireNonNull(previous, "previous");
        }
    }
}
