package io.stave.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stave.Batch;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.StoreHealth;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets to see of a store. */
class StaveMetricsTest {

    private static final Options OPTIONS = Options.defaults().mergePolicy(MergePolicy.manual());

    @TempDir
    Path directory;

    private final AtomicLong time = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private StaveMetrics metrics(Stave store, String name) {
        return new StaveMetrics(store, name, Tags.empty(), time::get);
    }

    /** One sample a line: name and labels, value. A second passes, so that nothing is left of the scrape before. */
    private Map<String, Double> scrape() {
        time.addAndGet(TimeUnit.SECONDS.toNanos(1));
        Map<String, Double> samples = new HashMap<>();
        registry.scrape().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        });
        return samples;
    }

    /** The store, with the calls of stats counted. */
    private Stave counted(Stave store) {
        return (Stave) Proxy.newProxyInstance(
                Stave.class.getClassLoader(), new Class<?>[] {Stave.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("stats")) {
                        asked.incrementAndGet();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void work(Stave store) {
        for (int i = 0; i < 100; i++) {
            store.put(bytes("key " + i % 50), new byte[1000]);
        }
        store.delete(bytes("key 0"));
        store.apply(new Batch().put(bytes("a"), bytes("1")).put(bytes("b"), bytes("2")));
        store.get(bytes("key 1"));
        store.get(bytes("key 2"));
        store.get(bytes("no such key"));
    }

    @Test
    void scrapeShowsTheFiguresOfTheStore() {
        try (Stave store = Stave.open(directory, OPTIONS)) {
            metrics(store, "orders").bindTo(registry);
            work(store);
            store.merge();
            Map<String, Double> samples = scrape();
            Stats stats = store.stats();
            StoreHealth health = store.health();

            assertEquals(51, samples.get("stave_keys{store=\"orders\"}"));
            assertEquals(102, samples.get("stave_puts_operations_total{store=\"orders\"}"));
            assertEquals(1, samples.get("stave_deletes_operations_total{store=\"orders\"}"));
            assertEquals(1, samples.get("stave_batches_operations_total{store=\"orders\"}"));
            assertEquals(2, samples.get("stave_gets_operations_total{result=\"hit\",store=\"orders\"}"));
            assertEquals(1, samples.get("stave_gets_operations_total{result=\"miss\",store=\"orders\"}"));
            assertEquals(stats.space().diskBytes(), samples.get("stave_space_disk_bytes{store=\"orders\"}"));
            assertEquals(stats.space().liveBytes(), samples.get("stave_space_live_bytes{store=\"orders\"}"));
            assertEquals(
                    stats.space().amplification(), samples.get("stave_space_amplification{store=\"orders\"}"), 1e-9);
            assertEquals(stats.keydir().bytes(), samples.get("stave_keydir_memory_bytes{store=\"orders\"}"));
            assertEquals(stats.commits().bytesWritten(), samples.get("stave_appended_bytes_total{store=\"orders\"}"));
            assertEquals(102, samples.get("stave_groups_total{store=\"orders\"}"));
            assertEquals(103, samples.get("stave_group_records_total{store=\"orders\"}"), 1e-6);
            assertEquals(2, samples.get("stave_group_max_records{store=\"orders\"}"));
            assertEquals(1, samples.get("stave_group_percentile_records{phi=\"0.99\",store=\"orders\"}"));
            assertEquals(1, samples.get("stave_merges_total{store=\"orders\"}"));
            assertEquals(0, samples.get("stave_merges_running{store=\"orders\"}"));
            assertEquals(stats.merges().bytesRead(), samples.get("stave_merge_read_bytes_total{store=\"orders\"}"));
            assertEquals(stats.segments().size(), samples.get("stave_segments{store=\"orders\"}"));
            assertEquals(0, samples.get("stave_damaged_segments{store=\"orders\"}"));
            assertEquals(1, samples.get("stave_live{store=\"orders\"}"));
            assertEquals(1, samples.get("stave_ready{store=\"orders\"}"), health::describe);
            assertTrue(samples.get("stave_disk_spare_bytes{store=\"orders\"}") > 0);
            assertTrue(samples.get("stave_disk_usable_bytes{store=\"orders\"}")
                    > samples.get("stave_disk_spare_bytes{store=\"orders\"}"));
        }
    }

    @Test
    void distributionOfForcesKeepsItsCountItsSumAndItsBounds() {
        try (Stave store = Stave.open(directory, OPTIONS)) {
            metrics(store, "orders").bindTo(registry);
            work(store);
            Map<String, Double> samples = scrape();
            Stats.Commits commits = store.stats().commits();
            assertTrue(commits.forces() > 0);
            assertEquals(commits.forces(), samples.get("stave_force_seconds_count{store=\"orders\"}"));
            double seconds = commits.forceNanos().mean() * commits.forces() / 1e9;
            assertEquals(seconds, samples.get("stave_force_seconds_sum{store=\"orders\"}"), 1e-9);
            assertEquals(
                    commits.forceNanos().median() / 1e9,
                    samples.get("stave_force_percentile_seconds{phi=\"0.5\",store=\"orders\"}"),
                    1e-12);
            assertEquals(
                    commits.forceNanos().p99() / 1e9,
                    samples.get("stave_force_percentile_seconds{phi=\"0.99\",store=\"orders\"}"),
                    1e-12);
            assertEquals(
                    commits.forceNanos().max() / 1e9, samples.get("stave_force_max_seconds{store=\"orders\"}"), 1e-12);
        }
    }

    @Test
    void everyMeterIsNamedTaggedAndDescribed() {
        try (Stave store = Stave.open(directory, OPTIONS)) {
            new StaveMetrics(store, "orders", Tags.of("zone", "north")).bindTo(registry);
            List<Meter> meters = registry.getMeters();
            assertTrue(meters.size() > 40, "only " + meters.size());
            Set<String> noUnit = new HashSet<>();
            for (Meter meter : meters) {
                Meter.Id id = meter.getId();
                assertTrue(id.getName().startsWith("stave."), id::toString);
                assertEquals("orders", id.getTag("store"), id::toString);
                assertEquals("north", id.getTag("zone"), id::toString);
                assertNotNull(id.getDescription(), id::toString);
                if (id.getBaseUnit() == null) {
                    noUnit.add(id.getName());
                }
            }
            assertEquals(
                    Set.of(
                            "stave.live",
                            "stave.ready",
                            "stave.writable",
                            "stave.merges.running",
                            "stave.keydir.load",
                            "stave.space.amplification",
                            "stave.write.amplification"),
                    noUnit,
                    "shares, ratios and truths have no unit");
        }
    }

    @Test
    void storeIsAskedOnceForAScrapeOfAllMeters() {
        try (Stave store = Stave.open(directory, OPTIONS)) {
            metrics(counted(store), "orders").bindTo(registry);
            assertEquals(0, asked.get(), "nobody has scraped");
            for (int i = 1; i <= 3; i++) {
                assertTrue(scrape().size() > 40);
                assertEquals(i, asked.get());
            }
            registry.scrape();
            assertEquals(3, asked.get(), "no second has passed");
        }
    }

    @Test
    void closedStoreIsNotLiveAndItsCountersStay() {
        try (Stave store = Stave.open(directory, OPTIONS)) {
            metrics(store, "orders").bindTo(registry);
            work(store);
            assertEquals(102, scrape().get("stave_puts_operations_total{store=\"orders\"}"));
        }
        Map<String, Double> samples = scrape();
        assertEquals(0, samples.get("stave_live{store=\"orders\"}"));
        assertEquals(0, samples.get("stave_ready{store=\"orders\"}"));
        assertEquals(Double.NaN, samples.get("stave_keys{store=\"orders\"}"));
        assertEquals(Double.NaN, samples.get("stave_disk_usable_bytes{store=\"orders\"}"));
        assertEquals(102, samples.get("stave_puts_operations_total{store=\"orders\"}"));
    }

    @Test
    void storeThatWasClosedBeforeTheFirstScrapeHasNoFigures() {
        try (Stave store = Stave.open(directory, OPTIONS)) {
            metrics(store, "orders").bindTo(registry);
        }
        Map<String, Double> samples = scrape();
        assertEquals(0, samples.get("stave_live{store=\"orders\"}"));
        assertEquals(0, samples.get("stave_puts_operations_total{store=\"orders\"}"));
    }

    @Test
    void storesInOneRegistryAreToldApartAndTakenOutAlone() {
        try (Stave store = Stave.open(directory, OPTIONS);
                ReadOnlyStave reader = Stave.openReadOnly(directory, OPTIONS)) {
            store.put(bytes("key"), bytes("value"));
            StaveMetrics readers = new StaveMetrics(reader, "reader", Tags.empty(), time::get);
            metrics(store, "writer").bindTo(registry);
            readers.bindTo(registry);
            SimpleMeterRegistry other = new SimpleMeterRegistry();
            readers.bindTo(other);

            Map<String, Double> samples = scrape();
            assertEquals(1, samples.get("stave_keys{store=\"writer\"}"));
            assertEquals(0, samples.get("stave_keys{store=\"reader\"}"), "it was not refreshed");
            assertEquals(1, samples.get("stave_live{store=\"reader\"}"));
            assertFalse(samples.containsKey("stave_ready{store=\"reader\"}"), "it does not write");
            assertEquals(
                    0, other.get("stave.keys").tag("store", "reader").gauge().value());

            readers.close();
            samples = scrape();
            assertTrue(samples.containsKey("stave_keys{store=\"writer\"}"));
            assertTrue(samples.keySet().stream().noneMatch(name -> name.contains("reader")), samples::toString);
            assertEquals(List.of(), other.getMeters());
        }
    }
}
