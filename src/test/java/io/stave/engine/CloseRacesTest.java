package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.ClassPaths;
import io.stave.Stave;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing races everything else, many times, in a process of its own. */
class CloseRacesTest {

    private static final int ROUNDS = 50;

    @TempDir
    Path path;

    @Test
    void closingUnderReadersWritersAndMergesHarmsNobody() throws Exception {
        run(Path.of(System.getProperty("java.home")));
    }

    private void run(Path java) throws Exception {
        Path out = path.resolve("out");
        String classPath = ClassPaths.of(Stave.class, CloseRaces.class, CloseHelper.class);
        Process process = new ProcessBuilder(
                        java.resolve("bin/java").toString(),
                        "-Xmx128m",
                        "-cp",
                        classPath,
                        CloseRaces.class.getName(),
                        path.resolve("store").toString(),
                        Integer.toString(ROUNDS),
                        "1")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = process.waitFor(180, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        String said = Files.readString(out);
        assertTrue(ended, "it hangs\n" + said);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("DONE " + ROUNDS), said);
    }
}
