package io.stave.cli.inspect;

import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Table;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was verified, as a table, and what is wrong, in full. */
final class VerifyTable {

    private static final int MOST_ROWS = 40;

    private VerifyTable() {}

    static void show(Verification found, Sheet sheet) {
        Style style = sheet.style();
        sheet.heading("verified " + Text.safe(found.store()));
        Table table = new Table("segment", "state", ">bytes", ">records", "verdict");
        List<Verification.Checked> rows = interesting(found.segments());
        for (Verification.Checked checked : rows) {
            table.row(
                    checked.file(),
                    checked.state(),
                    Units.bytes(checked.length()),
                    Units.count(checked.records()),
                    verdict(checked, style));
        }
        sheet.table(table);
        int more = found.segments().size() - rows.size();
        if (more > 0) {
            sheet.line(style.dim("and " + Units.counted(more, "segment") + " more, of which nothing is to be said"));
        }
        Verification.Keydir keydir = found.keydir();
        if (keydir != null) {
            boolean good = keydir.wrong() == 0 && keydir.keys() == keydir.expected();
            sheet.line("keydir "
                    + (good
                            ? style.good(style.tick()) + " agrees with every record"
                            : style.bad(style.cross()) + " is wrong")
                    + ": " + Units.counted(keydir.keys(), "key") + ", from "
                    + (keydir.source().equals("KEYDIR") ? "the file KEYDIR" : "the hints"));
        }
        BlobLines.of(found.blobs(), style).forEach(line -> sheet.line("blobs " + line));
        if (found.anomalies().isEmpty()) {
            sheet.line(style.good(style.tick() + " all sound"));
        } else {
            sheet.heading("what is wrong");
            Anomalies.show(found.anomalies(), sheet);
        }
    }

    /** Of very many segments those with something to say come first. */
    private static List<Verification.Checked> interesting(List<Verification.Checked> all) {
        if (all.size() <= MOST_ROWS) {
            return all;
        }
        return all.stream()
                .sorted(java.util.Comparator.comparing(VerifyTable::isSound))
                .limit(MOST_ROWS)
                .toList();
    }

    private static boolean isSound(Verification.Checked checked) {
        return !Boolean.FALSE.equals(checked.verified())
                && (checked.hint() == null || checked.hint() == Verification.HintState.GOOD);
    }

    private static String verdict(Verification.Checked checked, Style style) {
        String hint = hint(checked.hint(), style);
        if (checked.verified() == null) {
            return hint;
        }
        String segment =
                checked.verified() ? style.good(style.tick() + " verifies") : style.bad(style.cross() + " damaged");
        return hint.isEmpty() ? segment : segment + ", " + hint;
    }

    private static String hint(Verification.@Nullable HintState hint, Style style) {
        if (hint == null) {
            return "";
        }
        return switch (hint) {
            case GOOD -> style.good("hint agrees");
            case MISSING -> style.dim("no hint");
            case REJECTED -> style.bad("hint not trusted");
            case DIFFERENT -> style.bad("hint differs");
            case NOT_COMPARED -> style.dim("hint verifies");
        };
    }
}
