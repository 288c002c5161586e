package io.stave.engine.space;

import io.stave.engine.base.StoreLog;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on the disk that are taken for certain: a file {@value #NAME} of zeros, which is made shorter when a MANIFEST, a merge or a delete would
 * otherwise find no room, and longer again when there is some. {@link DiskSpace} says how long.
 *
 * <p>What is merely left free, others can take. Without room for a MANIFEST and a copy no merge can begin, and not even a store of which most is
 * dead could make room again.
 *
 * <p>Nothing in it matters, and whatever happens to it is no harm: what fails here is not told to anybody but the log. Any thread may call it.
 */
public final class Reserve {

    static final String NAME = "RESERVE";

    /** It grows by so many bytes at a time, so that nobody who wants some back has to wait for long. */
    private static final int PIECE = 64 << 10;

    /** No file system gives back less. */
    private static final int BLOCK = 4096;

    private final StoreDirectory directory;
    private final StoreLog log;
    private final long volume;

    // Guarded by this, but for lone reads of the length.
    private volatile long length;
    private @Nullable WritableFile file;
    private @Nullable ByteBuffer zeros;

    private Reserve(StoreDirectory directory, long volume, long length) {
        this.directory = directory;
        this.log = new StoreLog(directory.path());
        this.volume = volume;
        this.length = length;
    }

    /** Takes over what the last opener has left. */
    public static Reserve open(StoreDirectory directory) throws IOException {
        return new Reserve(directory, directory.totalBytes(), left(directory));
    }

    /** What cannot be looked at is not counted on, and must not keep the store from being opened. */
    private static long left(StoreDirectory directory) {
        try {
            if (!directory.exists(NAME)) {
                return 0;
            }
            try (ReadableFile left = directory.open(NAME)) {
                return left.length();
            }
        } catch (IOException e) {
            new StoreLog(directory.path()).debug("nobody can say how long " + NAME + " is", e);
            return 0;
        }
    }

    /** How large the volume was when the store was opened. */
    public long volumeBytes() {
        return volume;
    }

    /** The bytes that it holds. */
    long bytes() {
        return length;
    }

    /** Takes one piece more, up to {@code most} bytes in all; returns whether it got any. */
    synchronized boolean grow(long most) {
        try {
            WritableFile open = file;
            if (open == null) {
                // What another opener has written cannot be written on.
                length = 0;
                directory.delete(NAME);
                open = directory.create(NAME);
                file = open;
            }
            int piece = (int) Math.min(PIECE, most - length);
            if (piece <= 0) {
                return false;
            }
            // Zeros that are written, not skipped over: a hole would take no room.
            open.write(zeros().limit(piece), length);
            length += piece;
            return true;
        } catch (IOException e) {
            log.debug(NAME + " could not be made longer", e);
            cut(length);
            return false;
        }
    }

    private ByteBuffer zeros() {
        ByteBuffer piece = zeros;
        if (piece == null) {
            piece = ByteBuffer.allocateDirect(PIECE);
            zeros = piece;
        }
        return piece.clear();
    }

    /** What the disk has left with what the file holds, in bytes: never what is on its way from one to the other. */
    synchronized long all() throws IOException {
        return directory.usableBytes() + length;
    }

    /** Gives back at least so many bytes, or all; returns whether there were any. */
    synchronized boolean shrink(long bytes) {
        if (length == 0) {
            return false;
        }
        cut((length - Math.min(length, bytes)) / BLOCK * BLOCK);
        return true;
    }

    /** Gives back room for a MANIFEST of so many segments, for which there was none; returns whether it held any. */
    public boolean shrinkForManifest(int segments) {
        return shrink(2 * ManifestFile.length(segments)); // for blocks that are not full
    }

    /** Gives all bytes back; returns whether there were any. */
    synchronized boolean release() {
        boolean held = length > 0;
        cut(0);
        return held;
    }

    private void cut(long to) {
        try {
            if (to > 0) {
                directory.truncate(NAME, to);
                length = to;
                return;
            }
        } catch (IOException e) {
            log.debug(NAME + " could not be made shorter, so it goes", e);
        }
        length = 0;
        close();
        try {
            directory.delete(NAME);
        } catch (IOException e) {
            log.warn(
                    NAME + " could not be deleted to make room: " + e
                            + ". See to the disk, and delete the file when the store is closed.",
                    e);
        }
    }

    /** Ends its use; the file stays as it is. */
    synchronized void close() {
        WritableFile open = file;
        file = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            log.debug(NAME + " could not be closed", e);
        }
    }
}
