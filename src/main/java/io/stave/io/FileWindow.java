package io.stave.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A window that slides over a file and lets a reader see any range of it, as long as the range fits in memory; made for walks from front to
 * back, each byte of which is read once.
 *
 * <p>Reads go through {@link ReadableFile#read}, never through a mapping: what is in the window is a copy that may be given to a checksum
 * intrinsic (I9). Reusable for one file after another, to spare the allocation; not thread-safe.
 */
public final class FileWindow {

    /** The bytes visible at a time, unless a longer range is asked for. */
    public static final int CAPACITY = 1024 * 1024;

    private static final int SMALLEST = 4 * 1024;

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private @Nullable ReadableFile file;
    private long limit;
    private long start;
    private int filled;

    /** What is visible from there on is wanted again. */
    private long kept;

    /** Turns to the first {@code newLimit} bytes of {@code newFile}; a file that is shorter ends where it ends. */
    public void open(ReadableFile newFile, long newLimit) {
        file = newFile;
        limit = newLimit;
        start = 0;
        filled = 0;
        kept = Long.MAX_VALUE;
        int wanted = (int) Math.min(CAPACITY, Math.max(SMALLEST, newLimit));
        if (buffer.capacity() < wanted) {
            buffer = allocate(wanted);
        }
    }

    /** Lets go of the file, which stays open, and keeps the memory. */
    public void close() {
        file = null;
        limit = 0;
        filled = 0;
    }

    /**
     * Makes {@code length} bytes from {@code offset} on visible, and more behind them.
     *
     * @return false if the limit or the end of the file comes first
     */
    public boolean load(long offset, int length) throws IOException {
        if (offset >= start && offset + length <= start + filled) {
            return true;
        }
        if (offset + length > limit) {
            return false;
        }
        slide(offset, length);
        return offset + length <= end();
    }

    /** Has what is visible from {@code offset} on stay so, as long as there is room for it beside what is loaded; until the next call. */
    public void keep(long offset) {
        kept = offset;
    }

    /** Whether the visible bytes begin at {@code offset} or before it. */
    public boolean reachesBackTo(long offset) {
        return start <= offset;
    }

    /** The memory behind the window, little-endian, for absolute access; another one may be in use after each {@link #load}. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where the byte at {@code offset} of the file lies in {@link #buffer()}. */
    public int position(long offset) {
        return (int) (offset - start);
    }

    /** The offset after the last visible byte. */
    public long end() {
        return start + filled;
    }

    private void slide(long offset, int length) throws IOException {
        ReadableFile source = Objects.requireNonNull(file, "open a file first");
        ByteBuffer target = buffer;
        if (target.capacity() < length) {
            target = allocate((int) Math.max(length, Math.min(limit, 2L * target.capacity())));
        }
        boolean both = kept < offset && offset + length - kept <= target.capacity();
        long from = both && kept >= start ? kept : offset;
        int stays = from >= start && from < end() ? (int) (end() - from) : 0;
        if (stays > 0) {
            target.put(0, buffer, position(from), stays);
        }
        buffer = target;
        start = from;
        filled = stays;
        long wanted = Math.min(target.capacity(), limit - from);
        target.limit((int) wanted).position(stays);
        try {
            filled = stays + Math.max(0, source.read(target, from + stays));
        } finally {
            target.clear();
        }
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
