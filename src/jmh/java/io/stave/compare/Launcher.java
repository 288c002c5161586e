package io.stave.compare;

import io.stave.compare.peer.Peer;
import io.stave.compare.result.Json;
import io.stave.compare.result.Measurement.Status;
import io.stave.compare.work.Context;
import io.stave.compare.work.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts a process for each work, and ends it when it must. */
final class Launcher {
    private static final int KILLED = 137;
    private static final int TAIL = 12;
    private static final int NATIVE_ACCESS_RELEASE = 22;

    /** How a process ended. */
    record Ended(Status status, String reason, Map<String, Double> figures) {
        static Ended badly(Status status, String reason) {
            return new Ended(status, reason, Map.of());
        }
    }

    private final Arguments arguments;
    private final Path errors;

    /** Errors of the process that runs go to this file. */
    Launcher(Arguments arguments, Path errors) {
        this.arguments = arguments;
        this.errors = errors;
    }

    /** Why the peer cannot be run here, or null. */
    String obstacle(Peer peer) {
        if (peer.name().equals("halodb") && !Files.isRegularFile(Path.of(arguments.halodb()))) {
            return "its jar is not there: name it with --halodb= or STAVE_BENCH_HALODB";
        }
        return release(home(peer)) >= peer.javaRelease()
                ? null
                : "needs Java " + peer.javaRelease() + ": name one with --jdk22= or STAVE_BENCH_JDK22";
    }

    /** Does a work to its end. */
    Ended run(String work, Context context) throws IOException, InterruptedException {
        return run(work, context, false);
    }

    /** Kills the process as soon as it says that it is ready. Its end is good if that is what it died of. */
    Ended kill(String work, Context context) throws IOException, InterruptedException {
        return run(work, context, true);
    }

    private Ended run(String work, Context context, boolean kill) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(work, context))
                .redirectError(errors.toFile())
                .start();
        Thread end = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        String[] last = {""};
        Thread reader = new Thread(() -> read(process, last, kill), "child");
        reader.start();
        try {
            if (!process.waitFor(arguments.timeoutSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                reader.join();
                return Ended.badly(Status.TIMEOUT, "not done after " + arguments.timeoutSeconds() + " s");
            }
            reader.join();
        } finally {
            Runtime.getRuntime().removeShutdownHook(end);
        }
        return ended(process.exitValue(), last[0], kill);
    }

    private Ended ended(int exit, String last, boolean kill) throws IOException {
        if (kill) {
            return exit == KILLED && last.equals(Signals.READY)
                    ? new Ended(Status.OK, "", Map.of())
                    : Ended.badly(Status.FAILED, "was not killed as it was meant to: exit " + exit + "; " + tail());
        }
        if (exit != 0 || !last.startsWith(Signals.RESULT)) {
            return Ended.badly(Status.FAILED, "exit " + exit + "; " + tail());
        }
        Map<String, Double> figures = new TreeMap<>();
        Map<?, ?> tree = (Map<?, ?>) Json.read(last.substring(Signals.RESULT.length()));
        tree.forEach((name, value) -> figures.put((String) name, (Double) value));
        return new Ended(Status.OK, "", figures);
    }

    private static void read(Process process, String[] last, boolean kill) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.equals(Signals.READY) || line.startsWith(Signals.RESULT)) {
                    last[0] = line;
                }
                if (kill && line.equals(Signals.READY)) {
                    process.destroyForcibly();
                }
            }
        } catch (IOException e) {
            // The process died; its exit code tells.
        }
    }

    /** What tells most: the exception and its causes, else the last lines. */
    private String tail() throws IOException {
        List<String> lines =
                Files.readString(errors, StandardCharsets.ISO_8859_1).lines().toList();
        List<String> telling = lines.stream()
                .filter(line ->
                        line.matches("(Caused by: )?[\\w.$]+(Exception|Error)\\b.*|# .*(SIG|Problematic).*|# C .*"))
                .limit(TAIL / 2)
                .toList();
        return String.join(
                " | ", telling.isEmpty() ? lines.subList(Math.max(0, lines.size() - TAIL), lines.size()) : telling);
    }

    private List<String> command(String work, Context context) {
        Peer peer = context.peer();
        String home = home(peer);
        List<String> command = new ArrayList<>();
        if (!arguments.wrap().isEmpty()) {
            command.addAll(Arrays.asList(arguments.wrap().split(" +")));
        }
        command.add(Path.of(home, "bin", "java").toString());
        command.add("-Xmx" + (arguments.heap().isEmpty() ? peer.heap() : arguments.heap()));
        command.add("-XX:-UsePerfData");
        command.addAll(peer.jvmFlags());
        if (release(home) >= NATIVE_ACCESS_RELEASE) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-cp");
        String path = System.getProperty("java.class.path");
        command.add(peer.name().equals("halodb") ? path + java.io.File.pathSeparator + arguments.halodb() : path);
        command.add(Child.class.getName());
        command.addAll(Child.arguments(work, context));
        return command;
    }

    /** The JDK for a peer: the one for newer releases only if the usual one is too old. */
    private String home(Peer peer) {
        String usual = arguments.jdk().isEmpty() ? System.getProperty("java.home") : arguments.jdk();
        return release(usual) < peer.javaRelease() && !arguments.jdk22().isEmpty() ? arguments.jdk22() : usual;
    }

    /** The release of a JDK, as the file that each has says; 0 if it does not. */
    private static int release(String home) {
        try {
            Matcher version =
                    Pattern.compile("JAVA_VERSION=\"(\\d+)").matcher(Files.readString(Path.of(home, "release")));
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
