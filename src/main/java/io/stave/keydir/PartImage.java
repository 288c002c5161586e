package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * What must be known of one part of a keydir beside its bytes to use them again.
 *
 * @since 0.1
 */
public interface PartImage {

    /**
     * The bytes of the part.
     *
     * @return their number, 0 if it has no key; at most {@link Integer#MAX_VALUE} if it can be written down
     */
    long bytes();

    /**
     * Writes the description down.
     *
     * @param target takes {@link KeydirForm#descriptionLength} bytes at its position; little-endian
     */
    void encode(ByteBuffer target);
}
