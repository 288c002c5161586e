package io.stave.io;

import io.stave.ClassPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another Java process that runs {@link IoProgram}, on this Java or another one that is installed beside it. */
final class ChildJvm {
    private static final long PATIENCE_SECONDS = 120;

    /** How it ended and all it printed. */
    record Outcome(int exit, String out, String err) {}

    private ChildJvm() {}

    /** The Java that runs this test. */
    static Path thisJava() {
        return Path.of(System.getProperty("java.home"));
    }

    /** The Java homes beside this one, and this one, whose version is at least so high; the highest first. */
    static Optional<Path> newest(int atLeast) throws IOException {
        try (Stream<Path> homes = Files.list(thisJava().toRealPath().getParent())) {
            return Stream.concat(homes, Stream.of(thisJava()))
                    .filter(home -> version(home) >= atLeast)
                    .max((a, b) -> Integer.compare(version(a), version(b)));
        }
    }

    private static int version(Path home) {
        try {
            return Files.readAllLines(home.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .mapToInt(line -> Integer.parseInt(line.replaceAll("^[^0-9]*([0-9]+).*$", "$1")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | NumberFormatException e) {
            return 0; // no Java
        }
    }

    /** The command that runs the program. */
    static List<String> command(Path java, List<String> flags, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(java.resolve("bin/java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(ClassPaths.of(RealDirectory.class, IoProgram.class));
        command.add(IoProgram.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs it to its end. */
    static Outcome run(Path java, List<String> flags, String... arguments) throws Exception {
        return run(command(java, flags, arguments));
    }

    static Outcome run(List<String> command) throws Exception {
        Path out = Files.createTempFile("child", ".out");
        Path err = Files.createTempFile("child", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().remove("JAVA_TOOL_OPTIONS"); // Java would print it
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("still running: " + command + "\n" + Files.readString(err));
            }
            return new Outcome(process.exitValue(), read(out), read(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
