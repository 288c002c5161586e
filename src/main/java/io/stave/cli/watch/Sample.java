package io.stave.cli.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the writer counted at one moment, and what happened since the moment before. */
final class Sample {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<String, Object> figures;
    private final @Nullable Sample before;

    Sample(Map<String, Object> figures, @Nullable Sample before) {
        this.figures = figures;
        this.before = before;
    }

    /** All figures by name. */
    Map<String, Object> figures() {
        return figures;
    }

    /** A figure; 0 if there is none of that name. */
    long count(String name) {
        return figures.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** A figure with a fraction. */
    double number(String name) {
        return figures.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    /** Whether a figure is true. */
    boolean is(String name) {
        return Boolean.TRUE.equals(figures.get(name));
    }

    /** When the figures were taken, as they say. */
    String time() {
        return String.valueOf(figures.get("time"));
    }

    /** How old the figures are: a writer that was killed leaves them behind. */
    Duration age(Instant now) {
        try {
            return Duration.between(Instant.parse(time()), now);
        } catch (java.time.DateTimeException e) {
            return Duration.ZERO;
        }
    }

    /** How many a second since the sample before; 0 if there is none, or the store was opened again since. */
    long rate(String name) {
        if (before == null) {
            return 0;
        }
        double seconds = (count("uptimeNanos") - before.count("uptimeNanos")) / NANOS_PER_SECOND;
        return seconds <= 0 ? 0 : Math.max(0, Math.round((count(name) - before.count(name)) / seconds));
    }
}
