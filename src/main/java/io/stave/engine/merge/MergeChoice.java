package io.stave.engine.merge;

import io.stave.MergePlan;
import io.stave.MergePlan.Exclusion;
import io.stave.MergePolicy;
import io.stave.SegmentStats;
import io.stave.engine.merge.MergePlanner.Candidate;
import io.stave.engine.space.DeadLimit;
import io.stave.engine.space.Shortage;
import io.stave.segment.SegmentHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what the background merges next, by the policy: one round, or nothing. Pure: it looks at statistics and touches nothing.
 *
 * <p>What can be gained from a segment are its dead bytes, and its tombstones once those of all segments that are due to be judged pass a quarter
 * of the dead ratio. Sealed segments are wanted
 *
 * <ul>
 *   <li>if all together have reached a limit of the policy: those with at least the average share;
 *   <li>if one has reached a limit for itself;
 *   <li>if puts are about to be refused: those with a quarter of the dead ratio;
 *   <li>if deletes are: those from which anything can be gained at all.
 * </ul>
 *
 * The one with the largest share to gain comes first, and as many follow as have no more to copy than goes into one new segment, or into one for each hand. So a round never
 * copies more than the average says it must to gain its bytes, and rounds end: each makes the store shorter, or finds that tombstones
 * must stay, which then are not due for a while. Only if none is wanted, many small ones are merged into one.
 */
final class MergeChoice {

    /** Less than this part of a new segment is not worth a merge, for the forces alone. */
    private static final int LEAST_GAIN = 16;

    /** The same when the disk is nearly full. */
    private static final int LEAST_URGENT_GAIN = 64;

    /** Tombstones and segments on a full disk count from this part of the dead ratio on. */
    private static final int QUARTER = 4;

    private static final long SMALL = 256 << 10;
    private static final int SMALL_SHARE = 64;

    private final Terms terms;
    private final List<Exclusion> excluded = new ArrayList<>();
    private final List<Input> inputs = new ArrayList<>();
    private long total;

    /**
     * What the choice depends on beside the segments.
     *
     * @param length how long a new segment may get, in bytes
     * @param hands how many such segments a round may copy into beside each other
     * @param room what may be copied, in bytes
     * @param shortage what the disk has too little room for
     */
    record Terms(MergePolicy policy, long length, int hands, long room, Shortage shortage) {}

    /** A segment that can be merged, and the bytes that would be gained. */
    private record Input(SegmentStats stats, long gain) {
        double share() {
            return (double) gain / stats.length();
        }

        long copied() {
            return stats.length() - gain;
        }

        /** The most that may have to be copied: nobody knows yet which tombstones can go, and what has expired may leave one. */
        long most() {
            return stats.length() - stats.deadBytes() + stats.expiredBytes() - SegmentHeader.LENGTH;
        }
    }

    private MergeChoice(Terms terms) {
        this.terms = terms;
    }

    /** Returns what to merge now, with the reasons why the rest is left alone; empty if nothing is worth it. */
    static MergePlan next(List<Candidate> segments, Terms terms) {
        return new MergeChoice(terms).choose(segments);
    }

    private MergePlan choose(List<Candidate> segments) {
        takeIn(segments);
        List<Input> round = round(wanted());
        if (round.isEmpty()) {
            round = small();
        }
        List<SegmentStats> chosen = round.stream().map(Input::stats).toList();
        long copied = 0;
        long gain = (round.size() - 1L) * SegmentHeader.LENGTH;
        for (Input input : round) {
            copied += input.copied();
            gain += input.gain;
        }
        for (Input input : inputs) {
            if (!chosen.contains(input.stats)) {
                excluded.add(new Exclusion(input.stats.id(), input.stats.fileName(), reason(input, !round.isEmpty())));
            }
        }
        return new MergePlan(chosen, copied, Math.max(0, gain), excluded);
    }

