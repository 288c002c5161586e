package io.stave.engine;

import io.stave.Options;
import io.stave.RecoveryReport;
import io.stave.Stats;
import io.stave.StoreFullException;
import io.stave.io.Mapping;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Keydir;
import io.stave.manifest.ManifestFile;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of one open store and how they are wired; opens them in order and closes them in the reverse one.
 *
 * <pre>
 *   reads ────────────────▶ keydir ◀── publish ── groupCommit ◀── writePath ◀── callers
 *     │                                              │
 *     └──▶ segments (mapped) ◀── append, force ── activeLog ──rolled──▶ sealer ──▶ hint, catalog (MANIFEST)
 *                 ▲                                                                    ▲
 *                 └───────── copies, swing, retire ── merger ──────────────────────────┘
 * </pre>
 */
final class House {

    private static final System.Logger LOG = System.getLogger("io.stave");

    final StoreDirectory directory;
    final RecoveryReport recovery;
    final Reads reads;
    final WritePath writePath;
    final Merger merger;

    private final StoreLock lock;
    private final Health health;
    private final Catalog catalog;
    private final LiveSegments segments;
    private final Keydir keydir;
    private final KeydirMemory memory;
    private final Reclaimer reclaimer;
    private final ActiveLog log;
    private final Sealer sealer;
    private final IntervalForce intervalForce;
    private final Worker committer;
    private final Worker completer;
    private final Counters counters = new Counters();

    private final ReentrantLock closing = new ReentrantLock();
    private volatile boolean closed;

    private House(
            StoreDirectory directory,
            Options options,
            boolean inline,
            StoreLock lock,
            Health health,
            Reclaimer reclaimer,
            ReaderEpoch epoch,
            KeydirMemory memory,
            Recovery.Recovered recovered) {
        this.directory = directory;
        this.lock = lock;
        this.health = health;
        this.reclaimer = reclaimer;
        this.memory = memory;
        this.recovery = recovered.report();
        this.segments = recovered.segments();
        this.keydir = recovered.keydir();
        this.catalog = new Catalog(directory, health, recovered.manifest(), recovered.nextSegmentId());
        this.reads = new Reads(recovered.hash(), keydir, segments, epoch, counters);
        HintBuilder hints = new HintBuilder(directory, catalog.storeId(), recovered.hash());
        Consumer<Mapping> retire = mapping -> reclaimer.retire(mapping::release);
        this.sealer = new Sealer(directory, catalog, segments, hints, health, inline);
        this.log = new ActiveLog(directory, catalog, segments, health, options.segmentLength(), retire, sealer);
        this.intervalForce = new IntervalForce(log, health, counters, inline);
        this.committer = new Worker("stave-commit", health, inline, () -> Worker.NOT_BEFORE_WOKEN);
        this.completer = new Worker("stave-complete", health, inline, () -> Worker.NOT_BEFORE_WOKEN);
        Publisher publisher = new Publisher(keydir, segments);
        GroupCommit groupCommit = new GroupCommit(log, catalog, publisher, health, counters, intervalForce);
        this.writePath = new WritePath(
                groupCommit,
                reads,
                health,
                committer,
                completer,
                log.groupLimit(),
                options.asyncBytes(),
                recovered.nextSequence());
        this.merger = new Merger(
                directory,
                catalog,
                segments,
                publisher,
                recovered.hash(),
                reads,
                writePath,
                log,
                sealer,
                hints,
                reclaimer,
                health,
                counters,
                options.segmentLength());
    }

    /** Takes the lock, recovers and wires; on failure everything taken is given back. */
    static House open(StoreDirectory directory, Options options, boolean inline) throws IOException {
        StoreLock lock = null;
        Health health = new Health();
        ReaderEpoch epoch = new ReaderEpoch();
        Reclaimer reclaimer = new Reclaimer(epoch, health, inline);
        KeydirMemory memory = new KeydirMemory(directory, mapping -> reclaimer.retire(mapping::release));
        try {
            if (!options.createIfMissing() && !directory.exists(ManifestFile.NAME)) {
                throw new NoSuchFileException(
                        ManifestFile.NAME, null, "there is no store, and createIfMissing is false");
            }
            lock = StoreLock.acquire(directory);
            Recovery.Recovered recovered = new Recovery(directory, options.recoveryProgress(), memory).run();
            return new House(directory, options, inline, lock, health, reclaimer, epoch, memory, recovered);
        } catch (IOException | RuntimeException | Error e) {
            giveBack(directory, lock, reclaimer, memory, e);
            throw e;
        }
    }

    private static void giveBack(
            StoreDirectory directory,
            @Nullable StoreLock lock,
            Reclaimer reclaimer,
            KeydirMemory memory,
            Throwable cause) {
        try {
            reclaimer.close();
            memory.close();
            if (lock != null) {
                lock.close();
            }
            directory.close();
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    Stats stats() {
        return StatsReport.of(keydir, segments, writePath, counters, recovery);
    }

    boolean closed() {
        return closed;
    }

    /**
     * Ends what is running, makes everything durable and listed, then frees it. What cannot be made durable is reported after everything was
     * freed: the store is closed either way, and the next open recovers.
     */
    void close() throws IOException {
        if (completer.isCurrentThread()) {
            // A callback must not wait for one who closes already, for that one waits for the callbacks.
            if (!closing.tryLock()) {
                return;
            }
        } else {
            closing.lock();
        }
        try {
            if (!closed) {
                closed = true;
                closeRooms();
            }
        } finally {
            closing.unlock();
        }
    }

    private void closeRooms() throws IOException {
        merger.close();
        writePath.close();
        intervalForce.close();
        committer.close();
        completer.close();
        RuntimeException failure = null;
        try {
            settle();
        } catch (RuntimeException e) {
            failure = e;
        }
        sealer.close();
        reads.close();
        reclaimer.close();
        try {
            letGo();
        } catch (IOException | RuntimeException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Frees the memory, and closes files, lock and directory even if that fails for one of them. */
    private void letGo() throws IOException {
        try (directory;
                lock) {
            for (Segment segment : segments.all()) {
                segment.mapping().release();
            }
            keydir.close();
            reclaimer.close(); // the tables that the keydir has just retired
            memory.close();
            CloseHelper.closeAll(log.unsealed());
        }
    }

    /** Forces and seals everything, and gives the reserved sequences back; a store that has stopped is left as it is (I8). */
    private void settle() {
        if (health.failed()) {
            health.tell();
            return;
        }
        log.force();
        log.roll();
        log.sealWhatIsLeft();
        if (sealer.await() != null) {
            LOG.log(System.Logger.Level.DEBUG, "closed with segments that could not be sealed: the next open does it");
        }
        health.tell();
        if (log.unsealed().isEmpty()) {
            closeCleanly();
        }
    }

    /** Without room for it the ceilings stay as reserved, which costs nothing but numbers. */
    private void closeCleanly() {
        try {
            catalog.closeCleanly(writePath.lastSequence());
        } catch (StoreFullException e) {
            LOG.log(System.Logger.Level.DEBUG, "no room to give reserved versions back", e);
        }
    }
}
