package io.stave.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.stave.DiskRoom;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.StaveReader;
import io.stave.StoreHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The figures of a store, {@link StaveReader#stats()} and {@link Stave#health()}, as Micrometer meters named {@code stave.*}.
 *
 * <pre>{@code
 * new StaveMetrics(store, "orders").bindTo(registry);
 * }</pre>
 *
 * <p>Each meter has a description, a base unit and the tag {@code store}. Nothing is counted twice: a meter reads what the
 * store has counted anyway, when it is scraped. However many meters are read, the store is asked at most once a second, and
 * it is asked on the thread that scrapes.
 *
 * <p><b>Counters</b> are totals since the store was opened and begin anew with the next open. <b>Distributions</b> are
 * what can be said of them honestly: a count and an exact sum, which rates and means of any period follow from, and
 * gauges for the median, the 99th percentile and the largest since the open, which have no period and cannot be
 * added up over stores.
 *
 * <p><b>Of a closed store</b> {@code stave.live} and {@code stave.ready} are 0, counters stay where they were, and all other
 * gauges are not a number. {@link #close()} takes the meters out of their registries. As long as they are in one the store
 * object is reachable.
 *
 * <p>Needs {@code io.micrometer:micrometer-core} 1.17 or newer, which Stave does not bring along. Any thread may call any
 * method.
 *
 * @since 0.1
 */
public final class StaveMetrics implements MeterBinder, AutoCloseable {

    private final LatestFigures figures;
    private final boolean writable;
    private final Tags tags;

    // Guarded by this.
    private final List<Registered> registered = new ArrayList<>();

    private record Registered(MeterRegistry registry, List<Meter> meters) {}

    /**
     * Of a store that is open for writing or for reading only; where it is the latter, what only a writer does is 0.
     *
     * @param store the store; it stays the caller's to close
     * @param name value of the tag {@code store}, by which several stores in one registry are told apart
     */
    public StaveMetrics(StaveReader store, String name) {
        this(store, name, Tags.empty());
    }

    /**
     * The same with more tags.
     *
     * @param store the store; it stays the caller's to close
     * @param name value of the tag {@code store}, by which several stores in one registry are told apart
     * @param more tags of all meters
     */
    public StaveMetrics(StaveReader store, String name, Iterable<Tag> more) {
        this(store, name, more, System::nanoTime);
    }

    StaveMetrics(StaveReader store, String name, Iterable<Tag> more, LongSupplier nanos) {
        this.figures = new LatestFigures(Objects.requireNonNull(store, "store"), nanos);
        this.writable = store instanceof Stave;
        this.tags = Tags.of(more).and("store", Objects.requireNonNull(name, "name"));
    }

    /**
     * Registers the meters, in as many registries as it is called with.
     *
     * @param registry where to
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        MeterList list = new MeterList(registry, figures, tags);
        space(list);
        memory(list);
        operations(list);
        commits(list);
        merges(list);
        state(list);
        if (writable) {
            health(list);
        }
        synchronized (this) {
            registered.add(new Registered(registry, list.meters()));
        }
    }

    /** Takes the meters out of all registries they were registered in. The store stays open. */
    @Override
    public synchronized void close() {
        for (Registered each : registered) {
            each.meters.forEach(each.registry::remove);
        }
        registered.clear();
    }

    private static void space(MeterList list) {
        bytes(list, "stave.space.disk", "Bytes in use in all segments", stats -> stats.space()
                .diskBytes());
        bytes(list, "stave.space.live", "Bytes of records that are the newest of their key", stats -> stats.space()
                .liveBytes());
        bytes(list, "stave.space.dead", "Bytes that a merge can reclaim", stats -> stats.space()
                .deadBytes());
        bytes(list, "stave.space.expired", "Dead bytes that are values which have expired", stats -> stats.space()
                .expiredBytes());
        bytes(list, "stave.space.tombstones", "Bytes of tombstones", stats -> stats.space()
                .tombstoneBytes());
        bytes(list, "stave.space.mapped", "Bytes of segments mapped for reading", stats -> stats.space()
                .mappedBytes());
        bytes(
                list,
                "stave.space.pinned",
                "Bytes of replaced segments that snapshots or reads still hold",
                stats -> stats.space().pinnedBytes());
        list.gauge("stave.space.amplification", "", "Bytes on disk for each live one", stats -> stats.space()
                .amplification());
        list.gauge("stave.blobs", "blobs", "Values in files of their own", stats -> stats.blobs()
                .count());
        bytes(list, "stave.blobs.live", "Bytes of values in files of their own", stats -> stats.blobs()
                .bytes());
        bytes(
                list,
                "stave.blobs.pinned",
                "Bytes of such values that no key has any more and that snapshots or checkpoints still hold",
                stats -> stats.blobs().pinnedBytes());
        list.gauge("stave.segments", "segments", "Live segments", stats -> stats.segments()
                .size());
        list.gauge(
                "stave.damaged.segments",
                "segments",
                "Segments with a record that does not verify",
                stats -> stats.segments().stream().filter(SegmentStats::damaged).count());
    }

    private static void memory(MeterList list) {
        list.gauge("stave.keys", "keys", "Keys in the store", Stats::keys);
        bytes(list, "stave.keydir.memory", "Memory of the keydir, outside the heap", stats -> stats.keydir()
                .bytes());
        list.gauge("stave.keydir.load", "", "Share of the keydir's slots that are taken", stats -> stats.keydir()
                .load());
        list.gauge("stave.snapshots", "snapshots", "Open snapshots", stats -> stats.snapshots()
                .open());
        list.timeGauge(
                "stave.snapshots.oldest", "How long the oldest snapshot has been open", stats -> stats.snapshots()
                        .oldestNanos());
        bytes(list, "stave.snapshots.undo", "Memory outside the heap that snapshots need", stats -> stats.snapshots()
                .undoBytes());
    }

    private static void operations(MeterList list) {
        list.counter(
                "stave.gets",
                BaseUnits.OPERATIONS,
                "Reads",
                stats -> stats.operations().hits(),
                "result",
                "hit");
        list.counter(
                "stave.gets",
                BaseUnits.OPERATIONS,
                "Reads",
                stats -> stats.operations().misses(),
                "result",
                "miss");
        list.counter("stave.puts", BaseUnits.OPERATIONS, "Puts applied", stats -> stats.operations()
                .puts());
        list.counter("stave.deletes", BaseUnits.OPERATIONS, "Deletes applied", stats -> stats.operations()
                .deletes());
        list.counter("stave.batches", BaseUnits.OPERATIONS, "Batches applied", stats -> stats.operations()
                .batches());
        bytes(list, "stave.async.pending", "Bytes of asynchronous writes under way", stats -> stats.operations()
                .asyncBytesInFlight());
    }

    private static void commits(MeterList list) {
        list.counter("stave.appended", BaseUnits.BYTES, "Bytes appended by writes", stats -> stats.commits()
                .bytesWritten());
        list.counter("stave.groups", "groups", "Groups of writes committed together", stats -> stats.commits()
                .groups());
        list.counter(
                "stave.group.records",
                "records",
                "Records committed in groups",
                stats -> MeterList.sum(stats.commits().groupRecords()));
        list.percentiles("stave.group", "records", "records of a group", stats -> stats.commits()
                .groupRecords());
        list.timer("stave.force", "Time that a force of a segment took", stats -> stats.commits()
                .forceNanos());
        list.timeGauge(
                "stave.backpressure.delay",
                "How long the latest group of writes was held back for merging",
                stats -> stats.backPressure().delayNanos());
        list.secondsCounter(
                "stave.backpressure.delayed",
                "How long all groups of writes were held back for merging",
                stats -> stats.backPressure().totalNanos());
    }

    private static void merges(MeterList list) {
        list.counter("stave.merges", "merges", "Merges completed", stats -> stats.merges()
                .count());
        list.gauge(
                "stave.merges.running",
                "",
                "Whether a merge is under way, 0 or 1",
                stats -> stats.merges().running() ? 1 : 0);
        list.counter(
                "stave.merge.read", BaseUnits.BYTES, "Bytes of segments that merges replaced", stats -> stats.merges()
                        .bytesRead());
        list.counter(
                "stave.merge.written",
                BaseUnits.BYTES,
                "Bytes of segments that merges put in their place",
                stats -> stats.merges().bytesWritten());
        list.gauge(
                "stave.write.amplification",
                "",
                "Bytes written, by merges too, for each that writes appended",
                Stats::writeAmplification);
    }

    private static void state(MeterList list) {
        list.rawGauge("stave.live", "", "Whether the store is open, 0 or 1", taken -> taken.live() ? 1 : 0);
        list.timeGauge("stave.uptime", "How long the store has been open", Stats::uptimeNanos);
        list.timeGauge("stave.recovery.duration", "How long the open took", stats -> stats.recovery()
                .duration()
                .toNanos());
        list.gauge("stave.recovery.cuts", "segments", "Torn tails that the open has cut off", stats -> stats.recovery()
                .cuts()
                .size());
    }

    private static void health(MeterList list) {
        list.healthGauge(
                "stave.ready",
                "",
                "Whether writes may be sent, 0 or 1: writable, disk headroom, last force succeeded",
                health -> health.ready() ? 1 : 0);
        list.healthGauge("stave.writable", "", "Whether writes are taken, 0 or 1", health -> health.writable() ? 1 : 0);
        list.healthGauge(
                "stave.disk.usable",
                BaseUnits.BYTES,
                "Bytes free on the disk",
                health -> room(health, DiskRoom::usableBytes));
        list.healthGauge(
                "stave.disk.spare",
                BaseUnits.BYTES,
                "Bytes that puts may take before they are refused",
                health -> room(health, DiskRoom::spareBytes));
    }

    private static double room(StoreHealth health, ToDoubleFunction<DiskRoom> bytes) {
        DiskRoom room = health.disk();
        return room == null ? Double.NaN : bytes.applyAsDouble(room);
    }

    private static void bytes(MeterList list, String name, String description, ToDoubleFunction<Stats> value) {
        list.gauge(name, BaseUnits.BYTES, description, value);
    }
}
