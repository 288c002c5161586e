package io.stave.engine.backup;

import io.stave.CheckpointReport;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.blob.BlobReference;
import io.stave.engine.base.Failures;
import io.stave.engine.base.Health;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.snapshot.FileHold;
import io.stave.engine.snapshot.Snapshots;
import io.stave.engine.write.ActiveLog;
import io.stave.engine.write.Sealer;
import io.stave.engine.write.WritePath;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes checkpoints of the open store.
 *
 * <p><b>The moment</b> is one at which the leader of the write path has forced everything, has rolled, and publishes nothing: every
 * segment there is holds only records of before, whole batches of them, and none of them will be appended to. Their files are held from then
 * on, whatever merges do, and are sealed in the background as after any roll. So writers are held up by a force and a roll and by nothing else.
 */
public final class Checkpoints {

    private final StoreDirectory directory;
    private final Catalog catalog;
    private final WritePath writePath;
    private final ActiveLog log;
    private final Sealer sealer;
    private final Snapshots snapshots;
    private final LiveBlobs blobs;
    private final Health health;

    private final ReentrantLock oneAtATime = new ReentrantLock();
    private volatile boolean closed;

    public Checkpoints(
            StoreDirectory directory,
            Catalog catalog,
            WritePath writePath,
            ActiveLog log,
            Sealer sealer,
            Snapshots snapshots,
            LiveBlobs blobs,
            Health health) {
        this.directory = directory;
        this.catalog = catalog;
        this.writePath = writePath;
        this.log = log;
        this.sealer = sealer;
        this.snapshots = snapshots;
        this.blobs = blobs;
        this.health = health;
    }

    /**
     * Makes {@code target} a checkpoint of the present moment; the caller closes it.
     *
     * @throws StoreClosedException if the store is closed meanwhile
     * @throws StoreFailedException if the store has stopped, or stops over the force
     */
    public CheckpointReport take(StoreDirectory target) {
        long started = System.nanoTime();
        oneAtATime.lock();
        try (CheckpointTarget into = CheckpointTarget.open(target, catalog.manifest())) {
            ensureOpen();
            Moment moment = moment();
            try (FileHold hold = moment.files) {
                FileBringer bringer = new FileBringer(directory, target, true, this::ensureOpen);
                return into.fill(content(moment), catalog.manifest(), hold.version(), bringer, started);
            }
        } catch (IOException e) {
            ensureOpen();
            throw Failures.translate("taking a checkpoint of " + directory.path() + " in " + target.path(), e);
        } finally {
            oneAtATime.unlock();
        }
    }

    /** What is held, and which blobs are referred to. They are held as well: those that are given up from then on. */
    private record Moment(FileHold files, Collection<BlobReference> blobs) {}

    private Moment moment() {
        AtomicReference<@Nullable Moment> taken = new AtomicReference<>();
        try {
            writePath.forceThen(() -> {
                log.roll();
                FileHold hold = snapshots.hold();
                if (hold != null) {
                    taken.set(new Moment(hold, blobs.list()));
                }
            });
            StaveException unsealed = sealer.await();
            health.check();
            if (unsealed != null) {
                throw unsealed;
            }
            Moment moment = taken.get();
            if (moment == null) {
                throw new StoreClosedException();
            }
            return moment;
        } catch (Throwable e) {
            Moment moment = taken.get();
            if (moment != null) {
                moment.files.close();
            }
            throw e;
        }
    }

    private static CheckpointContent content(Moment moment) {
        return CheckpointContent.of(listed(moment.files), moment.blobs);
    }

    private static List<ListedSegment> listed(FileHold hold) {
        List<ListedSegment> listed = new ArrayList<>();
        for (Segment segment : hold.segments()) {
            if (segment.state() != Segment.State.SEALED) {
                throw new IllegalStateException(segment.name() + " was rolled away from and is not sealed");
            }
            listed.add(ListedSegment.sealed(
                    segment.storeId(),
                    segment.id(),
                    segment.length(),
                    segment.digest(),
                    segment.minSequence(),
                    segment.maxSequence()));
        }
        return listed;
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
    }

    /** Takes no more, and returns when the one under way has ended, which it does soon. */
    public void close() {
        closed = true;
        oneAtATime.lock();
        oneAtATime.unlock();
    }
}
