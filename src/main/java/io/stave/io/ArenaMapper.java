package io.stave.io;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Maps with an {@code Arena} of its own for each mapping, on Java 22 and later: closing it frees the memory at once, and a
 * late access throws instead of killing the JVM. Reached through method handles, for this code is compiled for Java 17.
 */
final class ArenaMapper implements Mapper {

    private final MethodHandle newArena; // () Arena
    private final MethodHandle map; // (FileChannel, MapMode, long, long, Arena) MemorySegment
    private final MethodHandle toBuffer; // (MemorySegment) ByteBuffer
    private final MethodHandle closeArena; // (Arena) void

    /** Arenas that could not be closed because a channel was just using a view of them. Tried again with the next release. */
    private final Queue<Object> busy = new ConcurrentLinkedQueue<>();

    private ArenaMapper(MethodHandle newArena, MethodHandle map, MethodHandle toBuffer, MethodHandle closeArena) {
        this.newArena = newArena;
        this.map = map;
        this.toBuffer = toBuffer;
        this.closeArena = closeArena;
    }

    static ArenaMapper link() throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        Class<?> arena = Class.forName("java.lang.foreign.Arena");
        Class<?> memorySegment = Class.forName("java.lang.foreign.MemorySegment");
        MethodHandle newArena = lookup.findStatic(arena, "ofShared", MethodType.methodType(arena));
        MethodHandle map = lookup.findVirtual(
                FileChannel.class,
                "map",
                MethodType.methodType(memorySegment, MapMode.class, long.class, long.class, arena));
        MethodHandle toBuffer =
                lookup.findVirtual(memorySegment, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
        MethodHandle close = lookup.findVirtual(arena, "close", MethodType.methodType(void.class));
        return new ArenaMapper(
                newArena.asType(MethodType.methodType(Object.class)),
                map.asType(MethodType.methodType(
                        Object.class, FileChannel.class, MapMode.class, long.class, long.class, Object.class)),
                toBuffer.asType(MethodType.methodType(ByteBuffer.class, Object.class)),
                close.asType(MethodType.methodType(void.class, Object.class)));
    }

    @Override
    public Mapping map(FileChannel channel, MapMode mode, long length) throws IOException {
        Object arena = open();
        try {
            Object memory = (Object) map.invokeExact(channel, mode, 0L, length, arena);
            return new ArenaMapping((ByteBuffer) toBuffer.invokeExact(memory), arena);
        } catch (Throwable e) {
            close(arena);
            throw rethrown(e);
        }
    }

    private Object open() {
        try {
            return (Object) newArena.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("Arena.ofShared failed", e);
        }
    }

    private void close(Object arena) {
        for (Object late = busy.poll(); late != null && tryClose(late); late = busy.poll()) {
            // One that is busy still has queued itself again and ends the round.
        }
        tryClose(arena);
    }

    private boolean tryClose(Object arena) {
        try {
            closeArena.invokeExact(arena);
            return true;
        } catch (IllegalStateException e) {
            busy.add(arena);
            return false;
        } catch (Throwable e) {
            throw new IllegalStateException("Arena.close failed", e);
        }
    }

    private static IOException rethrown(Throwable failure) {
        if (failure instanceof IOException io) {
            return io;
        }
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new IOException(failure);
    }

    private final class ArenaMapping implements Mapping {
        private static final int RELEASED = 1;
        private static final int ONE_LENT = 2;

        private final ByteBuffer buffer;
        private final Object arena;

        /** How often it is lent, times two, plus one when it was released. Whoever makes it RELEASED closes the arena. */
        private final AtomicInteger state = new AtomicInteger();

        ArenaMapping(ByteBuffer buffer, Object arena) {
            this.buffer = buffer.order(ByteOrder.LITTLE_ENDIAN);
            this.arena = arena;
        }

        @Override
        public ByteBuffer buffer() {
            if ((state.get() & RELEASED) != 0) {
                throw new IllegalStateException("the mapping was released");
            }
            return buffer;
        }

        @Override
        public int length() {
            return buffer.capacity();
        }

        @Override
        public ByteBuffer lend(int offset, int length) {
            int seen;
            do {
                seen = state.get();
                if ((seen & RELEASED) != 0) {
                    throw new IllegalStateException("the mapping was released");
                }
            } while (!state.compareAndSet(seen, seen + ONE_LENT)); // counted only while it is there: it is closed once
            try {
                return buffer.slice(offset, length).asReadOnlyBuffer();
            } catch (IndexOutOfBoundsException e) {
                giveBack();
                throw e;
            }
        }

        @Override
        public void giveBack() {
            if (state.addAndGet(-ONE_LENT) == RELEASED) {
                close(arena);
            }
        }

        @Override
        public void release() {
            int before = state.getAndUpdate(value -> value | RELEASED);
            if (before == 0) {
                close(arena);
            }
        }
    }
}
