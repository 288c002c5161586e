package io.stave.engine.stats;

import io.stave.Distribution;
import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.engine.base.Counters;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.merge.Merger;
import io.stave.engine.snapshot.Snapshots;
import io.stave.engine.space.BackPressure;
import io.stave.engine.write.WritePath;
import io.stave.keydir.Keydir;
import io.stave.segment.Segment;
import java.time.Instant;
import java.util.List;

/** Puts the figures of the rooms together into one record. */
public final class StatsReport {

    private static final Stats.Blobs NO_BLOBS = new Stats.Blobs(0, 0, 0);
    private static final Stats.Commits NO_COMMITS = new Stats.Commits(0, Distribution.NONE, Distribution.NONE);
    private static final Stats.Merges NO_MERGES = new Stats.Merges(0, false, 0, 0);
    private static final Stats.Snapshots NO_SNAPSHOTS = new Stats.Snapshots(0, 0, 0);
    private static final Stats.BackPressure NO_PRESSURE = new Stats.BackPressure(0, 0);

    private final long opened = System.nanoTime();
    private final Counters counters;
    private final RecoveryReport recovery;

    /** For one store, as it is being opened. */
    public StatsReport(Counters counters, RecoveryReport recovery) {
        this.counters = counters;
        this.recovery = recovery;
    }

    /** Of a store that is written to. */
    public Stats of(
            Keydir keydir,
            LiveSegments segments,
            LiveBlobs blobs,
            WritePath writePath,
            Merger merger,
            Snapshots snapshots,
            BackPressure pressure) {
        return of(
                keydir,
                segments,
                snapshots.pinnedBytes(),
                blobs.stats(snapshots.pinnedBlobBytes()),
                writePath.lastSequence(),
                writePath.asyncBytes(),
                new Stats.Commits(
                        counters.bytesWritten.get(),
                        counters.groupRecords.distribution(),
                        counters.forceNanos.distribution()),
                new Stats.Merges(
                        counters.merges.get(),
                        merger.running(),
                        counters.mergeBytesRead.get(),
                        counters.mergeBytesWritten.get()),
                snapshots.stats(),
                new Stats.BackPressure(pressure.lastNanos(), pressure.totalNanos()));
    }

    /** Of a store that is read only. */
    public Stats of(Keydir keydir, LiveSegments segments, long version) {
        return of(keydir, segments, 0, NO_BLOBS, version, 0, NO_COMMITS, NO_MERGES, NO_SNAPSHOTS, NO_PRESSURE);
    }

    private Stats of(
            Keydir keydir,
            LiveSegments segments,
            long pinnedBySnapshots,
            Stats.Blobs blobs,
            long lastVersion,
            long asyncBytes,
            Stats.Commits commits,
            Stats.Merges merges,
            Stats.Snapshots snapshots,
            Stats.BackPressure pressure) {
        List<SegmentStats> list = segments.list().stream().map(Segment::stats).toList();
        return new Stats(
                Instant.now(),
                System.nanoTime() - opened,
                keydir.count(),
                lastVersion,
                space(segments, list, pinnedBySnapshots),
                blobs,
                new Stats.Keydir(keydir.bytes(), keydir.load()),
                new Stats.Operations(
                        counters.puts.get(),
                        counters.deletes.get(),
                        counters.batches.get(),
                        counters.hits.sum(),
                        counters.misses.sum(),
                        asyncBytes),
                commits,
                merges,
                snapshots,
                pressure,
                list,
                recovery);
    }

    private static Stats.Space space(LiveSegments segments, List<SegmentStats> list, long pinnedBySnapshots) {
        long live = 0;
        long dead = 0;
        long expired = 0;
        long tombstones = 0;
        long length = 0;
        for (SegmentStats segment : list) {
            live += segment.liveBytes();
            dead += segment.deadBytes();
            expired += segment.expiredBytes();
            tombstones += segment.tombstoneBytes();
            length += segment.length();
        }
        long mapped = 0;
        for (Segment segment : segments.all()) {
            mapped += segment.mapping().length();
        }
        long pinned = pinnedBySnapshots;
        for (Segment segment : segments.replaced()) {
            pinned += segment.length();
        }
        return new Stats.Space(length, live, dead, expired, tombstones, mapped, pinned);
    }
}
