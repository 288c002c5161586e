package io.stave.engine.merge;

import io.stave.MergePlan;
import io.stave.MergePolicy;
import io.stave.SegmentStats;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.space.DiskSpace;
import io.stave.engine.space.SegmentLength;
import io.stave.engine.space.Shortage;
import io.stave.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows the planners the segments as they are now, and turns a plan into segments again, round by round. */
public final class MergeInputs {

    private final LiveSegments segments;
    private final SegmentLength lengths;
    private final DiskSpace space;
    private final Reclaimer reclaimer;

    public MergeInputs(LiveSegments segments, SegmentLength lengths, DiskSpace space, Reclaimer reclaimer) {
        this.segments = segments;
        this.lengths = lengths;
        this.space = space;
        this.reclaimer = reclaimer;
    }

    /** What a merge by hand of these segments, or of all, would do now. */
    MergePlan byHand(@Nullable Collection<Long> chosen) {
        return MergePlanner.plan(candidates(id -> null), chosen);
    }

    /**
     * What the background would merge now.
     *
     * @param hands how many may work on it
     * @param refused why it leaves a segment alone for a while, or null
     */
    MergePlan forBackground(MergePolicy policy, int hands, LongFunction<@Nullable String> refused) throws IOException {
        return MergeChoice.next(
                candidates(refused),
                new MergeChoice.Terms(policy, lengths.now(), hands, space.roomForCopies(), shortage()));
    }

    /**
     * What the disk has too little room for, if a merge would make any: its copies take room, and what was merged before is not given back
     * while somebody still uses it.
     */
    Shortage shortage() throws IOException {
        return segments.all().size() == segments.list().size() ? space.shortage() : Shortage.NONE;
    }

    private List<MergePlanner.Candidate> candidates(LongFunction<@Nullable String> refused) {
        List<MergePlanner.Candidate> candidates = new ArrayList<>();
        for (Segment segment : segments.list()) {
            candidates.add(new MergePlanner.Candidate(
                    segment.stats(), segment.tombstonesJudged(), segment.tombstonesDue(), refused.apply(segment.id())));
        }
        return candidates;
    }

    /** The inputs of a plan that are sealed, and still there; the oldest first, in a list of the caller's own. */
    List<Segment> inputs(MergePlan plan) {
        Set<Long> ids = plan.inputs().stream().map(SegmentStats::id).collect(Collectors.toSet());
        return segments.list().stream()
                .filter(segment -> ids.contains(segment.id()) && segment.state() == Segment.State.SEALED)
                .sorted(Comparator.comparingLong(Segment::minSequence))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The oldest inputs whose live bytes fit into half of what the disk has left, at least one; the emptiest if room is short. */
    List<Segment> nextRound(List<Segment> inputs) throws IOException {
        long budget = space.roomForCopies() / 2;
        if (DiskSpace.mostToCopy(inputs.get(0)) > budget) {
            // The room that the rounds before made comes with the unlink of their inputs. Should that not do, what
            // costs least comes first.
            reclaimer.await();
            budget = space.roomForCopies() / 2;
            inputs.sort(Comparator.comparingLong(DiskSpace::mostToCopy));
        }
        List<Segment> round = new ArrayList<>();
        long bytes = 0;
        for (Segment input : inputs) {
            bytes += DiskSpace.mostToCopy(input);
            if (!round.isEmpty() && bytes > budget) {
                break;
            }
            round.add(input);
        }
        return round;
    }
}
