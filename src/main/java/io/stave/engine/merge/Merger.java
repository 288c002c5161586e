package io.stave.engine.merge;

import io.stave.MergePlan;
import io.stave.MergeReport;
import io.stave.SegmentStats;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreFullException;
import io.stave.engine.base.Counters;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.Failures;
import io.stave.engine.base.Health;
import io.stave.engine.base.Notices;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.read.Reads;
import io.stave.engine.snapshot.Snapshots;
import io.stave.engine.space.DiskSpace;
import io.stave.engine.space.SegmentLength;
import io.stave.engine.write.ActiveLog;
import io.stave.engine.write.Publisher;
import io.stave.engine.write.Sealer;
import io.stave.engine.write.WritePath;
import io.stave.hint.HintFile;
import io.stave.io.NoSpaceException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Merges: gives back the space of dead records beside reads and writes, and loses nothing (I6, I7).
 *
 * <p>A merge runs in rounds, each a complete merge of some inputs, so that it needs no more room than the disk has. The order within a round:
 * copy (checksums verified, sequences kept) → force outputs, hints, and every segment that may hold a record superseding one of the
 * inputs' → force the directory → install the MANIFEST → swing the keydir → retire the inputs → unlink when the last reader has left. The
 * MANIFEST is the commit point: before it nothing happened, after it the inputs are not needed.
 *
 * <p>One merge at a time; a second one waits.
 */
public final class Merger {

    private final StoreDirectory directory;
    private final Catalog catalog;
    private final LiveSegments segments;
    private final Publisher publisher;
    private final KeyHash hash;
    private final Reads reads;
    private final WritePath writePath;
    private final ActiveLog log;
    private final LogForce logForce;
    private final Sealer sealer;
    private final HintBuilder hints;
    private final Reclaimer reclaimer;
    private final MergeInputs choice;
    private final Snapshots snapshots;
    private final Health health;
    private final Counters counters;
    private final Sweeper sweeper;
    private final ExpiryClock clock;
    private final SegmentLength lengths;
    private final DiskSpace space;
    private final Notices notices;
    private final StoreLog storeLog;

    private final ReentrantLock merging = new ReentrantLock();
    private volatile boolean closed;

    public Merger(
            StoreDirectory directory,
            Catalog catalog,
            LiveSegments segments,
            Publisher publisher,
            KeyHash hash,
            Reads reads,
            WritePath writePath,
            ActiveLog log,
            LogForce logForce,
            Sealer sealer,
            HintBuilder hints,
            Reclaimer reclaimer,
            MergeInputs choice,
            Snapshots snapshots,
            Health health,
            Counters counters,
            Sweeper sweeper,
            ExpiryClock clock,
            SegmentLength lengths,
            DiskSpace space,
            Notices notices) {
        this.directory = directory;
        this.catalog = catalog;
        this.segments = segments;
        this.publisher = publisher;
        this.hash = hash;
        this.reads = reads;
        this.writePath = writePath;
        this.log = log;
        this.logForce = logForce;
        this.sealer = sealer;
        this.hints = hints;
        this.reclaimer = reclaimer;
        this.choice = choice;
        this.snapshots = snapshots;
        this.health = health;
        this.counters = counters;
        this.sweeper = sweeper;
        this.clock = clock;
        this.lengths = lengths;
        this.space = space;
        this.notices = notices;
        this.storeLog = new StoreLog(directory.path());
    }

    /** Merges the chosen segments, or all. */
    public MergeReport merge(@Nullable Collection<Long> chosen) {
        MergeTally tally = new MergeTally();
        tellOf(tally, false, () -> merge(chosen, tally));
        return tally.report();
    }

    private void tellOf(MergeTally tally, boolean background, Runnable merge) {
        Object begun = notices.beginMerge();
        try {
            merge.run();
        } catch (RuntimeException | Error e) {
            notices.merged(begun, background, tally.report(), e);
            throw e;
        }
        notices.merged(begun, background, tally.report(), null);
    }

    private void merge(@Nullable Collection<Long> chosen, MergeTally tally) {
        merging.lock();
        try {
            ensureOpen();
            MergePlan plan = plan(chosen);
            if (plan.inputs().stream().anyMatch(input -> input.state() == SegmentStats.State.ACTIVE)) {
                writePath.forceThen(log::roll);
                StaveException unsealed = sealer.await();
                ensureOpen();
                plan = plan(chosen);
                if (unsealed != null && choice.inputs(plan).isEmpty()) {
                    throw unsealed;
                }
            }
            List<Segment> inputs = choice.inputs(plan);
            while (!inputs.isEmpty()) {
                List<Segment> round = choice.nextRound(inputs);
                inputs.removeAll(round);
                run(round, tally, bytes -> {}, 1);
                settle();
            }
            count(tally);
        } catch (IOException e) {
            throw Failures.translate(doing(), e, health);
        } finally {
            end();
            merging.unlock();
        }
    }

