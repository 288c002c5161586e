package io.stave.engine;

import io.stave.DiskRoom;
import io.stave.StoreHealth;
import io.stave.engine.base.Health;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.space.DiskSpace;
import io.stave.io.ForceFailedException;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts together what a probe is told: asks the file system once, takes no lock, and changes nothing. */
final class HealthReport {

    private final Path store;
    private final Health health;
    private final DiskSpace space;
    private final LiveSegments segments;

    HealthReport(Path store, Health health, DiskSpace space, LiveSegments segments) {
        this.store = store;
        this.health = health;
        this.space = space;
        this.segments = segments;
    }

    StoreHealth ofClosed() {
        List<String> problems = new ArrayList<>();
        problems.add("The store " + store + " is closed. Open it again.");
        stopped(problems);
        return new StoreHealth(false, false, false, lastForceSucceeded(), null, problems);
    }

    StoreHealth ofOpen() {
        List<String> problems = new ArrayList<>();
        stopped(problems);
        DiskRoom room = room(problems);
        damaged(problems);
        return new StoreHealth(true, true, !health.failed(), lastForceSucceeded(), room, problems);
    }

    private void stopped(List<String> problems) {
        Throwable cause = health.cause();
        if (cause != null) {
            problems.add(
                    "The store " + store + " has stopped writing since this failed: " + cause
                            + ". Reads go on. Close it, see to the disk, and open it again: what was acknowledged is there then.");
        }
    }

    private @Nullable DiskRoom room(List<String> problems) {
        DiskRoom room;
        try {
            room = space.room();
        } catch (IOException e) {
            problems.add(
                    "Nobody knows how much room is left on the disk of " + store + ": " + e + ". See to the disk.");
            return null;
        }
        if (room.level() != DiskRoom.Level.AMPLE) {
            problems.add("The disk of " + store + " is low: " + room.usableBytes() + " bytes are free, puts may take "
                    + room.spareBytes() + " of them. Free some, or delete keys and merge.");
        }
        return room;
    }

    private void damaged(List<String> problems) {
        String names = segments.list().stream()
                .filter(Segment::damaged)
                .map(Segment::name)
                .collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            problems.add(
                    "Records in " + names + " of " + store
                            + " are damaged; other keys can be read. Check the disk, and put those keys again or restore a copy.");
        }
    }

    private boolean lastForceSucceeded() {
        for (Throwable cause = health.cause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ForceFailedException) {
                return false;
            }
        }
        return true;
    }
}
