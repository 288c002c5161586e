package io.stave.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.base.Health;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.NoSpaceException;
import io.stave.io.RealDirectory;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.SegmentHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another process learns from the STATS file. */
class StatsFileTest {

    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final Options OPTIONS = Options.defaults().mergePolicy(MergePolicy.manual());

    @TempDir
    Path path;

    private Path file() {
        return path.resolve(StatsFile.NAME);
    }

    /** The figures in the file; an empty map before there is one. It is always whole. */
    private Map<String, String> read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(file());
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertEquals(StatsText.FIRST, lines.get(0));
        assertEquals(StatsText.LAST, lines.get(lines.size() - 1));
        Map<String, String> figures = new HashMap<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            int space = line.indexOf(' ');
            figures.put(line.substring(0, space), line.substring(space + 1));
        }
        return figures;
    }

    private void awaitFigure(String name, String value) {
        Background.await(() -> value.equals(read().get(name)));
    }

    /** Each put brings the proof of the force before it along. */
    @Test
    void bytesWrittenAreThoseOfTheLogWithItsCertificates() {
        try (Stave store = Stave.open(path, OPTIONS)) {
            for (int i = 0; i < 5; i++) {
                store.put(KEY, new byte[100]);
            }
            Stats stats = store.stats();
            long log = stats.space().diskBytes() - stats.segments().size() * (long) SegmentHeader.LENGTH;
            assertEquals(5 * (20 + KEY.length + 100) + 5 * 20, log);
            assertEquals(log, stats.commits().bytesWritten());
        }
    }

    @Test
    void theFileFollowsTheStore() {
        Instant before = Instant.now();
        try (Stave store = Stave.open(path, OPTIONS)) {
            awaitFigure("keys", "0");
            store.put(KEY, new byte[100]);
            awaitFigure("keys", "1");
            awaitFigure("operations.puts", "1");
            assertTrue(store.contains(KEY));
            awaitFigure("operations.hits", "1");
            store.put(KEY, new byte[100]);
            store.merge();
            awaitFigure("merges.count", "1");
            Map<String, String> figures = read();
            Stats stats = store.stats();
            assertEquals(String.valueOf(stats.space().liveBytes()), figures.get("space.liveBytes"));
            assertEquals(String.valueOf(stats.merges().bytesRead()), figures.get("merges.bytesRead"));
            assertEquals(String.valueOf(stats.segments().size()), figures.get("segments.count"));
            String segment = stats.segments().get(0).fileName();
            assertEquals("SEALED", figures.get("segments." + segment + ".state"));
            assertEquals("true", figures.get("recovery.created"));
            assertFalse(Instant.parse(figures.get("time")).isBefore(before));
        }
    }

    @Test
    void figuresAreTheSameWhereOnlyTimeHasPassed() {
        String text = "stave-stats 1\ntime 1\nuptimeNanos 5\nkeys 3\nend\n";
        assertEquals(
                StatsText.figures(text),
                StatsText.figures(text.replace("time 1", "time 2").replace("5", "6")));
        assertNotEquals(StatsText.figures(text), StatsText.figures(text.replace("keys 3", "keys 4")));
        assertEquals(List.of("time", "uptimeNanos", "keys"), firstThreeFigures());
    }

    private List<String> firstThreeFigures() {
        try (Stave store = Stave.open(path, OPTIONS)) {
            return StatsText.of(store.stats())
                    .lines()
                    .skip(1)
                    .limit(3)
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
        }
    }

    @Test
    void aCloseRemovesTheFile() throws IOException {
        try (Stave store = Stave.open(path, OPTIONS)) {
            awaitFigure("keys", "0");
            assertEquals(0, store.stats().keys());
        }
        try (var files = Files.list(path)) {
            assertEquals(
                    List.of(),
                    files.map(found -> found.getFileName().toString())
                            .filter(name -> name.startsWith(StatsFile.NAME))
                            .toList());
        }
    }

    @Test
    void whatACrashLeftBehindIsReplaced() throws IOException {
        Files.writeString(file(), "stave-stats 1\nkeys 77\nend\n");
        Files.writeString(path.resolve("STATS.tmp"), "stave-st");
        try (Stave store = Stave.open(path, OPTIONS)) {
            assertEquals(List.of(), store.recoveryReport().strayFilesDeleted());
            awaitFigure("keys", "0");
        }
    }

    @Test
    void whereRoomIsKeptForOthersTheFileStaysAsItIs() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = Engine.open(new SimulatedDirectory(), OPTIONS, true)) {
            LongPredicate room = bytes -> {
                assertTrue(bytes > 100, "as long as the text");
                return asked.incrementAndGet() == 1;
            };
            StatsFile file = new StatsFile(directory, store::stats, room, new Health(), false);
            file.start();
            Background.await(() -> asked.get() == 1);
            store.put(KEY, new byte[100]);
            Background.await(() -> asked.get() >= 2);
            assertEquals(List.of(StatsFile.NAME), directory.list());
            assertTrue(new String(directory.content(StatsFile.NAME), StandardCharsets.UTF_8).contains("\nkeys 0\n"));
            file.close();
        }
    }

    @Test
    void aFullDiskHarmsNothingButTheFile() throws IOException {
        GateDirectory directory = new GateDirectory(RealDirectory.open(path));
        try (Stave store = Engine.open(directory, OPTIONS, false)) {
            awaitFigure("keys", "0");
            GateDirectory.Rule full = directory.fail(
                    Act.WRITE, "STATS.tmp"::equals, new NoSpaceException("STATS.tmp", "No space left on device"));
            int before = directory.count(Act.WRITE, "STATS.tmp"::equals);
            store.put(KEY, new byte[100]);
            Background.await(() -> directory.count(Act.WRITE, "STATS.tmp"::equals) >= before + 2);
            assertEquals("0", read().get("keys"), "it stays whole");
            store.put(KEY, new byte[100]);
            directory.remove(full);
            awaitFigure("operations.puts", "2");
        }
    }
}
