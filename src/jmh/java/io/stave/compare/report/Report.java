package io.stave.compare.report;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peers;
import io.stave.compare.result.Cells;
import io.stave.compare.result.Cells.Row;
import io.stave.compare.result.Measurement.Cell;
import io.stave.compare.result.Run;
import io.stave.compare.result.Spread;
import io.stave.compare.work.Work;
import io.stave.compare.work.Works;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the page about a run, with its pictures. */
public final class Report {
    /** Name of the page. */
    public static final String PAGE = "PERFORMANCE.md";

    private static final String PICTURES = "performance";
    private static final String NOTES = "NOTES.md";

    private final Run run;
    private final Cells cells;
    private final Tables tables;
    private final Charts charts;
    private final StringBuilder page = new StringBuilder();

    /** A report on a run. */
    public Report(Run run) {
        this.run = run;
        cells = new Cells(run);
        tables = new Tables(run, cells);
        charts = new Charts(cells, tables);
    }

    /** Writes the page into a directory and the pictures into one below it, where it replaces those that are there. */
    public void write(Path docs) throws IOException {
        Path pictures = Files.createDirectories(docs.resolve(PICTURES));
        try (DirectoryStream<Path> old = Files.newDirectoryStream(pictures, "*.svg")) {
            for (Path one : old) {
                Files.delete(one);
            }
        }
        PageText.introduction(page, run);
        goals();
        losses(pictures);
        for (Work work : Works.all()) {
            work(work, pictures);
        }
        PageText.method(page);
        PageText.machine(page, run);
        PageText.settings(page, run);
        Files.writeString(docs.resolve(PAGE), page.toString().strip() + "\n");
    }

    private void goals() {
        List<Goal> goals = Goals.of(cells);
        long judged = goals.stream().filter(goal -> goal.measured().isPresent()).count();
        long met = goals.stream().filter(Goal::met).count();
        page.append("## Goals\n\nOf ")
                .append(judged)
                .append(" goals that this run could judge, ")
                .append(met);
        page.append(
                " are met. A ratio is Stave's figure over the other's within a round, of which the median counts; ");
        page.append(
                "where there are several ways to write, each side does it in its best one, and the column *plain put* ");
        page.append("shows Stave's ordinary put against the same.\n\n");
        page.append("| work | against | goal | measured | plain put | |\n|---|---|--:|--:|--:|---|\n");
        goals.forEach(goal -> page.append(goal.row()).append('\n'));
        page.append('\n');
    }

    /** Every peer that beats Stave at anything, each side in its best way, the farthest ahead first. */
    private void losses(Path pictures) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (Work work : Works.all()) {
            for (Cell cell : cells.of(work.name())) {
                List<String> ahead = ahead(Measure.of(work.name()), cell);
                if (!ahead.isEmpty()) {
                    rows.append("| ").append(work.title()).append(" | ").append(Text.count(cell.keys()));
                    rows.append(" | ").append(Text.valueLength(cell.valueBytes()));
                    rows.append(" | ").append(String.join("; ", ahead)).append(" |\n");
                }
            }
        }
        page.append("## Where Stave loses\n\n");
        page.append(
                rows.isEmpty()
                        ? "Nowhere in this run.\n"
                        : "| work | keys | values | ahead, by |\n|---|--:|--:|---|\n");
        page.append(rows).append('\n');
        Path notes = pictures.resolve(NOTES);
        if (Files.exists(notes)) {
            page.append(Files.readString(notes).strip()).append("\n\n");
        }
    }

    private List<String> ahead(Measure measure, Cell cell) {
        Map<String, Spread> by = new HashMap<>();
        Optional<Row> ours = measure.best(cells, cell, Peers.STAVE);
        for (String peer : run.peers().keySet()) {
            Optional<Row> other = measure.best(cells, cell, peer);
            if (!peer.startsWith(Peers.STAVE)
                    && !peer.equals(LimitPeer.NAME)
                    && ours.isPresent()
                    && other.isPresent()) {
                measure.advantage(cells, cell, other.get(), ours.get())
                        .filter(spread -> spread.median() > 1)
                        .ifPresent(spread -> by.put(tables.name(other.get(), false), spread));
            }
        }
        return by.entrySet().stream()
                .sorted(Comparator.comparingDouble(one -> -one.getValue().median()))
                .map(one -> one.getKey() + " " + Text.ratio(one.getValue()))
                .toList();
    }

    private void work(Work work, Path pictures) throws IOException {
        List<Cell> all = cells.of(work.name());
        if (all.isEmpty()) {
            return;
        }
        page.append("## ").append(work.title()).append("\n\n");
        if (work.mode() == Mode.FORCED) {
            page.append("Everybody here forces: a put is on stable storage when it is acknowledged.\n\n");
        }
        Map<Long, List<Cell>> byKeys = new LinkedHashMap<>();
        all.forEach(cell ->
                byKeys.computeIfAbsent(cell.keys(), keys -> new ArrayList<>()).add(cell));
        for (Map.Entry<Long, List<Cell>> group : byKeys.entrySet()) {
            String suffix = byKeys.size() == 1 ? "" : "-" + group.getKey();
            picture(charts.of(work, group.getValue()), pictures, work.name() + suffix);
            more(work, group.getValue(), pictures, suffix);
            for (Cell cell : group.getValue()) {
                page.append("**").append(Text.count(cell.keys())).append(" keys, values of ");
                page.append(Text.valueLength(cell.valueBytes())).append("**\n\n");
                tables.write(page, cell, work);
            }
        }
    }

    /** What else is worth a picture. */
    private void more(Work work, List<Cell> group, Path pictures, String suffix) throws IOException {
        switch (work.name()) {
            case "overwrite" -> {
                picture(
                        charts.of(
                                work,
                                group,
                                "Disk, at the worst moment of it",
                                "bytes of disk for each of live data",
                                "diskPeakBytes",
                                "liveBytes",
                                Text::digits),
                        pictures,
                        "space" + suffix);
                picture(
                        charts.of(
                                work,
                                group,
                                "Write amplification of it",
                                "bytes written for each byte put",
                                "writeAmplification",
                                "",
                                Text::digits),
                        pictures,
                        "write-amplification" + suffix);
            }
            case "merge" -> {
                picture(
                        charts.of(
                                work,
                                group,
                                "Get beside a merge, 99th percentile",
                                "latency from when it was due",
                                "mergingGetP99Micros",
                                "",
                                Text::micros),
                        pictures,
                        "merge-get-p99" + suffix);
                picture(
                        charts.of(
                                work,
                                group,
                                "Get alone, 99th percentile",
                                "latency from when it was due",
                                "aloneGetP99Micros",
                                "",
                                Text::micros),
                        pictures,
                        "merge-alone-p99" + suffix);
            }
            case "load" ->
                picture(
                        charts.of(
                                work,
                                group,
                                "Memory of its own after it",
                                "anonymous resident memory, heap included",
                                "anonymousBytes",
                                "",
                                Text::bytes),
                        pictures,
                        "memory" + suffix);
            default -> {}
        }
    }

    private void picture(BarChart chart, Path pictures, String name) throws IOException {
        if (!chart.isEmpty()) {
            SvgDrawing.write(chart, pictures.resolve(name + ".svg"));
            page.append("![")
                    .append(chart.title())
                    .append("](")
                    .append(PICTURES)
                    .append('/')
                    .append(name)
                    .append(".svg)\n\n");
        }
    }
}
