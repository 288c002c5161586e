package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a test's main class in a JVM with a private mount namespace: what it mounts nobody else sees, and it is gone with the JVM. Where
 * that is not possible the test is skipped, and says why.
 */
final class Namespace {

    private static final List<String> UNSHARE = List.of("unshare", "-m", "--propagation", "private");

    /** Exit code of a main class that could not mount, so that nothing was tested. */
    static final int CANNOT_MOUNT = 77;

    private Namespace() {}

    /** Runs {@code main} to its end, which must be a good one, and prints what it has to say. */
    static void run(Class<?> main, Duration patience, List<String> tools, String... arguments) throws Exception {
        require(tools);
        try (Jvm jvm = Jvm.start(UNSHARE, main, List.of(), Arrays.asList(arguments))) {
            int exit = jvm.join(patience);
            if (exit == CANNOT_MOUNT) {
                skip("this root may not mount:\n" + jvm.output());
            }
            assertEquals(0, exit, jvm::output);
            System.out.println(jvm.output());
        }
    }

    private static void require(List<String> tools) throws IOException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) {
            skip("it needs root");
        }
        for (String tool : tools) {
            if (!installed(tool)) {
                skip(tool + " is not installed");
            }
        }
        if (!installed(UNSHARE.get(0))) {
            skip("unshare is not installed");
        }
        Process probe = new ProcessBuilder("unshare", "-m", "--propagation", "private", "true")
                .redirectErrorStream(true)
                .start();
        if (probe.waitFor() != 0) {
            skip("this root may not make a mount namespace");
        }
    }

    private static boolean installed(String tool) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    private static void skip(String reason) {
        System.out.println("SKIPPED: " + reason);
        assumeTrue(false, "skipped: " + reason);
    }
}
