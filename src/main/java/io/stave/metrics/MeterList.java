package io.stave.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.stave.Distribution;
import io.stave.Stats;
import io.stave.StoreHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Registers meters over the figures of one store, and remembers them. Of a closed store gauges are not a number, and counters stay where
 * they were.
 */
final class MeterList {

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MeterRegistry registry;
    private final LatestFigures figures;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();

    MeterList(MeterRegistry registry, LatestFigures figures, Tags tags) {
        this.registry = registry;
        this.figures = figures;
        this.tags = tags;
    }

    /** What was registered so far. */
    List<Meter> meters() {
        return meters;
    }

    void gauge(String name, String unit, String description, ToDoubleFunction<Stats> value) {
        rawGauge(name, unit, description, ifLive(value));
    }

    void healthGauge(String name, String unit, String description, ToDoubleFunction<StoreHealth> value) {
        rawGauge(name, unit, description, taken -> {
            StoreHealth health = taken.health();
            return health == null ? Double.NaN : value.applyAsDouble(health);
        });
    }

    /** A figure that a closed store has as well. */
    void rawGauge(String name, String unit, String description, ToDoubleFunction<LatestFigures.Taken> value) {
        // Strong: a gauge that only the registry holds would otherwise be lost with its figures.
        meters.add(Gauge.builder(name, figures, latest -> value.applyAsDouble(latest.get()))
                .baseUnit(unit.isEmpty() ? null : unit)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry));
    }

    /** Nanoseconds, shown in the registry's unit of time. */
    void timeGauge(String name, String description, ToDoubleFunction<Stats> nanos) {
        timeGauge(name, description, tags, nanos);
    }

    private void timeGauge(String name, String description, Tags how, ToDoubleFunction<Stats> nanos) {
        ToDoubleFunction<LatestFigures.Taken> value = ifLive(nanos);
        meters.add(TimeGauge.builder(name, figures, TimeUnit.NANOSECONDS, latest -> value.applyAsDouble(latest.get()))
                .description(description)
                .tags(how)
                .strongReference(true)
                .register(registry));
    }

    void counter(String name, String unit, String description, ToDoubleFunction<Stats> total, String... more) {
        meters.add(FunctionCounter.builder(name, figures, latest -> lastKnown(latest, total))
                .baseUnit(unit)
                .description(description)
                .tags(tags.and(more))
                .register(registry));
    }

    /** Seconds that add up. */
    void secondsCounter(String name, String description, ToLongFunction<Stats> nanos) {
        counter(name, "seconds", description, stats -> nanos.applyAsLong(stats) / NANOS_PER_SECOND);
    }

    /**
     * A distribution of times: how many there were and what they add up to, from which rates and means over any time follow; and what is
     * known of single ones since the open.
     */
    void timer(String name, String description, Function<Stats, Distribution> nanos) {
        meters.add(FunctionTimer.builder(
                        name,
                        figures,
                        latest -> (long)
                                lastKnown(latest, stats -> nanos.apply(stats).count()),
                        latest -> lastKnown(latest, stats -> sum(nanos.apply(stats))),
                        TimeUnit.NANOSECONDS)
                .description(description)
                .tags(tags)
                .register(registry));
        String each = description + ", since the open; exceeds the true one by an eighth at most";
        timeGauge(name + ".percentile", "Percentile of: " + each, tags.and("phi", "0.5"), stats -> nanos.apply(stats)
                .median());
        timeGauge(name + ".percentile", "Percentile of: " + each, tags.and("phi", "0.99"), stats -> nanos.apply(stats)
                .p99());
        timeGauge(name + ".max", "Largest of: " + each, tags, stats -> nanos.apply(stats)
                .max());
    }

    /** The same of a distribution that is no time, without its count and sum. */
    void percentiles(String name, String unit, String description, Function<Stats, Distribution> of) {
        String each = description + ", since the open; exceeds the true one by an eighth at most";
        percentile(name, unit, each, "0.5", stats -> of.apply(stats).median());
        percentile(name, unit, each, "0.99", stats -> of.apply(stats).p99());
        gauge(name + ".max", unit, "Largest of: " + each, stats -> of.apply(stats)
                .max());
    }

    private void percentile(String name, String unit, String each, String phi, ToDoubleFunction<Stats> value) {
        ToDoubleFunction<LatestFigures.Taken> known = ifLive(value);
        meters.add(Gauge.builder(name + ".percentile", figures, latest -> known.applyAsDouble(latest.get()))
                .baseUnit(unit)
                .description("Percentile of: " + each)
                .tags(tags.and("phi", phi))
                .strongReference(true)
                .register(registry));
    }

    /** The sum of all values: the mean is exact. */
    static double sum(Distribution of) {
        return of.mean() * of.count();
    }

    private static ToDoubleFunction<LatestFigures.Taken> ifLive(ToDoubleFunction<Stats> value) {
        return taken -> {
            Stats stats = taken.stats();
            return taken.live() && stats != null ? value.applyAsDouble(stats) : Double.NaN;
        };
    }

    private static double lastKnown(LatestFigures figures, ToDoubleFunction<Stats> value) {
        Stats stats = figures.get().stats();
        return stats == null ? 0 : value.applyAsDouble(stats);
    }
}
