package io.stave.compare.result;

import io.stave.compare.result.Measurement.Cell;
import io.stave.compare.result.Measurement.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The measurements of a run by cell, peer and way, over its rounds. */
public final class Cells {
    /** A row of a table: a peer, writing in a way. */
    public record Row(String peer, String way) {}

    private final Map<Cell, Map<Row, List<Measurement>>> cells = new LinkedHashMap<>();

    /** Sorts what a run measured. */
    public Cells(Run run) {
        for (Measurement one : run.measurements()) {
            cells.computeIfAbsent(one.cell(), cell -> new LinkedHashMap<>())
                    .computeIfAbsent(new Row(one.peer(), one.way()), row -> new ArrayList<>())
                    .add(one);
        }
    }

    /** {@return all cells of a work} */
    public List<Cell> of(String work) {
        return cells.keySet().stream().filter(cell -> cell.work().equals(work)).toList();
    }

    /** {@return the works that anything was measured in} */
    public Set<String> works() {
        Set<String> works = new LinkedHashSet<>();
        cells.keySet().forEach(cell -> works.add(cell.work()));
        return works;
    }

    /** {@return who took part, or was to} */
    public List<Row> rows(Cell cell) {
        return List.copyOf(cells.getOrDefault(cell, Map.of()).keySet());
    }

    /** {@return the ways in which a peer took part} */
    public List<Row> rows(Cell cell, String peer) {
        return rows(cell).stream().filter(row -> row.peer().equals(peer)).toList();
    }

    /** {@return what was measured, failures included} */
    public List<Measurement> measurements(Cell cell, Row row) {
        return cells.getOrDefault(cell, Map.of()).getOrDefault(row, List.of());
    }

    /** {@return a figure over the rounds that have it} */
    public Optional<Spread> spread(Cell cell, Row row, String figure) {
        List<Double> values = new ArrayList<>();
        for (Measurement one : measurements(cell, row)) {
            if (one.figures().containsKey(figure)) {
                values.add(one.figures().get(figure));
            }
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** {@return a figure of the first over that of the second, within each round that has both} */
    public Optional<Spread> ratio(Cell cell, Row first, Row second, String figure) {
        return ratio(cell, first, figure, cell, second, figure);
    }

    /** {@return a figure over another, within each round that has both} */
    public Optional<Spread> ratio(Cell cell, Row first, String figure, Cell otherCell, Row second, String otherFigure) {
        List<Double> ratios = new ArrayList<>();
        for (Measurement one : measurements(cell, first)) {
            for (Measurement other : measurements(otherCell, second)) {
                Double a = one.figures().get(figure);
                Double b = other.figures().get(otherFigure);
                if (one.round() == other.round() && a != null && b != null && b != 0) {
                    ratios.add(a / b);
                }
            }
        }
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
    }

    /** {@return whether any measurement there ended so} */
    public boolean any(Cell cell, Row row, Status status) {
        return measurements(cell, row).stream().anyMatch(one -> one.status() == status);
    }
}
