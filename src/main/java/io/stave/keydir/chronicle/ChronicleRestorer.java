package io.stave.keydir.chronicle;

import io.stave.keydir.KeydirRestorer;
import io.stave.keydir.PartImage;
import java.nio.ByteBuffer;

/** Makes a keydir of the maps of another one. */
final class ChronicleRestorer implements KeydirRestorer<ChronicleKeydir> {

    private final Shard[] shards;

    // Guarded by this.
    private boolean finished;

    ChronicleRestorer(Maps maps) {
        shards = ChronicleKeydir.create(maps);
    }

    @Override
    public ByteBuffer part(int part, PartImage image) {
        if (!(image instanceof ShardImage shard)) {
            throw new IllegalArgumentException("no map of a keydir is like " + image);
        }
        return shard.bytes() == 0 ? ByteBuffer.allocate(0) : shards[part].restore(shard);
    }

    @Override
    public synchronized ChronicleKeydir finish() {
        if (finished) {
            throw new IllegalStateException("the restorer has finished");
        }
        finished = true;
        for (Shard shard : shards) {
            shard.restored();
        }
        return new ChronicleKeydir(shards);
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
