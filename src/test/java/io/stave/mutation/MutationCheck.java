package io.stave.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A command, not a part of the build: {@code mvn test -Dtest=MutationCheck}. Each mutant of the list is compiled, and the tests that are said to
 * convict it run against it in a process of their own; one of them must fail. First they all run against the code as it is, and pass.
 *
 * <p>{@code -Dstave.mutants=REGEX} chooses some by their names.
 */
class MutationCheck {

    /** A mutant that makes its tests hang is convicted as well: nobody would let it pass. */
    private static final long PATIENCE_SECONDS = 300;

    private static final Pattern CHOSEN = Pattern.compile(System.getProperty("stave.mutants", ""));

    @TempDir
    Path scratch;

    private final Map<String, String> testsBySimpleName = testsBySimpleName();

    private static Map<String, String> testsBySimpleName() {
        Path tests = Path.of("src", "test", "java");
        try (Stream<Path> files = Files.walk(tests)) {
            return files.map(file -> tests.relativize(file).toString())
                    .filter(file -> file.endsWith(".java"))
                    .map(file ->
                            file.substring(0, file.length() - ".java".length()).replace(File.separatorChar, '.'))
                    .collect(Collectors.toMap(
                            name -> name.substring(name.lastIndexOf('.') + 1), name -> name, (first, second) -> first));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Mutant> chosen() {
        return Mutants.all().stream()
                .filter(mutant -> CHOSEN.matcher(mutant.name()).find())
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> everyMutantIsConvicted() {
        List<Mutant> mutants = chosen();
        TreeSet<String> tests = new TreeSet<>();
        mutants.forEach(mutant -> tests.addAll(mutant.tests()));
        Stream<DynamicTest> control = Stream.of(DynamicTest.dynamicTest(
                "the code as it is passes", () -> assertEquals(Jury.INNOCENT, judge(null, tests))));
        return Stream.concat(
                control, mutants.stream().map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> convict(mutant))));
    }

    private void convict(Mutant mutant) throws Exception {
        Path classes = Files.createTempDirectory(scratch, "mutant");
        Mutation.compile(mutant, classes);
        int verdict = judge(classes, mutant.tests());
        if (verdict == Jury.INNOCENT) {
            fail("'" + mutant + "' was not noticed by " + mutant.tests());
        }
        assertEquals(Jury.GUILTY, verdict);
    }

    /** Runs the tests, against the classes of a mutant if there are any. */
    private int judge(@Nullable Path classes, Iterable<String> tests) throws Exception {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-ea",
                // Some of the tests are about the keydir that needs them.
                "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "-cp",
                classes == null ? classPath : classes + File.pathSeparator + classPath,
                Jury.class.getName()));
        tests.forEach(test -> command.add(testsBySimpleName.get(test)));
        Path output = Files.createTempFile(scratch, "jury", ".txt");
        Process jury = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!jury.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.out.println("  the tests hang");
                return Jury.GUILTY;
            }
        } finally {
            jury.destroyForcibly().waitFor();
        }
        report(output, jury.exitValue());
        return jury.exitValue();
    }

    private static void report(Path output, int verdict) throws IOException {
        List<String> lines = Files.readAllLines(output);
        if (verdict == Jury.GUILTY) {
            lines.stream()
                    .filter(line -> line.startsWith(Jury.CONVICTED_BY))
                    .forEach(line -> System.out.println("  " + line));
        } else {
            lines.forEach(line -> System.out.println("  | " + line));
        }
    }
}
