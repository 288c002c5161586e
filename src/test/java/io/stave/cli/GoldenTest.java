package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the repository holds of files and of outputs is what this release writes, and reads. Where something was changed on purpose, {@link #main}
 * writes it anew.
 */
class GoldenTest {

    private static final Path DAMAGED = Path.of("hints", "damaged");
    private static final Path OUTPUTS = Path.of("src", "test", "resources", "golden");
    private static final String HINT = "0000000000000002.hint";

    private static final Map<String, List<String>> COMMANDS = Map.ofEntries(
            Map.entry("hint-show", List.of("hint", "show", "STORE", "1")),
            Map.entry("hint-show-json", List.of("hint", "show", "--json", "STORE", "1")),
            Map.entry("hint-dump", List.of("hint", "dump", "STORE", "2")),
            Map.entry("hint-dump-json", List.of("hint", "dump", "--json", "STORE/0000000000000002.hint")),
            Map.entry("hint-verify", List.of("hint", "verify", "STORE")),
            Map.entry("hint-diff", List.of("hint", "diff", "STORE", "2")),
            Map.entry("segment-show", List.of("segment", "show", "STORE", "2")),
            Map.entry("segment-dump", List.of("segment", "dump", "--values", "STORE", "2")),
            Map.entry("segment-verify", List.of("segment", "verify", "STORE")),
            Map.entry("verify", List.of("verify", "STORE")),
            Map.entry("verify-json", List.of("verify", "--json", "STORE")),
            Map.entry("scan", List.of("scan", "STORE")),
            Map.entry("scan-utf8", List.of("scan", "--utf8", "STORE")),
            Map.entry("scan-base64", List.of("scan", "--base64", "STORE")),
            Map.entry("export", List.of("export", "STORE")),
            Map.entry("get-json", List.of("get", "--json", "STORE", "apple")),
            Map.entry("merge-plan", List.of("merge", "--dry-run", "STORE")),
            Map.entry("merge-plan-json", List.of("merge", "--dry-run", "--json", "STORE")),
            Map.entry("repair-plan", List.of("repair", "--dry-run", "STORE")));

    @TempDir
    Path directory;

    @Test
    void theGoldenStoreIsWhatIsWrittenNow() throws IOException {
        GoldenStore.write(directory);
        try (Stream<Path> files = Files.list(GoldenStore.GOLDEN)) {
            List<Path> golden = files.toList();
            assertEquals(5, golden.size());
            for (Path file : golden) {
                assertArrayEquals(
                        Files.readAllBytes(file),
                        Files.readAllBytes(directory.resolve(file.getFileName())),
                        file.toString());
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsWhatItDid() throws IOException {
        Path store = GoldenStore.copy(directory.resolve("store"));
        return COMMANDS.entrySet().stream()
                .map(command -> DynamicTest.dynamicTest(
                        command.getKey(),
                        () -> assertEquals(
                                Files.readString(OUTPUTS.resolve(command.getKey() + ".txt")),
                                output(store, command.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> everyDamageIsExplainedAsItWas() {
        return DamagedHints.all().entrySet().stream()
                .map(damage -> DynamicTest.dynamicTest(
                        damage.getKey(),
                        () -> assertAll(
                                () -> assertArrayEquals(
                                        damaged(damage.getValue()),
                                        Files.readAllBytes(DAMAGED.resolve(damage.getKey() + ".hint"))),
                                () -> assertEquals(
                                        Files.readString(DAMAGED.resolve(damage.getKey() + ".txt")),
                                        verdict(directory.resolve(damage.getKey()), damage.getValue())))));
    }

    private static byte[] damaged(UnaryOperator<byte[]> damage) throws IOException {
        return damage.apply(Files.readAllBytes(GoldenStore.GOLDEN.resolve(HINT)));
    }

    private static String verdict(Path store, UnaryOperator<byte[]> damage) throws IOException {
        GoldenStore.copy(store);
        Files.write(store.resolve(HINT), damaged(damage));
        return output(store, List.of("hint", "show", "STORE", "2"));
    }

    private static String output(Path store, List<String> command) {
        Run run = Run.of(command.stream()
                .map(word -> word.replace("STORE", store.toString()))
                .toArray());
        String output =
                "$ stave " + String.join(" ", command) + "\n" + run.out() + run.err() + "exit " + run.code() + "\n";
        return output.replace(store.toString(), "STORE");
    }

    /** Writes all of it anew. What has changed is then for the reader of the change to judge. */
    public static void main(String[] arguments) throws IOException {
        Path temporary = Files.createTempDirectory("golden");
        Files.createDirectories(GoldenStore.GOLDEN);
        GoldenStore.write(GoldenStore.GOLDEN);
        Path store = GoldenStore.copy(temporary.resolve("store"));
        Files.createDirectories(OUTPUTS);
        for (Map.Entry<String, List<String>> command : COMMANDS.entrySet()) {
            Files.writeString(OUTPUTS.resolve(command.getKey() + ".txt"), output(store, command.getValue()));
        }
        Files.createDirectories(DAMAGED);
        for (Map.Entry<String, UnaryOperator<byte[]>> damage :
                DamagedHints.all().entrySet()) {
            Files.write(DAMAGED.resolve(damage.getKey() + ".hint"), damaged(damage.getValue()));
            Files.writeString(
                    DAMAGED.resolve(damage.getKey() + ".txt"),
                    verdict(temporary.resolve(damage.getKey()), damage.getValue()));
        }
    }
}