    private void takeIn(List<Candidate> segments) {
        List<Candidate> eligible = new ArrayList<>();
        long due = 0;
        for (Candidate candidate : segments) {
            String reason = ineligible(candidate);
            if (reason != null) {
                excluded.add(MergePlanner.exclusion(candidate, reason));
                continue;
            }
            eligible.add(candidate);
            total += candidate.stats().length();
            due += candidate.tombstonesDue() ? candidate.stats().tombstoneBytes() : 0;
        }
        boolean tombstones = due * QUARTER > total * terms.policy.deadRatio();
        for (Candidate candidate : eligible) {
            SegmentStats stats = candidate.stats();
            boolean count = tombstones && candidate.tombstonesDue();
            inputs.add(new Input(stats, stats.deadBytes() + (count ? stats.tombstoneBytes() : 0)));
        }
    }

    private static @Nullable String ineligible(Candidate candidate) {
        if (candidate.stats().damaged()) {
            return MergePlanner.DAMAGED;
        }
        return candidate.stats().state() == SegmentStats.State.SEALED ? candidate.refused() : "not sealed yet";
    }

    private List<Input> wanted() {
        MergePolicy policy = terms.policy;
        long gain = inputs.stream().mapToLong(Input::gain).sum();
        double average = (double) gain / total;
        double least = Double.MAX_VALUE;
        if (gain > 0 && gain >= DeadLimit.ofMerging(policy, total)) {
            least = average;
        }
        if (terms.shortage != Shortage.NONE) {
            least = terms.shortage == Shortage.OF_DELETES ? 0 : Math.min(least, policy.deadRatio() / QUARTER);
        }
        List<Input> wanted = new ArrayList<>();
        long worth = 0;
        for (Input input : inputs) {
            boolean alone = input.share() >= policy.segmentDeadRatio() || input.gain >= policy.segmentDeadBytes();
            if (input.gain > 0 && (alone || input.share() >= least)) {
                wanted.add(input);
                worth += input.gain;
            }
        }
        return worth >= enough() ? wanted : List.of();
    }

    private long enough() {
        return switch (terms.shortage) {
            case NONE -> terms.length / LEAST_GAIN;
            case OF_PUTS -> terms.length / LEAST_URGENT_GAIN;
            case OF_DELETES -> 1;
        };
    }

    /** As many as one round may copy, the largest share first; where the room is short, what has the least to copy. */
    private List<Input> round(List<Input> wanted) {
        Comparator<Input> order = Comparator.comparingDouble(Input::share).reversed();
        List<Input> sorted = new ArrayList<>(wanted);
        sorted.sort(order.thenComparingLong(input -> input.stats.id()));
        if (!sorted.isEmpty() && sorted.get(0).most() > terms.room / 2) {
            sorted.sort(Comparator.comparingLong(Input::most));
        }
        return fill(sorted);
    }

    private List<Input> fill(List<Input> sorted) {
        List<Input> round = new ArrayList<>();
        long copied = 0;
        long most = 0;
        for (Input input : sorted) {
            copied += input.copied() - SegmentHeader.LENGTH;
            most += input.most();
            boolean fits = round.isEmpty()
                    ? most <= terms.room
                    : copied <= terms.length * terms.hands && most <= terms.room / 2;
            if (fits) {
                round.add(input);
            } else {
                copied -= input.copied() - SegmentHeader.LENGTH;
                most -= input.most();
            }
        }
        return round;
    }

    private List<Input> small() {
        long limit = Math.min(terms.length / QUARTER, Math.max(SMALL, terms.length / SMALL_SHARE));
        List<Input> small = inputs.stream()
                .filter(input -> input.stats.length() < limit)
                .sorted(Comparator.comparingLong(input -> input.stats.length()))
                .toList();
        if (small.size() < terms.policy.smallSegments()) {
            return List.of();
        }
        List<Input> round = fill(small);
        return round.size() > 1 ? round : List.of();
    }

    private String reason(Input input, boolean others) {
        if (input.gain == 0) {
            return MergePlanner.NOTHING;
        }
        String share = String.format(Locale.ROOT, "%.1f %% to reclaim", 100 * input.share());
        return share + (others ? ", others come first" : ", which is below every limit of the policy");
    }
}
