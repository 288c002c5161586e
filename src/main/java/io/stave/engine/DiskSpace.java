package io.stave.engine;

import io.stave.StoreFullException;
import io.stave.io.StoreDirectory;
import java.io.IOException;

/**
 * Keeps a reserve free for deletes and merges, so that a full store can be emptied (I8).
 *
 * <p>Asking the file system for each append would cost a system call, so an answer is good for half of what it left to spend. Puts leave two
 * segments, for a merge needs room for one output, its hint and the MANIFEST before it can give an input back, and the hints of two segments that
 * were just sealed may have to fit in too; at most an eighth of the volume. Deletes may use a sixth of that, and no more: without a merge
 * no delete makes room. A small part of it is held by a file ({@link Reserve}). Where others have taken the rest, deletes may use half of that.
 *
 * <p>Guarded by the write path's leadership, but for what says otherwise.
 */
final class DiskSpace {

    private static final int SEGMENTS = 2;
    private static final int VOLUME_SHARES = 8;
    private static final int DELETES = 6;

    private final StoreDirectory directory;
    private final SegmentLength lengths;
    private final Reserve file;
    private long credit;
    private long left = Long.MAX_VALUE;
    private long near;
    private long fromFile;

    /** The last append was refused: puts are refused before they join a group that deletes may be in. */
    private volatile boolean low;

    DiskSpace(StoreDirectory directory, SegmentLength lengths, Reserve file) {
        this.directory = directory;
        this.lengths = lengths;
        this.file = file;
    }

    /** Admits an append of {@code bytes}, or throws; {@code urgent} appends may use some of the reserve. */
    void admit(long bytes, boolean urgent) throws IOException {
        left -= Math.min(left, bytes);
        if (bytes <= credit) {
            credit -= bytes;
            return;
        }
        long reserve = reserve();
        long spendable = spendable(reserve);
        near = SEGMENTS * lengths.now();
        left = Math.max(0, spendable - bytes);
        if (bytes > spendable) {
            credit = 0;
            low = true;
            admitBeyond(bytes, urgent, spendable, reserve);
        }
        credit = Math.max(0, (spendable - bytes) / 2);
    }

    private void admitBeyond(long bytes, boolean urgent, long spendable, long reserve) throws IOException {
        if (!urgent) {
            throw full(bytes, spendable);
        }
        long most = spendable + reserve / DELETES;
        if (bytes <= most) {
            if (bytes > directory.usableBytes()) {
                lend();
            }
            return;
        }
        if (bytes > fromFile) {
            lend();
        }
        if (bytes > fromFile) {
            throw full(bytes, Math.max(most, fromFile));
        }
        fromFile -= bytes;
    }

    /** An append that was admitted found no room: somebody else has taken it. */
    void refused() {
        credit = 0;
        low = true;
    }

    private void lend() {
        if (file.release()) {
            fromFile = file.length() / 2;
        }
    }

    /** How near the disk is to refusing puts, as far as is known: from 0, two segments away or more, to 1. */
    double fullness() {
        return left >= near ? 0 : 1 - (double) left / near;
    }

    /** Whether puts are about to be refused, or are already. Any thread may call it. */
    boolean nearlyFull() throws IOException {
        return spendable(reserve()) < SEGMENTS * lengths.now();
    }

    /** The bytes that a merge may use. Any thread may call it. */
    long roomForMerge() throws IOException {
        return directory.usableBytes() + file.bytes();
    }

    /** Gives back what the file holds; returns whether that made any room. Any thread may call it. */
    boolean release() {
        return file.release();
    }

    /** Has the file take its bytes again if there is room. Any thread may call it. */
    void refill() throws IOException {
        file.refill(spendable(reserve()));
    }

    /** Throws if the disk was full lately and still is; for a put that is about to join a group. Any thread may call it. */
    void checkPut(long bytes) throws IOException {
        if (low) {
            long spendable = spendable(reserve());
            if (bytes > spendable) {
                throw full(bytes, spendable);
            }
            low = false;
        }
    }

    private StoreFullException full(long bytes, long spendable) {
        return new StoreFullException(directory.path().toString(), bytes, Math.max(0, spendable));
    }

    private long spendable(long reserve) throws IOException {
        return directory.usableBytes() + file.bytes() - reserve;
    }

    private long reserve() throws IOException {
        return Math.min(SEGMENTS * lengths.now(), directory.totalBytes() / VOLUME_SHARES);
    }
}
