package io.stave.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a run takes place, as far as it bears on the figures. Linux tells; elsewhere some facts are missing. */
final class Machine {
    private Machine() {}

    static Map<String, String> facts(Path directory) throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("commit", said("git", "describe", "--always", "--dirty"));
        facts.put("processor", found("/proc/cpuinfo", "model name\\s*: (.*)"));
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("memory", found("/proc/meminfo", "MemTotal:\\s*(.*)"));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("file system", Files.getFileStore(directory).type());
        facts.put("transparent huge pages", found("/sys/kernel/mm/transparent_hugepage/enabled", "\\[(.*)\\]"));
        // Where free memory goes back to a host after two seconds, the first touch of a page costs microseconds.
        facts.put(
                "free page reporting from order",
                found("/sys/module/page_reporting/parameters/page_reporting_order", "(\\S+)"));
        facts.put("load before the run", found("/proc/loadavg", "(\\S+ \\S+ \\S+)"));
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        return facts;
    }

    private static String found(String file, String pattern) {
        try {
            Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
            return matcher.find() ? matcher.group(1).strip() : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String said(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 && !text.isEmpty() ? text : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
