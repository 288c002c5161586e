package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;

/**
 * The directory of a store that somebody else writes: every call that would change something in it is refused, and memory
 * comes from elsewhere. So whoever uses it writes nothing there, be it by mistake, and the file system may be read-only.
 *
 * <p>It takes no lock and never opens the file of one, for that would drop a lock that this process holds on it.
 */
public final class ReadOnlyDirectory implements StoreDirectory {

    private final StoreDirectory files;
    private final MemoryFile memory;
    private volatile boolean closed;

    private ReadOnlyDirectory(StoreDirectory files, MemoryFile memory) {
        this.files = files;
        this.memory = memory;
    }

    /**
     * Opens a directory that is there.
     *
     * @param path the directory
     * @return the directory; the caller closes it
     * @throws NoSuchFileException if there is nothing of that name
     * @throws NotDirectoryException if it is something else
     * @throws IOException if it cannot be opened
     */
    public static ReadOnlyDirectory open(Path path) throws IOException {
        return new ReadOnlyDirectory(RealDirectory.open(path), MemoryFile.outside(path));
    }

    @Override
    public Path path() {
        return files.path();
    }

    @Override
    public List<String> list() throws IOException {
        return files.list();
    }

    @Override
    public boolean exists(String name) throws IOException {
        return files.exists(name);
    }

    @Override
    public ReadableFile open(String name) throws IOException {
        return files.open(name);
    }

    @Override
    public long usableBytes() throws IOException {
        return files.usableBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        return files.totalBytes();
    }

    /** {@inheritDoc} The directory for temporary files is asked first, then others outside of the store. */
    @Override
    public Mapping allocate(long bytes) {
        if (closed) {
            throw new UncheckedIOException(new IOException(path() + ": the directory was closed"));
        }
        return memory.allocate(bytes);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try (files) {
            memory.close();
        }
    }

    // ---- what would change something: a mistake of the caller

    @Override
    public WritableFile create(String name) {
        throw refused("create " + name);
    }

    @Override
    public WritableFile reopen(String name) {
        throw refused("reopen " + name);
    }

    @Override
    public boolean link(StoreDirectory source, String name) {
        throw refused("link " + name);
    }

    @Override
    public void truncate(String name, long length) {
        throw refused("truncate " + name);
    }

    @Override
    public void rename(String from, String to) {
        throw refused("rename " + from);
    }

    @Override
    public boolean delete(String name) {
        throw refused("delete " + name);
    }

    @Override
    public void forceNames() {
        throw refused("force its names");
    }

    @Override
    public Closeable tryLock(String name) {
        throw refused("lock " + name);
    }

    private UnsupportedOperationException refused(String what) {
        return new UnsupportedOperationException(path() + " is open for reading only, cannot " + what);
    }
}
