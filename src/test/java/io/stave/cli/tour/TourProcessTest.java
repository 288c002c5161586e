package io.stave.cli.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tour as a process of its own, which is stopped half way: nothing of it stays. */
@Timeout(120)
class TourProcessTest {
    private static final int TERMINATED = 128 + 15;
    private static final int KILLED = 128 + 9;

    @TempDir
    Path folder;

    @TempDir
    Path temp;

    @BeforeEach
    void fillTheFolder() throws IOException {
        for (int i = 0; i < 6000; i++) {
            Files.writeString(folder.resolve("file" + i), "content " + i);
        }
    }

    @Test
    void stoppingTheTourRemovesStoreAndChild() throws Exception {
        Process tour = tourThatHasAChildWriting();
        List<ProcessHandle> children = tour.descendants().toList();
        assertEquals(1, children.size(), "the child that writes");
        tour.destroy();
        assertTrue(tour.waitFor(60, TimeUnit.SECONDS));
        assertEquals(TERMINATED, tour.exitValue());
        assertFalse(children.get(0).isAlive());
        try (Stream<Path> left = Files.list(temp)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void theChildDoesNotOutliveAParentThatIsKilled() throws Exception {
        Process tour = tourThatHasAChildWriting();
        List<ProcessHandle> children = tour.descendants().toList();
        assertEquals(1, children.size(), "the child that writes");
        tour.destroyForcibly();
        assertEquals(KILLED, tour.waitFor());
        while (runs(children.get(0))) {
            Thread.sleep(5);
        }
    }

    /** Where nobody collects orphans, as in some containers, an ended one stays as a zombie. */
    private static boolean runs(ProcessHandle process) {
        try {
            return process.isAlive()
                    && !Files.readString(Path.of("/proc/" + process.pid() + "/stat"))
                            .contains(") Z ");
        } catch (IOException e) {
            return process.isAlive();
        }
    }

    private Process tourThatHasAChildWriting() throws Exception {
        Process tour = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "tour",
                        "--temp",
                        temp.toString(),
                        folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        while (!aSegmentIsThere()) {
            assertTrue(tour.isAlive(), "the tour ended before its child began");
            Thread.sleep(5);
        }
        return tour;
    }

    private boolean aSegmentIsThere() throws IOException {
        try (Stream<Path> files =
                Files.find(temp, 3, (path, attributes) -> path.toString().endsWith(".seg"))) {
            return files.findAny().isPresent();
        } catch (UncheckedIOException e) {
            return false; // files come and go
        }
    }
}
