package io.stave.engine.readonly;

import io.stave.CorruptionException;
import io.stave.Options;
import io.stave.RecoveryProgress;
import io.stave.RecoveryProgress.Phase;
import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.StoreClosedException;
import io.stave.StoredRecord;
import io.stave.engine.base.Counters;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.Health;
import io.stave.engine.base.Notices;
import io.stave.engine.base.ProgressMeter;
import io.stave.engine.base.ReadLatency;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.Pins;
import io.stave.engine.live.ReaderEpoch;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.live.StoreFiles;
import io.stave.engine.read.BlobFiles;
import io.stave.engine.read.Reads;
import io.stave.engine.recovery.CertifiedLog;
import io.stave.engine.recovery.SealedLoad;
import io.stave.engine.recovery.Strays;
import io.stave.engine.recovery.UnsealedLog;
import io.stave.engine.stats.StatsReport;
import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import io.stave.keydir.KeyHash;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The rooms of a store that is open for reading beside a live writer: shows one {@link Moment}, and moves on to later ones.
 *
 * <pre>
 *   readers ──▶ reads ──▶ view: overlay, keydir, segments (mapped)
 *                           ▲
 *   refresh ──▶ MANIFEST, certificates ──▶ growth: what was appended since, all visible at once
 *                                      └─▶ load: all anew, after a merge
 * </pre>
 *
 * <p>Writes nothing and takes no lock. What the writer may do meanwhile, and why it does no harm: it appends (what is not certified is not
 * shown), rolls and seals (the same records under another listing), replaces the MANIFEST (by a rename, so whoever has opened it reads
 * one or the other), unlinks what it merged (what is mapped stays; before that the MANIFEST is read again), dies and recovers (nothing
 * certified is cut off).
 *
 * <p>Guards: the moment is replaced by the holder of the lock, and read by all.
 */
public final class ReadOnlyHouse {

    /** So often in a row a merge may come between the reading of a MANIFEST and the mapping of what it lists. */
    private static final int ATTEMPTS = 100;

    public final RecoveryReport report;
    public final Reads reads;
    public final Notices notices;

    private final StoreDirectory directory;
    private final KeyHash hash;
    private final Reclaimer reclaimer;
    private final CertifiedLog log;
    private final StatsReport stats;
    private final ExpiryClock clock;
    private final BlobFiles blobFiles;
    private final int threads;

    private final ReentrantLock refreshing = new ReentrantLock();
    private volatile Moment moment;
    private volatile boolean closed;

    /** Whether a growth was broken off: readers see all of it, but the keydir has only a part. Guarded by the lock. */
    private boolean halfGrown;

    /** Whether there was a growth at all, which takes no note of what expires. Guarded by the lock. */
    private boolean grown;

    private ReadOnlyHouse(
            StoreDirectory directory,
            Notices notices,
            KeyHash hash,
            Reclaimer reclaimer,
            ReaderEpoch epoch,
            CertifiedLog log,
            Moment moment,
            RecoveryReport report,
            ExpiryClock clock,
            int threads) {
        this.directory = directory;
        this.notices = notices;
        this.hash = hash;
        this.reclaimer = reclaimer;
        this.log = log;
        this.moment = moment;
        this.report = report;
        this.clock = clock;
        this.threads = threads;
        this.blobFiles = new BlobFiles(directory, notices, true);
        Counters counters = new Counters();
        this.stats = new StatsReport(counters, report);
        this.reads = new Reads(
                directory,
                hash,
                moment.keydir(),
                moment.segments(),
                epoch,
                counters,
                clock,
                new ReadLatency(),
                notices,
                blobFiles);
    }

    /** What can be tried with a MANIFEST as long as the files are there that it lists. */
    @FunctionalInterface
    private interface Attempt<T> {
        /** Throws {@link NoSuchFileException} if one is not. */
        T with(Manifest manifest) throws IOException;
    }

    /** The second half of a refresh, which no merge disturbs any more. */
    @FunctionalInterface
    private interface Move {
        /** Returns whether there was anything new. */
        boolean carryOut() throws IOException;
    }

    /**
     * Loads the present moment; on failure everything taken is given back.
     *
     * @throws NoSuchFileException if there is no store
     */
    public static ReadOnlyHouse open(StoreDirectory directory, Options options, boolean inline) throws IOException {
        Notices notices = new Notices(directory.path(), options.listener(), inline);
        try {
            return open(directory, options, notices, inline);
        } catch (IOException | RuntimeException | Error e) {
            notices.notOpened(null, e);
            notices.close();
            throw e;
        }
    }

