package io.stave.compare;

import io.stave.compare.result.Measurement;
import io.stave.compare.result.Measurement.Status;
import io.stave.compare.work.Figures;
import java.util.Locale;

/** What is said while a run goes on: a line for each process. */
final class Progress {
    private static final int LONGEST_REASON = 160;

    private Progress() {}

    static String line(Measurement one) {
        String what = String.format(
                Locale.ROOT,
                "round %d  %,d × %,d B  %-14s %-14s %-5s",
                one.round() + 1,
                one.keys(),
                one.valueBytes(),
                one.work(),
                one.peer(),
                one.way());
        if (one.status() != Status.OK) {
            String reason = one.reason();
            return what + "  " + one.status() + ": "
                    + (reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason);
        }
        Double opened = one.figures().get("openSeconds");
        String figure = opened != null
                ? String.format(Locale.ROOT, "%,12.3f s", opened)
                : String.format(Locale.ROOT, "%,12.0f /s", one.figures().getOrDefault(Figures.RATE, 0.0));
        return what + figure + String.format(Locale.ROOT, "  (%.1f s)", one.seconds());
    }
}
