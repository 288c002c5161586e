package io.stave.engine.model;

import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one process does to a simulated disk. Killed, it does nothing any more and holds nothing, while the disk goes on with all that was
 * handed to it, forced or not.
 *
 * <p>It can also keep the store's sealer waiting, so that several unsealed segments pile up, and refuse files of some names.
 */
public final class SimulatedProcess implements StoreDirectory {

    private static final String SEALER = "stave-seal";

    private final StoreDirectory disk;

    // Guarded by this.
    private final List<Closeable> handles = new ArrayList<>();
    private final List<Mapping> memory = new ArrayList<>();
    private boolean killed;
    private boolean sealingHeld;
    private boolean hintsHeld;
    private String refused = "";

    /** A process that sees this disk. */
    public SimulatedProcess(StoreDirectory disk) {
        this.disk = disk;
    }

    /** From now on every call fails. */
    public synchronized void kill() throws IOException {
        killed = true;
        notifyAll();
        for (Closeable handle : handles) {
            handle.close();
        }
        memory.forEach(Mapping::release);
    }

    /** Has the sealer wait before it forces a segment, which is the first thing it does to one, or go on. */
    synchronized void holdSealing(boolean hold) {
        sealingHeld = hold;
        notifyAll();
    }

    /** Has the sealer wait before it writes a hint: what it seals then is forced already, if anybody else has forced it, and locks nothing. */
    public synchronized void holdHints(boolean hold) {
        hintsHeld = hold;
        notifyAll();
    }

    /** No file of this name can be created. */
    public synchronized void refuse(String name) {
        refused = name;
    }

    private synchronized void enter() throws IOException {
        if (killed) {
            throw new IOException("killed");
        }
    }

    private synchronized void waitIfSealer(String name) {
        while (((sealingHeld && name.endsWith(".seg")) || (hintsHeld && name.endsWith(".hint.tmp")))
                && !killed
                && Thread.currentThread().getName().equals(SEALER)) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private synchronized <T extends Closeable> T holding(T handle) {
        handles.add(handle);
        return handle;
    }

    private synchronized Mapping mapped(Mapping mapping) {
        memory.add(mapping);
        return mapping;
    }

    @Override
    public Path path() {
        return disk.path();
    }

    @Override
    public List<String> list() throws IOException {
        enter();
        return disk.list();
    }

    @Override
    public boolean exists(String name) throws IOException {
        enter();
        return disk.exists(name);
    }

    @Override
    public WritableFile create(String name) throws IOException {
        waitIfSealer(name);
        enter();
        if (name.equals(refused)) {
            throw new IOException(name + " is refused");
        }
        return writing(holding(disk.create(name)));
    }

    @Override
    public WritableFile reopen(String name) throws IOException {
        enter();
        return writing(holding(disk.reopen(name)));
    }

    private WritableFile writing(WritableFile file) {
        return new WritableFile() {
            @Override
            public String name() {
                return file.name();
            }

            @Override
            public void write(ByteBuffer source, long position) throws IOException {
                enter();
                file.write(source, position);
            }

            @Override
            public void extend(long length) throws IOException {
                enter();
                file.extend(length);
            }

            @Override
            public void force() throws IOException {
                waitIfSealer(name());
                enter();
                file.force();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Override
    public boolean link(StoreDirectory source, String name) throws IOException {
        enter();
        return disk.link(source, name);
    }

    @Override
    public ReadableFile open(String name) throws IOException {
        enter();
        ReadableFile file = holding(disk.open(name));
        return new ReadableFile() {
            @Override
            public String name() {
                return file.name();
            }

            @Override
            public long length() throws IOException {
                return file.length();
            }

            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                return file.read(target, position);
            }

            @Override
            public Mapping map(long length) throws IOException {
                return mapped(file.map(length));
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Override
    public void truncate(String name, long length) throws IOException {
        enter();
        disk.truncate(name, length);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        enter();
        disk.rename(from, to);
    }

    @Override
    public boolean delete(String name) throws IOException {
        enter();
        return disk.delete(name);
    }

    @Override
    public void forceNames() throws IOException {
        enter();
        disk.forceNames();
    }

    @Override
    public @Nullable Closeable tryLock(String name) throws IOException {
        enter();
        Closeable lock = disk.tryLock(name);
        return lock == null ? null : holding(lock);
    }

    @Override
    public long usableBytes() throws IOException {
        enter();
        return disk.usableBytes();
    }

    @Override
    public long totalBytes() throws IOException {
        enter();
        return disk.totalBytes();
    }

    @Override
    public Mapping allocate(long bytes) {
        return mapped(disk.allocate(bytes));
    }

    /** The disk outlives the process. */
    @Override
    public void close() {
        // Nothing to do.
    }
}