    private static ReadOnlyHouse open(StoreDirectory directory, Options options, Notices notices, boolean inline)
            throws IOException {
        long started = System.nanoTime();
        int threads = inline ? 1 : SealedLoad.THREADS;
        ReaderEpoch epoch = new ReaderEpoch();
        Reclaimer reclaimer = new Reclaimer(epoch, new Health(failure -> notFreed(directory, failure)), inline);
        try {
            Manifest manifest = find(directory);
            KeyHash hash =
                    new KeyHash(manifest.secret().first(), manifest.secret().second());
            CertifiedLog log = new CertifiedLog(directory);
            ProgressMeter progress = new ProgressMeter(options.recoveryProgress());
            progress.begin(Phase.INSPECT, 0);
            try (Pins pins = new Pins(directory)) {
                MomentLoad load = attempt(directory, manifest, listed -> {
                    MomentLoad pinned = new MomentLoad(directory, hash, log, retire(reclaimer), listed, pins, threads);
                    pinned.pin(true);
                    refuseMisplaced(directory, listed);
                    return pinned;
                });
                progress.end();
                Moment moment = load.load(progress);
                pins.keepMapped(moment.mappings());
                RecoveryReport report = load.report(moment, Duration.ofNanos(System.nanoTime() - started));
                return new ReadOnlyHouse(
                        directory,
                        notices,
                        hash,
                        reclaimer,
                        epoch,
                        log,
                        moment,
                        report,
                        ExpiryClock.of(options.clock()),
                        threads);
            }
        } catch (IOException | RuntimeException | Error e) {
            giveBack(directory, reclaimer, e);
            throw e;
        }
    }

    private static void notFreed(StoreDirectory directory, Throwable failure) {
        new StoreLog(directory.path())
                .warn(
                        "what readers have let go of could not be freed: " + failure
                                + ". Reads go on; open it again to have the memory back.",
                        failure);
    }

    private static Manifest find(StoreDirectory directory) throws IOException {
        if (!directory.exists(ManifestFile.NAME)) {
            StoreFiles.refuseOrphans(directory);
            throw new NoSuchFileException(ManifestFile.NAME, null, "there is no store");
        }
        return ManifestFile.read(directory);
    }

    /** As recovery does; but a segment above the ceiling may be one that a writer has just made, having raised that. */
    private static void refuseMisplaced(StoreDirectory directory, Manifest manifest) throws IOException {
        try {
            List<String> unused = new Strays(directory, manifest).find();
        } catch (CorruptionException e) {
            if (ManifestFile.isCurrent(directory, manifest)) {
                throw e;
            }
        }
    }

