package io.stave.cli.tour;

import io.stave.RecoveryReport;
import io.stave.cli.terminal.Bars;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.util.ArrayList;
import java.util.List;

/** Shows what a tour has shown, on a page 80 characters wide. */
final class Summary {

    private static final String INDENT = "  ";
    private static final int WIDTH = 80;
    private static final int TOPIC = 10;
    private static final int LEFT_OUT_NAME = 29;
    private static final int LEFT_OUT_REASON = 37;
    private static final int LOSS_NAME = 32;
    private static final int MOMENT = 22;
    private static final int OPENING_BAR = 15;
    private static final int MOST_LEFT_OUT = 12;
    private static final int MOST_LOSSES = 12;

    private final TourResult result;
    private final Style style;
    private final List<String> lines = new ArrayList<>();

    private Summary(TourResult result, Style style) {
        this.result = result;
        this.style = style;
    }

    /** Returns the page as lines. */
    static List<String> of(TourResult result, Style style) {
        return new Summary(result, style).page();
    }

    private List<String> page() {
        line("");
        input();
        line("");
        writing();
        line("");
        verdicts();
        line("");
        openings();
        line("");
        lines.addAll(SegmentTable.of(result, style));
        line("");
        conclusion();
        line("");
        return lines;
    }

    private void input() {
        TourInput input = result.input();
        String title = "Stave tour";
        String extent = "  " + Units.counted(input.files().size(), "file") + ", " + Units.bytes(input.bytes()) + ": ";
        int room = WIDTH - INDENT.length() - title.length() - extent.length();
        line(style.bold(title) + extent + Text.shorten(Text.safe(input.origin()), room, style));
        leftOut(input, style).forEach(this::line);
    }

    /** Names what was left out: all that is too long for a value, and of the rest so much that it stays readable. */
    static List<String> leftOut(TourInput input, Style style) {
        List<String> lines = new ArrayList<>();
        List<TourInput.LeftOut> leftOut = input.leftOut();
        int tooLong = (int) leftOut.stream().filter(TourInput.LeftOut::tooLong).count();
        int named = Math.min(leftOut.size(), Math.max(tooLong, MOST_LEFT_OUT));
        for (TourInput.LeftOut file : leftOut.subList(0, named)) {
            String name = Text.left(Text.shorten(Text.safe(file.name()), LEFT_OUT_NAME, style), LEFT_OUT_NAME);
            lines.add(style.dim(Text.left(lines.isEmpty() ? "left out" : "", TOPIC)) + name + "  "
                    + style.dim(Text.shorten(Text.safe(file.reason()), LEFT_OUT_REASON, style)));
        }
        if (leftOut.size() > named) {
            lines.add(" ".repeat(TOPIC) + style.dim("and " + Units.count(leftOut.size() - named) + " more"));
        }
        return lines;
    }

    private void writing() {
        Child.Death death = result.death();
        TourPlan plan = result.plan();
        topic(
                "written",
                "by a child JVM: " + Units.counted(death.puts(), "file") + " in " + Units.duration(death.putting())
                        + ", " + Units.rate(result.input().bytes(), death.putting()) + ", each forced to disk");
        topic(
                "changed",
                Units.count(plan.count(TourPlan.Role.OVERWRITE)) + " to be overwritten, "
                        + Units.count(plan.count(TourPlan.Role.DELETE)) + " to be deleted");
        topic(
                "killed",
                "with SIGKILL after " + Units.count(death.changes()) + " of "
                        + Units.counted(plan.changes().size(), "change") + ", "
                        + Units.count(death.inFlight()) + " in flight: exit code " + death.exitCode());
    }

