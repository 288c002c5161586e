package io.stave.engine;

import io.stave.MergePlan;
import io.stave.MergeReport;
import io.stave.SegmentStats;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.hint.HintFile;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Merges: gives back the space of dead records beside reads and writes, and loses nothing (I6, I7).
 *
 * <p>A merge runs in rounds, each a complete merge of some inputs, so that it needs no more room than the disk has. The order within a round:
 * copy (checksums verified, sequences kept) → force outputs, hints → force every segment that may hold a record superseding one of the
 * inputs' → force the directory → install the MANIFEST → swing the keydir → retire the inputs → unlink when the last reader has left. The
 * MANIFEST is the commit point: before it nothing happened, after it the inputs are not needed.
 *
 * <p>One merge at a time; a second one waits.
 */
final class Merger {

    private static final System.Logger LOG = System.getLogger("io.stave");

    private final StoreDirectory directory;
    private final Catalog catalog;
    private final LiveSegments segments;
    private final Publisher publisher;
    private final KeyHash hash;
    private final Reads reads;
    private final WritePath writePath;
    private final ActiveLog log;
    private final Sealer sealer;
    private final HintBuilder hints;
    private final Reclaimer reclaimer;
    private final Health health;
    private final Counters counters;
    private final long segmentLength;

    private final ReentrantLock merging = new ReentrantLock();
    private volatile boolean closed;

    Merger(
            StoreDirectory directory,
            Catalog catalog,
            LiveSegments segments,
            Publisher publisher,
            KeyHash hash,
            Reads reads,
            WritePath writePath,
            ActiveLog log,
            Sealer sealer,
            HintBuilder hints,
            Reclaimer reclaimer,
            Health health,
            Counters counters,
            long segmentLength) {
        this.directory = directory;
        this.catalog = catalog;
        this.segments = segments;
        this.publisher = publisher;
        this.hash = hash;
        this.reads = reads;
        this.writePath = writePath;
        this.log = log;
        this.sealer = sealer;
        this.hints = hints;
        this.reclaimer = reclaimer;
        this.health = health;
        this.counters = counters;
        this.segmentLength = segmentLength;
    }

    /** What {@link #merge} would do now. */
    MergePlan plan(@Nullable Collection<Long> chosen) {
        List<MergePlanner.Candidate> candidates = new ArrayList<>();
        for (Segment segment : segments.list()) {
            candidates.add(new MergePlanner.Candidate(StatsReport.segment(segment), segment.tombstonesJudged()));
        }
        return MergePlanner.plan(candidates, chosen);
    }

    /** Merges the chosen segments, or all. */
    MergeReport merge(@Nullable Collection<Long> chosen) {
        long started = System.nanoTime();
        Tally tally = new Tally();
        merging.lock();
        try {
            ensureOpen();
            MergePlan plan = plan(chosen);
            if (plan.inputs().stream().anyMatch(input -> input.state() == SegmentStats.State.ACTIVE)) {
                writePath.forceThen(log::roll);
                StaveException unsealed = sealer.await();
                ensureOpen();
                plan = plan(chosen);
                if (unsealed != null && inputs(plan).isEmpty()) {
                    throw unsealed;
                }
            }
            List<Segment> inputs = inputs(plan);
            while (!inputs.isEmpty()) {
                List<Segment> round = nextRound(inputs);
                inputs.removeAll(round);
                run(round, tally);
            }
            if (!tally.inputs.isEmpty()) {
                counters.merges.incrementAndGet();
            }
        } catch (IOException e) {
            throw Failures.translate("merging " + directory.path(), e, health);
        } finally {
            merging.unlock();
        }
        return tally.report(Duration.ofNanos(System.nanoTime() - started));
    }

    /** Ends a running merge at its next record, and refuses new ones. */
    void close() {
        closed = true;
        merging.lock();
        merging.unlock();
    }

