package io.stave.compare.report;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Peers;
import io.stave.compare.peer.Way;
import io.stave.compare.result.Cells;
import io.stave.compare.result.Cells.Row;
import io.stave.compare.result.Measurement.Cell;
import io.stave.compare.result.Spread;
import io.stave.compare.work.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** What Stave is meant to reach, judged by one run. Each goal is judged on the largest number of keys that the run has for it. */
final class Goals {
    private static final String ROCKS = "rocksdb-tuned";
    private static final int SMALL = 100;
    private static final int MEDIUM = 1024;
    private static final double TEN_MILLION = 1e7;
    private static final double RECORD_OVERHEAD = 36;

    private final Cells cells;
    private final List<Goal> goals = new ArrayList<>();

    private Goals(Cells cells) {
        this.cells = cells;
    }

    static List<Goal> of(Cells cells) {
        Goals goals = new Goals(cells);
        goals.speed();
        goals.durable();
        goals.reopen();
        goals.space();
        goals.scale();
        return goals.goals;
    }

    private void speed() {
        times("load", MEDIUM, ROCKS, 6);
        times("load", MEDIUM, "halodb", 2.2);
        times("load", MEDIUM, "chronicle-map", 1.3);
        times("load", SMALL, ROCKS, 10);
        times("load", SMALL, "lmdb", 4);
        times("load", SMALL, "lmdb-writemap", 4);
        times("load", SMALL, "halodb", 4);
        times("load", MEDIUM, LimitPeer.NAME, 0.6);
        times("load", SMALL, LimitPeer.NAME, 0.6);
        for (String get : new String[] {"get-1", "get-2"}) {
            times(get, MEDIUM, ROCKS, 7);
            times(get, MEDIUM, "lmdb", 3);
            times(get, MEDIUM, "halodb", 3);
            times(get, MEDIUM, "chronicle-map", 1.2);
            times(get, SMALL, ROCKS, 12);
            times(get, SMALL, "lmdb", 4.5);
            times(get, MEDIUM, LimitPeer.NAME, 1 / 1.4);
            times(get, SMALL, LimitPeer.NAME, 1 / 1.4);
        }
        Optional<Cell> miss = cells.of("miss-1").stream()
                .filter(cell -> cell.keys() == (long) TEN_MILLION)
                .findFirst();
        figure("miss-1, 10 M keys", "absolute", 250, false, " ns", miss, Figures.RATE, rate -> 1e9 / rate);
        times("overwrite", MEDIUM, ROCKS, 4);
        times("overwrite", MEDIUM, "halodb", 3);
    }

    private void durable() {
        times("durable-1", MEDIUM, LimitPeer.NAME, 0.9);
        times("durable-16", MEDIUM, ROCKS, 3.5);
        figure(
                "durable-16",
                "absolute",
                120,
                true,
                " k/s",
                cell("durable-16", MEDIUM),
                Figures.RATE,
                rate -> rate / 1e3);
        times("durable-64", MEDIUM, ROCKS, 3.5);
        figure(
                "durable-64",
                "absolute",
                150,
                true,
                " k/s",
                cell("durable-64", MEDIUM),
                Figures.RATE,
                rate -> rate / 1e3);
        times("durable-async", MEDIUM, LimitPeer.NAME, 0.6);
        figure(
                "durable-async, 1 KiB",
                "absolute",
                500,
                true,
                " k/s",
                cell("durable-async", MEDIUM),
                Figures.RATE,
                rate -> rate / 1e3);
        oneOfTheLastTwo();
    }

    /** The same goal in two forms, of which either will do: the second is shown where only that is met. */
    private void oneOfTheLastTwo() {
        Goal second = goals.remove(goals.size() - 1);
        Goal first = goals.remove(goals.size() - 1);
        goals.add(second.met() && !first.met() ? second : first);
    }

    private void reopen() {
        for (int valueBytes : new int[] {SMALL, MEDIUM}) {
            Optional<Cell> clean = large("reopen", valueBytes);
            String title = "reopen, 10 M keys, " + Text.valueLength(valueBytes);
            double each = clean.map(cell -> TEN_MILLION / cell.keys()).orElse(0.0);
            figure(title, "absolute", 0.3, false, " s", clean, "openSeconds", seconds -> seconds * each);
        }
        for (int valueBytes : new int[] {SMALL, MEDIUM}) {
            figure(
                    "reopen-hints, " + Text.valueLength(valueBytes),
                    "absolute",
                    7,
                    true,
                    " M/s",
                    large("reopen-hints", valueBytes),
                    Figures.RATE,
                    rate -> rate / 1e6);
        }
        figure(
                "reopen-scan, " + Text.valueLength(SMALL),
                "absolute",
                2,
                true,
                " M/s",
                large("reopen-scan", SMALL),
                Figures.RATE,
                rate -> rate / 1e6);
        figure(
                "reopen-scan, " + Text.valueLength(MEDIUM),
                "absolute",
                1.3,
                true,
                " GB/s",
                large("reopen-scan", MEDIUM),
                Figures.RATE,
                rate -> rate * (MEDIUM + RECORD_OVERHEAD) / 1e9);
        times("reopen-killed", MEDIUM, ROCKS, 1);
        times("reopen-killed", SMALL, ROCKS, 1);
    }

