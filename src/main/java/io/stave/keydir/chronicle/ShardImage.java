package io.stave.keydir.chronicle;

import io.stave.keydir.PartImage;
import java.nio.ByteBuffer;

/**
 * What must be known of a map beside its bytes to use them again.
 *
 * @param layout stands for how the library lays it out
 * @param keys how many keys it holds
 * @param keyBytes how long they are together
 * @param plan what it was made for
 * @param bytes its length
 */
record ShardImage(int layout, int keys, long keyBytes, Plan plan, long bytes) implements PartImage {

    /** A part without keys. */
    static final ShardImage EMPTY = new ShardImage(0, 0, 0, new Plan(0, 0), 0);

    @Override
    public void encode(ByteBuffer target) {
        target.putInt(layout).putInt(keys).putLong(keyBytes);
        target.putLong(plan.entries()).putDouble(plan.averageKey()).putLong(bytes);
    }

    static ShardImage decode(ByteBuffer source) {
        ShardImage image = new ShardImage(
                source.getInt(),
                source.getInt(),
                source.getLong(),
                new Plan(source.getLong(), source.getDouble()),
                source.getLong());
        boolean possible = image.equals(EMPTY)
                || image.keys >= 0
                        && image.keyBytes >= 0
                        && image.plan.entries() > 0
                        && image.plan.averageKey() > 0
                        && image.bytes > 0
                        && image.bytes <= Integer.MAX_VALUE;
        if (!possible) {
            throw new IllegalArgumentException("no map of a keydir is like " + image);
        }
        return image;
    }
}
