package io.stave.cli.act;

import io.stave.MergePlan;
import io.stave.MergePolicy;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Bars;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Table;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Units;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stave merge}: gives the space of dead records back, or says what that would bring. */
@Command(
        name = "merge",
        header = "Give the space of dead records back.",
        description = {
            "",
            "Copies what is live out of every segment that holds anything dead, and deletes the segment. A store that"
                    + " is open for writing does it by itself, up to some fifth of dead bytes; this does it to the last"
                    + " one. Takes the lock of the store: exits with 4 if another process has it open. A dry run takes"
                    + " none and changes nothing.",
            ""
        },
        footer = {"", "Examples:", "  stave merge --dry-run my-store   what it would bring", "  stave merge my-store"})
public final class MergeCommand extends Inspection<MergeCommand.Outcome> {

    private static final int BAR = 24;

    @Option(names = "--dry-run", description = "Say what a merge would do, and change nothing.")
    private boolean dryRun;

    /** Writes to a terminal. */
    public MergeCommand(Terminal terminal) {
        super(terminal);
    }

    /**
     * What a merge would do, or has done.
     *
     * @param plan what it would do; null if it was done
     * @param done what it has done; null if it was not
     */
    public record Outcome(
            @Nullable MergePlan plan, @Nullable MergeReport done) {}

    @Override
    protected Outcome find(Progress progress) {
        if (dryRun) {
            try (ReadOnlyStave store = openReadOnly(progress)) {
                progress.begin("looking for what has expired");
                return new Outcome(store.planMerge(), null);
            }
        }
        Options options = Options.defaults().createIfMissing(false).mergePolicy(MergePolicy.manual());
        try (Stave store = openForWriting(options, progress)) {
            progress.begin("merging");
            return new Outcome(null, store.merge());
        }
    }

    @Override
    protected void show(Outcome outcome, Sheet sheet) {
        if (outcome.plan() != null) {
            show(outcome.plan(), sheet);
        }
        if (outcome.done() != null) {
            show(outcome.done(), sheet);
        }
    }

    private static void show(MergePlan plan, Sheet sheet) {
        Style style = sheet.style();
        if (plan.isEmpty()) {
            sheet.line("nothing to reclaim: a merge would change nothing");
        } else {
            sheet.line("a merge would give back " + style.bold(Units.bytes(plan.reclaimableBytes())) + ", for "
                    + Units.bytes(plan.liveBytes()) + " to copy");
        }
        Table table = new Table("segment", "live and dead", ">bytes", ">live", ">dead", ">tombstones");
        long scale =
                plan.inputs().stream().mapToLong(SegmentStats::length).max().orElse(1);
        for (SegmentStats input : plan.inputs()) {
            long dead = input.deadBytes() + input.tombstoneBytes();
            table.row(
                    input.fileName(),
                    Bars.parts(input.liveBytes(), dead, scale, BAR, style),
                    Units.bytes(input.length()),
                    Units.bytes(input.liveBytes()),
                    Units.bytes(input.deadBytes()),
                    Units.bytes(input.tombstoneBytes()));
        }
        sheet.table(table);
        for (MergePlan.Exclusion exclusion : plan.excluded()) {
            sheet.line(style.dim(exclusion.fileName() + " stays: " + exclusion.reason()));
        }
    }

    private static void show(MergeReport done, Sheet sheet) {
        Style style = sheet.style();
        if (done.isEmpty()) {
            sheet.line("there was nothing to reclaim");
        } else {
            sheet.line(style.good(style.tick()) + " gave back " + style.bold(Units.bytes(done.bytesReclaimed()))
                    + " in " + Units.duration(done.duration()));
            sheet.line(Units.counted(done.inputs().size(), "segment") + " read, "
                    + Units.counted(done.outputs().size(), "segment") + " written; "
                    + Units.counted(done.recordsCopied(), "record") + " copied, "
                    + Units.count(done.recordsDropped()) + " dropped; "
                    + Units.counted(done.tombstonesKept(), "tombstone") + " kept, "
                    + Units.count(done.tombstonesDropped()) + " dropped");
        }
        for (long id : done.damagedSegments()) {
            sheet.line(style.bad(style.cross()) + " segment " + id
                    + " holds a record that does not verify, and stays: see 'stave segment verify' and 'stave repair'");
        }
        for (long id : done.unreadableSegments()) {
            sheet.line(style.bad(style.cross()) + " segment " + id + " could not be read, and stays");
        }
    }

    @Override
    protected int exitCode(Outcome outcome) {
        MergeReport done = outcome.done();
        if (done == null) {
            return ExitCode.OK;
        }
        if (!done.damagedSegments().isEmpty()) {
            return ExitCode.CORRUPTION;
        }
        return done.unreadableSegments().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
}
