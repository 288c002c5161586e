package io.stave.engine.base;

import io.stave.Stave;
import io.stave.keydir.Key;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A key as a range of an array, checked for its length. */
public record KeyBytes(byte[] array, int offset, int length) implements Key {

    /** The whole array. */
    public static KeyBytes of(byte[] key) {
        checkLength(key.length);
        return new KeyBytes(key, 0, key.length);
    }

    /** The bytes from position to limit: in place if the buffer is backed by an array, else a copy. */
    public static KeyBytes of(ByteBuffer key) {
        int length = key.remaining();
        checkLength(length);
        if (key.hasArray()) {
            return new KeyBytes(key.array(), key.arrayOffset() + key.position(), length);
        }
        byte[] copy = new byte[length];
        key.get(key.position(), copy);
        return new KeyBytes(copy, 0, length);
    }

    /** A copy that nobody else has. */
    public static KeyBytes copyOf(KeyBytes key) {
        return of(Arrays.copyOfRange(key.array, key.offset, key.offset + key.length));
    }

    @Override
    public void copyTo(byte[] target) {
        System.arraycopy(array, offset, target, 0, length);
    }

    private static void checkLength(int length) {
        if (length < 1 || length > Stave.MAX_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "a key has 1 to " + Stave.MAX_KEY_LENGTH + " bytes, this one has " + length);
        }
    }
}
