package io.stave.compare.report;

import io.stave.compare.result.Spread;
import java.util.Locale;

/** Numbers for people: three digits that count. */
final class Text {
    private Text() {}

    static String rate(double value) {
        if (value >= 999_500) {
            return digits(value / 1e6) + " M";
        }
        return value >= 999.5 ? digits(value / 1e3) + " k" : digits(value);
    }

    static String seconds(double value) {
        if (value >= 1) {
            return digits(value) + " s";
        }
        return value >= 1e-3 ? digits(value * 1e3) + " ms" : digits(value * 1e6) + " µs";
    }

    static String micros(double value) {
        return seconds(value / 1e6);
    }

    static String bytes(double value) {
        if (value >= 1 << 30) {
            return digits(value / (1 << 30)) + " GiB";
        }
        return value >= 1 << 20 ? digits(value / (1 << 20)) + " MiB" : digits(value / 1024) + " KiB";
    }

    static String ratio(Spread ratio) {
        return digits(ratio.median()) + " ×"
                + (ratio.count() > 1 ? " (" + digits(ratio.min()) + "–" + digits(ratio.max()) + ")" : "");
    }

    static String valueLength(int bytes) {
        return bytes >= 1024 && bytes % 1024 == 0 ? bytes / 1024 + " KiB" : bytes + " B";
    }

    static String count(long count) {
        return count % 1_000_000 == 0 ? count / 1_000_000 + " M" : String.format(Locale.ROOT, "%,d", count);
    }

    static String digits(double value) {
        double size = Math.abs(value);
        String format = size >= 99.95 ? "%,.0f" : size >= 9.995 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
