package io.stave.engine.write;

import io.stave.StaveException;
import io.stave.engine.base.Health;
import io.stave.engine.base.StoreLog;
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
import io.stave.segment.Segment;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes the hints that an open found missing, or of no use, while the store is used already: the open has read the segments, and need not do so
 * twice. The sealer's thread does it where it has nothing to seal.
 *
 * <p>Puts leave room for them from the beginning: without hints a full store could keep tombstones for ever, since nothing tells whether an
 * older segment has their keys.
 *
 * <p>A crash before leaves what was there before: the next open reads those segments that have no hint yet.
 */
final class MissingHints {

    private final StoreDirectory directory;
    private final LiveSegments segments;
    private final HintBuilder builder;
    private final SegmentHints hints;
    private final Leftovers leftovers;
    private final StoreLog log;
    private final Health health;
    private final Queue<Missing> missing = new ConcurrentLinkedQueue<>();
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
        this.log = new StoreLog(directory.path());
        this.health = health;
    }

    /** A segment without a hint, and about how many records it has. */
    private record Missing(ListedSegment listed, Segment segment, long records) {}

    /** The hints of these segments are missing. Of one in which damage was found none can be made. */
    void add(List<ListedSegment> withoutHint) {
        for (ListedSegment listed : withoutHint) {
            Segment segment = segments.get((int) listed.id());
            if (segment != null && !listed.damaged()) {
                hints.attempt(listed.id(), () -> {
                    RecordEstimate.Estimate expected = builder.estimate(listed);
                    segment.addHintBytes(expected.records() * HintWriter.bytesFor(0, true) + expected.keyBytes());
                    missing.add(new Missing(listed, segment, expected.records()));
                });
            }
        }
    }

    /** Makes the next one, and says when it wants to be called again, as the duty of a {@link Worker} does. */
    long makeNext() {
        if (ended || health.failed()) {
            return Worker.NOT_BEFORE_WOKEN;
        }
        Missing next = missing.poll();
        if (next == null) {
            forceNames();
            return Worker.NOT_BEFORE_WOKEN;
        }
        if (isLive(next)) {
            make(next);
            if (!isLive(next)) {
                // A merge has replaced the segment, and perhaps deleted its files before there was a hint.
                boolean unused = leftovers.delete(HintFile.name(next.listed().id()));
            }
        }
        return 0;
    }

    private void make(Missing next) {
        try {
            hints.attempt(next.listed().id(), () -> build(next));
        } catch (StaveException e) {
            health.unheard(e);
        } finally {
            next.segment().hintEnded();
        }
    }

    private void build(Missing next) throws IOException {
        ListedSegment segment = next.listed();
        try {
            hints.makeRoomForMissing(segment.id(), next.segment().hintBytes());
            named |= builder.build(segment, next.records(), () -> ended);
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException e) {
            if (isLive(next)) { // else a merge has taken the file away
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
            } catch (OutOfMemoryError e) {
                log.debug("the names of hints stay unforced", e);
            }
        }
    }

    private boolean isLive(Missing missing) {
        return segments.get(missing.segment().handle()) != null;
    }

    /** Gives up the one that is being made, and those that are still missing: the next open finds them. */
    void end() {
        ended = true;
    }
}
