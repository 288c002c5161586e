package io.stave.engine.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.ClassPaths;
import io.stave.Stave;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image of Java may come without the module of the flight recorder. */
class WithoutFlightRecorderTest {

    @TempDir
    Path directory;

    @Test
    void storeWorksWhereTheModuleIsMissing() throws Exception {
        Path out = directory.resolve("out");
        String classPath = ClassPaths.of(Stave.class, WithoutFlightRecorder.class, CloseHelper.class);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.base,jdk.unsupported",
                        "-cp",
                        classPath,
                        WithoutFlightRecorder.class.getName(),
                        directory.resolve("store").toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // Java would print it
        Process child = builder.start();
        try {
            assertTrue(child.waitFor(120, TimeUnit.SECONDS), "it hangs");
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertEquals(List.of("key true false", "key true false"), Files.readAllLines(out));
        assertEquals(0, child.exitValue());
    }
}
