package io.stave.cli.act;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.cli.command.ByteForm;
import io.stave.cli.command.BytesOptions;
import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import io.stave.engine.repair.Damage;
import io.stave.engine.repair.Repair;
import io.stave.engine.repair.RepairPlan;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stave repair}: makes a damaged store writable again. */
@Command(
        name = "repair",
        header = "Make a damaged store writable again, losing only what is damaged.",
        description = {
            "",
            "Finds the segments in which something does not verify that was once known to be durable. Copies each, with"
                    + " its hint, to the directory 'quarantine' in the store; then writes what verifies into new"
                    + " segments, and names what is lost: the ranges, and the keys as far as a hint tells them. A key"
                    + " whose newest record is lost is absent afterwards. Where no hint names what was lost, an older"
                    + " value, or one that was deleted, may be back.",
            "",
            "A torn end, as a crash leaves it, is no damage and needs no repair. Where there is damage before it, a"
                    + " repair cuts it off as an open would: what lies behind a tear was never known to be durable. If"
                    + " the MANIFEST itself is damaged, put a copy of it back: nothing else says which files count."
                    + " Takes the lock of the store; a dry run takes none.",
            ""
        },
        footer = {"", "Examples:", "  stave repair --dry-run my-store   what it would do", "  stave repair my-store"})
public final class RepairCommand extends Inspection<RepairFindings> {

    private static final int MOST_KEYS = 50;

    @Mixin
    private final BytesOptions bytes = new BytesOptions();

    @Option(names = "--dry-run", description = "Say what it would do, and change nothing.")
    private boolean dryRun;

    /** Writes to a terminal. */
    public RepairCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected RepairFindings find(Progress progress) throws IOException {
        progress.begin("reading every segment");
        if (dryRun) {
            return findings(Repair.plan(store()), null);
        }
        RepairPlan plan = Repair.run(store(), found -> announce(found, progress));
        if (plan.isEmpty()) {
            return findings(plan, null);
        }
        // To prove that it opens, and to leave it with hints.
        Options options = Options.defaults().createIfMissing(false).mergePolicy(MergePolicy.manual());
        try (Stave store = openForWriting(options, progress)) {
            return findings(plan, store.stats().keys());
        }
    }

    /** What it is going to do stands on the error stream before it does it. */
    private void announce(RepairPlan plan, Progress progress) {
        for (Damage damage : plan.damages()) {
            progress.step(Text.safe("mending " + damage.file() + ", " + damage.reason()));
        }
    }

    private RepairFindings findings(RepairPlan plan, @Nullable Long keys) {
        return new RepairFindings(
                store().toString(),
                keys != null,
                plan.damages().stream().map(this::segment).toList(),
                keys);
    }

    private RepairFindings.Segment segment(Damage damage) {
        ByteForm form = bytes.form();
        List<Damage.LostRecord> records = damage.records();
        return new RepairFindings.Segment(
                damage.file(),
                damage.reason(),
                damage.kept(),
                damage.lost().stream().map(RepairCommand::lost).toList(),
                damage.cut() == null ? null : lost(damage.cut()),
                records == null
                        ? null
                        : records.stream()
                                .map(record -> new RepairFindings.Key(
                                        form.show(record.key()), record.version(), record.offset(), record.tombstone()))
                                .toList());
    }

    private static RepairFindings.Lost lost(Damage.Range range) {
        return new RepairFindings.Lost(range.from(), range.to());
    }

    @Override
    protected void show(RepairFindings found, Sheet sheet) {
        Style style = sheet.style();
        if (found.segments().isEmpty()) {
            sheet.line(style.good(style.tick()) + " nothing to repair: what was once durable verifies");
            return;
        }
        for (RepairFindings.Segment segment : found.segments()) {
            sheet.heading(segment.file());
            sheet.line("damage", Text.safe(segment.reason()));
            sheet.line("kept", Units.counted(segment.kept(), "record"));
            for (RepairFindings.Lost lost : segment.lost()) {
                sheet.line("lost", bytes(lost));
            }
            if (segment.cut() != null) {
                sheet.line(
                        "cut off",
                        bytes(segment.cut()) + ": torn, and never known to be durable; an open cuts it off, too");
            }
            keys(segment, sheet);
        }
        sheet.heading(found.done() ? "repaired" : "a repair would do this; nothing was changed");
        sheet.line(
                found.done()
                        ? style.good(style.tick()) + " the store opens for writing again, with "
                                + Units.counted(found.keys() == null ? 0 : found.keys(), "key")
                                + "; the damaged files are in " + Text.safe(found.store()) + "/" + Repair.QUARANTINE
                        : "the damaged files would go to " + Text.safe(found.store()) + "/" + Repair.QUARANTINE);
    }

    private static String bytes(RepairFindings.Lost range) {
        return "bytes " + Units.count(range.from()) + " to " + Units.count(range.to()) + ", "
                + Units.bytes(range.to() - range.from());
    }

    private static void keys(RepairFindings.Segment segment, Sheet sheet) {
        List<RepairFindings.Key> keys = segment.records();
        if (keys == null) {
            sheet.line("keys", "no hint names them; an older value of a lost key, or a deleted one, may be back");
            return;
        }
        for (RepairFindings.Key key : keys.subList(0, Math.min(MOST_KEYS, keys.size()))) {
            sheet.line(
                    key.tombstone() ? "made again" : "lost key",
                    key.key()
                            + sheet.style()
                                    .dim("  version " + key.version()
                                            + (key.tombstone()
                                                    ? ", a tombstone"
                                                    : ": lost, unless it was overwritten since")));
        }
        if (keys.size() > MOST_KEYS) {
            sheet.line("", "and " + Units.count(keys.size() - MOST_KEYS) + " more: --json names all");
        }
        if (keys.isEmpty() && !segment.lost().isEmpty()) {
            sheet.line("keys", "none: what is lost had been overwritten or deleted in the same segment");
        }
    }
}
