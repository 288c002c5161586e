package io.stave;

/**
 * A store that is open for reading only, while another process, or this one, may be writing it, merging it, closing it and
 * opening it again. Any number of readers may be open at a time.
 *
 * <pre>{@code
 * try (ReadOnlyStave store = Stave.openReadOnly(Path.of("data"))) {
 *     byte[] found = store.get(key);        // as of the open
 *     if (store.refresh()) {
 *         found = store.get(key);           // as of now
 *     }
 * }
 * }</pre>
 *
 * <p><b>What it shows.</b> One moment of the store, until {@link #refresh()} moves on to a later one: everything up to some
 * write, and nothing behind it. That write and all before it were forced to stable storage, whatever the writer's
 * {@link Durability}, so no crash takes back what a reader has seen. How recent the moment is depends on the writer: it
 * leaves the proof of a force together with its next write, or when it fills a segment, or closes the store. So the last
 * group of writes is shown once another one follows; a writer in {@link Durability#OS} mode that never syncs is seen a
 * segment at a time.
 *
 * <p><b>What it leaves alone.</b> It takes no lock, creates, changes and deletes nothing in the directory, which may lie on
 * a file system that is mounted for reading only, and never makes the writer wait. The memory of the keydir comes from a
 * file without a name in the directory for temporary files. Segments that a merge of the writer's deletes stay readable for
 * this reader; their disk space is given back when it has moved on.
 *
 * <p><b>Threads.</b> All methods may be called by any number of threads at a time. Reads wait for nothing, not for a refresh
 * either (I11). A refresh becomes visible to all threads at one moment: none sees a part of it. An interrupt harms
 * nothing, and the interrupt flag stays set (I13).
 *
 * <p>Not meant to be implemented outside this library: releases add methods.
 *
 * @see Stave#openReadOnly(java.nio.file.Path)
 * @since 0.1
 */
public interface ReadOnlyStave extends StaveReader {

    /**
     * Moves on to the latest moment there is: everything that the writer has left the proof of a force of before this call is
     * shown when it returns. Costs a look at two files if there is nothing new, and reads only what is new if the writer has
     * only written. If a merge has replaced segments since, or so much is new that it costs less, the keydir is loaded
     * afresh: that takes as long as an open, and until it is done the memory of two keydirs.
     *
     * <p>If it throws, the store goes on showing the moment it showed, and may be refreshed again. One refresh runs at a
     * time; a second one waits for the first.
     *
     * @return false if there was nothing new; true if there was, or the keydir was loaded afresh
     * @throws CorruptionException if something that was forced is damaged or missing, or the directory holds another store
     *     now
     * @throws FormatVersionException if a newer Stave has written the store meanwhile
     * @throws StoreIOException if a file cannot be read, there is no memory, or the writer's merges replaced segments time
     *     and again while they were being opened
     */
    boolean refresh();

    /**
     * The version of the latest write among those shown: all writes with smaller versions are shown too. Never
     * decreases. Whoever was told the version of a write can wait for it here, refreshing now and then. A delete alone may
     * have a larger version and be shown nevertheless, after a merge has removed all traces of it.
     *
     * @return the version, or {@link Stave#NO_VERSION} if the store was empty
     */
    long version();

    /**
     * Shows every record of the moment that is shown now, in the order of the disk: the newest of each key, and those that merges will give
     * back. Reads every segment from its first byte to its last and verifies each record. A refresh, and the close, wait for it; reads do
     * not.
     *
     * @param visitor is called on this thread, and must neither refresh nor close this reader. What it throws ends the walk and reaches the
     *     caller
     * @throws CorruptionException if a record does not verify and the visitor does not mind {@link StoredRecord.Visitor#damaged}
     * @throws StoreIOException if a file cannot be read
     */
    void walk(StoredRecord.Visitor visitor);

    /**
     * Tells what {@link Stave#merge()} would do if the store were opened for writing now. Where values expire it reads the store, to find
     * those that have.
     *
     * @return the plan; nothing is changed
     * @throws StoreIOException if a file cannot be read
     */
    MergePlan planMerge();

    /**
     * Ends the reading: refuses new calls, waits for a refresh that is under way, and gives the memory back. Closing again
     * does nothing.
     *
     * @throws StoreIOException if a file cannot be closed; the reader is closed nevertheless
     */
    @Override
    void close();
}
