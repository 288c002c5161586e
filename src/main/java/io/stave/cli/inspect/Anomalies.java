package io.stave.cli.inspect;

import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.util.List;

/** How anomalies are told, and what they mean to the shell. */
public final class Anomalies {

    private Anomalies() {}

    /** Tells each of them in full. */
    public static void show(List<Anomaly> anomalies, Sheet sheet) {
        Style style = sheet.style();
        for (Anomaly anomaly : anomalies) {
            String mark = anomaly.isCorruption() ? style.bad(style.cross()) : style.dim(style.dot());
            sheet.line(
                    mark + " " + style.bold(Text.safe(anomaly.file()) + " at offset " + Units.count(anomaly.offset())));
            detail("expected", anomaly.expected(), sheet);
            detail("found", anomaly.actual(), sheet);
            detail("recovery", anomaly.recovery(), sheet);
            detail("you may", anomaly.advice(), sheet);
        }
    }

    private static void detail(String name, String what, Sheet sheet) {
        sheet.line("  " + sheet.style().dim(Text.left(name, 10)) + Text.safe(what));
    }

    /** What they tell the shell. */
    public static int exitCode(List<Anomaly> anomalies) {
        return anomalies.stream().anyMatch(Anomaly::isCorruption) ? ExitCode.CORRUPTION : ExitCode.OK;
    }
}
