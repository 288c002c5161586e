package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobReader;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands take values that are longer than their memory: none of them has room for this one in its heap. */
class LargeValueMemoryTest {

    private static final int LENGTH = (48 << 20) + 1;
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path directory;

    private Path value;
    private Path store;

    @BeforeEach
    void makeAValue() throws IOException {
        value = directory.resolve("value");
        store = directory.resolve("store");
        byte[] piece = new byte[1 << 20];
        Random random = new Random(1);
        try (OutputStream out = Files.newOutputStream(value)) {
            for (int left = LENGTH; left > 0; left -= piece.length) {
                random.nextBytes(piece);
                out.write(piece, 0, Math.min(left, piece.length));
            }
        }
    }

    @Test
    void aValueGoesInAndOutThroughLittleMemory() throws Exception {
        Path export = directory.resolve("export");
        Path copy = directory.resolve("copy");
        Path got = directory.resolve("got");
        assertEquals(
                "put 50,331,649 bytes, version 1\n",
                run("put", "--create", store, "large", "--ttl=7d", "--file", value));
        stave(Redirect.PIPE, got, "get", store, "large");
        assertEquals(-1, Files.mismatch(value, got));
        assertTrue(run("verify", store).contains("every chunk verifies: 48.0 MiB in 1 blob\n"));
        run("export", store, export);
        assertEquals("put 1 entry\n", run("import", "--create", copy, export));
        assertSame(copy);
        stave(Redirect.from(value.toFile()), got, "put", copy, "large");
        assertEquals(1, blobs(copy), "the one that was replaced is gone");
        stave(Redirect.PIPE, got, "get", "--json", copy, "large");
        try (InputStream in = Files.newInputStream(got)) {
            String begin = "{\"schema\":1,\"key\":\"large\",\"value64\":\"";
            assertEquals(begin, new String(in.readNBytes(begin.length()), StandardCharsets.US_ASCII));
        }
        assertTrue(Files.size(got) > LENGTH / 3L * 4);
    }

    private void assertSame(Path copy) throws IOException {
        try (ReadOnlyStave from = Stave.openReadOnly(store);
                ReadOnlyStave to = Stave.openReadOnly(copy);
                BlobReader original = from.openReader("large".getBytes(StandardCharsets.US_ASCII));
                BlobReader imported = to.openReader("large".getBytes(StandardCharsets.US_ASCII));
                InputStream expected = Files.newInputStream(value)) {
            assertEquals(original.expiry(), imported.expiry());
            byte[] piece = new byte[1 << 20];
            for (int count = expected.read(piece); count >= 0; count = expected.read(piece)) {
                byte[] found = imported.stream().readNBytes(count);
                assertTrue(Arrays.equals(found, 0, found.length, piece, 0, count));
            }
            assertEquals(LENGTH, imported.size());
        }
    }

    @Test
    void anImportThatBreaksOffInALargeValueLeavesTheKeyAsItWas() throws Exception {
        Path export = directory.resolve("export");
        run("put", "--create", store, "large", "--file", value);
        run("export", store, export);
        try (var file = Files.newByteChannel(export, StandardOpenOption.WRITE)) {
            file.truncate(Files.size(export) / 2);
        }
        Path copy = directory.resolve("copy");
        run("put", "--create", copy, "large", "old");
        Run torn = Run.of("import", copy, export);
        assertEquals(1, torn.code(), torn.out());
        assertTrue(torn.err().contains("line 2"), torn.err());
        assertEquals("old", Run.of("get", copy, "large").out());
        assertEquals(0, blobs(copy));
        String long64 = Files.readString(export).replaceFirst("(?s).*\"value64\":\"", "");
        Path swapped = directory.resolve("swapped");
        Files.writeString(swapped, "{\"value64\":\"" + long64);
        Run before = Run.of("import", copy, swapped);
        assertEquals(1, before.code());
        assertTrue(before.err().contains("stands before its key"), before.err());
    }

    private static long blobs(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.toString().endsWith(".blob")).count();
        }
    }

    private String run(Object... arguments) throws Exception {
        Path out = directory.resolve("out");
        stave(Redirect.PIPE, out, arguments);
        return Files.readString(out);
    }

    /** Runs a command in a process of its own, which must succeed. */
    private void stave(Redirect in, Path out, Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        Stream.of(arguments).map(String::valueOf).forEach(command::add);
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectInput(in)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the command does not end");
            assertEquals(0, process.exitValue(), () -> String.join(" ", command) + "\n" + read(err));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
