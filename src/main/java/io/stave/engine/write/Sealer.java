package io.stave.engine.write;

import io.stave.StaveException;
import io.stave.engine.base.Health;
import io.stave.engine.base.StoreLog;
import io.stave.engine.base.Worker;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.live.Leftovers;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.space.DiskSpace;
import io.stave.hint.HintNotes;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import io.stave.segment.SegmentAppender;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns segments that were rolled away from into sealed ones, in the background and in the order of the log: force, hint, MANIFEST.
 *
 * <p>Until the MANIFEST lists it as sealed, a segment is recovered by scanning it, so nothing here is needed for durability.
 */
public final class Sealer {

    private final Leftovers leftovers;
    private final StoreLog log;
    private final Catalog catalog;
    private final LiveSegments segments;
    private final LogNotes notes;
    private final HintBuilder builder;
    private final SegmentHints hints;
    private final MissingHints missing;
    private final Health health;
    private final Runnable afterSeal;
    private final Worker worker;

    /** Why the segment that is next could not be sealed, or null. The worker only. */
    private @Nullable StaveException failure;

    public Sealer(
            StoreDirectory directory,
            Catalog catalog,
            LiveSegments segments,
            LogNotes notes,
            HintBuilder builder,
            DiskSpace space,
            Health health,
            Runnable afterSeal,
            boolean inline) {
        this.leftovers = new Leftovers(directory);
        this.log = new StoreLog(directory.path());
        this.catalog = catalog;
        this.segments = segments;
        this.notes = notes;
        this.builder = builder;
        this.hints = new SegmentHints(directory, space, health);
        this.missing = new MissingHints(directory, segments, builder, hints, health);
        this.health = health;
        this.afterSeal = afterSeal;
        this.worker = new Worker("stave-seal", health, inline, missing::makeNext);
    }

    /**
     * Seals segments that nothing will be appended to any more, and tells {@code sealed} of each. They come in the order of the log, and where
     * one cannot be sealed the later ones wait: a sealed segment vouches for all before it.
     */
    void seal(List<SegmentAppender> inOrder, Consumer<SegmentAppender> sealed) {
        worker.execute(() -> {
            for (SegmentAppender appender : inOrder) {
                if (!sealOrStop(appender, sealed)) {
                    return;
                }
            }
        });
    }

    /**
     * Does what an open left to be done: deletes files at once, and makes the hints of segments that have none while there is nothing to seal.
     * If there is no thread to be had, both wait for one.
     */
    public void tidyUp(List<String> left, List<ListedSegment> withoutHint) {
        missing.add(withoutHint);
        if (left.isEmpty() && withoutHint.isEmpty()) {
            return;
        }
        try {
            worker.execute(() -> left.forEach(leftovers::delete));
            worker.wake();
        } catch (OutOfMemoryError e) {
            log.warn("no thread to tidy up yet: the first segment that is sealed tries again", e);
        }
    }

    /** Goes on without the hints that are still missing. */
    public void leaveMissingHints() {
        missing.end();
    }

    /** Waits until all segments given so far are sealed, or one could not be; returns why, or null. */
    @Nullable
    public StaveException await() {
        CompletableFuture<@Nullable StaveException> reached = new CompletableFuture<>();
        worker.execute(() -> reached.complete(failure));
        return reached.join();
    }

    /** Seals what is left and ends the thread. */
    public void close() {
        worker.close();
    }

    private boolean sealOrStop(SegmentAppender appender, Consumer<SegmentAppender> sealed) {
        boolean done = appender.segment().state() != Segment.State.ACTIVE;
        if (done || health.failed()) {
            return done;
        }
        try {
            appender.force();
            appender.close();
            if (appender.isEmpty()) {
                drop(appender);
            } else {
                seal(appender, entry(appender));
            }
            sealed.accept(appender);
            failure = null;
            afterSeal.run();
            return true;
        } catch (IOException e) {
            health.fail(e);
            return false;
        } catch (StaveException e) {
            health.unheard(e);
            if (health.failed()) {
                return false;
            }
            // The MANIFEST could not be installed, for want of room perhaps. The segment stays unsealed until the next
            // one is given, or the next recovery.
            failure = e;
            log.warn(
                    appender.segment().name() + " could not be sealed: " + e.getMessage()
                            + ". It is tried again with the next one; see whether the disk is full.",
                    e);
            return false;
        }
    }

    private void seal(SegmentAppender appender, ListedSegment entry) {
        try (HintNotes noted = notes.take(entry.id())) {
            hints.attempt(entry.id(), () -> {
                hints.makeRoom(entry.id(), appender.segment().hintBytes());
                // The log gives each record the next sequence.
                builder.buildOfLog(entry, entry.maxSequence() - entry.minSequence() + 1, noted);
            });
        }
        catalog.seal(entry);
        appender.segment().seal(entry.digest());
    }

    /** A segment whose first append failed, or that the log never came to, holds nothing: it goes. */
    private void drop(SegmentAppender appender) {
        Segment segment = appender.segment();
        notes.take(segment.id()).close();
        catalog.remove(segment.id());
        segment.drop();
        segments.remove(segment);
        segment.mapping().release();
        boolean unused = leftovers.delete(segment.name()); // it is off the list, and the next open's if it cannot go
    }

    private static ListedSegment entry(SegmentAppender appender) {
        Segment segment = appender.segment();
        return ListedSegment.sealed(
                segment.storeId(),
                segment.id(),
                segment.length(),
                appender.digest().value(),
                segment.minSequence(),
                segment.maxSequence());
    }
}
