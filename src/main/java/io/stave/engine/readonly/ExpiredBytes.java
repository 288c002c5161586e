package io.stave.engine.readonly;

import io.stave.CorruptionException;
import io.stave.SegmentStats;
import io.stave.StoredRecord;
import java.util.HashMap;
import java.util.Map;

/** Sums up by segment what has expired, as a writer's sweep finds it. What is damaged is no concern of it. */
final class ExpiredBytes implements StoredRecord.Visitor {

    private final Map<Long, Long> bytes = new HashMap<>();

    @Override
    public void record(StoredRecord record) {
        if (record.fate() == StoredRecord.Fate.EXPIRED) {
            bytes.merge(record.segmentId(), (long) record.length(), Long::sum);
        }
    }

    @Override
    public void damaged(CorruptionException damage, long bytesLeftOut) {}

    /** Returns the figures of a segment in which these bytes count as dead. */
    SegmentStats in(SegmentStats stats) {
        long expired = bytes.getOrDefault(stats.id(), 0L);
        return new SegmentStats(
                stats.id(),
                stats.fileName(),
                stats.state(),
                stats.length(),
                stats.liveBytes() - expired,
                stats.deadBytes() + expired,
                stats.expiredBytes() + expired,
                stats.tombstoneBytes(),
                stats.damaged(),
                stats.minVersion(),
                stats.maxVersion());
    }
}
