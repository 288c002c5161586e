package io.stave.keydir;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Table memory on the heap that knows what is out, and spoils what is given back: whoever still reads a retired table, in a test of one thread,
 * finds nonsense there.
 */
class HeapMemory implements TableMemory {

    private final Set<ByteBuffer> out = Collections.newSetFromMap(new IdentityHashMap<>());
    private long bytes;
    private long peak;
    private int left = Integer.MAX_VALUE;

    /** Thrown by an allocation that was made to fail. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public synchronized ByteBuffer allocate(int length) {
        if (length < TableShape.PAGE || length % TableShape.PAGE != 0) {
            throw new AssertionError("asked for " + length + " bytes, no whole pages");
        }
        if (left-- == 0) {
            left = 0;
            throw new Refused();
        }
        ByteBuffer table = ByteBuffer.allocate(length);
        out.add(table);
        bytes += length;
        peak = Math.max(peak, bytes);
        return table;
    }

    @Override
    public synchronized void retire(ByteBuffer table) {
        if (!out.remove(table)) {
            throw new AssertionError("given back twice, or never taken");
        }
        bytes -= table.capacity();
        free(table);
    }

    /** Takes back what is not a table; whoever still reads in it finds it closed. */
    void retire(Runnable free) {
        free.run();
    }

    private void free(ByteBuffer table) {
        retire(() -> spoil(table));
    }

    static void spoil(ByteBuffer table) {
        for (int i = 0; i + Integer.BYTES <= table.capacity(); i += Integer.BYTES) {
            table.putInt(i, 0xDEADBEEF);
        }
    }

    /** Bytes that were allocated and not retired. */
    synchronized long bytes() {
        return bytes;
    }

    /** The most that ever was out at a time. */
    synchronized long peak() {
        return peak;
    }

    /** Lets so many allocations succeed, and refuses all that follow. */
    synchronized void refuseAfter(int allocations) {
        left = allocations;
    }
}
