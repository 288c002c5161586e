package io.stave.io;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import org.jspecify.annotations.Nullable;

/**
 * Maps buffers and frees them by {@code Unsafe.invokeCleaner}, on Java 17 to 21, where it prints no warning. Reading freed
 * memory kills the JVM there, so what was lent is left to the collector (I9).
 */
final class CleanerMapper implements Mapper {

    /** (ByteBuffer) void, or null where there is no such thing: then the collector frees all. */
    private final @Nullable MethodHandle clean;

    private CleanerMapper(@Nullable MethodHandle clean) {
        this.clean = clean;
    }

    static CleanerMapper link() {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            MethodHandle clean = MethodHandles.publicLookup()
                    .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(instance.get(null));
            return new CleanerMapper(clean);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return collected(); // slower to free, no less correct
        }
    }

    /** Frees nothing by hand. */
    static CleanerMapper collected() {
        return new CleanerMapper(null);
    }

    @Override
    public Mapping map(FileChannel channel, MapMode mode, long length) throws IOException {
        return new CleanerMapping(channel.map(mode, 0, length));
    }

    private void free(ByteBuffer memory) {
        if (clean == null || memory.capacity() == 0) {
            return;
        }
        try {
            clean.invokeExact(memory);
        } catch (Throwable e) {
            throw new IllegalStateException("Unsafe.invokeCleaner failed", e);
        }
    }

    /**
     * Lending takes no lock, for readers do it. It first says so and then looks whether the memory is still there; releasing
     * first takes the memory away and then looks whether it was lent: one of the two sees the other.
     */
    private final class CleanerMapping implements Mapping {
        private final int length;
        private volatile @Nullable ByteBuffer buffer;
        private volatile boolean lent;

        CleanerMapping(ByteBuffer buffer) {
            this.length = buffer.capacity();
            this.buffer = buffer.order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public ByteBuffer buffer() {
            ByteBuffer held = buffer;
            if (held == null) {
                throw new IllegalStateException("the mapping was released");
            }
            return held;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public ByteBuffer lend(int offset, int length) {
            if (!lent) {
                lent = true;
            }
            return buffer().slice(offset, length).asReadOnlyBuffer();
        }

        /** What was ever lent is the collector's. */
        @Override
        public void giveBack() {}

        @Override
        public synchronized void release() {
            ByteBuffer held = buffer;
            buffer = null;
            if (held != null && !lent) {
                free(held);
            }
        }
    }
}
