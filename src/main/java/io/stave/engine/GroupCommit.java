package io.stave.engine;

import io.stave.StaveException;
import io.stave.segment.RecordFormat;
import io.stave.segment.Segment;
import org.jspecify.annotations.Nullable;

/**
 * Commits a group: append, force, publish, in this order (I1, I2). Run by the leader of the write path, so by one thread at a time and in
 * sequence order, which is what makes the publication follow the sequence for every key.
 */
final class GroupCommit {

    /** Sequences left below the ceiling when a new one is reserved: many more than a group can use. */
    private static final long SEQUENCE_MARGIN = 1L << 22;

    private final ActiveLog log;
    private final Catalog catalog;
    private final Publisher publisher;
    private final Health health;
    private final Counters counters;
    private final IntervalForce intervalForce;

    GroupCommit(
            ActiveLog log,
            Catalog catalog,
            Publisher publisher,
            Health health,
            Counters counters,
            IntervalForce intervalForce) {
        this.log = log;
        this.catalog = catalog;
        this.publisher = publisher;
        this.health = health;
        this.counters = counters;
        this.intervalForce = intervalForce;
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

    /** Throws if there is no room for a put that is about to join a group. */
    void checkRoom(Write write) {
        if (write.kind == RecordFormat.PUT) {
            log.checkPut(write.recordLength());
        }
    }

    private void commitChecked(Group group) {
        if (group.count() > 0) {
            reserveSequences(group);
            ActiveLog.Appended appended = log.append(group);
            if (group.force()) {
                log.force();
                counters.forced(group);
            }
            publish(group, appended);
            counters.committed(group);
            intervalForce.request(group.intervalNanos());
        } else if (group.force() && log.dirty()) {
            log.force();
            counters.forced(group);
        }
    }

    /** Keeps the ceiling in the MANIFEST ahead of what is issued (I3). A full disk only matters when the margin is used up. */
    private void reserveSequences(Group group) {
        long left = catalog.sequenceCeiling() - group.lastSequence();
        if (left < SEQUENCE_MARGIN) {
            try {
                catalog.raiseSequenceCeiling(group.lastSequence());
            } catch (StaveException e) {
                if (health.failed() || left < SEQUENCE_MARGIN / 2) {
                    throw e;
                }
            }
        }
    }

    private void publish(Group group, ActiveLog.Appended appended) {
        Segment segment = appended.appender().segment();
        for (int i = 0; i < group.count(); i++) {
            int length = group.length(i);
            if (group.kind(i) == RecordFormat.PUT) {
                int offset = (int) (group.at(i) + appended.shift());
                publisher.put(group.high(i), group.low(i), segment, offset, length, group.expiry(i));
            } else {
                publisher.delete(group.high(i), group.low(i), segment, length);
            }
        }
    }
}
