package io.stave.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.RecoveryProgress.Phase;
import io.stave.Stave;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The phases of an open take as long as the open, and the one that took the time is the one that is shown for it. */
class PhasesTest {

    private final PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    private final Progress progress = new Progress(new Terminal(nowhere, nowhere, Style.PLAIN, Style.PLAIN, false));
    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    Path directory;

    private void pass(long millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    @Test
    void whatIsDoneBeforeAPhaseTellsOfItselfCountsForIt() {
        Phases phases = new Phases(progress, nanos::get);
        pass(1000); // before the open
        pass(5);
        phases.progress(Phase.INSPECT, 0, 0);
        pass(2);
        phases.progress(Phase.INSPECT, 0, 0);
        pass(40); // reads KEYDIR, and then tells of it
        phases.progress(Phase.LOAD, 0, 7);
        phases.progress(Phase.LOAD, 7, 7);
        pass(3); // replays the log
        assertEquals(
                List.of(new StoreFindings.Phase("inspect", 0, 7), new StoreFindings.Phase("load", 7, 43)),
                phases.of(Duration.ofMillis(50)));
    }

    @Test
    void whatIsDoneAfterTheOpenCountsForNone() {
        pass(100);
        Phases phases = new Phases(progress, nanos::get);
        phases.progress(Phase.INSPECT, 0, 0);
        pass(4);
        phases.progress(Phase.INSPECT, 0, 0);
        pass(6);
        phases.progress(Phase.LOAD, 7, 7);
        pass(50); // after the open
        assertEquals(
                List.of(new StoreFindings.Phase("inspect", 0, 4), new StoreFindings.Phase("load", 7, 6)),
                phases.of(Duration.ofMillis(10)));
    }

    @Test
    void theyAddUpToWhatAnOpenTook() {
        try (Stave store = Stave.open(directory.resolve("store"))) {
            store.put(new byte[] {1}, new byte[] {2});
        }
        for (boolean keydir : List.of(true, false)) {
            Phases phases = new Phases(progress);
            try (ReadOnlyStave store = Stave.openReadOnly(
                    directory.resolve("store"), Options.defaults().recoveryProgress(phases))) {
                double took = store.recoveryReport().duration().toNanos() / 1e6;
                List<StoreFindings.Phase> list =
                        phases.of(store.recoveryReport().duration());
                assertEquals(
                        List.of("inspect", "load"),
                        list.stream().map(StoreFindings.Phase::name).toList());
                double sum =
                        list.stream().mapToDouble(StoreFindings.Phase::millis).sum();
                assertEquals(took, sum, 1e-3, () -> "with a keydir: " + keydir);
                assertTrue(list.stream().allMatch(phase -> phase.millis() >= 0), list::toString);
                assertEquals(keydir, store.recoveryReport().keydirRestored());
            }
            assertTrue(directory.resolve("store/KEYDIR").toFile().delete() == keydir);
        }
    }
}
