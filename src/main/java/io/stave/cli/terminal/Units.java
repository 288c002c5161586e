package io.stave.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/** Numbers for people: bytes, durations, rates and counts with their units, the same in every locale. */
public final class Units {

    private static final long STEP = 1024;
    private static final String PREFIXES = "KMGTPE";
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private Units() {}

    /** Bytes with a binary unit and at most one decimal: {@code 512 B}, {@code 1.5 KiB}, {@code 127.9 MiB}. */
    public static String bytes(long count) {
        if (count < STEP) {
            return count + " B";
        }
        double value = count;
        int prefix = -1;
        // What would round to 1024.0 belongs to the next unit.
        while (value >= STEP - 0.05 && prefix + 1 < PREFIXES.length()) {
            value /= STEP;
            prefix++;
        }
        return String.format(Locale.ROOT, "%.1f %siB", value, PREFIXES.charAt(prefix));
    }

    /** A duration with about three digits: {@code 3.4 ms}, {@code 412 ms}, {@code 1.24 s}, {@code 2 min 05 s}. */
    public static String duration(Duration duration) {
        double millis = duration.toNanos() / NANOS_PER_MILLI;
        if (millis < 9.95) {
            return String.format(Locale.ROOT, "%.1f ms", millis);
        }
        if (millis < 999.5) {
            return String.format(Locale.ROOT, "%.0f ms", millis);
        }
        double seconds = duration.toNanos() / NANOS_PER_SECOND;
        if (seconds < 59.995) {
            return String.format(Locale.ROOT, "%.2f s", seconds);
        }
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }

    /** Bytes a second. */
    public static String rate(long bytes, Duration duration) {
        return bytes(Math.round(bytes / Math.max(duration.toNanos() / NANOS_PER_SECOND, 1e-9))) + "/s";
    }

    /** A count with its thousands set apart: {@code 1,234,567}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A count and what is counted: {@code 1 file}, {@code 1,234 files}. */
    public static String counted(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    /** A share as whole percent; only nothing is 0 % and only everything is 100 %. */
    public static String percent(long part, long whole) {
        if (whole <= 0) {
            return "0 %";
        }
        long rounded = Math.round(100.0 * part / whole);
        if (part > 0 && rounded == 0) {
            return "<1 %";
        }
        return (part < whole ? Math.min(rounded, 99) : 100) + " %";
    }
}
