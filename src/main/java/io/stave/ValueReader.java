package io.stave;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a value where it lies, in the mapped file: {@link Stave#read(byte[], ValueReader)} lends it for the length
 * of one call.
 *
 * @param <R> what the reader makes of the value
 * @since 0.1
 */
@FunctionalInterface
public interface ValueReader<R extends @Nullable Object> {
    /**
     * Reads the value. Called on the thread that called {@code read}, at most once. Its checksum was verified before.
     *
     * @param value the value, from position 0 to its limit: read-only, big-endian, lent until this method returns. Do
     *     not keep it, nor a slice or duplicate of it: later use throws or shows other bytes. Copy what must last
     * @param version version of the write that put the value
     * @return what {@code read} returns to its caller
     */
    R read(ByteBuffer value, long version);
}
