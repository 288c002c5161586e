package io.stave.cli.inspect;

import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Units;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is said of large values: nothing where there are none. */
final class BlobLines {

    private BlobLines() {}

    static List<String> of(@Nullable BlobFindings found, Style style) {
        List<String> lines = new ArrayList<>();
        if (found == null) {
            return lines;
        }
        Long live = found.live();
        Long bytes = found.liveBytes();
        if (live == null || bytes == null) {
            lines.add(Units.counted(found.files(), "file") + " of " + Units.bytes(found.fileBytes()));
        } else {
            lines.add(verdict(live, bytes, found.damaged(), style));
        }
        Long orphans = found.orphans();
        Long orphanBytes = found.orphanBytes();
        if (orphans != null && orphanBytes != null && orphans > 0) {
            lines.add(style.dim(Units.counted(orphans, "file") + " of " + Units.bytes(orphanBytes)
                    + " that no record refers to: written just now, or left by a crash; then the next open for writing"
                    + " deletes " + (orphans == 1 ? "it" : "them")));
        }
        if (!found.uploads().isEmpty()) {
            long arrived = found.uploads().stream()
                    .mapToLong(BlobFindings.Upload::bytes)
                    .sum();
            lines.add(Units.counted(found.uploads().size(), "pending upload") + ", of which " + Units.bytes(arrived)
                    + " have arrived");
        }
        return lines;
    }

    private static String verdict(long live, long bytes, @Nullable Long damaged, Style style) {
        String what = Units.bytes(bytes) + " in " + Units.counted(live, "blob");
        if (damaged == null || live == 0) {
            return what;
        }
        return damaged == 0
                ? style.good(style.tick()) + " every chunk verifies: " + what
                : style.bad(style.cross()) + " " + Units.count(damaged) + " damaged or missing: " + what;
    }
}
