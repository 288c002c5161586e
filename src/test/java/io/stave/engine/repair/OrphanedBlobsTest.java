package io.stave.engine.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large value whose record is lost lies in a file of its own, which a repair keeps. */
class OrphanedBlobsTest {

    private static final Options OPTIONS =
            Options.defaults().mergePolicy(MergePolicy.manual()).blobThreshold(1024);

    @TempDir
    Path path;

    private static byte[] value(int fill) {
        byte[] value = new byte[5000];
        Arrays.fill(value, (byte) fill);
        return value;
    }

    private static List<String> blobs(Path directory) throws IOException {
        return files(directory, ".blob");
    }

    private static List<String> files(Path directory, String suffix) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theBlobOfALostRecordGoesToTheQuarantineAndTheOthersStay() throws IOException {
        try (Stave store = Stave.open(path, OPTIONS)) {
            store.put("lost".getBytes(), value(1));
            store.put("kept".getBytes(), value(2));
            store.put("small".getBytes(), new byte[10]);
        }
        List<String> before = blobs(path);
        assertEquals(2, before.size());
        Path segment = path.resolve(files(path, ".seg").get(0));
        byte[] bytes = Files.readAllBytes(segment);
        int key = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("lost");
        bytes[key] ^= 1;
        Files.write(segment, bytes);
        assertFalse(Repair.run(path, plan -> {}).isEmpty());
        Path quarantine = path.resolve(Repair.QUARANTINE);
        assertEquals(1, blobs(quarantine).size());
        try (Stave store = Stave.open(path, OPTIONS)) {
            assertNull(store.get("lost".getBytes()));
            assertArrayEquals(value(2), store.get("kept".getBytes()));
        }
        String orphan = blobs(quarantine).get(0);
        assertEquals(before.stream().filter(name -> !name.equals(orphan)).toList(), blobs(path));
        String file = Files.readString(quarantine.resolve(orphan), StandardCharsets.ISO_8859_1);
        assertTrue(
                file.contains(new String(value(1), StandardCharsets.ISO_8859_1)), "the value is in there, as it was");
    }
}
