package io.stave.engine.base;

import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import io.stave.keydir.TableMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for tables that are filled once and thrown away together: a few large mappings, handed out piece by piece and freed all at once. A
 * mapping for each table would cost two system calls and, when it goes, an interrupt of every processor.
 *
 * <p>What is retired before the end is not used again: whoever fills tables says beforehand how much there will be. Thread-safe.
 */
public final class Arena implements TableMemory, AutoCloseable {

    private static final int CHUNK = 1 << 20;

    private final StoreDirectory directory;

    // Guarded by this.
    private final List<Mapping> chunks = new ArrayList<>();
    private ByteBuffer rest = ByteBuffer.allocate(0);

    /** Takes memory from a directory, nothing before it is asked for. */
    public Arena(StoreDirectory directory) {
        this.directory = directory;
    }

    @Override
    public synchronized ByteBuffer allocate(int bytes) {
        if (rest.remaining() < bytes) {
            Mapping chunk = directory.allocate(Math.max(CHUNK, bytes));
            chunks.add(chunk);
            rest = chunk.buffer().duplicate();
        }
        ByteBuffer piece = rest.slice(rest.position(), bytes);
        rest.position(rest.position() + bytes);
        return piece;
    }

    @Override
    public void retire(ByteBuffer table) {}

    /** Frees all of it; nobody may be using it any more. */
    @Override
    public synchronized void close() {
        chunks.forEach(Mapping::release);
        chunks.clear();
        rest = ByteBuffer.allocate(0);
    }
}
