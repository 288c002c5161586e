package io.stave.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a simulated file: a copy of its bytes that every later write is copied into too. Released, it turns into
 * {@link #POISON}, so that whoever still reads it reads nonsense, as one would after an unmap and a new map at the same place.
 */
final class SimulatedMapping implements Mapping {

    /** What released memory is filled with. */
    static final byte POISON = (byte) 0xDB;

    private final SimulatedDirectory directory;
    private final SimulatedDisk.Node node;
    private final String name;
    private final byte[] bytes;
    private volatile @Nullable ByteBuffer buffer;
    private int lent; // guarded by the directory

    /** To be made with the directory locked. */
    SimulatedMapping(SimulatedDirectory directory, SimulatedDisk.Node node, String name, int length) {
        this.directory = directory;
        this.node = node;
        this.name = name;
        this.bytes = new byte[length];
        node.seen.read(0, bytes, 0, length);
        node.mappings.add(this);
        this.buffer = ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The file was written; the directory is locked. */
    void written(int position, byte[] source) {
        int count = Math.min(source.length, bytes.length - position);
        if (count > 0) {
            System.arraycopy(source, 0, bytes, position, count);
        }
    }

    @Override
    public int length() {
        return bytes.length;
    }

    @Override
    public ByteBuffer buffer() {
        ByteBuffer held = buffer;
        if (held == null) {
            throw new IllegalStateException(this + " was released");
        }
        return held;
    }

    @Override
    public ByteBuffer lend(int offset, int length) {
        synchronized (directory) {
            ByteBuffer part = buffer().slice(offset, length);
            lent++;
            return part;
        }
    }

    @Override
    public void giveBack() {
        synchronized (directory) {
            lent--;
            freeIfUnused();
        }
    }

    @Override
    public void release() {
        synchronized (directory) {
            if (buffer != null) {
                buffer = null;
                freeIfUnused();
            }
        }
    }

    private void freeIfUnused() {
        if (buffer == null && lent == 0) {
            node.mappings.remove(this);
            directory.ended(this);
            Arrays.fill(bytes, POISON);
        }
    }

    @Override
    public String toString() {
        return "mapping of " + name + " [0, " + bytes.length + ")";
    }
}