    /** What {@link #merge} would do now. */
    public MergePlan plan(@Nullable Collection<Long> chosen) {
        sweeper.sweepAll();
        return choice.byHand(chosen);
    }

    /**
     * Carries out what the background chose, in one round held back by {@code pace}; it may find some of it done already.
     *
     * @param threads how many may work on it, with the calling one
     */
    MergeTally round(MergePlan plan, MergePace pace, int threads) {
        MergeTally tally = new MergeTally();
        tellOf(tally, true, () -> round(plan, pace, threads, tally));
        return tally;
    }

    private void round(MergePlan plan, MergePace pace, int threads, MergeTally tally) {
        merging.lock();
        try {
            ensureOpen();
            tally.begin();
            List<Segment> inputs = choice.inputs(plan);
            pace.during(moved -> run(inputs, tally, moved, threads));
            settle();
            count(tally);
        } catch (IOException e) {
            throw Failures.translate(doing(), e, health);
        } finally {
            end();
            merging.unlock();
        }
    }

    /** Whether one is under way. */
    public boolean running() {
        return merging.isLocked();
    }

    /** Whether a running merge should make haste: it is to end, or somebody waits for the next one. */
    public boolean awaited() {
        return closed || merging.hasQueuedThreads();
    }

    private void count(MergeTally tally) {
        if (!tally.inputs.isEmpty()) {
            counters.merges.incrementAndGet();
        }
    }

    /** Where room is short, what the inputs of a round took is given back before the next one begins. */
    private void settle() {
        if (space.tight()) {
            reclaimer.await();
        }
        end();
    }

    private void end() {
        space.endRound();
        if (space.tight() && !closed) {
            space.refill();
        }
    }

    private String doing() {
        return "merging " + directory.path();
    }

    boolean closed() {
        return closed;
    }

    /** Ends a running merge at its next record, and refuses new ones. */
    public void close() {
        closed = true;
        merging.lock();
        merging.unlock();
        logForce.close();
    }

    /** Merges these inputs, without those that turn out to be damaged or unreadable. */
    private void run(List<Segment> inputs, MergeTally tally, LongConsumer moved, int threads) throws IOException {
        List<Segment> sound = new ArrayList<>(inputs);
        while (!sound.isEmpty()) {
            ensureOpen();
            MergeRound round = newRound(sound, moved, threads);
            List<Segment> copies = new ArrayList<>();
            try {
                space.beginRound(sound);
                round.copy(logForce::begin);
                if (!reclaims(round, sound)) {
                    judged(sound);
                    sound.forEach(input -> tally.idle.add(input.id()));
                    discard(round, copies, null);
                    return;
                }
                commit(round, sound, copies);
            } catch (RefusedException e) {
                discard(round, copies, e);
                leaveOut(e, sound, tally);
                continue;
            } catch (NoSpaceException | StoreFullException e) {
                discard(round, copies, e);
                if (space.release()) {
                    continue;
                }
                throw e;
            } catch (IOException e) {
                StaveException failure = Failures.translate(doing(), e, health);
                discard(round, copies, failure);
                throw failure;
            } catch (RuntimeException | Error e) {
                discard(round, copies, e);
                throw e;
            }
            finish(round, sound, copies, tally);
            return;
        }
    }

    private MergeRound newRound(List<Segment> inputs, LongConsumer moved, int threads) {
        RoundContext context = new RoundContext(
                directory,
                catalog,
                reads,
                publisher,
                clock.forDropping(),
                hash,
                hints,
                space,
                () -> closed,
                moved,
                health,
                notices,
                storeLog);
        return new MergeRound(context, inputs, segments.list(), lengths.now(), threads);
    }

    private void leaveOut(RefusedException refused, List<Segment> sound, MergeTally tally) {
        Segment input = refused.input();
        sound.remove(input);
        if (refused.damaged()) {
            tally.damaged.add(input.id());
            input.markDamaged();
            catalog.markDamaged(input.id());
        } else {
            tally.unreadable.add(input.id());
        }
        for (Throwable other : refused.getSuppressed()) {
            if (other instanceof RefusedException another) {
                leaveOut(another, sound, tally);
            }
        }
    }

