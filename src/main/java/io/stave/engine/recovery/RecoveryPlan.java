package io.stave.engine.recovery;

import io.stave.RecoveryReport.Cut;
import io.stave.RecoveryReport.RejectedHint;
import io.stave.manifest.ListedSegment;
import java.util.List;
import java.util.Set;

/**
 * What recovery found, and what it is going to do about it; nothing was written yet (I10).
 *
 * @param segments the segments to go on with, all sealed
 * @param unsealed the ids of those among them that are to be cut, forced and sealed first
 * @param dropped the listed segments to go, because they lie behind a cut or hold no record
 * @param behindCut the file names of those that lie behind a cut
 * @param cuts where the log was cut
 * @param rejected the hints that could not be used
 * @param withoutHint the ids of segments that need a hint
 * @param strays files that no manifest lists
 * @param fromHints how many segments were loaded from their hints
 * @param scanned how many segments were scanned
 * @param bytesScanned the bytes scanned
 */
record RecoveryPlan(
        List<ListedSegment> segments,
        Set<Long> unsealed,
        List<ListedSegment> dropped,
        List<String> behindCut,
        List<Cut> cuts,
        List<RejectedHint> rejected,
        Set<Long> withoutHint,
        List<String> strays,
        int fromHints,
        int scanned,
        long bytesScanned) {

    /** Of a store of sealed segments of which nothing had to be read. */
    static RecoveryPlan untouched(List<ListedSegment> segments, Set<Long> withoutHint, List<String> strays) {
        return new RecoveryPlan(
                segments, Set.of(), List.of(), List.of(), List.of(), List.of(), withoutHint, strays, 0, 0, 0);
    }
}
