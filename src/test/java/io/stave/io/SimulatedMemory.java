package io.stave.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Private memory of a simulated directory: direct buffers, for code may want to access them atomically, which Java 22 and
 * later forbid on the heap. Direct buffers are slow to make and slower to collect, so they are used again. Released, the
 * memory is {@link SimulatedMapping#POISON} until it is, which is as late as can be.
 */
final class SimulatedMemory implements Mapping {
    private static final int LEAST = 256;
    private static final int CLASSES = 32;
    private static final long POOLED_AT_MOST = 64L << 20;
    private static final byte[] ZEROS = new byte[4096];
    private static final byte[] POISONED = new byte[4096];

    /** Released memory by the logarithm of its length, oldest first. Guarded by the class. */
    private static final Queue<?>[] POOL = new Queue<?>[CLASSES];

    private static long pooled;

    static {
        Arrays.fill(POISONED, SimulatedMapping.POISON);
        Arrays.setAll(POOL, i -> new ArrayDeque<ByteBuffer>());
    }

    private final SimulatedDirectory directory;
    private final ByteBuffer memory;
    private final int length;
    private volatile @Nullable ByteBuffer buffer;

    SimulatedMemory(SimulatedDirectory directory, int length) {
        this.directory = directory;
        this.memory = take(length);
        this.length = length;
        this.buffer = memory.slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @SuppressWarnings("unchecked")
    private static Queue<ByteBuffer> pool(int capacity) {
        return (Queue<ByteBuffer>) POOL[Integer.numberOfTrailingZeros(capacity)];
    }

    private static ByteBuffer take(int length) {
        if (length > 1 << 30) {
            return ByteBuffer.allocateDirect(length);
        }
        int capacity = length <= LEAST ? LEAST : Integer.highestOneBit(length - 1) << 1;
        ByteBuffer used;
        synchronized (SimulatedMemory.class) {
            used = pool(capacity).poll();
            pooled -= used == null ? 0 : capacity;
        }
        if (used == null) {
            return ByteBuffer.allocateDirect(capacity);
        }
        fill(used, ZEROS);
        return used;
    }

    private static void give(ByteBuffer memory) {
        int capacity = memory.capacity();
        fill(memory, POISONED);
        synchronized (SimulatedMemory.class) {
            if (Integer.bitCount(capacity) == 1 && pooled + capacity <= POOLED_AT_MOST) {
                pooled += capacity;
                pool(capacity).add(memory);
            }
        }
    }

    private static void fill(ByteBuffer memory, byte[] pattern) {
        memory.clear();
        while (memory.hasRemaining()) {
            memory.put(pattern, 0, Math.min(pattern.length, memory.remaining()));
        }
    }

    @Override
    public ByteBuffer buffer() {
        ByteBuffer held = buffer;
        if (held == null) {
            throw new IllegalStateException(this + " was released");
        }
        return held;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public ByteBuffer lend(int offset, int length) {
        return buffer().slice(offset, length).asReadOnlyBuffer();
    }

    /** Nobody is lent the keydir's memory for longer than a test looks at it. */
    @Override
    public void giveBack() {}

    @Override
    public void release() {
        synchronized (directory) {
            if (buffer == null) {
                return;
            }
            buffer = null;
            directory.ended(this);
        }
        give(memory);
    }

    @Override
    public String toString() {
        return "memory of up to " + memory.capacity() + " bytes";
    }
}
