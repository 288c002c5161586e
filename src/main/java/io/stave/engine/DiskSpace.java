package io.stave.engine;

import io.stave.StoreFullException;
import io.stave.io.StoreDirectory;
import java.io.IOException;

/**
 * Keeps a reserve free for deletes and merges, so that a full store can be emptied (I8).
 *
 * <p>Asking the file system for each append would cost a system call, so an answer is good for half of what it left to spend. Puts leave a
 * segment and a half, at most an eighth of the volume; deletes may use a sixth of that, and no more: a merge needs room for one output,
 * its hint and the MANIFEST before it can give an input back, and without a merge no delete makes room.
 *
 * <p>Guarded by the write path's leadership, but for what says otherwise.
 */
final class DiskSpace {

    private final StoreDirectory directory;
    private final long wantedReserve;
    private long credit;

    /** The last append was refused: puts are refused before they join a group that deletes may be in. */
    private volatile boolean low;

    DiskSpace(StoreDirectory directory, long segmentLength) {
        this.directory = directory;
        this.wantedReserve = segmentLength + segmentLength / 2;
    }

    /** Admits an append of {@code bytes}, or throws; {@code urgent} appends may use some of the reserve. */
    void admit(long bytes, boolean urgent) throws IOException {
        if (bytes <= credit) {
            credit -= bytes;
            return;
        }
        long usable = directory.usableBytes();
        long reserve = reserve();
        long spendable = usable - reserve;
        if (bytes > spendable) {
            credit = 0;
            low = true;
            long urgentlySpendable = spendable + reserve / 6;
            if (!urgent || bytes > urgentlySpendable) {
                throw full(bytes, urgent ? urgentlySpendable : spendable);
            }
        }
        credit = Math.max(0, (spendable - bytes) / 2);
    }

    /** Throws if the disk was full lately and still is; for a put that is about to join a group. Any thread may call it. */
    void checkPut(long bytes) throws IOException {
        if (low) {
            long spendable = directory.usableBytes() - reserve();
            if (bytes > spendable) {
                throw full(bytes, spendable);
            }
            low = false;
        }
    }

    private StoreFullException full(long bytes, long spendable) {
        return new StoreFullException(directory.path().toString(), bytes, Math.max(0, spendable));
    }

    private long reserve() throws IOException {
        return Math.min(wantedReserve, directory.totalBytes() / 8);
    }
}
