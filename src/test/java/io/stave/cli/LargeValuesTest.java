package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobUpload;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands that inspect say of large values: here one is longer than 1,000 bytes, in chunks of 512. */
class LargeValuesTest {

    private static final int HEADER = 64;
    private static final int CHUNK = 512;

    private static final Options OPTIONS = Options.defaults()
            .mergePolicy(MergePolicy.manual())
            .blobThreshold(1000)
            .blobChunkLength(CHUNK);

    @TempDir
    Path directory;

    private Path store;
    private Path first;

    @BeforeEach
    void fillAStore() throws IOException {
        store = directory.resolve("store");
        try (Stave open = Stave.open(store, OPTIONS)) {
            open.put("a".getBytes(), value(1, 5000));
            first = blobs().get(0);
            open.put("b".getBytes(), value(2, 3000));
            open.put("small".getBytes(), "little".getBytes());
        }
    }

    private static byte[] value(int seed, int length) {
        byte[] value = new byte[length];
        new Random(seed).nextBytes(value);
        return value;
    }

    private List<Path> blobs() throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.toString().endsWith(".blob"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void verifyReadsEveryChunkAndInfoCounts() {
        Run verify = Run.of("verify", store);
        assertEquals(0, verify.code(), verify.out());
        assertTrue(verify.out().contains("every chunk verifies: 7.8 KiB in 2 blobs\n"), verify.out());
        assertTrue(Run.of("verify", "--json", store).out().contains("\"damaged\" : 0"));
        Run info = Run.of("info", store);
        assertEquals(0, info.code(), info.out());
        assertTrue(info.out().matches("(?s).*blobs +7.8 KiB in 2 blobs\n.*"), info.out());
        assertTrue(info.out().contains(", blobs 8.0 KiB, other files "), info.out());
        Run quick = Run.of("info", "--quick", store);
        assertTrue(quick.out().matches("(?s).*blobs +2 files of 8.0 KiB\n.*"), quick.out());
        assertTrue(Run.of("info", "--json", store).out().contains("\"liveBytes\" : 8000"));
    }

    @Test
    void aStoreWithoutLargeValuesSaysNothingOfThem() {
        Path plain = directory.resolve("plain");
        assertEquals(0, Run.of("put", "--create", plain, "key", "value").code());
        for (List<Object> command : List.<List<Object>>of(
                List.of("verify", plain), List.of("verify", "--json", plain), List.of("info", plain))) {
            Run run = Run.of(command.toArray());
            assertFalse(run.out().contains("blobs"), run.out());
        }
    }

    @Test
    void aDamagedChunkIsNamed() throws IOException {
        byte[] bytes = Files.readAllBytes(first);
        bytes[HEADER + CHUNK + 7] ^= 1;
        Files.write(first, bytes);
        Run verify = Run.of("verify", store);
        assertEquals(3, verify.code(), verify.out());
        String name = String.valueOf(first.getFileName());
        assertTrue(verify.out().contains(name + " at offset " + (HEADER + CHUNK)), verify.out());
        assertTrue(verify.out().contains("a chunk with checksum"), verify.out());
        assertTrue(verify.out().contains("1 damaged or missing: 7.8 KiB in 2 blobs"), verify.out());
        assertTrue(verify.out().contains("agrees with every record"), "that says nothing about the keydir");
        assertEquals(3, Run.of("get", store, "a").code());
        assertEquals(0, Run.of("get", store, "b").code());
        Run export = Run.of("export", store);
        assertEquals(3, export.code());
        assertTrue(export.out().endsWith("{\"entries\":2}\n"), export.out());
        assertTrue(export.err().contains(name), export.err());
    }

    @Test
    void aDamagedTableAndAMissingBlobAreNamed() throws IOException {
        byte[] bytes = Files.readAllBytes(first);
        bytes[bytes.length - 1] ^= 1;
        Files.write(first, bytes);
        Files.delete(blobs().get(1));
        Run verify = Run.of("verify", store);
        assertEquals(3, verify.code(), verify.out());
        assertTrue(verify.out().contains("at offset 5,064"), verify.out());
        assertTrue(verify.out().contains("a blob of 3000 bytes"), verify.out());
        assertTrue(verify.out().contains("no file"), verify.out());
        assertTrue(verify.out().contains("2 damaged or missing: 7.8 KiB in 2 blobs"), verify.out());
    }

    @Test
    void orphansAndUploadsAreMentionedAndHarmless() throws IOException {
        try (Stave open = Stave.open(store, OPTIONS);
                BlobUpload upload = open.beginUpload("c".getBytes())) {
            upload.write(1, ByteBuffer.allocate(CHUNK));
        }
        Files.copy(first, store.resolve("0000000000ffffff.blob"));
        for (String command : List.of("verify", "info")) {
            Run run = Run.of(command, store);
            assertEquals(0, run.code(), run.out());
            assertTrue(run.out().contains("1 file of 5.0 KiB that no record refers to"), run.out());
            assertTrue(run.out().contains("1 pending upload, of which 512 B have arrived"), run.out());
        }
    }

    /** The record that gives a blob up may not be certified yet when the blob is deleted: that is no damage. */
    @Test
    void aBlobThatAWriterHasJustGivenUpIsNotMissing() throws Exception {
        try (Stave open = Stave.open(store, OPTIONS)) {
            open.put("a".getBytes(), value(3, 4000));
            assertTrue(open.delete("b".getBytes()) > 0);
            awaitOneBlob();
            Run beside = Run.of("verify", store);
            assertEquals(0, beside.code(), beside.out());
            Files.delete(blobs().get(blobs().size() - 1));
            Run missing = Run.of("verify", store);
            assertEquals(3, missing.code(), missing.out());
            assertTrue(missing.out().contains("a blob of 4000 bytes"), missing.out());
        }
    }

    private void awaitOneBlob() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (blobs().size() > 1) {
            assertTrue(System.nanoTime() < deadline, "what was given up is not deleted");
            TimeUnit.MILLISECONDS.sleep(2); // between two looks, for which there is no signal
        }
    }

    @Test
    void aScanShowsTheLengthAndReadsNoBlob() throws IOException {
        Files.delete(first);
        Run scan = Run.of("scan", store);
        assertEquals(0, scan.code(), scan.err());
        assertTrue(scan.out().contains("a\t<large value of 5,000 bytes>\n"), scan.out());
        assertTrue(scan.out().contains("small\tlittle\n"), scan.out());
    }
}
