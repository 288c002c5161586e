package io.stave.engine.base;

import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import io.stave.keydir.TableMemory;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Gives the keydir its tables from the directory's off-heap memory, and frees them when {@code retire} says that no reader is left. */
public final class KeydirMemory implements TableMemory {

    private final StoreDirectory directory;
    private final Consumer<Mapping> retire;

    // Guarded by this.
    private final Map<ByteBuffer, Mapping> tables = new IdentityHashMap<>();

    public KeydirMemory(StoreDirectory directory, Consumer<Mapping> retire) {
        this.directory = directory;
        this.retire = retire;
    }

    /** Threads that fill a keydir together wait for pages together, not one after the other. */
    @Override
    public ByteBuffer allocate(int bytes) {
        Mapping mapping = directory.allocate(bytes);
        ByteBuffer table = mapping.buffer();
        synchronized (this) {
            tables.put(table, mapping);
        }
        return table;
    }

    @Override
    public void retire(ByteBuffer table) {
        Mapping mapping;
        synchronized (this) {
            mapping = tables.remove(table);
        }
        if (mapping != null) {
            retire.accept(mapping);
        }
    }

    /** Frees all tables; the keydir must not be used any more. */
    public synchronized void close() {
        tables.values().forEach(Mapping::release);
        tables.clear();
    }
}
