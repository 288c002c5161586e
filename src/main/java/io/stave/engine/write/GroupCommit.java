package io.stave.engine.write;

import io.stave.StaveException;
import io.stave.blob.BlobReference;
import io.stave.engine.base.Counters;
import io.stave.engine.base.Health;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.read.Reads;
import io.stave.engine.space.BackPressure;
import io.stave.keydir.Location;
import io.stave.segment.Segment;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Commits a group: append, force, publish, in this order (I1, I2). Run by the leader of the write path, so by one thread at a time and in
 * sequence order, which is what makes the publication follow the sequence for every key.
 */
public final class GroupCommit {

    private final ActiveLog log;
    private final Catalog catalog;
    private final Publisher publisher;
    private final Reads reads;
    private final Health health;
    private final Counters counters;
    private final IntervalForce intervalForce;
    private final BackPressure pressure;
    private final LongConsumer died;
    private final LiveBlobs blobs;
    private final Consumer<BlobReference> blobRemoval;
    private final Location present = new Location();
    private long touched; // what was read ahead, so that the reads are not optimized away

    /** {@code died} is told how many bytes each group has made dead, {@code blobRemoval} of each blob that may go. */
    public GroupCommit(
            ActiveLog log,
            Catalog catalog,
            Publisher publisher,
            Reads reads,
            Health health,
            Counters counters,
            IntervalForce intervalForce,
            BackPressure pressure,
            LongConsumer died,
            LiveBlobs blobs,
            Consumer<BlobReference> blobRemoval) {
        this.log = log;
        this.catalog = catalog;
        this.publisher = publisher;
        this.reads = reads;
        this.health = health;
        this.counters = counters;
        this.intervalForce = intervalForce;
        this.pressure = pressure;
        this.died = died;
        this.blobs = blobs;
        this.blobRemoval = blobRemoval;
    }

    /** Commits the group; returns why nothing of it was applied, or null. */
    @Nullable
    RuntimeException commit(Group group) {
        try {
            health.check();
            commitChecked(group);
        } catch (StaveException e) {
            return e;
        } catch (RuntimeException | Error e) {
            // Nobody knows how far it came: the records may lie in the file without being visible.
            return health.stop(e);
        }
        return runTasks(group);
    }

    /** What a task throws must not pass for a failure of the records, which are published. */
    private @Nullable RuntimeException runTasks(Group group) {
        try {
            group.tasks().forEach(Runnable::run);
            return null;
        } catch (RuntimeException | Error e) {
            return health.stop(e);
        }
    }

    /** Throws if there is no room for puts that are about to join a group. */
    void checkRoom(Request request) {
        if (!request.onlyDeletes()) {
            log.checkPut(request.bytes());
        }
    }

    private void commitChecked(Group group) {
        if (group.count() > 0) {
            if (!group.onlyDeletes()) {
                pressure.admit(group.bytes(), log.fullness());
            }
            catalog.reserveUpTo(group.lastSequence());
            ActiveLog.Appended appended = log.append(group);
            boolean force = group.force() || owesForce(group);
            if (force) {
                long begun = System.nanoTime();
                log.force();
                group.forceTook(System.nanoTime() - begun);
            }
            publish(group, appended);
            died.accept(publisher.takeDied());
            if (force) {
                releaseBlobs();
            }
            counters.committed(group.count(), group.puts(), group.batches(), appended.bytes());
            intervalForce.request(group.intervalNanos());
        } else if (group.force()) {
            log.force();
            releaseBlobs();
        }
    }

    /**
     * Makes the group visible: each record at its own moment, or, if a batch is among them, all at one (I5). Should the keydir fail half-way,
     * for it may have to grow and have no memory, the store stops and the overlay stays: readers go on to see all of the batch.
     */
    private void publish(Group group, ActiveLog.Appended appended) {
        Segment segment = appended.appender().segment();
        if (group.hasBatch()) {
            reads.overlay(new GroupOverlay(group.lendKeys(), segment.handle(), appended.shift()));
            publishEach(group, segment, appended.shift());
            reads.overlay(null);
        } else {
            publishEach(group, segment, appended.shift());
        }
        publisher.published(group.lastSequence());
    }

    private void publishEach(Group group, Segment segment, long shift) {
        for (int i = 0; i < group.count(); i++) {
            if (i % Reads.TOUCHED_TOGETHER == 0) {
                touch(group, i);
            }
            int length = group.length(i);
            if (group.isTombstone(i)) {
                publisher.delete(group.high(i), group.low(i), group.key(i), segment, length);
            } else {
                int offset = (int) (group.at(i) + shift);
                publisher.put(
                        group.high(i),
                        group.low(i),
                        group.key(i),
                        segment,
                        offset,
                        length,
                        group.expiry(i),
                        group.blob(i));
            }
        }
    }

    private void touch(Group group, int from) {
        int count = Math.min(Reads.TOUCHED_TOGETHER, group.count() - from);
        if (count > 1) {
            touched += reads.touch(count, i -> group.high(from + i));
        }
    }

    /**
     * Whether the group must be forced although none of its writes asks for it: it gives up a blob, or one was given up that waits for a force. A
     * power cut that took back what has superseded a record would bring that back, and its blob is gone (I1).
     */
    private boolean owesForce(Group group) {
        if (group.hasBlob() || blobs.anyDead()) {
            return true;
        }
        if (!blobs.isEmpty()) {
            for (int i = 0; i < group.count(); i++) {
                if (reads.find(group.high(i), group.low(i), group.key(i), present)
                        && (present.flags & Location.BLOB) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Has the files go of the blobs that were given up, after a force of all that has superseded them. */
    private void releaseBlobs() {
        if (blobs.anyDead()) {
            blobs.takeDead().forEach(blobRemoval);
        }
    }
}
