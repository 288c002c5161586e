package io.stave.engine;

import io.stave.Options;
import io.stave.RecoveryReport;
import io.stave.Stats;
import io.stave.StoreHealth;
import io.stave.blob.BlobReference;
import io.stave.engine.backup.Checkpoints;
import io.stave.engine.base.Counters;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.Health;
import io.stave.engine.base.NanoClock;
import io.stave.engine.base.Notices;
import io.stave.engine.base.ReadLatency;
import io.stave.engine.base.StoreLog;
import io.stave.engine.base.Worker;
import io.stave.engine.blob.BlobCommit;
import io.stave.engine.blob.Blobs;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.ReaderEpoch;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.live.StoreLock;
import io.stave.engine.merge.BackgroundMerge;
import io.stave.engine.merge.LogForce;
import io.stave.engine.merge.MergeInputs;
import io.stave.engine.merge.MergePace;
import io.stave.engine.merge.Merger;
import io.stave.engine.merge.Sweeper;
import io.stave.engine.read.BlobFiles;
import io.stave.engine.read.Reads;
import io.stave.engine.recovery.Recovery;
import io.stave.engine.snapshot.Snapshots;
import io.stave.engine.space.BackPressure;
import io.stave.engine.space.DiskSpace;
import io.stave.engine.space.Reserve;
import io.stave.engine.space.SegmentLength;
import io.stave.engine.stats.StatsFile;
import io.stave.engine.stats.StatsReport;
import io.stave.engine.write.ActiveLog;
import io.stave.engine.write.Conditions;
import io.stave.engine.write.GroupCommit;
import io.stave.engine.write.IntervalForce;
import io.stave.engine.write.LogNotes;
import io.stave.engine.write.Publisher;
import io.stave.engine.write.Sealer;
import io.stave.engine.write.WritePath;
import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Keydir;
import io.stave.segment.Segment;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The rooms of one open store and how they are wired. {@link Opening} makes one, {@link Closing} ends it.
 *
 * <pre>
 *   reads ────────────────▶ keydir ◀── publish ── groupCommit ◀── writePath ◀── callers
 *     │                                              │
 *     └──▶ segments (mapped) ◀── append, force ── activeLog ──rolled──▶ sealer ──▶ hint, catalog (MANIFEST)
 *                 ▲                                                                    ▲
 *                 └───────── copies, swing, retire ── merger ──────────────────────────┘
 *                                                       ▲
 *                        sealed, died ──▶ backgroundMerge ──slows down──▶ groupCommit
 * </pre>
 */
public final class House {

    /** The longest pause between two looks for what has expired, if that goes by the system's clock and the time that passes. */
    private static final long LONGEST_SWEEP_PAUSE_MILLIS = TimeUnit.MINUTES.toMillis(1);

    /** The same for a clock that may jump at any time, and is taken at its word. */
    private static final long LONGEST_PAUSE_OF_OTHER_CLOCKS_MILLIS = TimeUnit.SECONDS.toMillis(1);

    final StoreDirectory directory;
    final RecoveryReport recovery;
    final ExpiryClock clock;
    final Notices notices;
    public final Reads reads;
    public final WritePath writePath;
    public final Merger merger;
    public final Sweeper sweeper;
    final Blobs blobs;
    final Snapshots snapshots;
    final Checkpoints checkpoints;

    final StoreLog storeLog;
    final StoreLock lock;
    final Health health;
    final Catalog catalog;
    final LiveSegments segments;
    final LiveBlobs liveBlobs;
    final Keydir keydir;
    private final Publisher publisher;
    final KeydirRoom keydirRoom;
    final Reclaimer reclaimer;
    final DiskSpace space;
    final ActiveLog log;
    final Sealer sealer;
    private final BackPressure pressure;
    final BackgroundMerge backgroundMerge;
    final IntervalForce intervalForce;
    final Worker committer;
    final Worker completer;
    private final Counters counters = new Counters();
    private final StatsReport report;
    private final HealthReport healthReport;
    final StatsFile statsFile;

    /** Whether a close has begun; set by {@link Closing}. */
    volatile boolean closed;

