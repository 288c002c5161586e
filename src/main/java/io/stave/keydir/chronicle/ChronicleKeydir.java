package io.stave.keydir.chronicle;

import io.stave.keydir.Key;
import io.stave.keydir.Keydir;
import io.stave.keydir.KeydirForm;
import io.stave.keydir.KeydirImage;
import io.stave.keydir.Location;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The keydir of whole keys: 32 Chronicle Maps outside the heap, of which the first bits of a fingerprint choose one. The map compares keys, so no
 * two of them can be taken for one.
 *
 * <h2>Concurrency</h2>
 *
 * <pre>
 *   reader                          writer, holding the shard's monitor
 *   m = map, once                   look up; full: copy all into a larger map, map = that, retire the old one
 *   look up in m                    put or remove
 * </pre>
 *
 * <p><b>Readers</b> take no monitor. The library locks the piece of the map that a key belongs to, for readers together and for a writer alone, while
 * one entry is copied or changed; readers spin meanwhile. So what they wait for is a copy of some bytes, as with the stamps of the compact keydir,
 * and not a system call, growth or a slow reader (I11).
 *
 * <p><b>Growth</b> is by a copy made aside, before the map is full by the number of its keys or by their bytes. Nobody changes the old map from the
 * beginning of the copy on, so a reader that still has it finds what was true when the copy began, and no change was answered before the new one was
 * shown: its read takes effect before that change. Writers of the shard wait for the copy, a 32nd of the keydir.
 *
 * <p><b>Retired maps</b> are freed by their owner when no reader can be inside any more; until then a reader may go on in one.
 */
public final class ChronicleKeydir implements Keydir, KeydirImage {

    private final Shard[] shards;

    ChronicleKeydir(Shard[] shards) {
        this.shards = shards;
    }

    static Shard[] create(Maps maps) {
        Shard[] shards = new Shard[KeydirForm.CHRONICLE.parts()];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new Shard(maps);
        }
        return shards;
    }

    static int indexOf(long high) {
        return (int) (high >>> Long.SIZE - Integer.numberOfTrailingZeros(KeydirForm.CHRONICLE.parts()));
    }

    private Shard shard(long high) {
        return shards[indexOf(high)];
    }

    @Override
    public boolean find(long high, int low, Key key, Location out) {
        return shard(high).find(key, out);
    }

    @Override
    public boolean put(long high, int low, Key key, int segment, int offset, int length, int flags, Location previous) {
        return shard(high).put(key, segment, Location.pack(offset, length, flags), previous);
    }

    @Override
    public boolean remove(long high, int low, Key key, Location previous) {
        return shard(high).remove(key, previous);
    }

    @Override
    public boolean removeIf(long high, int low, Key key, int segment, int offset, Location previous) {
        return shard(high).removeIf(key, segment, offset, previous);
    }

    @Override
    public boolean replace(long high, int low, Key key, int segment, int offset, int newSegment, int newOffset) {
        return shard(high).replace(key, segment, offset, newSegment, newOffset);
    }

    @Override
    public long count() {
        long count = 0;
        for (Shard shard : shards) {
            count += shard.count();
        }
        return count;
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (Shard shard : shards) {
            bytes += shard.bytes();
        }
        return bytes;
    }

    @Override
    public double load() {
        long entries = 0;
        for (Shard shard : shards) {
            entries += shard.entries();
        }
        return entries == 0 ? 0 : (double) count() / entries;
    }

    @Override
    public void forEach(int flags, Consumer<Location> visitor) {
        for (Shard shard : shards) {
            shard.forEach(flags, visitor);
        }
    }

    @Override
    public KeydirImage image() {
        return this;
    }

    @Override
    public KeydirForm form() {
        return KeydirForm.CHRONICLE;
    }

    @Override
    public ShardImage part(int part) {
        return shards[part].image();
    }

    @Override
    public ByteBuffer bytes(int part) {
        return shards[part].memory().asReadOnlyBuffer();
    }

    @Override
    public void close() {
        for (Shard shard : shards) {
            shard.close();
        }
    }
}
