package io.stave.compare.report;

import io.stave.compare.result.Spread;
import java.util.Optional;

/**
 * One of the goals, and what the run says to it.
 *
 * @param work what is done
 * @param against what it is measured against
 * @param target the figure to reach
 * @param atLeast whether more is better
 * @param unit of the figures, with a space before it
 * @param measured by Stave's best way to write where there are several; empty if the run did not measure it
 * @param plain the same by a plain put; empty if there is but one way
 */
record Goal(
        String work,
        String against,
        double target,
        boolean atLeast,
        String unit,
        Optional<Spread> measured,
        Optional<Spread> plain) {

    boolean met() {
        return measured.isPresent() && meets(measured.get());
    }

    private boolean meets(Spread spread) {
        return atLeast ? spread.median() >= target : spread.median() <= target;
    }

    /** In a row of a table. */
    String row() {
        String verdict = measured.isEmpty() ? "not measured" : met() ? "met" : "**not met**";
        return "| " + work + " | " + against + " | " + (atLeast ? "≥ " : "≤ ") + Text.digits(target) + unit + " | "
                + written(measured) + " | " + written(plain) + " | " + verdict + " |";
    }

    private String written(Optional<Spread> spread) {
        return spread.map(one -> Text.digits(one.median())
                        + unit
                        + (one.count() > 1 ? " (" + Text.digits(one.min()) + "–" + Text.digits(one.max()) + ")" : ""))
                .orElse("");
    }
}
