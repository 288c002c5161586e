package io.stave.keydir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/** Table memory as the store has it: private mappings of an unlinked sparse file. Retired tables are left to the collector. */
final class MappedMemory implements TableMemory, AutoCloseable {

    private final FileChannel file;
    private final AtomicLong retired = new AtomicLong();

    MappedMemory() {
        try {
            Path path = Files.createTempFile("keydir", ".tmp");
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ByteBuffer allocate(int bytes) {
        try {
            return file.map(MapMode.PRIVATE, 0, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void retire(ByteBuffer table) {
        retired.addAndGet(table.capacity());
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
