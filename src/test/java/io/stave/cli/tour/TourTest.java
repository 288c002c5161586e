package io.stave.cli.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreLockedException;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.tour.TourPlan.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole tour, with a child JVM that is killed; and tours through stores that lie. */
@Timeout(120)
class TourTest {
    private static final int FILES = 80;

    @TempDir
    static Path folder;

    /** One good tour, which many tests look at. */
    private static TourResult result;

    @TempDir
    Path temp;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void makeATour(@TempDir Path temp) throws IOException {
        fillTheFolder();
        Terminal silent = new Terminal(
                new PrintStream(PrintStream.nullOutputStream()),
                new PrintStream(PrintStream.nullOutputStream()),
                Style.PLAIN,
                Style.PLAIN,
                false);
        result = Tour.make(TourInput.of(folder), temp, Stave::open, new Progress(silent));
    }

    private static void fillTheFolder() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < FILES; i++) {
            byte[] content = new byte[i == 7 ? 0 : random.nextInt(20_000)];
            random.nextBytes(content);
            Path file = folder.resolve("d" + i % 5).resolve("file " + i);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        }
    }

    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        try (Stream<Path> left = Files.list(temp)) {
            assertEquals(List.of(), left.toList());
        }
        assertEquals(List.of(), ProcessHandle.current().children().toList());
    }

    @Test
    void aTourLosesNothingAndEndsWhereTheDiskIs() {
        TourPlan plan = result.plan();
        int changes = plan.changes().size();

        assertEquals(0, result.lost(), result.verdicts()::toString);
        assertEquals(137, result.death().exitCode());
        assertEquals(FILES, result.death().puts());
        assertTrue(result.death().changes() >= changes / 2, result.death()::toString);
        assertEquals(
                changes / 2 + ChildMain.WRITERS - 1,
                result.death().changes() + result.death().inFlight(),
                "it had leave for no more changes than these");

        assertEquals(
                List.of(
                        "after SIGKILL",
                        "all changes made",
                        "after the merge",
                        "reopened as closed",
                        "reopened from hints",
                        "reopened without hints"),
                result.verdicts().stream().map(Verdict::moment).toList());
        Verdict killed = result.verdicts().get(0);
        assertEquals(FILES, killed.found() + killed.absent() + killed.inFlight());
        assertEquals(result.death().inFlight(), killed.inFlight());
        assertEquals(0, killed.changedOnDisk(), "drafts, too, are compared with the disk");
        int deletes = plan.count(Role.DELETE);
        for (Verdict verdict : result.verdicts().subList(1, 6)) {
            assertEquals(
                    new Verdict(verdict.moment(), FILES - deletes, FILES - deletes, deletes, deletes, 0, 0, List.of()),
                    verdict);
        }
        assertEquals(FILES + changes, result.writes(), "nothing is acknowledged twice");
    }

    @Test
    void theStoreIsOpenedAfterTheKillAsClosedFromHintsAndWithoutThem() {
        List<TourResult.Opening> openings = result.openings();
        assertEquals(4, openings.size());
        assertFalse(openings.get(0).report().clean());
        assertTrue(openings.get(1).report().clean());
        assertTrue(openings.get(1).report().keydirRestored(), openings.get(1).report()::describe);
        assertEquals(0, openings.get(1).report().segmentsFromHints());
        assertTrue(openings.get(2).report().segmentsFromHints() > 0);
        assertEquals(0, openings.get(2).report().segmentsScanned());
        assertEquals(0, openings.get(3).report().segmentsFromHints());
        assertTrue(openings.get(3).report().segmentsScanned() > 0);
    }

    @Test
    void theMergeGivesBackAllThatIsDead() {
        int segments = result.before().segments().size();
        assertTrue(segments >= 6 && segments <= 24, segments + " segments");
        assertTrue(result.before().space().deadBytes() > result.before().space().liveBytes() / 3);
        assertEquals(0, result.after().space().deadBytes());
        assertEquals(result.before().space().liveBytes(), result.after().space().liveBytes());
        assertTrue(result.after().segments().stream().noneMatch(SegmentStats::damaged));
    }

    @Test
    void thePageSaysLostNothingFitsAndIsTheSameInColour() {
        List<String> plain = Summary.of(result, new Style(false, true));
        String page = String.join("\n", plain);
        assertTrue(page.contains("✔ lost 0  all " + result.writes() + " acknowledged writes held"), page);
        assertTrue(page.contains("80 files") && page.contains("exit code 137") && page.contains("█"), page);
        assertTrue(plain.stream().allMatch(line -> line.length() <= 80), page);
        assertFalse(page.contains("\u001b"), page);

        String colour = String.join("\n", Summary.of(result, new Style(true, true)));
        assertTrue(colour.contains("\u001b[32m"), colour);
        assertEquals(page, colour.replaceAll("\u001b\\[[0-9;]*m", ""));
        List<String> ascii = Summary.of(result, Style.PLAIN);
        assertTrue(ascii.stream().allMatch(line -> line.chars().allMatch(c -> c < 128)), ascii::toString);
    }

    @Test
    void whatTheStoreLosesIsCountedNamedAndExitsWith1() throws IOException {
        List<String> victims = IntStream.range(0, FILES)
                .filter(file -> plan().roles().get(file) == Role.KEEP)
                .limit(3)
                .mapToObj(file -> plan().files().get(file).name())
                .toList();
        assertEquals(1, command(forgetting(Set.copyOf(victims)), folder.toString()));
        assertTrue(out().contains("✘ lost 3"), out());
        assertFalse(out().contains("lost 0"), out());
        victims.forEach(name -> assertTrue(
                out().contains(name + " is missing, though its put was acknowledged"), () -> name + "\n" + out()));
    }

    @Test
    void aGoodStoreExitsWith0AndTheProgressGoesElsewhere() throws IOException {
        assertEquals(0, command(Stave::open, folder.toString()));
        assertTrue(out().contains("✔ lost 0"), out());
        assertFalse(out().contains("stave: "), out());
        assertTrue(err().contains("stave: a child JVM puts 80 files"), err());
        assertTrue(err().contains("stave: merging"), err());
        assertFalse(err().contains("\r"), err());
    }

    @Test
    void aSingleEmptyFileIsEnough() throws IOException {
        Path single = Files.createDirectory(temp.resolve("single"));
        Files.createFile(single.resolve("empty"));
        try {
            assertEquals(0, command(Stave::open, single.toString()));
        } finally {
            Files.delete(single.resolve("empty"));
            Files.delete(single);
        }
        assertTrue(out().contains("1 file, 0 B"), out());
    }

    @Test
    void corruptionAndLocksReachTheCallerAndTheStoreIsRemoved() {
        Tour.Opener corrupt = (directory, options) -> {
            throw new CorruptionException("x.seg", 1, "2", "3");
        };
        assertThrows(CorruptionException.class, () -> tour(corrupt));
        Tour.Opener locked = (directory, options) -> {
            throw new StoreLockedException(directory, null, null, null);
        };
        assertThrows(StoreLockedException.class, () -> tour(locked));
    }

    @Test
    void aFolderThatDoesNotFitIsRefusedBeforeAnythingIsWritten() {
        TourFile huge = new TourFile("huge", folder.resolve("huge"), Long.MAX_VALUE / 4);
        TourInput input = new TourInput("here", List.of(huge), List.of());
        TourException refusal =
                assertThrows(TourException.class, () -> Tour.make(input, temp, Stave::open, new Progress(terminal())));
        assertEquals(1, refusal.exitCode());
        assertTrue(String.valueOf(refusal.getMessage()).contains("--temp"), refusal::getMessage);
    }

    @Test
    void aChildThatFailsSaysWhy() throws IOException {
        try (Workspace workspace = Workspace.in(temp)) {
            Files.writeString(workspace.store(), "not a directory");
            TourException failure = assertThrows(
                    TourException.class,
                    () -> Child.writeAndDie(workspace, plan(), new AckLog(FILES), new Progress(terminal())));
            String message = String.valueOf(failure.getMessage());
            assertTrue(message.startsWith("the writing child failed: "), message);
            assertTrue(
                    message.contains("exit code 1\n")
                            && message.contains(workspace.store().toString()),
                    message);
            assertEquals(1, failure.exitCode());
        }
    }

    @Test
    void aChildThatFindsTheStoreLockedExitsWith4() throws IOException {
        try (Workspace workspace = Workspace.in(temp);
                Stave held = Stave.open(workspace.store())) {
            assertNotNull(held);
            TourException failure = assertThrows(
                    TourException.class,
                    () -> Child.writeAndDie(workspace, plan(), new AckLog(FILES), new Progress(terminal())));
            assertEquals(4, failure.exitCode(), failure::getMessage);
        }
    }

    private TourResult tour(Tour.Opener opener) throws IOException {
        return Tour.make(TourInput.of(folder), temp, opener, new Progress(terminal()));
    }

    private int command(Tour.Opener opener, String directory) {
        return new CommandLine(new TourCommand(terminal(), opener)).execute("--temp", temp.toString(), directory);
    }

    private static TourPlan plan() {
        try {
            return TourPlan.of(TourInput.of(folder));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Opens stores that deny having ever heard of some keys. */
    private static Tour.Opener forgetting(Set<String> names) {
        return (directory, options) -> {
            Stave real = Stave.open(directory, options);
            return (Stave) Proxy.newProxyInstance(
                    Stave.class.getClassLoader(), new Class<?>[] {Stave.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("getEntry")
                                && names.contains(new String((byte[]) arguments[0], StandardCharsets.UTF_8))) {
                            return null;
                        }
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        };
    }

    private Terminal terminal() {
        return new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Style(false, true),
                new Style(false, true),
                false);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
