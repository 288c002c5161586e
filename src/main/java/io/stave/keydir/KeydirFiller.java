package io.stave.keydir;

/**
 * Fills a keydir while a store is recovered: any number of threads offer the records of all segments, in any order, and the one with the largest
 * sequence wins (I3). A tombstone wins like a put, and shadows the puts that are older, until {@link #finish} drops it.
 *
 * <p>Of two records with one sequence, a record and its copy that merge made, the one in the segment with the larger id wins, then the one with
 * the larger offset. The same record offered again changes nothing. Which keydir comes out, and which records are reported as lost in all, does
 * not depend on the order.
 *
 * @param <K> the type of the keydir
 * @since 0.1
 */
public interface KeydirFiller<K extends Keydir> extends AutoCloseable {

    /**
     * A way to offer records: for one thread, which flushes it when it is done.
     *
     * @param losses is told of the puts that lose; a tombstone that loses is not reported
     * @return the feed
     */
    RecordFeed feed(RecordFeed.Losses losses);

    /**
     * Says about how many keys will come, so that the keydir need not grow its way up. Before the first record.
     *
     * @param keys an estimate; what it is too high is given back by {@link #finish}
     */
    void expect(long keys);

    /**
     * Ends the filling: drops tombstones. To be called when every other thread has done offering; later offers throw.
     *
     * @return the keydir, in no way different from one that was filled by puts
     * @throws IllegalStateException if it has ended before
     */
    K finish();

    /** Gives the memory back of a filling that was broken off. Does nothing after {@link #finish}. */
    @Override
    void close();
}
