package io.stave.engine;

import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes on the disk that are taken for certain: a file {@value #NAME} of zeros, which exists while the disk has less than a quarter left, and is
 * deleted when a MANIFEST, a merge or a delete would otherwise find no room.
 *
 * <p>What is merely left free, others can take. Without room for a MANIFEST no merge can begin, and not even a store whose every record is
 * dead could make room again.
 *
 * <p>Any thread may call it.
 */
final class Reserve {

    static final String NAME = "RESERVE";

    private static final System.Logger LOG = System.getLogger("io.stave");

    /** Room for a MANIFEST of 1,300 segments, and as much again for a small output or some thousand tombstones. */
    private static final long MOST = 128 << 10;

    /** On a small volume it is this part. */
    private static final int VOLUME_SHARES = 64;

    /** The file is there while less than this part of the volume is free. */
    private static final int TIGHT = 4;

    private static final int PIECE = 64 << 10;

    private final StoreDirectory directory;
    private final long volume;
    private final long length;

    // Guarded by this, but for lone reads.
    private volatile boolean held;

    private Reserve(StoreDirectory directory, long volume, boolean held) {
        this.directory = directory;
        this.volume = volume;
        this.length = Math.min(MOST, volume / VOLUME_SHARES);
        this.held = held;
    }

    /** Takes over what the last opener has left. If there is no room for a MANIFEST, it is given back at once. */
    static Reserve open(StoreDirectory directory) throws IOException {
        Reserve reserve = new Reserve(directory, directory.totalBytes(), directory.exists(NAME));
        if (reserve.held && directory.usableBytes() < reserve.length) {
            boolean unused = reserve.release();
        }
        return reserve;
    }

    /** How large the volume was when the store was opened. */
    long volumeBytes() {
        return volume;
    }

    /** The bytes that {@link #release} would give back. */
    long bytes() {
        return held ? length : 0;
    }

    /** How long the file is when it is there. */
    long length() {
        return length;
    }

    /** Gives the bytes back; returns whether there were any. */
    synchronized boolean release() {
        if (!held) {
            return false;
        }
        held = false;
        return delete();
    }

    private boolean delete() {
        try {
            return directory.delete(NAME);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, NAME + " could not be deleted to make room", e);
            return false;
        }
    }

    /** Takes the bytes if the disk has become tight and {@code spare} of its usable bytes are nobody's; failing to is no harm. */
    synchronized void refill(long spare) {
        try {
            if (!held && spare >= 2 * length && directory.usableBytes() < volume / TIGHT) {
                boolean unused = directory.delete(NAME);
                held = true;
                write();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, NAME + " could not be written", e);
            boolean unused = release();
        }
    }

    /** Zeros that were written, not skipped over: a hole would take no room. */
    private void write() throws IOException {
        try (WritableFile file = directory.create(NAME)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(PIECE, length));
            for (long at = 0; at < length; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), length - at));
                file.write(zeros, at);
            }
        }
    }
}
