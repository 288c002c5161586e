package io.stave.compare.report;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peers;
import io.stave.compare.peer.Promise;
import io.stave.compare.peer.Way;
import io.stave.compare.result.Cells;
import io.stave.compare.result.Cells.Row;
import io.stave.compare.result.Fairness;
import io.stave.compare.result.Measurement;
import io.stave.compare.result.Measurement.Cell;
import io.stave.compare.result.Measurement.Status;
import io.stave.compare.result.Run;
import io.stave.compare.result.Spread;
import io.stave.compare.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** The table of a cell: a row for each peer and way, the best first, then those without figures, each with the reason. */
final class Tables {
    /** Columns beside the figure a work is judged by, shown where any row has them. */
    private enum More {
        PUTS("putsPerSecond", "puts alone, /s", Text::rate),
        SETTLE("settleSeconds", "catching up", Text::seconds),
        CLOSE("closeSeconds", "close", Text::seconds),
        PUT_P50("putP50Micros", "p50", Text::micros),
        PUT_P99("putP99Micros", "p99", Text::micros),
        ALONE("aloneGetP99Micros", "get p99 alone", Text::micros),
        QUIET("quietGetP99Micros", "beside puts, no merge", Text::micros),
        MERGING("mergingGetP99Micros", "beside a merge", Text::micros),
        MERGING_999("mergingGetP999Micros", "p99.9", Text::micros),
        MERGING_PUT("mergingPutP99Micros", "put p99 beside a merge", Text::micros),
        SHARE("mergingShare", "merging, share of time", share -> Math.round(100 * share) + " %"),
        MERGED("mergedBytesPerSecond", "merges read and wrote, a second", Text::bytes),
        DISK("diskBytes", "disk", Text::bytes),
        PEAK("diskPeakBytes", "at most", Text::bytes),
        AMPLIFICATION("writeAmplification", "bytes written a byte put", Text::digits),
        ANONYMOUS("anonymousBytes", "memory of its own", Text::bytes),
        LOST("lostWrites", "acknowledged puts lost, of a sample", Text::digits);

        private final String figure;
        private final String title;
        private final DoubleFunction<String> text;

        More(String figure, String title, DoubleFunction<String> text) {
            this.figure = figure;
            this.title = title;
            this.text = text;
        }
    }

    private final Run run;
    private final Cells cells;

    Tables(Run run, Cells cells) {
        this.run = run;
        this.cells = cells;
    }

    /** What a row is called. */
    String name(Row row, boolean severalWays) {
        Run.PeerFacts facts = run.peers().get(row.peer());
        String title = facts == null ? row.peer() : facts.title();
        return severalWays ? title + ", " + way(row.way()) : title;
    }

    private static String way(String way) {
        return switch (Way.valueOf(way)) {
            case PUT -> "puts";
            case BATCH -> "batches";
            case ASYNC -> "async";
        };
    }

    /** Rows that have the figure, the best first. Refuses to put together who must not be. */
    List<Row> ranked(Cell cell, Work work) {
        Measure measure = Measure.of(cell.work());
        List<Row> rows = new ArrayList<>(cells.rows(cell).stream()
                .filter(row -> cells.spread(cell, row, measure.figure()).isPresent())
                .toList());
        rows.sort((a, b) -> {
            double first = cells.spread(cell, a, measure.figure()).orElseThrow().median();
            double second =
                    cells.spread(cell, b, measure.figure()).orElseThrow().median();
            return measure.moreIsBetter() ? Double.compare(second, first) : Double.compare(first, second);
        });
        Fairness.check(rows.stream().map(row -> promise(row, work.mode())).toList());
        return rows;
    }

    private Promise promise(Row row, Mode mode) {
        Run.PeerFacts facts = run.peers().get(row.peer());
        return Promise.valueOf(mode == Mode.FORCED ? facts.forced() : facts.unforced());
    }

    /** Whether rows have to name their way. */
    boolean severalWays(Cell cell) {
        return cells.rows(cell).stream().map(Row::way).distinct().count() > 1;
    }

    void write(StringBuilder page, Cell cell, Work work) {
        Measure measure = Measure.of(cell.work());
        List<Row> ranked = ranked(cell, work);
        List<More> more = new ArrayList<>(List.of(More.values()));
        more.removeIf(column -> ranked.stream()
                .noneMatch(row -> cells.spread(cell, row, column.figure).isPresent()));
        boolean ways = severalWays(cell);
        Optional<Row> best = measure.best(cells, cell, Peers.STAVE);

        page.append("| | ").append(measure.unit()).append(" | least–greatest | Stave is better by |");
        more.forEach(column -> page.append(' ').append(column.title).append(" |"));
        page.append("\n|---|--:|--:|--:|").append("--:|".repeat(more.size())).append('\n');
        for (Row row : ranked) {
            Spread spread = cells.spread(cell, row, measure.figure()).orElseThrow();
            boolean ours = row.peer().equals(Peers.STAVE);
            String name = name(row, ways)
                    + (promise(row, work.mode()) == Promise.NOTHING ? " †" : "")
                    + (cells.any(cell, row, Status.FAILED) || cells.any(cell, row, Status.TIMEOUT) ? " ‡" : "");
            page.append("| ").append(ours ? "**" + name + "**" : name);
            page.append(" | ").append(measure.text(spread.median()));
            page.append(" | ").append(measure.text(spread.min())).append("–").append(measure.text(spread.max()));
            page.append(" | ")
                    .append(
                            ours
                                    ? ""
                                    : best.flatMap(stave -> measure.advantage(cells, cell, stave, row))
                                            .map(Text::ratio)
                                            .orElse(""));
            for (More column : more) {
                page.append(" | ")
                        .append(cells.spread(cell, row, column.figure)
                                .map(one -> column.text.apply(one.median()))
                                .orElse(""));
            }
            page.append(" |\n");
        }
        absent(page, cell, ranked, ways);
        page.append('\n');
    }

    /** Nobody vanishes in silence. */
    private void absent(StringBuilder page, Cell cell, List<Row> ranked, boolean ways) {
        for (Row row : cells.rows(cell)) {
            for (Measurement one : cells.measurements(cell, row)) {
                if (one.status() != Status.OK) {
                    String what = one.status().name().toLowerCase(Locale.ROOT);
                    page.append("\n- ")
                            .append(name(row, ways))
                            .append(", round ")
                            .append(one.round() + 1);
                    page.append(": ").append(what).append(", ").append(plainText(one.reason()));
                }
            }
        }
        if (ranked.isEmpty()) {
            page.append("\nNobody has a figure here.");
        }
        page.append('\n');
    }

    private static String plainText(String reason) {
        String text = reason.replaceAll("[|`*<>\\[\\]]", " ").replaceAll("\\s+", " ");
        return text.length() > 220 ? text.substring(0, 220) + "…" : text;
    }
}
