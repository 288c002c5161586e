package io.stave.engine.write;

import io.stave.StaveException;
import io.stave.engine.base.Failures;
import io.stave.engine.base.Health;
import io.stave.engine.base.StoreLog;
import io.stave.engine.base.Worker;
import io.stave.engine.live.Catalog;
import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import io.stave.segment.SegmentAppender;
import io.stave.segment.SegmentHeader;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The segment that the log will go on in, created in the background while the active one still has room.
 *
 * <p>To create a segment takes four forces one after the other: its header, its name, the MANIFEST that lists it, and the MANIFEST's name.
 * Created when it is needed, all writers would wait for them.
 *
 * <p>A segment that is listed and that the log has not come to holds nothing but its header, and the next recovery drops it.
 *
 * <p>Guards: the leader of the write path only, and whoever ends the log after it.
 */
final class NextSegment {

    private final StoreDirectory directory;
    private final StoreLog log;
    private final Catalog catalog;
    private final Health health;
    private final Consumer<Mapping> retire;
    private final Worker worker;

    /** The one that is there, or is being made; completed with null if that failed. */
    private @Nullable CompletableFuture<@Nullable SegmentAppender> next;

    private boolean behind;

    NextSegment(StoreDirectory directory, Catalog catalog, Health health, Consumer<Mapping> retire, boolean inline) {
        this.directory = directory;
        this.log = new StoreLog(directory.path());
        this.catalog = catalog;
        this.health = health;
        this.retire = retire;
        this.worker = new Worker("stave-roll", health, inline, () -> Worker.NOT_BEFORE_WOKEN);
    }

    /** Whether half a segment was too short a time for it once: then it had better be asked for at once. */
    boolean behind() {
        return behind;
    }

    /** Whether the next segment was asked for, or is there. */
    boolean asked() {
        return next != null;
    }

    /** Whether the next segment was asked for and is not there yet. */
    boolean coming() {
        boolean coming = next != null && !next.isDone();
        behind |= coming;
        return coming;
    }

    /**
     * Has the next segment created in the background.
     *
     * @param predecessor the id of the active segment
     * @param baseSequence no later sequence is smaller
     * @param capacity how long it may get, about
     */
    void prepare(long predecessor, long baseSequence, long capacity) {
        CompletableFuture<@Nullable SegmentAppender> created = new CompletableFuture<>();
        next = created;
        try {
            worker.execute(() -> createAhead(created, predecessor, baseSequence, capacity));
        } catch (OutOfMemoryError e) {
            // There is no thread to be had. Should the task find one later, nobody waits for it any more.
            boolean unused = created.complete(null);
        }
    }

    /** Returns the next segment, the same until it is {@link #used}: the one that was prepared, or else one that is created now. */
    SegmentAppender get(long predecessor, long baseSequence, long capacity) throws IOException {
        SegmentAppender prepared = next == null ? null : await(next);
        if (prepared == null) {
            health.check();
            next = null;
            prepared = create(predecessor, baseSequence, capacity);
            next = CompletableFuture.completedFuture(prepared);
        }
        return prepared;
    }

    private @Nullable SegmentAppender await(CompletableFuture<@Nullable SegmentAppender> made) {
        behind |= !made.isDone();
        return made.join();
    }

    /** The log has gone on in the next segment. */
    void used() {
        next = null;
    }

    /** Ends the background; returns the segment that was created and not used, or null. */
    @Nullable
    SegmentAppender end() {
        worker.close();
        SegmentAppender unused = next == null ? null : next.join();
        next = null;
        return unused;
    }

    /** Whatever happens, nobody must wait for {@code created} for ever. */
    private void createAhead(
            CompletableFuture<@Nullable SegmentAppender> created, long predecessor, long baseSequence, long capacity) {
        SegmentAppender appender = null;
        try {
            if (!created.isDone() && !health.failed()) {
                appender = createOrNot(predecessor, baseSequence, capacity);
            }
        } finally {
            boolean unused = created.complete(appender);
        }
    }

    /** That it fails is told to nobody but the log: it is tried again when the segment is needed. A failed force stops the store, and is heard of. */
    private @Nullable SegmentAppender createOrNot(long predecessor, long baseSequence, long capacity) {
        try {
            return create(predecessor, baseSequence, capacity);
        } catch (IOException e) {
            failedAhead(Failures.translate("creating a segment", e, health));
        } catch (StaveException e) {
            failedAhead(e);
        }
        return null;
    }

    private void failedAhead(StaveException e) {
        health.unheard(e);
        log.debug("the next segment was not created ahead", e);
    }

    /**
     * Creates a segment. Its file and name are forced before the MANIFEST lists it, so that a listed segment that is missing is corruption and
     * nothing else.
     */
    private SegmentAppender create(long predecessor, long baseSequence, long capacity) throws IOException {
        long id = catalog.newFileId();
        SegmentHeader header = new SegmentHeader(catalog.storeId(), id, baseSequence, predecessor);
        SegmentAppender created = SegmentAppender.create(directory, header, capacity, retire);
        try {
            directory.forceNames();
            catalog.addActive(id, baseSequence);
        } catch (IOException | RuntimeException e) {
            abandon(created, e);
            throw e;
        }
        return created;
    }

    /**
     * Removes a segment that could not be listed; should that fail too, the next open does it. If the store has stopped, the MANIFEST that
     * lists it may be in place after all: then the file must stay.
     */
    private void abandon(SegmentAppender created, Exception cause) {
        try {
            created.segment().mapping().release();
            created.close();
            if (!health.failed()) {
                directory.delete(created.segment().name());
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
