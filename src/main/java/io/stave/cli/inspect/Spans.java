package io.stave.cli.inspect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How many entries there are of each age, or with so much time left, by spans that people think in. */
final class Spans {

    private static final List<Duration> LIMITS = List.of(
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofDays(1),
            Duration.ofDays(7),
            Duration.ofDays(30),
            Duration.ofDays(365));

    private static final List<String> NAMES = List.of(
            "up to a minute",
            "up to an hour",
            "up to a day",
            "up to a week",
            "up to 30 days",
            "up to a year",
            "longer");

    private final long[] counts = new long[NAMES.size()];
    private final long[] bytes = new long[NAMES.size()];

    void add(long millis, long itsBytes) {
        int i = 0;
        while (i < LIMITS.size() && millis > LIMITS.get(i).toMillis()) {
            i++;
        }
        counts[i]++;
        bytes[i] += itsBytes;
    }

    /** Those from the first to the last that has any. */
    List<StoreFindings.Span> list() {
        List<StoreFindings.Span> spans = new ArrayList<>();
        int last = counts.length - 1;
        while (last >= 0 && counts[last] == 0) {
            last--;
        }
        for (int i = 0; i <= last; i++) {
            if (counts[i] > 0 || !spans.isEmpty()) {
                spans.add(new StoreFindings.Span(NAMES.get(i), counts[i], bytes[i]));
            }
        }
        return spans;
    }
}