    private List<Segment> inputs(MergePlan plan) {
        Set<Long> ids = plan.inputs().stream().map(SegmentStats::id).collect(Collectors.toSet());
        return segments.list().stream()
                .filter(segment -> ids.contains(segment.id()) && segment.state() == Segment.State.SEALED)
                .sorted(Comparator.comparingLong(Segment::minSequence))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The oldest inputs whose live bytes fit into half of what the disk has left, at least one; the emptiest if room is short. */
    private List<Segment> nextRound(List<Segment> inputs) throws IOException {
        long budget = directory.usableBytes() / 2;
        if (copied(inputs.get(0)) > budget) {
            // The room that the rounds before made comes with the unlink of their inputs. Should that not do, what
            // costs least
            // comes first.
            reclaimer.await();
            budget = directory.usableBytes() / 2;
            inputs.sort(Comparator.comparingLong(Merger::copied));
        }
        List<Segment> round = new ArrayList<>();
        long bytes = 0;
        for (Segment input : inputs) {
            bytes += copied(input);
            if (!round.isEmpty() && bytes > budget) {
                break;
            }
            round.add(input);
        }
        return round;
    }

    /** At most so many bytes of a segment survive a merge. */
    private static long copied(Segment input) {
        return input.liveBytes() + input.tombstoneBytes();
    }

    private void run(List<Segment> inputs, Tally tally) throws IOException {
        List<Segment> sound = new ArrayList<>(inputs);
        while (!sound.isEmpty()) {
            ensureOpen();
            MergeRound round = new MergeRound(
                    directory,
                    catalog.storeId(),
                    catalog,
                    reads,
                    hash,
                    hints,
                    segmentLength,
                    () -> closed,
                    sound,
                    segments.list());
            Segment damaged;
            try {
                damaged = round.copy();
                if (damaged == null && !reclaims(round, sound)) {
                    sound.forEach(input -> input.judgeTombstones(true));
                    discard(round, null);
                    return;
                }
                if (damaged == null) {
                    commit(round, sound);
                }
            } catch (IOException e) {
                StaveException failure = Failures.translate("merging " + directory.path(), e, health);
                discard(round, failure);
                throw failure;
            } catch (RuntimeException | Error e) {
                discard(round, e);
                throw e;
            }
            if (damaged == null) {
                finish(round, sound, tally);
                return;
            }
            discard(round, null);
            damaged.markDamaged();
            catalog.markDamaged(damaged.id());
            tally.damaged.add(damaged.id());
            sound.remove(damaged);
        }
    }

    /** The planner can only guess which tombstones may go: if none may, the inputs stay as they are. */
    private static boolean reclaims(MergeRound round, List<Segment> inputs) {
        long made = round.outputs().stream().mapToLong(ListedSegment::length).sum();
        return made < inputs.stream().mapToLong(Segment::length).sum();
    }

    /** Everything up to the installed MANIFEST: what fails here leaves the store as it was. */
    private void commit(MergeRound round, List<Segment> inputs) throws IOException {
        log.force();
        directory.forceNames();
        catalog.merged(inputs.stream().map(Segment::id).toList(), round.outputs());
    }

    /** What follows the commit. If it fails the keydir points partly into inputs that are not listed any more: the store stops. */
    private void finish(MergeRound round, List<Segment> inputs, Tally tally) {
        List<Segment> copies = new ArrayList<>();
        try {
            for (ListedSegment listed : round.outputs()) {
                Segment copy = open(listed);
                segments.join(copy);
                round.swing(publisher, copy);
                copies.add(copy);
            }
            segments.swap(inputs, copies);
        } catch (IOException | RuntimeException e) {
            throw health.stop(e);
        }
        for (Segment input : inputs) {
            reclaimer.retire(() -> unlink(input));
        }
        judgeAnew(inputs);
        copies.forEach(copy -> copy.judgeTombstones(true));
        tally.add(round, inputs);
        counters.mergeBytesRead.addAndGet(
                inputs.stream().mapToLong(Segment::length).sum());
        counters.mergeBytesWritten.addAndGet(
                round.outputs().stream().mapToLong(ListedSegment::length).sum());
    }

    /** Tombstones that had to stay because of what is gone now may be able to go. */
    private void judgeAnew(List<Segment> gone) {
        for (Segment segment : segments.list()) {
            if (gone.stream().anyMatch(input -> input.minSequence() < segment.maxSequence())) {
                segment.judgeTombstones(false);
            }
        }
    }

    private Segment open(ListedSegment listed) throws IOException {
        try (ReadableFile file = directory.open(io.stave.segment.SegmentNames.segment(listed.id()))) {
            return Segment.sealed(
                    catalog.storeId(),
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
        try {
            directory.delete(input.name());
            directory.delete(HintFile.name(input.id()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, input.name() + " is not needed any more and could not be deleted", e);
        }
    }

    /** If the store has stopped, the MANIFEST that lists the outputs may be in place after all: then they must stay. */
    private void discard(MergeRound round, @Nullable Throwable cause) {
        try {
            if (health.failed()) {
                round.close();
            } else {
                round.discard();
            }
        } catch (IOException e) {
            if (cause != null) {
                cause.addSuppressed(e);
            }
            // What is left is listed nowhere; the next open deletes it.
            LOG.log(System.Logger.Level.DEBUG, "outputs of an abandoned merge could not be deleted", e);
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
        health.check();
    }

    /** What the rounds add up to. */
    private static final class Tally {
        final List<Long> inputs = new ArrayList<>();
        final List<Long> outputs = new ArrayList<>();
        final List<Long> damaged = new ArrayList<>();
        long bytesRead;
        long bytesWritten;
        long recordsCopied;
        long recordsDropped;
        long tombstonesKept;
        long tombstonesDropped;

        void add(MergeRound round, List<Segment> from) {
            for (Segment input : from) {
                inputs.add(input.id());
                bytesRead += input.length();
            }
            for (ListedSegment made : round.outputs()) {
                outputs.add(made.id());
                bytesWritten += made.length();
            }
            recordsCopied += round.recordsCopied;
            recordsDropped += round.recordsDropped;
            tombstonesKept += round.tombstonesKept;
            tombstonesDropped += round.tombstonesDropped;
        }

        MergeReport report(Duration duration) {
            return new MergeReport(
                    duration,
                    inputs,
                    outputs,
                    bytesRead,
                    bytesWritten,
                    bytesRead - bytesWritten,
                    recordsCopied,
                    recordsDropped,
                    tombstonesKept,
                    tombstonesDropped,
                    damaged);
        }
    }
}
