package io.stave.io;

import java.nio.ByteBuffer;

/**
 * Memory outside the heap that is freed by hand: the bytes of a file, or private memory.
 *
 * <p>Not {@code Closeable}, on purpose. On Java 17 to 21 reading released memory kills the JVM (I9), so whoever calls
 * {@link #release()} has to know that no reader is left, and no resource block can know that.
 */
public interface Mapping {

    /**
     * The whole memory, little-endian. One object for all callers: use absolute access, or a duplicate. Only for code that
     * keeps the mapping from being released meanwhile.
     *
     * @return the memory; read-only if it shows a file
     * @throws IllegalStateException if the mapping was released
     */
    ByteBuffer buffer();

    /** {@return the number of bytes; asked at any time, also after the release} */
    int length();

    /**
     * Lends a part to code that is not ours, until {@link #giveBack()}: a release waits for that. The borrower may keep it
     * longer than it should. Where such a late access would kill the JVM (Java 17 to 21), {@link #release()} leaves this
     * mapping to the collector from now on; where it is harmless (from Java 22 on) the late access throws an {@link
     * IllegalStateException}.
     *
     * @param offset the first byte lent
     * @param length the number of bytes lent
     * @return a read-only, big-endian view of these bytes
     * @throws IllegalStateException if the mapping was released
     * @throws IndexOutOfBoundsException if the part does not lie inside the mapping
     */
    ByteBuffer lend(int offset, int length);

    /**
     * Whether these bytes are in memory, so that reading them does not wait for a disk. It may have changed when the answer is there. A system
     * call, a microsecond or two for some pages.
     *
     * @param offset the first byte
     * @param length the number of bytes
     * @return false only if the platform says that some are not
     * @throws IllegalStateException if the mapping was released
     */
    default boolean resident(int offset, int length) {
        return Residency.of(buffer(), offset, length);
    }

    /** Ends one {@link #lend}; to be called exactly once for each. Memory that was released meanwhile is freed by the last one. */
    void giveBack();

    /**
     * Frees the memory now, or when the last part that is lent is given back, unless freeing what was ever lent would be
     * unsafe: then the collector frees it once nobody holds a view any more. Releasing twice does nothing. Nobody may be
     * using {@link #buffer()} any more.
     */
    void release();
}