    private static void giveBack(StoreDirectory directory, Reclaimer reclaimer, Throwable cause) {
        try {
            boolean unused = reclaimer.close();
            directory.close();
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private static Consumer<Mapping> retire(Reclaimer reclaimer) {
        return mapping -> reclaimer.retire(mapping::release);
    }

    /** Tries with {@code first}, and if a merge has unlinked what that lists, with the MANIFEST that came after it, and so on. */
    private static <T> T attempt(StoreDirectory directory, Manifest first, Attempt<T> attempt) throws IOException {
        Manifest manifest = first;
        for (int i = 1; ; i++) {
            try {
                return attempt.with(manifest);
            } catch (NoSuchFileException gone) {
                if (ManifestFile.isCurrent(directory, manifest)) {
                    throw new CorruptionException(
                            nameOf(gone), 0, "a segment that the MANIFEST lists", "no file", UnsealedLog.ADVICE, gone);
                }
                if (i == ATTEMPTS) {
                    throw new IOException(
                            "merges replaced segments " + i + " times in a row while they were being opened", gone);
                }
                manifest = ManifestFile.read(directory);
            }
        }
    }

    private static String nameOf(NoSuchFileException gone) {
        String file = String.valueOf(gone.getFile());
        return String.valueOf(Path.of(file).getFileName());
    }

    /** As {@link io.stave.ReadOnlyStave#refresh()}. */
    public boolean refresh() throws IOException {
        refreshing.lock();
        try {
            ensureOpen();
            refuseInWalk();
            Moment shown = moment;
            try (Pins pins = new Pins(directory)) {
                return refresh(shown, pins);
            }
        } catch (CorruptionException e) {
            throw notices.corruption(e);
        } finally {
            refreshing.unlock();
        }
    }

    private boolean refresh(Moment shown, Pins pins) throws IOException {
        Manifest latest =
                ManifestFile.isCurrent(directory, shown.manifest()) ? shown.manifest() : ManifestFile.read(directory);
        try {
            return attempt(directory, latest, listed -> plan(shown, listed, pins))
                    .carryOut();
        } finally {
            // Also if it failed half way: what is in use by then must stay mapped.
            pins.keepMapped(moment.mappings());
        }
    }

    private Move plan(Moment shown, Manifest manifest, Pins pins) throws IOException {
        if (!halfGrown) {
            MomentGrowth growth = new MomentGrowth(directory, hash, log, shown, manifest);
            if (growth.plan(pins)) {
                return () -> grow(growth);
            }
        }
        shown.segments().all().forEach(pins::reuse);
        MomentLoad load = new MomentLoad(directory, hash, log, retire(reclaimer), manifest, pins, threads);
        load.pin(false);
        return () -> replace(shown, load.load(new ProgressMeter(RecoveryProgress.NONE)));
    }

    private boolean grow(MomentGrowth growth) {
        halfGrown = true;
        grown = true;
        moment = growth.carryOut(reads, retire(reclaimer));
        halfGrown = false;
        return growth.showsMore();
    }

    private boolean replace(Moment shown, Moment loaded) {
        Moment next = loaded.notBefore(shown.version());
        reads.show(new Reads.View(null, next.keydir(), next.segments()));
        moment = next;
        halfGrown = false;
        List<Mapping> unused = shown.mappingsWithout(next);
        reclaimer.retire(() -> {
            unused.forEach(Mapping::release);
            shown.memory().close();
        });
        return true;
    }

    /** As {@link io.stave.ReadOnlyStave#walk}. */
    public void walk(StoredRecord.Visitor visitor) throws IOException {
        refreshing.lock();
        try {
            ensureOpen();
            if (halfGrown) {
                throw new IOException("the last refresh was broken off: refresh again");
            }
            new MomentWalk(directory, hash, clock, moment, blobFiles).walk(visitor);
        } finally {
            refreshing.unlock();
        }
    }

    /** The figures of the segments, in which values that have expired count as dead, as a writer counts them when it plans a merge. */
    public List<SegmentStats> segmentsWithExpired() throws IOException {
        ExpiredBytes expired = new ExpiredBytes();
        refreshing.lock();
        try {
            ensureOpen();
            List<Segment> segments = moment.segments().list();
            if (grown || segments.stream().anyMatch(Segment::holdsExpiries)) {
                walk(expired);
            }
            return segments.stream().map(segment -> expired.in(segment.stats())).toList();
        } finally {
            refreshing.unlock();
        }
    }

    public long version() {
        ensureOpen();
        return moment.version();
    }

    public Stats stats() {
        ensureOpen();
        Moment shown = moment;
        return stats.of(shown.keydir(), shown.segments(), shown.version());
    }

    private void ensureOpen() {
        if (closed) {
            throw new StoreClosedException();
        }
    }

    /** Refuses calls, waits for a refresh and for the readers inside, and frees everything. */
    public void close() throws IOException {
        if (!notices.isCurrentThread()) {
            refreshing.lock();
        } else if (!refreshing.tryLock()) {
            // A listener must not wait for one who closes already, for that one waits for the listener.
            return;
        }
        try {
            refuseInWalk();
            closeOnce();
        } finally {
            refreshing.unlock();
        }
    }

    /** A walk's visitor holds the lock already. */
    private void refuseInWalk() {
        if (refreshing.getHoldCount() > 1) {
            throw new IllegalStateException("not from within a walk");
        }
    }

    private void closeOnce() throws IOException {
        try (directory) {
            if (!closed) {
                closed = true;
                reads.close();
                notices.close();
                if (reclaimer.close()) {
                    moment.mappings().forEach(Mapping::release);
                    moment.memory().close();
                } else {
                    new StoreLog(directory.path()).warn(Reclaimer.STUCK_READ, null);
                }
            }
        }
    }
}
