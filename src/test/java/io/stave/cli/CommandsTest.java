package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.cli.terminal.Style;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands as a user runs them. */
class CommandsTest {

    private static final String NASTY = "\u001b[2J<img src=x>";

    private static final Options MANUAL = Options.defaults().mergePolicy(MergePolicy.manual());

    @TempDir
    Path directory;

    private Path store;

    @BeforeEach
    void fillAStore() {
        store = directory.resolve("store");
        try (Stave open = Stave.open(store, MANUAL.segmentLength(4096))) {
            for (int i = 0; i < 200; i++) {
                open.put(bytes("key-" + i % 120), new byte[50 + i]);
            }
            for (int i = 0; i < 20; i++) {
                assertTrue(open.delete(bytes("key-" + i)) > 0);
            }
            open.put(bytes(NASTY), bytes("nasty"));
            open.put(bytes("token"), bytes("secret"), WriteOptions.defaults().timeToLive(Duration.ofDays(3)));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsPutIsGotAndWhatIsDeletedIsGone() {
        assertEquals(0, Run.of("put", store, "planet", "world").code());
        assertEquals("world", Run.of("get", store, "planet").out());
        assertEquals(0, Run.of("put", store, "--hex", "00ff", "0a").code());
        assertEquals("\n", Run.of("get", store, "0x00ff").out());
        assertEquals(0, Run.of("delete", store, "planet").code());
        Run absent = Run.of("get", store, "planet");
        assertEquals(1, absent.code());
        assertTrue(absent.err().contains("there is no key planet"), absent.err());
        assertEquals(1, Run.of("delete", store, "planet").code());
    }

    @Test
    void aCheckpointIsRestored() throws IOException {
        Path checkpoint = directory.resolve("checkpoint");
        Path restored = directory.resolve("restored");
        Run first = Run.of("checkpoint", store, checkpoint);
        assertEquals(0, first.code(), first.err());
        assertTrue(first.out().contains("0 there before"), first.out());
        Run again = Run.of("checkpoint", "--json", store, checkpoint);
        assertTrue(again.out().contains("\"linked\" : 0"), again.out());
        assertEquals(0, Run.of("restore", checkpoint, restored).code());
        Run export = Run.of("export", store, "-");
        assertTrue(export.out().endsWith("{\"entries\":102}\n"), export.out());
        assertEquals(export.out(), Run.of("export", restored).out());
        Run over = Run.of("restore", checkpoint, restored);
        assertEquals(2, over.code());
        assertTrue(over.err().contains("holds a store"), over.err());
        Path segment;
        try (var segments = Files.newDirectoryStream(restored, "*.seg")) {
            segment = segments.iterator().next();
        }
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(100);
            int there = file.read();
            file.seek(100);
            file.write(there ^ 1);
        }
        Run corrupt = Run.of("restore", restored, directory.resolve("none"));
        assertEquals(3, corrupt.code(), corrupt.err());
        assertFalse(Files.exists(directory.resolve("none")));
    }

    @Test
    void anExportImportedAndExportedAgainIsTheSame() throws IOException {
        Path first = directory.resolve("first.jsonl");
        Path second = directory.resolve("second.jsonl");
        Path copy = directory.resolve("copy");
        assertEquals(0, Run.of("put", store, "--hex", "ff00", "fe").code());
        assertEquals(0, Run.of("export", store, first).code());
        Run put = Run.of("import", "--create", copy, first);
        assertEquals("put 103 entries\n", put.out(), put.err());
        assertEquals(0, Run.of("export", copy, second).code());
        assertEquals(-1, Files.mismatch(first, second));
        String lines = Files.readString(first);
        assertTrue(
                lines.contains("\"key64\":\"/wA=\",\"value64\":\"/g==\"") && lines.contains("\"expires\":\"20"), lines);
    }

    @Test
    void anExportThatWasCutOffIsNoticed() throws IOException {
        Path export = directory.resolve("export.jsonl");
        assertEquals(0, Run.of("export", store, export).code());
        List<String> lines = Files.readAllLines(export);
        lines.remove(50);
        Files.write(export, lines);
        Run missing = Run.of("import", "--create", directory.resolve("copy"), export);
        assertEquals(1, missing.code());
        assertTrue(missing.err().contains("says it has 102 entries, and 101 were in it"), missing.err());
        Files.write(export, lines.subList(0, 50));
        Run cut = Run.of("import", "--create", directory.resolve("copy"), export);
        assertEquals(1, cut.code(), cut.out());
        assertTrue(cut.err().contains("cut off"), cut.err());
        Files.writeString(export, "{\"key\":\"a\",\"value\":\"b\"}\n{\"key\":\"c\",");
        Run torn = Run.of("import", "--create", directory.resolve("copy"), export);
        assertEquals(1, torn.code());
        assertTrue(torn.err().contains("line 2"), torn.err());
    }

    @Test
    void aMergeDoesWhatItsDryRunSaid() {
        Run plan = Run.of("merge", "--dry-run", store);
        assertEquals(0, plan.code());
        double promised = kibibytes(plan.out(), "give back");
        Run done = Run.of("merge", store);
        assertEquals(0, done.code());
        // Segments that are no more have no header either.
        assertTrue(kibibytes(done.out(), "gave back") >= promised, plan.out() + done.out());
        assertTrue(Run.of("merge", "--dry-run", store).out().contains("nothing to reclaim"));
    }

    private static double kibibytes(String text, String behind) {
        return Double.parseDouble(text.replaceAll("(?s).*" + behind + " ([0-9.]+) KiB.*", "$1"));
    }

    /** Every command that only reads leaves every byte and every name as it is. */
    @Test
    void commandsThatReadWriteNothing() throws IOException {
        Map<String, String> before = files(store);
        Path html = directory.resolve("report.html");
        for (List<Object> command : reading(html)) {
            Run run = Run.of(command.toArray());
            assertEquals(0, run.code(), () -> command + run.err());
            assertFalse(run.out().isEmpty(), command::toString);
            assertEquals(before, files(store), command::toString);
        }
    }

    private List<List<Object>> reading(Path html) {
        return List.of(
                List.of("get", store, "key-50"),
                List.of("scan", store),
                List.of("export", store),
                List.of("info", store),
                List.of("info", "--json", store),
                List.of("info", "--quick", store),
                List.of("stats", store),
                List.of("stats", "--json", store),
                List.of("verify", store),
                List.of("hint", "show", store, 1),
                List.of("hint", "dump", store, 1),
                List.of("hint", "verify", store),
                List.of("hint", "diff", store, 1),
                List.of("segment", "show", store, 1),
                List.of("segment", "dump", store, 1),
                List.of("segment", "verify", store),
                List.of("merge", "--dry-run", store),
                List.of("repair", "--dry-run", store),
                List.of("report", "--html", html, store));
    }

    private static Map<String, String> files(Path store) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (var names = Files.newDirectoryStream(store)) {
            for (Path file : names) {
                files.put(
                        String.valueOf(file.getFileName()),
                        Arrays.hashCode(Files.readAllBytes(file)) + " " + Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    @Test
    void aStoreThatIsOpenCanBeReadAndNotWritten() {
        try (Stave open = Stave.open(store, MANUAL)) {
            assertTrue(open.put(bytes("a"), bytes("b")) > 0);
            for (List<Object> command : reading(directory.resolve("report.html"))) {
                Run run = Run.of(command.toArray());
                assertEquals(0, run.code(), () -> command + run.err());
            }
            for (List<Object> command : List.<List<Object>>of(
                    List.of("put", store, "a", "b"),
                    List.of("delete", store, "a"),
                    List.of("merge", store),
                    List.of("hint", "rebuild", store),
                    List.of("repair", store))) {
                assertEquals(4, Run.of(command.toArray()).code(), command::toString);
            }
        }
    }

    @Test
    void damageExitsWith3AndIsExplained() throws IOException {
        String hint = flip("*1.hint", 100);
        Run rejected = Run.of("hint", "verify", store);
        assertEquals(3, rejected.code());
        assertTrue(rejected.out().contains(hint + " at offset 64"), rejected.out());
        assertEquals(0, Run.of("hint", "rebuild", store, hint).code());
        assertEquals(0, Run.of("hint", "verify", store).code());
        String segment = flip("*1.seg", 100);
        for (List<Object> command : List.<List<Object>>of(
                List.of("verify", store),
                List.of("segment", "verify", store),
                List.of("segment", "show", store, segment),
                List.of("segment", "dump", store, segment),
                List.of("scan", store),
                List.of("export", store),
                List.of("info", store))) {
            Run run = Run.of(command.toArray());
            assertEquals(3, run.code(), command::toString);
            assertTrue((run.out() + run.err()).contains(segment), command::toString);
        }
    }

    private String flip(String glob, int at) throws IOException {
        try (var names = Files.newDirectoryStream(store, glob)) {
            Path file = names.iterator().next();
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.seek(at);
                int old = bytes.read();
                bytes.seek(at);
                bytes.write(old ^ 0x10);
            }
            return String.valueOf(file.getFileName());
        }
    }

    @Test
    void mistakesExitWith2() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        for (List<Object> command : List.<List<Object>>of(
                List.of("get", directory.resolve("nowhere"), "a"),
                List.of("info", empty),
                List.of("get", store),
                List.of("get", store, ""),
                List.of("get", "--hex", store, "xyz"),
                List.of("get", "--hex", "--base64", store, "00"),
                List.of("put", store, "a", "b", "--ttl", "soon"),
                List.of("hint", "show", store),
                List.of("hint", "show", store, "seven"),
                List.of("hint"),
                List.of("report", store))) {
            Run run = Run.of(command.toArray());
            assertEquals(2, run.code(), () -> command + run.out() + run.err());
            assertEquals("", run.out(), command::toString);
        }
        assertEquals(1, Run.of("hint", "show", store, 9999).code());
    }

    @Test
    void keysControlNeitherTheTerminalNorThePage() throws IOException {
        Path html = directory.resolve("report.html");
        StringBuilder all = new StringBuilder();
        reading(html).forEach(command -> all.append(Run.of(command.toArray()).out()));
        all.append(Run.of("scan", "--utf8", store).out());
        assertEquals(-1, all.indexOf("\u001b"));
        assertTrue(all.indexOf("0x1b5b324a3c696d67207372633d783e") > 0, "the key is told in hexadecimal");
        assertEquals(
                0,
                Run.of("report", "--utf8", "--biggest=1000", "--html", html, store)
                        .code());
        String page = Files.readString(html);
        assertFalse(page.contains("<img") || page.contains("\u001b"), page);
        assertTrue(page.contains("&lt;img src=x&gt;"), page);
        assertFalse(page.matches("(?s).*(https?:)?//[a-z].*"), "it refers to nothing");
    }

    @Test
    void colourComesOnlyWhereItIsWanted() {
        assertFalse(Run.of("info", store).out().contains("\u001b["));
        assertTrue(Run.of(new Style(true, true), "info", store).out().contains("\u001b[36m"));
    }

    @Test
    void theHelpOfEveryCommandHasAnExampleAndFitsIntoEightyColumns() {
        for (String command : List.of(
                "get",
                "put",
                "delete",
                "scan",
                "export",
                "import",
                "info",
                "stats",
                "verify",
                "hint show",
                "hint dump",
                "hint verify",
                "hint diff",
                "hint rebuild",
                "segment show",
                "segment dump",
                "segment verify",
                "merge",
                "repair",
                "watch",
                "report",
                "completion")) {
            Run help = Run.of((Object[]) (command + " --help").split(" "));
            assertEquals(0, help.code());
            assertTrue(help.out().contains("Examples:") && help.out().contains("stave " + command), help.out());
            assertTrue(help.out().lines().allMatch(line -> line.length() <= 80), help.out());
        }
    }

    @Test
    void completionKnowsTheCommands() {
        String script = Run.of("completion").out();
        assertTrue(
                script.contains("rebuild") && script.contains("--dry-run") && script.contains("bashcompinit"), script);
    }

    @Test
    void watchingNeedsAWriter() {
        assertEquals(1, Run.of("watch", store).code());
    }

    @Test
    void aSegmentThatIsMissingIsCorruptionWhoeverAsks() throws IOException {
        Path segment;
        try (var segments = Files.newDirectoryStream(store, "*.seg")) {
            segment = segments.iterator().next();
        }
        String name = segment.getFileName().toString();
        Files.delete(segment);
        for (List<String> command : List.of(
                List.of("segment", "verify"),
                List.of("segment", "show"),
                List.of("segment", "dump"),
                List.of("hint", "verify"),
                List.of("hint", "diff"),
                List.of("hint", "rebuild"))) {
            Run run = Run.of(command.get(0), command.get(1), store, name);
            assertEquals(3, run.code(), command + run.out() + run.err());
        }
        assertEquals(3, Run.of("verify", store).code());
        assertEquals(3, Run.of("hint", "rebuild", store).code());
    }

    @Test
    void aHintIsNotMadeOfADamagedSegment() throws IOException {
        Path segment;
        try (var segments = Files.newDirectoryStream(store, "*.seg")) {
            segment = segments.iterator().next();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[100] ^= 1;
        Files.write(segment, bytes);
        Run run = Run.of("hint", "rebuild", store, segment.getFileName());
        assertEquals(3, run.code(), run.err());
    }

    /** STATS is a file like any other, whoever wrote it. */
    @Test
    void whatStandsInStatsControlsNoTerminal() throws IOException {
        Files.writeString(store.resolve("STATS"), "stave-stats 1\ntime \u001b[2J\nkeys 1\nend\n");
        Run watch = Run.of("watch", "--count=1", store);
        assertEquals(0, watch.code(), watch.err());
        assertTrue(watch.out().contains("\\u{1b}[2J") && watch.out().indexOf('\u001b') < 0, watch.out());
    }
}
