package io.stave.cli.inspect;

import io.stave.cli.command.BytesOptions;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Table;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stave hint diff}: a hint against its segment. */
@Command(
        name = "diff",
        header = "Compare a hint with its segment, entry by entry.",
        description = {
            "",
            "Finds the newest record of each key in the segment, and compares it with what the hint and its filter"
                    + " say. A hint that an open believes and that differs nevertheless would be a bug in Stave, or the"
                    + " work of somebody who writes hints. Exits with 3 if anything differs.",
            ""
        },
        footer = {"", "Examples:", "  stave hint diff my-store 7", "  stave hint diff --limit=10 --json my-store 7"})
public final class HintDiffCommand extends OneSegment<HintDiff.Result> {

    private static final int MOST_KEY = 40;

    @Mixin
    private final BytesOptions bytes = new BytesOptions();

    @Option(names = "--limit", paramLabel = "COUNT", description = "Show so many differences, by default 100.")
    private int limit = 100;

    /** Writes to a terminal. */
    public HintDiffCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    HintDiff.Result find(StoreView view, ListedSegment listed, Progress progress) throws IOException {
        try (ReadableFile file = view.open(listed)) {
            return new HintDiff(view, listed, bytes.form(), limit).compare(file);
        }
    }

    @Override
    protected int exitCode(HintDiff.Result found) {
        return found.differing() > 0 ? ExitCode.CORRUPTION : Anomalies.exitCode(found.anomalies());
    }

    @Override
    protected void show(HintDiff.Result found, Sheet sheet) {
        Style style = sheet.style();
        if (found.anomalies().isEmpty()) {
            sheet.line((found.differing() == 0
                            ? style.good(style.tick()) + " no difference in "
                            : style.bad(style.cross()) + " " + Units.counted(found.differing(), "difference") + " in ")
                    + Units.counted(found.compared(), "record"));
        }
        Table table = new Table(">offset", "what", "key", "hint", "segment");
        for (Difference difference : found.differences()) {
            table.row(
                    Units.count(difference.offset()),
                    difference.kind().name().toLowerCase(Locale.ROOT),
                    Text.shorten(difference.key(), MOST_KEY, style),
                    difference.hint(),
                    difference.segment());
        }
        sheet.table(table);
        if (found.differing() > found.differences().size()) {
            sheet.line(style.dim(
                    "and " + Units.count(found.differing() - found.differences().size()) + " more"));
        }
        Anomalies.show(found.anomalies(), sheet);
    }
}
