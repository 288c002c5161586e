package io.stave.keydir.chronicle;

import io.stave.keydir.Key;
import io.stave.keydir.KeydirFiller;
import io.stave.keydir.Location;
import io.stave.keydir.RecordFeed;
import io.stave.keydir.RecordOrder;

/** Fills a keydir of Chronicle Maps; each record is offered at once. */
final class ChronicleFiller implements KeydirFiller<ChronicleKeydir> {

    private final Shard[] shards;

    // Guarded by this.
    private boolean finished;

    ChronicleFiller(Maps maps) {
        shards = ChronicleKeydir.create(maps);
    }

    @Override
    public RecordFeed feed(RecordFeed.Losses losses) {
        return new Feed(losses);
    }

    private final class Feed implements RecordFeed {
        private final Losses losses;
        private final Location superseded = new Location();

        Feed(Losses losses) {
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
            long order = RecordOrder.of(sequence, tombstone);
            long packed = Location.pack(offset, length, flags);
            if (shards[ChronicleKeydir.indexOf(high)].offer(key, order, segment, packed, superseded)) {
                losses.lost(superseded);
            }
        }

        @Override
        public void flush() {
            // Nothing waits.
        }
    }

    /** With a little more for each: fingerprints spread keys evenly, but not quite. */
    @Override
    public void expect(long keys) {
        long each = keys / shards.length;
        for (Shard shard : shards) {
            shard.expect(each + each / 32);
        }
    }

    @Override
    public synchronized ChronicleKeydir finish() {
        if (finished) {
            throw new IllegalStateException("the filling has ended");
        }
        finished = true;
        // In new shards: who offers to one of these from now on must not change the keydir.
        Shard[] filled = new Shard[shards.length];
        for (int i = 0; i < shards.length; i++) {
            shards[i].finish();
            filled[i] = shards[i].handOver();
        }
        return new ChronicleKeydir(filled);
    }

    @Override
    public synchronized void close() {
        if (!finished) {
            finished = true;
            for (Shard shard : shards) {
                shard.close();
            }
        }
    }
}
