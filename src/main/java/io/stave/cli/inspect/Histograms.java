package io.stave.cli.inspect;

import io.stave.cli.terminal.Bars;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.util.List;

/** Histograms as bars. */
public final class Histograms {

    private static final int BAR = 30;

    private Histograms() {}

    /** Draws one of lengths in bytes. */
    static void show(String title, List<SizeHistogram.Bucket> buckets, Sheet sheet) {
        if (buckets.isEmpty()) {
            return;
        }
        sheet.heading(title);
        long most =
                buckets.stream().mapToLong(SizeHistogram.Bucket::count).max().orElse(1);
        long all = buckets.stream().mapToLong(SizeHistogram.Bucket::count).sum();
        int label = buckets.stream()
                .mapToInt(bucket -> label(bucket).length())
                .max()
                .orElse(0);
        int count = Units.count(most).length();
        for (SizeHistogram.Bucket bucket : buckets) {
            sheet.line(Text.right(label(bucket), label) + "  "
                    + Bars.smooth(bucket.count(), most, BAR, sheet.style()) + "  "
                    + Text.right(Units.count(bucket.count()), count)
                    + sheet.style().dim(Text.right(Units.percent(bucket.count(), all), 7)));
        }
    }

    /** What the values of a bucket are called. */
    public static String label(SizeHistogram.Bucket bucket) {
        if (bucket.from() == bucket.to()) {
            return bucket.from() + " B";
        }
        if (bucket.to() < 1024) {
            return bucket.from() + " to " + bucket.to() + " B";
        }
        // The upper end is one less than a power of two.
        return round(bucket.from()) + " to " + round(bucket.to() + 1);
    }

    private static String round(long bytes) {
        return Units.bytes(bytes).replace(".0 ", " ");
    }
}
