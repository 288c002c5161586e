package io.stave.compare.work;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What a work measured: figures by name. Times are in seconds unless the name says otherwise. */
public final class Figures {
    /** Operations a second, the figure that ratios are made of. */
    public static final String RATE = "opsPerSecond";

    private static final double NANOS = 1e9;
    private static final double MICROS = 1e3;

    private final Map<String, Double> byName = new TreeMap<>();

    /** Sets a figure. */
    public Figures set(String name, double value) {
        byName.put(name, value);
        return this;
    }

    /** Sets all of these. */
    public Figures setAll(Map<String, Double> figures) {
        byName.putAll(figures);
        return this;
    }

    /** Sets the rate of so many operations in so many nanoseconds. */
    public Figures rate(long operations, long nanos) {
        return set(RATE, operations * NANOS / nanos).set("operations", operations);
    }

    /** Sets quantiles of a histogram of nanoseconds, in microseconds. Nothing if it is empty. */
    public Figures latency(String prefix, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            set(prefix + "P50Micros", histogram.getValueAtPercentile(50) / MICROS);
            set(prefix + "P99Micros", histogram.getValueAtPercentile(99) / MICROS);
            set(prefix + "P999Micros", histogram.getValueAtPercentile(99.9) / MICROS);
            set(prefix + "MaxMicros", histogram.getMaxValue() / MICROS);
            set(prefix + "Count", histogram.getTotalCount());
        }
        return this;
    }

    /** {@return all figures} */
    public Map<String, Double> all() {
        return byName;
    }
}
