package io.stave.engine;

import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.keydir.Keydir;
import io.stave.segment.Segment;
import java.util.ArrayList;
import java.util.List;

/** Puts the figures of the rooms together into one record. */
final class StatsReport {

    private StatsReport() {}

    static SegmentStats segment(Segment segment) {
        return new SegmentStats(
                segment.id(),
                segment.name(),
                segment.state() == Segment.State.SEALED ? SegmentStats.State.SEALED : SegmentStats.State.ACTIVE,
                segment.length(),
                segment.liveBytes(),
                segment.deadBytes(),
                Math.min(segment.expiredBytes(), segment.deadBytes()),
                segment.tombstoneBytes(),
                segment.damaged(),
                segment.minSequence(),
                segment.maxSequence());
    }

    static Stats of(
            Keydir keydir,
            LiveSegments segments,
            long lastVersion,
            long asyncBytes,
            Counters counters,
            Stats.BackPressure pressure,
            RecoveryReport recovery) {
        List<SegmentStats> list = new ArrayList<>();
        long live = 0;
        long dead = 0;
        long expired = 0;
        long tombstones = 0;
        long length = 0;
        for (Segment segment : segments.list()) {
            SegmentStats stats = segment(segment);
            list.add(stats);
            live += stats.liveBytes();
            dead += stats.deadBytes();
            expired += stats.expiredBytes();
            tombstones += stats.tombstoneBytes();
            length += stats.length();
        }
        return new Stats(
                keydir.count(),
                live,
                dead,
                expired,
                tombstones,
                length,
                keydir.bytes(),
                keydir.load(),
                lastVersion,
                counters.puts.get(),
                counters.deletes.get(),
                counters.hits.sum(),
                counters.misses.sum(),
                counters.bytesWritten.get(),
                counters.forces.get(),
                counters.groups.get(),
                asyncBytes,
                counters.merges.get(),
                counters.mergeBytesRead.get(),
                counters.mergeBytesWritten.get(),
                pressure,
                list,
                recovery);
    }
}