    private void verdicts() {
        line(style.dim(verdictRow(
                "compared with the disk", "acknowledged", "found", "deleted", "absent", "in flight", "lost")));
        for (Verdict verdict : result.verdicts()) {
            String row = verdictRow(
                    verdict.moment(),
                    Units.count(verdict.acknowledged()),
                    Units.count(verdict.found()),
                    Units.count(verdict.deleted()),
                    Units.count(verdict.absent()),
                    verdict.inFlight() == 0 ? style.none() : Units.count(verdict.inFlight()),
                    "");
            String lost = Text.right(Units.count(verdict.losses().size()), 6);
            line(row + (verdict.losses().isEmpty() ? style.good(lost) : style.bad(lost)));
        }
        int changed = result.verdicts().stream()
                .mapToInt(Verdict::changedOnDisk)
                .max()
                .orElse(0);
        if (changed > 0) {
            line(style.dim(Units.counted(changed, "file") + " changed on disk meanwhile: compared with what was put"));
        }
    }

    private static String verdictRow(
            String moment,
            String acknowledged,
            String found,
            String deleted,
            String absent,
            String inFlight,
            String lost) {
        return Text.left(moment, MOMENT)
                + Text.right(acknowledged, 14)
                + Text.right(found, 8)
                + Text.right(deleted, 9)
                + Text.right(absent, 8)
                + Text.right(inFlight, 11)
                + (lost.isEmpty() ? "" : Text.right(lost, 6));
    }

    private void openings() {
        line(style.dim(openingRow("opened", "in", " ".repeat(OPENING_BAR), "segments", "hints", "scanned", "read")));
        long slowest = result.openings().stream()
                .mapToLong(opening -> opening.report().duration().toNanos())
                .max()
                .orElse(0);
        for (TourResult.Opening opening : result.openings()) {
            RecoveryReport report = opening.report();
            line(openingRow(
                    opening.moment(),
                    Units.duration(report.duration()),
                    Bars.smooth(report.duration().toNanos(), slowest, OPENING_BAR, style),
                    Units.count(report.segments()),
                    Units.count(report.segmentsFromHints()),
                    Units.count(report.segmentsScanned()),
                    Units.bytes(report.bytesScanned())));
        }
        RecoveryReport recovery = result.openings().get(0).report();
        for (RecoveryReport.Cut cut : recovery.cuts()) {
            line(style.dim("the kill tore " + cut.fileName() + ": cut at offset " + Units.count(cut.offset()) + ", "
                    + Units.bytes(cut.bytesDropped()) + " dropped"));
        }
        if (recovery.cuts().isEmpty()) {
            line(style.dim("the kill left no torn tail to be cut off"));
        }
    }

    private static String openingRow(
            String moment, String time, String bar, String segments, String hints, String scanned, String read) {
        return Text.left(moment, 15)
                + Text.right(time, 9)
                + "  "
                + bar
                + Text.right(segments, 10)
                + Text.right(hints, 7)
                + Text.right(scanned, 9)
                + Text.right(read, 11);
    }

    private void conclusion() {
        long lost = result.lost();
        if (lost == 0) {
            line(style.good(style.tick() + " lost 0") + "  all " + Units.count(result.writes())
                    + " acknowledged writes held, equal to the disk byte for byte");
            return;
        }
        line(style.bad(style.cross() + " lost " + Units.count(lost)));
        List<Verdict.Loss> losses = result.verdicts().stream()
                .flatMap(verdict -> verdict.losses().stream()
                        .map(loss -> new Verdict.Loss(loss.name(), loss.what() + " (" + verdict.moment() + ")")))
                .toList();
        for (Verdict.Loss loss : losses.subList(0, Math.min(losses.size(), MOST_LOSSES))) {
            line("  " + Text.shorten(Text.safe(loss.name()), LOSS_NAME, style) + " " + loss.what());
        }
        if (losses.size() > MOST_LOSSES) {
            line("  and " + Units.count(losses.size() - MOST_LOSSES) + " more findings");
        }
    }

    private void topic(String topic, String text) {
        line(style.dim(Text.left(topic, TOPIC)) + text);
    }

    private void line(String text) {
        lines.add(text.isEmpty() ? "" : INDENT + text);
    }
}
