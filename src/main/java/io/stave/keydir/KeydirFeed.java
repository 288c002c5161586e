package io.stave.keydir;

/**
 * What one thread has to offer to a {@link KeydirLoader}, gathered by stripe and handed over in batches.
 *
 * <p>Offered one by one, each record of a large store costs a wait for memory: its place in the tables is in no cache, nor is the page in any
 * translation buffer. A batch goes to one stripe, whose tables are a 256th of all; there its places are first read one after the other without
 * using the results, so that the processor fetches many at a time, and then found in the cache.
 *
 * <p>Not thread-safe. Takes 1 MiB of heap when all stripes have something waiting.
 *
 * @since 0.1
 */
public final class KeydirFeed implements RecordFeed {

    /** Records of a batch. */
    static final int BATCH = 128;

    /** Longs of a record in a batch: fingerprint, high; fingerprint, low, and segment; order; offset, length and flags. */
    static final int WORDS = 4;

    private final KeydirLoader loader;
    private final Losses losses;
    private final long[][] waiting = new long[1 << Table.STRIPE_BITS][];
    private final int[] counts = new int[1 << Table.STRIPE_BITS];
    private final Location superseded = new Location();

    KeydirFeed(KeydirLoader loader, Losses losses) {
        this.loader = loader;
        this.losses = losses;
    }

    @Override
    public void offer(
            long high,
            int low,
            Key key,
            long sequence,
            boolean tombstone,
            int segment,
            int offset,
            int length,
            int flags) {
        offer(high, low, sequence, tombstone, segment, offset, length, flags);
    }

    /** As {@link RecordFeed#offer}, for one who has no key at hand: here the fingerprint is all that is asked for. */
    public void offer(
            long high, int low, long sequence, boolean tombstone, int segment, int offset, int length, int flags) {
        long order = RecordOrder.of(sequence, tombstone);
        long packed = Location.pack(offset, length, flags);
        int stripe = CompactKeydir.stripeOf(high);
        long[] batch = waiting[stripe];
        if (batch == null) {
            batch = new long[BATCH * WORDS];
            waiting[stripe] = batch;
        }
        int at = counts[stripe] * WORDS;
        batch[at] = CompactKeydir.nonZero(high);
        batch[at + 1] = (long) low << Integer.SIZE | Integer.toUnsignedLong(segment);
        batch[at + 2] = order;
        batch[at + 3] = packed;
        if (++counts[stripe] == BATCH) {
            handOver(stripe);
        }
    }

    @Override
    public void flush() {
        for (int stripe = 0; stripe < counts.length; stripe++) {
            handOver(stripe);
        }
    }

    private void handOver(int stripe) {
        long[] batch = waiting[stripe];
        if (batch != null) {
            int count = counts[stripe];
            counts[stripe] = 0;
            loader.stripe(stripe).offerAll(batch, count, superseded, losses);
        }
    }
}
