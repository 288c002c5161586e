package io.stave.compare.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What Linux says of this process. {@code write_bytes} counts the bytes that the process caused to be sent to storage: a page
 * of the page cache counts when it becomes dirty, through write or through a mapping, and not again while it stays so.
 */
final class ProcessFigures {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path IO = Path.of("/proc/self/io");

    private ProcessFigures() {}

    static long writtenBytes() throws IOException {
        Map<String, Long> io = read(IO);
        return io.getOrDefault("write_bytes", 0L);
    }

    /** Resident memory: all, and what is neither file nor shared. */
    static void memory(Figures figures) throws IOException {
        Map<String, Long> status = read(STATUS);
        figures.set("residentBytes", kibibytes(status, "VmRSS"));
        figures.set("residentPeakBytes", kibibytes(status, "VmHWM"));
        figures.set("anonymousBytes", kibibytes(status, "RssAnon"));
        figures.set("residentFileBytes", kibibytes(status, "RssFile"));
    }

    private static double kibibytes(Map<String, Long> status, String name) {
        return status.getOrDefault(name, 0L) * 1024.0;
    }

    private static Map<String, Long> read(Path file) throws IOException {
        Map<String, Long> values = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split("[:\\s]+");
            if (parts.length > 1 && parts[1].matches("\\d{1,18}")) {
                values.put(parts[0], Long.parseLong(parts[1]));
            }
        }
        return values;
    }
}