    /** The planner can only guess which tombstones may go: if none may, the inputs stay as they are. */
    private static boolean reclaims(MergeRound round, List<Segment> inputs) {
        long made = round.outputs().stream().mapToLong(ListedSegment::length).sum();
        return made < inputs.stream().mapToLong(Segment::length).sum();
    }

    /** Everything up to the installed MANIFEST: what fails here leaves the store as it was. {@code copies} receives the outputs, mapped. */
    private void commit(MergeRound round, List<Segment> inputs, List<Segment> copies) throws IOException {
        for (ListedSegment listed : round.outputs()) {
            copies.add(open(listed));
        }
        logForce.await();
        directory.forceNames();
        // What the inputs of the round before took is given back first, unless somebody holds it for long.
        reclaimer.await();
        catalog.merged(inputs.stream().map(Segment::id).toList(), round.outputs(), log.forcedLengths());
    }

    /**
     * What follows the commit. If it fails, for want of memory perhaps, the keydir points partly into inputs that are not listed any more, and
     * no later merge would know of the copies: the store stops.
     */
    private void finish(MergeRound round, List<Segment> inputs, List<Segment> copies, MergeTally tally) {
        try {
            copies.forEach(segments::join);
            round.swing(copies);
            segments.swap(inputs, copies);
        } catch (Throwable e) {
            throw health.stop(e);
        }
        for (Segment input : inputs) {
            reclaimer.retire(() -> unlink(input));
        }
        judgeAnew(inputs);
        if (round.tombstonesJudged()) {
            judged(copies);
        }
        tally.add(round, inputs);
        counters.mergeBytesRead.addAndGet(
                inputs.stream().mapToLong(Segment::length).sum());
        counters.mergeBytesWritten.addAndGet(
                round.outputs().stream().mapToLong(ListedSegment::length).sum());
    }

    /** Tombstones that had to stay because of what is gone now may be able to go. */
    private void judgeAnew(List<Segment> gone) {
        for (Segment segment : segments.list()) {
            List<Segment> older = gone.stream()
                    .filter(input -> input.minSequence() < segment.maxSequence())
                    .toList();
            if (!older.isEmpty()) {
                segment.olderReclaimed(older.stream()
                        .mapToLong(input -> input.deadBytes() + input.tombstoneBytes())
                        .sum());
            }
        }
    }

    /** It makes no sense to ask again about these tombstones before what they may have been kept for is reclaimed, or as much as asking costs. */
    private void judged(List<Segment> judged) {
        for (Segment segment : judged) {
            long dead = segments.list().stream()
                    .filter(other -> other != segment && other.minSequence() < segment.maxSequence())
                    .filter(other -> !other.damaged())
                    .mapToLong(Segment::deadBytes)
                    .sum();
            segment.judgeTombstones(Math.max(dead, segment.length()));
        }
    }

    private Segment open(ListedSegment listed) throws IOException {
        try (ReadableFile file = directory.open(io.stave.segment.SegmentNames.segment(listed.id()))) {
            return Segment.sealed(
                    listed.storeId(),
                    listed.id(),
                    file.map(listed.length()),
                    listed.length(),
                    listed.digest(),
                    listed.minSequence(),
                    listed.maxSequence(),
                    false);
        }
    }

    private void unlink(Segment input) {
        segments.remove(input);
        input.mapping().release();
        snapshots.release(input, () -> space.giveBack(input, () -> delete(input)));
    }

    private void delete(Segment input) {
        try {
            directory.delete(input.name());
            directory.delete(HintFile.name(input.id()));
        } catch (IOException e) {
            storeLog.warn(
                    input.name() + " is not needed any more and could not be deleted: " + e
                            + ". The next open deletes it; see to the disk.",
                    e);
        }
    }

    /** If the store has stopped, the MANIFEST that lists the outputs may be in place after all: then they must stay. */
    private void discard(MergeRound round, List<Segment> copies, @Nullable Throwable cause) {
        copies.forEach(copy -> copy.mapping().release());
        try {
            round.close(); // first, for it may wait for the disk
            if (!health.failed()) {
                space.abandonRound(round::discard);
            }
        } catch (IOException e) {
            if (cause != null) {
                cause.addSuppressed(e);
            }
            // What is left is listed nowhere; the next open deletes it.
            storeLog.debug("outputs of an abandoned merge could not be deleted", e);
        }
        space.endRound();
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
        health.check();
    }
}
