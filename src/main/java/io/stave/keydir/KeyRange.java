package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * A key that lies in a buffer, by absolute index: position and limit of the buffer are neither used nor changed.
 *
 * <p>Mutable, so that a thread can walk over many records with one object. Not safe for use by several threads at once.
 *
 * @since 0.1
 */
public final class KeyRange implements Key {

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NONE;
    private int offset;
    private int length;

    /** An empty range. */
    public KeyRange() {}

    /**
     * Stands for another key from now on.
     *
     * @param newBuffer holds the key; it is only read
     * @param newOffset absolute index of the key's first byte
     * @param newLength of the key in bytes
     * @return this
     */
    public KeyRange at(ByteBuffer newBuffer, int newOffset, int newLength) {
        buffer = newBuffer;
        offset = newOffset;
        length = newLength;
        return this;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void copyTo(byte[] target) {
        buffer.get(offset, target, 0, length);
    }
}
