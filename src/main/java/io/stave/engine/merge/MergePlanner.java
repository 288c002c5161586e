package io.stave.engine.merge;

import io.stave.MergePlan;
import io.stave.MergePlan.Exclusion;
import io.stave.SegmentStats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the inputs of a merge by hand. Pure: it looks at statistics and touches nothing. {@link MergeChoice} chooses for the background.
 *
 * <p>A segment is worth an input if it has dead bytes, or tombstones that can be expected to go: those of a segment whose every older
 * neighbour is an input too or has no dead bytes, for a segment without dead bytes holds live records only, and a live record is not shadowed
 * by any tombstone. Whether a tombstone really goes is decided by the merge itself (I6).
 */
public final class MergePlanner {

    static final String DAMAGED = "damaged: it stays as it is until it is repaired";
    static final String NOTHING = "nothing to reclaim";

    private MergePlanner() {}

    /**
     * A segment as the planner sees it.
     *
     * @param tombstonesJudged a merge kept its tombstones, and no older segment was merged since
     * @param tombstonesDue its tombstones were not judged yet, or enough was reclaimed since to ask again
     * @param refused why the background leaves it alone for a while, or null
     */
    record Candidate(
            SegmentStats stats,
            boolean tombstonesJudged,
            boolean tombstonesDue,
            @Nullable String refused) {
        long dead() {
            return stats.deadBytes();
        }
    }

    /** Returns the plan over all segments of a store that nobody has merged since it was opened. */
    public static MergePlan plan(List<SegmentStats> segments) {
        return plan(
                segments.stream()
                        .map(stats -> new Candidate(stats, false, true, null))
                        .toList(),
                null);
    }

    /**
     * Returns the plan over the chosen segments, or over all.
     *
     * @throws IllegalArgumentException if a chosen segment does not exist
     */
    static MergePlan plan(List<Candidate> segments, @Nullable Collection<Long> chosen) {
        if (chosen != null) {
            checkExist(segments, chosen);
        }
        List<Candidate> eligible = new ArrayList<>();
        List<Exclusion> excluded = new ArrayList<>();
        for (Candidate candidate : segments) {
            String reason = ineligible(candidate.stats, chosen);
            if (reason == null) {
                eligible.add(candidate);
            } else {
                excluded.add(exclusion(candidate, reason));
            }
        }
        List<SegmentStats> inputs = new ArrayList<>();
        long live = 0;
        long reclaimable = 0;
        Set<Long> withDead = new HashSet<>();
        eligible.stream().filter(c -> c.dead() > 0).forEach(c -> withDead.add(c.stats.id()));
        for (Candidate candidate : eligible) {
            long gain = candidate.dead() + droppableTombstones(candidate, segments, withDead);
            if (gain == 0) {
                excluded.add(exclusion(candidate, NOTHING));
            } else {
                inputs.add(candidate.stats);
                live += candidate.stats.length() - gain;
                reclaimable += gain;
            }
        }
        return new MergePlan(inputs, live, reclaimable, excluded);
    }

    private static long droppableTombstones(Candidate candidate, List<Candidate> segments, Set<Long> inputs) {
        SegmentStats stats = candidate.stats;
        boolean changes = !candidate.tombstonesJudged;
        for (Candidate other : segments) {
            boolean older = other.stats.minVersion() < stats.maxVersion() && other.stats.id() != stats.id();
            if (older && other.dead() > 0) {
                if (!inputs.contains(other.stats.id())) {
                    return 0;
                }
                changes = true;
            }
        }
        return changes ? stats.tombstoneBytes() : 0;
    }

    private static @Nullable String ineligible(SegmentStats stats, @Nullable Collection<Long> chosen) {
        if (chosen != null && !chosen.contains(stats.id())) {
            return "not chosen";
        }
        return stats.damaged() ? DAMAGED : null;
    }

    private static void checkExist(List<Candidate> segments, Collection<Long> chosen) {
        Set<Long> missing = new HashSet<>(chosen);
        segments.forEach(candidate -> missing.remove(candidate.stats.id()));
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("no such segments: " + missing);
        }
    }

    static Exclusion exclusion(Candidate candidate, String reason) {
        return new Exclusion(candidate.stats.id(), candidate.stats.fileName(), reason);
    }
}
