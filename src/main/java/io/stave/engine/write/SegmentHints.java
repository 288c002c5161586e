package io.stave.engine.write;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.engine.base.Health;
import io.stave.engine.base.StoreLog;
import io.stave.engine.space.DiskSpace;
import io.stave.hint.HintFile;
import io.stave.io.ForceFailedException;
import io.stave.io.NoSpaceException;
import io.stave.io.StoreDirectory;
import java.io.IOException;

/**
 * Has hints of segments made, where there is room for them. One at a time: for the sealer's thread.
 *
 * <p>A hint is advice. What goes wrong with one is said, and costs a later open the time to read the segment; only a failed force stops the
 * store (I8).
 */
final class SegmentHints {

    private final StoreLog log;
    private final DiskSpace space;
    private final Health health;

    SegmentHints(StoreDirectory directory, DiskSpace space, Health health) {
        this.log = new StoreLog(directory.path());
        this.space = space;
        this.health = health;
    }

    /** Makes a hint, after it has asked for the room that it is going to take. */
    interface Making {
        void make() throws IOException;
    }

    /** Has the hint of a segment made, or says why there is none. */
    void attempt(long segmentId, Making making) {
        try {
            making.make();
        } catch (ForceFailedException e) {
            throw health.stop(e);
        } catch (IOException | CorruptionException | FormatVersionException | OutOfMemoryError e) {
            log.noHint(segmentId, e);
        } finally {
            space.hintEnded();
        }
    }

    /** Makes room for the hint of a segment that is being sealed. */
    void makeRoom(long segmentId, long bytes) throws IOException {
        if (!space.makeRoomForHint(bytes)) {
            throw new NoSpaceException(HintFile.name(segmentId), "what is left is kept for merges");
        }
    }

    /** Makes room for one that an open found missing. */
    void makeRoomForMissing(long segmentId, long bytes) throws IOException {
        if (!space.makeRoomForMissingHint(bytes)) {
            throw new NoSpaceException(HintFile.name(segmentId), "what is left is kept for merges and deletes");
        }
    }
}
