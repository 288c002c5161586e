package io.stave.cli.inspect;

import io.stave.ReadOnlyStave;
import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code stave stats}: the figures of a store. */
@Command(
        name = "stats",
        header = "Show the figures of a store, as its writer sees them.",
        description = {
            "",
            "If another process has the store open for writing, what that one counts: operations, forces, merges,"
                    + " space. They are read from the file STATS, which it replaces each second. Otherwise what can be"
                    + " counted by opening the store for reading. The names are those of the Java record 'Stats'.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave stats my-store",
            "  stave stats --json my-store | jq '.figures[\"space.deadBytes\"]'",
            "  stave watch my-store   the same, live"
        })
public final class StatsCommand extends Inspection<StatsCommand.Figures> {

    /** Writes to a terminal. */
    public StatsCommand(Terminal terminal) {
        super(terminal);
    }

    /**
     * The figures, by name.
     *
     * @param source where they come from: {@code writer} or {@code store}
     * @param figures numbers where they are numbers, else text
     */
    public record Figures(String source, Map<String, Object> figures) {}

    @Override
    protected Figures find(Progress progress) throws IOException {
        Map<String, Object> live = Owner.of(store()) == null ? null : StatsFigures.read(store());
        if (live != null) {
            return new Figures("writer", live);
        }
        try (ReadOnlyStave store = openReadOnly(progress)) {
            return new Figures("store", StatsFigures.of(store.stats()));
        }
    }

    @Override
    protected void show(Figures found, Sheet sheet) {
        sheet.heading(found.source().equals("writer") ? "as the writer counts" : "as counted by opening the store");
        int width =
                found.figures().keySet().stream().mapToInt(String::length).max().orElse(0);
        found.figures()
                .forEach((name, value) -> sheet.line(
                        sheet.style().dim(Text.left(Text.safe(name), width + 2)) + Text.safe(String.valueOf(value))));
    }
}