    House(
            StoreDirectory directory,
            Options options,
            boolean inline,
            Notices notices,
            StoreLock lock,
            Health health,
            Reclaimer reclaimer,
            ReaderEpoch epoch,
            KeydirRoom keydirRoom,
            Reserve reserve,
            Recovery.Recovered recovered) {
        this.directory = directory;
        this.notices = notices;
        this.storeLog = new StoreLog(directory.path());
        this.lock = lock;
        this.health = health;
        this.reclaimer = reclaimer;
        this.keydirRoom = keydirRoom;
        this.recovery = recovered.report();
        this.segments = recovered.segments();
        this.liveBlobs = recovered.blobs();
        this.keydir = recovered.keydir();
        this.clock = ExpiryClock.of(options.clock());
        SegmentLength lengths = new SegmentLength(segments, options.segmentLength(), reserve.volumeBytes());
        this.space = new DiskSpace(directory, segments, lengths, reserve, this::refused, notices);
        this.catalog = new Catalog(
                directory, health, recovered.manifest(), recovered.nextSegmentId(), space::makeRoomForManifest);
        ReadLatency latency = new ReadLatency();
        BlobFiles blobFiles = new BlobFiles(directory, notices, false);
        this.reads = new Reads(
                directory, recovered.hash(), keydir, segments, epoch, counters, clock, latency, notices, blobFiles);
        HintBuilder hints = new HintBuilder(directory, recovered.hash());
        Consumer<Mapping> retire = mapping -> reclaimer.retire(mapping::release);
        LogNotes notes = new LogNotes(hints);
        this.sealer = new Sealer(directory, catalog, segments, notes, hints, space, health, this::sealed, inline);
        this.log = new ActiveLog(
                directory,
                catalog,
                segments,
                health,
                space,
                lengths,
                options.segmentLength(),
                retire,
                notes,
                sealer,
                counters.forceNanos,
                notices,
                inline);
        this.intervalForce = new IntervalForce(log, health, inline);
        this.committer = new Worker("stave-commit", health, inline, () -> Worker.NOT_BEFORE_WOKEN);
        this.completer = new Worker("stave-complete", health, inline, () -> Worker.NOT_BEFORE_WOKEN);
        this.snapshots = new Snapshots(
                directory,
                segments,
                keydir,
                recovered.hash(),
                epoch,
                reclaimer,
                clock,
                reads,
                options.snapshotBytes(),
                recovered.nextSequence() - 1,
                notices,
                blobFiles,
                health);
        this.publisher = new Publisher(keydir, segments, liveBlobs, snapshots, notes);
        this.pressure = new BackPressure(segments, lengths, options.mergePolicy(), NanoClock.SYSTEM);
        GroupCommit groupCommit = new GroupCommit(
                log,
                catalog,
                publisher,
                reads,
                health,
                counters,
                intervalForce,
                pressure,
                this::died,
                liveBlobs,
                this::removeBlob);
        this.writePath = new WritePath(
                groupCommit,
                new Conditions(reads, clock),
                health,
                committer,
                completer,
                log.groupLimit(),
                options.asyncBytes(),
                recovered.nextSequence());
        BlobCommit blobCommit = new BlobCommit(reads, writePath, clock);
        this.blobs = new Blobs(directory, catalog, space, health, blobCommit, options);
        this.sweeper = new Sweeper(directory, segments, recovered.hash(), reads, publisher, clock, System::nanoTime);
        this.checkpoints = new Checkpoints(directory, catalog, writePath, log, sealer, snapshots, liveBlobs, health);
        MergeInputs inputs = new MergeInputs(segments, lengths, space, reclaimer);
        this.merger = new Merger(
                directory,
                catalog,
                segments,
                publisher,
                recovered.hash(),
                reads,
                writePath,
                log,
                new LogForce(log, health, inline),
                sealer,
                hints,
                reclaimer,
                inputs,
                snapshots,
                health,
                counters,
                sweeper,
                clock,
                lengths,
                space,
                notices);
        MergePace pace = new MergePace(
                options.mergePolicy(), latency, NanoClock.SYSTEM, pressure::engaged, merger::awaited, Thread::yield);
        this.backgroundMerge = new BackgroundMerge(
                merger,
                inputs,
                pressure,
                lengths,
                options.mergePolicy(),
                pace,
                NanoClock.SYSTEM,
                options.clock(),
                this::sweep,
                health,
                inline,
                storeLog);
        this.report = new StatsReport(counters, recovery);
        this.healthReport = new HealthReport(directory.path(), health, space, segments);
        this.statsFile = new StatsFile(directory, this::stats, space::roomForAdvice, health, inline);
    }

    /** Has what has expired counted as dead; returns the nanoseconds after which that is worth its while again. */
    private long sweep() {
        long next = sweeper.sweep();
        if (liveBlobs.anyDead() && !health.failed()) {
            // Those of values that have expired: the leader has them go once it has forced what gave them their expiry.
            writePath.force();
        }
        if (next == Segment.NO_EXPIRY) {
            return Worker.NOT_BEFORE_WOKEN;
        }
        // Not by the clock alone: it may jump meanwhile, and puts may come that expire earlier.
        long longest = clock.guarded() ? LONGEST_SWEEP_PAUSE_MILLIS : LONGEST_PAUSE_OF_OTHER_CLOCKS_MILLIS;
        return TimeUnit.MILLISECONDS.toNanos(pause(next, clock.forDropping(), longest));
    }

    /** The milliseconds from {@code now} until {@code next}: at least one, and no more than {@code longest}. */
    public static long pause(long next, long now, long longest) {
        long latest = now + Math.min(longest, Long.MAX_VALUE - Math.max(0, now));
        return Math.max(1, Math.min(next, latest) - now);
    }

    /** A segment was sealed, by the sealer. */
    private void sealed() {
        if (!merger.running()) {
            space.refill();
        }
        backgroundMerge.wake();
    }

    /** An append was refused for want of room. */
    private void refused() {
        backgroundMerge.wake();
    }

    /** Nothing refers to a blob any more, and that is forced. */
    void removeBlob(BlobReference blob) {
        snapshots.releaseBlob(blob.length(), () -> blobs.delete(blob.id()));
    }

    /** The leader has published a group that made so many bytes dead. */
    private void died(long bytes) {
        backgroundMerge.died(bytes);
        if (publisher.takeFirstExpires()) {
            backgroundMerge.wakeToSweep();
        }
    }

    public Stats stats() {
        return report.of(keydir, segments, liveBlobs, writePath, merger, snapshots, pressure);
    }

    StoreHealth health() {
        return closed ? healthReport.ofClosed() : healthReport.ofOpen();
    }

    /** For a test, which calls it where the store runs inline. */
    BackgroundMerge backgroundMerge() {
        return backgroundMerge;
    }
}
