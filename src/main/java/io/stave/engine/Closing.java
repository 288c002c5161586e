package io.stave.engine;

import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.recovery.KeydirFile;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How a store is closed: what is running ends, what was written becomes durable and is listed, and everything is freed. Once. */
public final class Closing {

    private final House house;
    private final ReentrantLock lock = new ReentrantLock();

    /** Nothing runs any more. Guarded by the lock. */
    private boolean ended;

    public Closing(House house) {
        this.house = house;
    }

    /**
     * Ends what is running, makes everything durable and listed, then frees it. What cannot be made durable is reported after everything was
     * freed: the store is closed either way, and the next open recovers. Only where an Error keeps a room from being ended nothing goes, for what
     * still runs there may use it; another close goes on with it.
     */
    public void close() throws IOException {
        if (house.completer.isCurrentThread() || house.notices.isCurrentThread()) {
            // A callback must not wait for one who closes already, for that one waits for the callbacks. A listener
            // likewise.
            if (!lock.tryLock()) {
                return;
            }
        } else {
            lock.lock();
        }
        try {
            if (!ended) {
                house.closed = true;
                endWork();
                ended = true;
                closeRooms();
            }
        } finally {
            lock.unlock();
        }
    }

    private void closeRooms() throws IOException {
        Throwable failure = null;
        try {
            settle();
        } catch (RuntimeException | Error e) {
            // There may be no memory for it; lock and mappings must go all the same.
            failure = e;
        }
        house.sealer.close();
        failure = failure == null ? untold() : failure;
        endReads();
        house.notices.close();
        boolean readersLeft = house.reclaimer.close();
        if (!readersLeft) {
            house.storeLog.warn(Reclaimer.STUCK_READ, null);
        }
        try {
            letGo(readersLeft);
        } catch (IOException | RuntimeException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /** Ends what has begun to run and frees everything, for a reason that whoever opens the store is told. Nothing is written. */
    void abandon(Throwable cause) {
        house.closed = true;
        try {
            endWork();
            house.sealer.close();
            endReads();
            letGo(house.reclaimer.close());
        } catch (IOException | RuntimeException | Error e) {
            cause.addSuppressed(e);
        }
    }

    /** Ends everything that writes, but for the sealer, which has to seal what was written. */
    private void endWork() {
        house.sealer.leaveMissingHints(); // first, for others wait for the sealer
        house.blobs.close();
        house.checkpoints.close();
        house.sweeper.close();
        house.merger.close();
        house.backgroundMerge.close();
        house.writePath.close();
        house.intervalForce.close();
        house.committer.close();
        house.completer.close();
        house.statsFile.close();
    }

    private void endReads() {
        house.snapshots.close();
        house.reads.close();
    }

    /** Forces and seals everything, and gives the reserved sequences back; a store that has stopped is left as it is (I8). */
    private void settle() {
        if (house.health.failed()) {
            return;
        }
        house.log.force();
        house.liveBlobs.takeDead().forEach(house::removeBlob);
        house.log.end();
        if (house.sealer.await() != null) {
            house.storeLog.debug("closed with segments that could not be sealed: the next open does it", null);
        }
        if (house.health.failed()) {
            return;
        }
        if (house.log.unsealed().isEmpty()) {
            closeCleanly();
        }
        house.space.refill();
    }

    /** Without room for it the ceilings stay as reserved, which costs nothing but numbers, and the next open reads hints. */
    private void closeCleanly() {
        try {
            KeydirFile file = new KeydirFile(house.directory, house.keydir, house.segments.list());
            house.catalog.closeCleanly(
                    house.writePath.lastSequence(),
                    generation -> file.leave(house.catalog.storeId(), generation, house.space, house.health));
        } catch (StoreFullException e) {
            house.storeLog.debug("no room to give reserved versions back", e);
        }
    }

    /** What stopped the store while it was being closed, if nobody has been told; a thread of its own may just have met it. */
    private @Nullable RuntimeException untold() {
        try {
            house.health.tell();
            return null;
        } catch (StoreFailedException e) {
            return e;
        }
    }

    /** Frees the memory if nobody can be reading it, and closes files, lock and directory even if that fails for one of them. */
    private void letGo(boolean readersLeft) throws IOException {
        try (house.directory;
                house.lock) {
            if (readersLeft) {
                house.segments.all().forEach(segment -> segment.mapping().release());
                house.keydir.close();
                boolean unused = house.reclaimer.close(); // the tables that the keydir has just retired
                house.keydirRoom.close();
            }
            house.log.close();
            house.space.close();
        }
    }
}
