package io.stave.cli.tour;

import io.stave.MergeReport;
import io.stave.RecoveryReport;
import io.stave.Stats;
import java.util.List;

/**
 * What a tour has shown.
 *
 * @param input what went in
 * @param plan what was to happen to it
 * @param death how the child ended
 * @param writes writes acknowledged in all, by the child and afterwards
 * @param verdicts what the comparisons have shown, in order
 * @param openings how the store was opened, in order
 * @param before the store before the merge
 * @param merge what the merge did
 * @param after the store after the merge
 */
record TourResult(
        TourInput input,
        TourPlan plan,
        Child.Death death,
        int writes,
        List<Verdict> verdicts,
        List<Opening> openings,
        Stats before,
        MergeReport merge,
        Stats after) {

    TourResult {
        verdicts = List.copyOf(verdicts);
        openings = List.copyOf(openings);
    }

    /**
     * One opening of the store.
     *
     * @param moment when it was, in words
     * @param report what the store has to say about it
     */
    record Opening(String moment, RecoveryReport report) {}

    /** How many losses there are: a file that stays lost counts once. */
    long lost() {
        return verdicts.stream()
                .flatMap(verdict -> verdict.losses().stream())
                .map(Verdict.Loss::name)
                .distinct()
                .count();
    }
}