    private void space() {
        for (int valueBytes : new int[] {SMALL, MEDIUM}) {
            Optional<Cell> cell = cell("overwrite", valueBytes);
            String title = "overwrite, " + Text.valueLength(valueBytes);
            figure(
                    title + ", disk at the worst moment",
                    "live data",
                    1.5,
                    false,
                    " ×",
                    plain(cell, "diskPeakBytes", "liveBytes"));
            figure(title + ", bytes written", "bytes put", 2.5, false, " ×", cell, "ownWriteAmplification", all -> all);
            Optional<Cell> merge = cell("merge", valueBytes);
            figure(
                    "get beside merges, p99, " + Text.valueLength(valueBytes),
                    "alone",
                    3,
                    false,
                    " ×",
                    plain(merge, "mergingGetP99Micros", "aloneGetP99Micros"));
            Optional<Cell> load = cell("load", valueBytes);
            double keys = load.map(one -> (double) one.keys()).orElse(1.0);
            figure(
                    "keydir, " + Text.valueLength(valueBytes) + ", 28 B when fullest",
                    "a key",
                    36,
                    false,
                    " B",
                    load,
                    "keydirBytes",
                    bytes -> bytes / keys);
        }
    }

    /** From the least to the greatest number of keys: how much more an operation costs, over how much more two reads do. */
    private void scale() {
        for (String work : new String[] {"get-1", "load"}) {
            List<Cell> sizes = cells.of(work).stream()
                    .filter(cell -> cell.valueBytes() == SMALL)
                    .sorted((a, b) -> Long.compare(a.keys(), b.keys()))
                    .toList();
            if (sizes.size() < 2) {
                continue;
            }
            Cell few = sizes.get(0);
            Cell many = sizes.get(sizes.size() - 1);
            Row stave = plainRow();
            Row limit = new Row(LimitPeer.NAME, Way.PUT.name());
            Optional<Spread> cost = cells.ratio(few, stave, Figures.RATE, many, stave, Figures.RATE);
            Optional<Spread> reads = cells.ratio(
                    new Cell("get-1", few.keys(), SMALL),
                    limit,
                    "twoReadsPerSecond",
                    new Cell("get-1", many.keys(), SMALL),
                    limit,
                    "twoReadsPerSecond");
            Optional<Spread> grown = cost.isPresent() && reads.isPresent()
                    ? Optional.of(
                            Spread.of(List.of(cost.get().median() / reads.get().median())))
                    : Optional.empty();
            String title = work + ", cost from " + Text.count(few.keys()) + " to " + Text.count(many.keys()) + " keys";
            figure(title, "that of two dependent reads", 1.5, false, " ×", grown);
        }
    }

    private Optional<Cell> cell(String work, int valueBytes) {
        return cell(work, valueBytes, Peers.STAVE);
    }

    /** The same, if it has ten million keys or more: with fewer, what a process does once takes longer than what it does for each key. */
    private Optional<Cell> large(String work, int valueBytes) {
        return cell(work, valueBytes).filter(cell -> cell.keys() >= (long) TEN_MILLION);
    }

    /** The one with the most keys in which both have a figure. */
    private Optional<Cell> cell(String work, int valueBytes, String other) {
        Measure measure = Measure.of(work);
        return cells.of(work).stream()
                .filter(cell -> cell.valueBytes() == valueBytes)
                .filter(cell -> measure.best(cells, cell, Peers.STAVE).isPresent()
                        && measure.best(cells, cell, other).isPresent())
                .max((a, b) -> Long.compare(a.keys(), b.keys()));
    }

    private static Row plainRow() {
        return new Row(Peers.STAVE, Way.PUT.name());
    }

    /** How many times better than a peer, each in its best way. */
    private void times(String work, int valueBytes, String peer, double target) {
        Measure measure = Measure.of(work);
        Optional<Cell> cell = cell(work, valueBytes, peer);
        Optional<Spread> best = Optional.empty();
        Optional<Spread> plain = Optional.empty();
        if (cell.isPresent()) {
            Optional<Row> other = measure.best(cells, cell.get(), peer);
            Optional<Row> ours = measure.best(cells, cell.get(), Peers.STAVE);
            if (other.isPresent() && ours.isPresent()) {
                best = measure.advantage(cells, cell.get(), ours.get(), other.get());
                plain = cells.rows(cell.get(), Peers.STAVE).size() > 1
                        ? measure.advantage(cells, cell.get(), plainRow(), other.get())
                        : Optional.empty();
            }
        }
        goals.add(new Goal(work + ", " + Text.valueLength(valueBytes), peer, target, true, " ×", best, plain));
    }

    /** A figure of Stave's own. */
    private void figure(
            String title,
            String against,
            double target,
            boolean atLeast,
            String unit,
            Optional<Cell> cell,
            String figure,
            DoubleUnaryOperator change) {
        Optional<Spread> spread = cell.flatMap(one -> {
            List<Double> values = new ArrayList<>();
            for (Row row : cells.rows(one, Peers.STAVE)) {
                cells.measurements(one, row).stream()
                        .filter(measurement -> measurement.figures().containsKey(figure))
                        .forEach(measurement -> values.add(
                                change.applyAsDouble(measurement.figures().get(figure))));
            }
            return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
        });
        goals.add(new Goal(title, against, target, atLeast, unit, spread, Optional.empty()));
    }

    private void figure(
            String title, String against, double target, boolean atLeast, String unit, Optional<Spread> spread) {
        goals.add(new Goal(title, against, target, atLeast, unit, spread, Optional.empty()));
    }

    private Optional<Spread> plain(Optional<Cell> cell, String figure, String other) {
        return cell.flatMap(one -> cells.ratio(one, plainRow(), figure, one, plainRow(), other));
    }
}
