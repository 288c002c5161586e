package io.stave.keydir;

/**
 * Fills a compact keydir.
 *
 * <p>The sequences are held beside the slots, 8 bytes each, and only while loading.
 *
 * @since 0.1
 */
public final class KeydirLoader implements KeydirFiller<CompactKeydir> {

    private final TableMemory memory;
    private final Stripe[] stripes;

    // Guarded by this.
    private boolean finished;

    /**
     * A loader that has seen no record.
     *
     * @param memory for the tables; must outlive the keydir
     */
    public KeydirLoader(TableMemory memory) {
        this.memory = memory;
        stripes = CompactKeydir.create(memory, true);
    }

    /**
     * Takes part of a record into account. Any thread may call it.
     *
     * @param high the first 64 bits of the key's fingerprint
     * @param low the last 32 bits of the key's fingerprint
     * @param sequence of the record, 63 bits
     * @param tombstone whether the record is a tombstone
     * @param segment the low 32 bits of the segment's id
     * @param offset of the record, in bytes, at most {@link Location#MAX_OFFSET}
     * @param length of the record, in bytes, at most {@link Location#MAX_LENGTH}
     * @param flags seven bits, {@link Location#EXPIRY} and {@link Location#BLOB} among them
     * @param superseded filled with the location of the put that lost, this one or the one it replaced; undefined if none did
     * @return whether a put lost; a tombstone that loses is not reported
     * @throws IllegalArgumentException if sequence, offset, length or flags do not fit
     * @throws IllegalStateException if the loader has finished, or can hold no more
     */
    public boolean offer(
            long high,
            int low,
            long sequence,
            boolean tombstone,
            int segment,
            int offset,
            int length,
            int flags,
            Location superseded) {
        long order = RecordOrder.of(sequence, tombstone);
        long packed = Location.pack(offset, length, flags);
        return stripes[CompactKeydir.stripeOf(high)].offer(
                CompactKeydir.nonZero(high), low, order, segment, packed, superseded);
    }

    /**
     * A way to offer many records faster than one by one: for one thread, which flushes it when it is done.
     *
     * @param losses is told of the puts that lose
     * @return the feed
     */
    @Override
    public KeydirFeed feed(RecordFeed.Losses losses) {
        return new KeydirFeed(this, losses);
    }

    @Override
    public void expect(long keys) {
        int slots = TableShape.roomyFor((int) Math.min(keys / stripes.length, TableShape.MAX_SLOTS / 2));
        for (Stripe stripe : stripes) {
            stripe.expect(slots);
        }
    }

    Stripe stripe(int index) {
        return stripes[index];
    }

    /** Drops the sequences too. An exception breaks the loading off. */
    @Override
    public synchronized CompactKeydir finish() {
        if (finished) {
            throw new IllegalStateException("the loader has finished");
        }
        finished = true;
        Stripe[] loaded = CompactKeydir.create(memory, false);
        CompactKeydir keydir = new CompactKeydir(loaded);
        try {
            for (int i = 0; i < loaded.length; i++) {
                stripes[i].finishInto(loaded[i]);
            }
            return keydir;
        } catch (Throwable e) {
            closeStripes();
            keydir.close();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        if (!finished) {
            finished = true;
            closeStripes();
        }
    }

    private void closeStripes() {
        for (Stripe stripe : stripes) {
            stripe.close();
        }
    }
}
