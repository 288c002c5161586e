package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * Where a keydir gets the memory of its tables from. Called by any writing thread, also by several at once.
 *
 * @since 0.1
 */
public interface TableMemory {

    /**
     * Memory of the caller's own, read and written by absolute index only.
     *
     * @param bytes how many, a multiple of 4,096
     * @return a buffer of exactly that capacity, filled with zeros; any byte order; kept until {@link #retire}
     */
    ByteBuffer allocate(int bytes);

    /**
     * Takes back what {@link #allocate} gave. The keydir no longer refers to it, but a reader that entered before may still be in it: the owner
     * frees it when all those have left.
     *
     * @param table the very buffer that was allocated
     */
    void retire(ByteBuffer table);
}
