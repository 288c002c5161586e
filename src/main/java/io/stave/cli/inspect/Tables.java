package io.stave.cli.inspect;

import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import io.stave.keydir.TableMemory;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.Map;

/** Memory outside the heap for a keydir that is made to be compared with. */
final class Tables implements TableMemory, AutoCloseable {

    private final StoreDirectory directory;
    private final Map<ByteBuffer, Mapping> tables = new IdentityHashMap<>();

    Tables(StoreDirectory directory) {
        this.directory = directory;
    }

    @Override
    public synchronized ByteBuffer allocate(int bytes) {
        Mapping mapping = directory.allocate(bytes);
        ByteBuffer table = mapping.buffer();
        tables.put(table, mapping);
        return table;
    }

    @Override
    public synchronized void retire(ByteBuffer table) {
        Mapping mapping = tables.remove(table);
        if (mapping != null) {
            mapping.release();
        }
    }

    @Override
    public synchronized void close() {
        tables.values().forEach(Mapping::release);
        tables.clear();
    }
}
