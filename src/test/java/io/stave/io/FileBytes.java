package io.stave.io;

import java.util.Arrays;

/** The bytes of a simulated file: sparse at the end, and shared between copies until one of them writes. Guarded by the disk. */
final class FileBytes {
    private static final byte[] NONE = new byte[0];
    private static final int LEAST = 256;

    /** Zeros from {@link #written} on, and beyond its end. */
    private byte[] array = NONE;

    private int written;
    private int length;
    private boolean shared;

    static FileBytes of(byte[] content) {
        FileBytes bytes = new FileBytes();
        bytes.write(content, 0, content.length, 0);
        return bytes;
    }

    /** A copy that costs nothing until one of the two is changed. */
    FileBytes copy() {
        FileBytes copy = new FileBytes();
        copy.array = array;
        copy.written = written;
        copy.length = length;
        copy.shared = true;
        shared = true;
        return copy;
    }

    int length() {
        return length;
    }

    /** How many bytes take room on the disk. */
    int written() {
        return written;
    }

    void write(byte[] source, int from, int count, int position) {
        int end = Math.addExact(position, count);
        own(end);
        System.arraycopy(source, from, array, position, count);
        written = Math.max(written, end);
        length = Math.max(length, end);
    }

    void extend(int least) {
        length = Math.max(length, least);
    }

    void truncate(int most) {
        if (most < written) {
            own(written);
            Arrays.fill(array, most, written, (byte) 0);
            written = most;
        }
        length = Math.min(length, most);
    }

    /** Copies bytes out; what lies beyond the end is zeros. */
    void read(int position, byte[] target, int at, int count) {
        int stored = Math.max(0, Math.min(count, written - position));
        if (stored > 0) {
            System.arraycopy(array, position, target, at, stored);
        }
        Arrays.fill(target, at + stored, at + count, (byte) 0);
    }

    byte[] toArray() {
        byte[] all = new byte[length];
        read(0, all, 0, length);
        return all;
    }

    /** Makes the array ours alone and large enough. */
    private void own(int capacity) {
        if (capacity > array.length) {
            boolean doubles = capacity > LEAST && capacity <= 1 << 29;
            array = Arrays.copyOf(
                    array, doubles ? Integer.highestOneBit(capacity - 1) << 1 : Math.max(LEAST, capacity));
        } else if (shared) {
            array = array.clone();
        }
        shared = false;
    }
}
