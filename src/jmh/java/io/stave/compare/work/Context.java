package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Settings;
import io.stave.compare.peer.Store;
import io.stave.compare.peer.Way;
import java.nio.file.Path;

/**
 * What a work gets to know in its process.
 *
 * @param peer who is measured
 * @param way how many records are written
 * @param directory where the store is
 * @param keyCount how many keys are, or will be, loaded
 * @param valueBytes length of every value
 * @param seconds how long works go on that have no end of their own
 * @param seed chooses values and the order of operations
 */
public record Context(Peer peer, Way way, Path directory, long keyCount, int valueBytes, double seconds, long seed) {
    /** The same with another number of keys. */
    Context withKeys(long count) {
        return new Context(peer, way, directory, count, valueBytes, seconds, seed);
    }

    /** The same in another directory. */
    Context in(Path elsewhere) {
        return new Context(peer, way, elsewhere, keyCount, valueBytes, seconds, seed);
    }

    Values values() {
        return new Values(seed, valueBytes);
    }

    Store open(Mode mode, boolean crashed) throws Exception {
        return peer.open(directory, new Settings(mode, keyCount, Keys.BYTES, valueBytes, crashed));
    }

    /** Bytes of keys and values of the loaded store. */
    double liveBytes() {
        return (double) keyCount * (Keys.BYTES + valueBytes);
    }
}
