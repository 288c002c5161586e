package io.stave.engine.write;

import io.stave.StaveException;
import io.stave.engine.base.Health;
import io.stave.engine.base.Worker;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.live.Leftovers;
import io.stave.engine.live.LiveSegments;
import io.stave.hint.HintFile;
import io.stave.hint.HintWriter;
import io.stave.io.ForceFailedException;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordEstimate;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes the hints that an open found missing, or of no use, while the store is used already: the open has read the segments, and need not do so
 * twice. The sealer's thread does it where it has nothing to seal.
 *
 * <p>A crash before leaves what was there before: the next open reads those segments that have no hint yet.
 */
final class MissingHints {

    private final StoreDirectory directory;
    private final LiveSegments segments;
    private final HintBuilder builder;
    private final SegmentHints hints;
    private final Leftovers leftovers;
    private final Health health;
    private final Queue<ListedSegment> missing = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /** Whether there are some whose names were not forced yet. The sealer only. */
    private boolean named;

    MissingHints(
            StoreDirectory directory, LiveSegments segments, HintBuilder builder, SegmentHints hints, Health health) {
        this.directory = directory;
        this.segments = segments;
        this.builder = builder;
        this.hints = hints;
        this.leftovers = new Leftovers(directory);
        this.health = health;
    }

    /** The hints of these segments are missing. Of one in which damage was found none can be made. */
    void add(List<ListedSegment> withoutHint) {
        withoutHint.stream().filter(segment -> !segment.damaged()).forEach(missing::add);
    }

    /** Makes the next one, and says when it wants to be called again, as the duty of a {@link Worker} does. */
    long makeNext() {
        if (ended || health.failed()) {
            return Worker.NOT_BEFORE_WOKEN;
        }
        ListedSegment next = missing.poll();
        if (next == null) {
            forceNames();
            return Worker.NOT_BEFORE_WOKEN;
        }
        if (isLive(next)) {
            make(next);
            if (!isLive(next)) {
                // A merge has replaced the segment, and perhaps deleted its files before there was a hint.
                boolean unused = leftovers.delete(HintFile.name(next.id()));
            }
        }
        return 0;
    }

    private void make(ListedSegment segment) {
        try {
            hints.attempt(segment.id(), room -> build(segment, room));
        } catch (StaveException e) {
            health.unheard(e);
        }
    }

    private void build(ListedSegment segment, SegmentHints.Room room) throws IOException {
        try {
            RecordEstimate.Estimate expected = builder.estimate(segment);
            room.take(expected.records() * HintWriter.bytesFor(0, true) + expected.keyBytes());
            named |= builder.build(segment, expected.records(), () -> ended);
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException e) {
            if (isLive(segment)) { // else a merge has taken the file away
                throw e;
            }
        }
    }

    /** Once for all of them: what a power cut takes before is made again. */
    private void forceNames() {
        if (named) {
            named = false;
            try {
                directory.forceNames();
            } catch (IOException e) {
                health.fail(e);
            }
        }
    }

    private boolean isLive(ListedSegment listed) {
        return segments.get((int) listed.id()) != null;
    }

    /** Gives up the one that is being made, and those that are still missing: the next open finds them. */
    void end() {
        ended = true;
    }
}
