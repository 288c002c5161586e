package io.stave.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of a simulated directory, open for writing. */
final class SimulatedWritableFile implements WritableFile {
    private final SimulatedDirectory directory;
    private final SimulatedDisk.Node node;
    private final String name;
    private boolean closed;

    /** To be made with the directory locked. */
    SimulatedWritableFile(SimulatedDirectory directory, SimulatedDisk.Node node, String name) {
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
    public void write(ByteBuffer source, long position) throws IOException {
        if (position < 0) {
            throw new IllegalArgumentException(name + ": negative position " + position);
        }
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        synchronized (directory) {
            ensureOpen();
            if (bytes.length > 0) {
                directory.write(node, name, Math.toIntExact(position), bytes);
            }
        }
    }

    @Override
    public void extend(long length) throws IOException {
        synchronized (directory) {
            ensureOpen();
            directory.extend(node, name, Math.toIntExact(length));
        }
    }

    @Override
    public void force() throws IOException {
        synchronized (directory) {
            if (closed) {
                throw new ForceFailedException(name, new IOException("the file is closed"));
            }
            directory.force(node, name);
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
        return name + ", open for writing";
    }
}
