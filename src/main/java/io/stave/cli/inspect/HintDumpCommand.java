package io.stave.cli.inspect;

import io.stave.cli.terminal.Terminal;
import io.stave.hint.BadHintException;
import io.stave.hint.HintCursor;
import io.stave.hint.HintFile;
import io.stave.hint.HintReader;
import io.stave.hint.HintWalk;
import io.stave.manifest.ListedSegment;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code stave hint dump}: the entries of a hint. */
@Command(
        name = "dump",
        header = "List the entries of a hint.",
        description = {
            "",
            "For each key in the segment its newest record there: offset, length, version, kind, key and expiry, in the"
                    + " order of the segment. Stops where the hint does not verify, says why on standard error, and"
                    + " exits with 3.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave hint dump my-store 7 | less",
            "  stave hint dump my-store 7 | sort -k2 -n | tail   the largest records"
        })
public final class HintDumpCommand extends DumpCommand {

    /** Writes to a terminal. */
    public HintDumpCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void dump(StoreView view, ListedSegment listed, Print print, List<Anomaly> anomalies) {
        try (HintReader hint =
                HintReader.open(view.directory(), listed.storeId(), listed.id(), listed.length(), listed.digest())) {
            HintWalk walk = hint.walk(0);
            for (HintCursor entry = walk.next(); entry != null; entry = walk.next()) {
                print.line(new DumpLine(
                        entry.offset(),
                        entry.recordLength(),
                        entry.sequence(),
                        HintDiff.kind(entry.kind()),
                        false,
                        DumpLine.instant(entry.hasExpiry(), entry.expiry()),
                        bytes.form().show(entry.key()),
                        -1,
                        null));
            }
        } catch (BadHintException e) {
            anomalies.add(Anomaly.of(HintFile.name(listed.id()), e, listed.id()));
        }
    }
}
