package io.stave.cli.watch;

import io.stave.cli.terminal.Bars;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of a live store, as a screen that is replaced, or as a line. */
final class WatchScreen {

    private static final int BAR = 50;
    private static final int NAME = 12;

    /** Figures that are older come from a writer that is idle, or dead. */
    private static final Duration STALE = Duration.ofSeconds(5);

    private WatchScreen() {}

    static List<String> lines(Sample sample, String store, Instant now, Style style) {
        List<String> lines = new ArrayList<>();
        Duration age = sample.age(now);
        lines.add(style.bold(Text.safe(store)) + "  "
                + style.dim(Text.safe(sample.time())
                        + (age.compareTo(STALE) > 0 ? "  unchanged for " + age.toSeconds() + " s" : "")));
        long live = sample.count("space.liveBytes");
        long dead = sample.count("space.deadBytes") + sample.count("space.tombstoneBytes");
        line(lines, "bytes", Bars.parts(live, dead, Math.max(1, live + dead), BAR, style), style);
        line(
                lines,
                "",
                Units.bytes(live) + " live, " + Units.bytes(dead) + " dead, "
                        + Units.bytes(sample.count("space.pinnedBytes")) + " pinned",
                style);
        long blobs = sample.count("blobs.count");
        if (blobs > 0) {
            line(
                    lines,
                    "blobs",
                    Units.counted(blobs, "value") + " of " + Units.bytes(sample.count("blobs.bytes"))
                            + " in files of their own",
                    style);
        }
        line(
                lines,
                "keys",
                Units.count(sample.count("keys")) + " in " + Units.counted(sample.count("segments.count"), "segment")
                        + ", version " + sample.count("lastVersion"),
                style);
        line(
                lines,
                "writes",
                Units.count(sample.rate("operations.puts")) + " puts/s, "
                        + Units.count(sample.rate("operations.deletes")) + " deletes/s, "
                        + Units.bytes(sample.rate("commits.bytesWritten")) + "/s",
                style);
        line(
                lines,
                "reads",
                Units.count(sample.rate("operations.hits")) + " hits/s, "
                        + Units.count(sample.rate("operations.misses")) + " misses/s",
                style);
        line(
                lines,
                "forces",
                Units.count(sample.rate("commits.forceNanos.count")) + "/s, median "
                        + nanos(sample.count("commits.forceNanos.median")) + ", 99th percentile "
                        + nanos(sample.count("commits.forceNanos.p99")),
                style);
        line(
                lines,
                "merges",
                Units.count(sample.count("merges.count")) + (sample.is("merges.running") ? ", one is running" : "")
                        + ", " + Units.bytes(sample.rate("merges.bytesWritten")) + "/s written",
                style);
        boolean engaged = sample.count("backPressure.delayNanos") > 0;
        line(
                lines,
                "pressure",
                engaged
                        ? style.bad("writers wait") + " " + nanos(sample.count("backPressure.delayNanos")) + " a group"
                        : "none",
                style);
        line(
                lines,
                "snapshots",
                sample.count("snapshots.open") + " open, " + Units.bytes(sample.count("snapshots.undoBytes"))
                        + " of undo; keydir " + Units.bytes(sample.count("keydir.bytes"))
                        + String.format(Locale.ROOT, ", %.0f %% full", 100 * sample.number("keydir.load")),
                style);
        return lines;
    }

    private static void line(List<String> lines, String name, String what, Style style) {
        lines.add("  " + style.dim(Text.left(name, NAME)) + what);
    }

    private static String nanos(long nanos) {
        return Units.duration(Duration.ofNanos(nanos));
    }

    static String head() {
        return "time                                  keys        live        dead    puts/s    gets/s  forces/s"
                + "  merges";
    }

    static String line(Sample sample) {
        return Text.left(Text.safe(sample.time()), 30)
                + Text.right(Units.count(sample.count("keys")), 12)
                + Text.right(Units.bytes(sample.count("space.liveBytes")), 12)
                + Text.right(Units.bytes(sample.count("space.deadBytes")), 12)
                + Text.right(Units.count(sample.rate("operations.puts")), 10)
                + Text.right(Units.count(sample.rate("operations.hits") + sample.rate("operations.misses")), 10)
                + Text.right(Units.count(sample.rate("commits.forceNanos.count")), 10)
                + Text.right(Units.count(sample.count("merges.count")), 8);
    }
}
