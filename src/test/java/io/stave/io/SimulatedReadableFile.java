package io.stave.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of a simulated directory, open for reading. */
final class SimulatedReadableFile implements ReadableFile {
    private final SimulatedDirectory directory;
    private final SimulatedDisk.Node node;
    private final String name;
    private boolean closed;

    /** To be made with the directory locked. */
    SimulatedReadableFile(SimulatedDirectory directory, SimulatedDisk.Node node, String name) {
        this.directory = directory;
        this.node = node;
        this.name = name;
        node.handles++;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() throws IOException {
        synchronized (directory) {
            ensureOpen();
            directory.checkRead(Fault.Call.LENGTH, name);
            return node.seen.length();
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        if (position < 0) {
            throw new IllegalArgumentException(name + ": negative position " + position);
        }
        synchronized (directory) {
            ensureOpen();
            directory.checkRead(Fault.Call.READ, name);
            int count = (int) Math.max(0, Math.min(target.remaining(), node.seen.length() - position));
            if (count == 0) {
                return 0;
            }
            byte[] bytes = new byte[count];
            node.seen.read((int) position, bytes, 0, count);
            target.put(bytes);
            return count;
        }
    }

    @Override
    public Mapping map(long length) throws IOException {
        synchronized (directory) {
            ensureOpen();
            return directory.map(node, name, length);
        }
    }

    @Override
    public void close() {
        synchronized (directory) {
            if (!closed) {
                closed = true;
                node.handles--;
                directory.ended(this);
            }
        }
    }

    private void ensureOpen() throws IOException {
        if (closed) {
            throw new IOException(name + ": the file is closed");
        }
    }

    @Override
    public String toString() {
        return name + ", open for reading";
    }
}
