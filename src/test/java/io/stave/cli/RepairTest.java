package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repair makes a store writable again, keeps all that verifies, and names what is lost. */
class RepairTest {

    private static final Options MANUAL = Options.defaults().segmentLength(8192).mergePolicy(MergePolicy.manual());
    private static final int KEYS = 200;

    @TempDir
    Path directory;

    private static byte[] key(int i) {
        return ("key-" + i).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] value(int i) {
        return ("value-" + i + "-" + "x".repeat(i)).getBytes(StandardCharsets.UTF_8);
    }

    private Path filled() {
        Path store = directory.resolve("store");
        try (Stave open = Stave.open(store, MANUAL)) {
            for (int i = 0; i < KEYS; i++) {
                open.put(key(i), value(i));
            }
        }
        return store;
    }

    /** Damages the record of a key, wherever it lies, and returns the file. */
    private static Path damage(Path store, int i) throws IOException {
        byte[] wanted = value(i);
        try (var segments = Files.newDirectoryStream(store, "*.seg")) {
            for (Path segment : segments) {
                byte[] bytes = Files.readAllBytes(segment);
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                int at = text.indexOf(new String(wanted, StandardCharsets.ISO_8859_1));
                if (at > 0) {
                    bytes[at] ^= 1;
                    Files.write(segment, bytes);
                    return segment;
                }
            }
        }
        throw new AssertionError("no segment holds key " + i);
    }

    private static void removeHints(Path store) throws IOException {
        try (var hints = Files.newDirectoryStream(store, "*.hint")) {
            for (Path hint : hints) {
                Files.delete(hint);
            }
        }
        Files.deleteIfExists(store.resolve("KEYDIR"));
    }

    private static List<Integer> missing(Path store) {
        List<Integer> missing = new ArrayList<>();
        try (Stave open = Stave.open(store, MANUAL)) {
            for (int i = 0; i < KEYS; i++) {
                byte[] found = open.get(key(i));
                if (found == null) {
                    missing.add(i);
                } else {
                    assertArrayEquals(value(i), found);
                }
            }
            assertTrue(open.put(key(KEYS), value(KEYS)) > 0);
        }
        return missing;
    }

    @Test
    void whereAHintKnowsTheLostKeyItIsNamedAndAbsent() throws IOException {
        Path store = filled();
        Path segment = damage(store, 77);
        byte[] damaged = Files.readAllBytes(segment);
        Run plan = Run.of("repair", "--dry-run", store);
        assertTrue(plan.out().contains("key-77") && plan.out().contains("nothing was changed"), plan.out());
        Run repair = Run.of("repair", store);
        assertEquals(0, repair.code(), repair.err());
        assertTrue(
                repair.out().contains("lost key      key-77") && repair.out().contains("opens for writing"),
                repair.out());
        assertArrayEquals(
                damaged, Files.readAllBytes(store.resolve("quarantine").resolve(segment.getFileName())));
        assertEquals(List.of(77), missing(store));
        assertEquals(0, Run.of("verify", store).code());
        assertTrue(Run.of("repair", store).out().contains("nothing to repair"));
    }

    @Test
    void aStoreThatRefusesToOpenOpensAgainWithoutAnyHint() throws IOException {
        Path store = filled();
        damage(store, 20);
        damage(store, 150);
        removeHints(store);
        assertThrows(CorruptionException.class, () -> Stave.open(store, MANUAL).close());
        Run repair = Run.of("repair", store);
        assertEquals(0, repair.code(), repair.err());
        assertTrue(repair.out().contains("no hint names them"), repair.out());
        assertEquals(List.of(20, 150), missing(store));
    }

    @Test
    void aSegmentThatIsGoneTakesItsKeysAlongAndNoOthers() throws IOException {
        Path store = filled();
        Path segment = damage(store, 100);
        Files.delete(segment);
        assertThrows(CorruptionException.class, () -> Stave.open(store, MANUAL).close());
        Run repair = Run.of("repair", "--json", store);
        assertEquals(0, repair.code(), repair.err());
        List<Integer> missing = missing(store);
        assertTrue(missing.contains(100) && missing.size() < KEYS / 2, missing.toString());
        for (int i : missing) {
            assertTrue(repair.out().contains("\"key-" + i + "\""), () -> "key-" + i + " is named");
        }
    }

    /** An older value, and a deleted one, stay away although the record that hid them is lost. */
    @Test
    void whatALostRecordHidDoesNotComeBack() throws IOException {
        Path store = directory.resolve("store");
        try (Stave open = Stave.open(store, MANUAL)) {
            open.put(key(1), value(1));
            open.put(key(2), value(2));
        }
        try (Stave open = Stave.open(store, MANUAL)) {
            open.put(key(1), value(9));
            open.delete(key(2));
        }
        damage(store, 9);
        Path second = store.resolve("0000000000000002.seg");
        byte[] bytes = Files.readAllBytes(second);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("key-2")] ^= 1;
        Files.write(second, bytes);
        assertEquals(0, Run.of("repair", store).code());
        try (Stave open = Stave.open(store, MANUAL)) {
            assertNull(open.get(key(1)));
            assertNull(open.get(key(2)));
        }
    }

    /** The log of a writer that was killed: its segments hang together, so what verifies in all of them is kept. */
    @Test
    void damageInALogThatWasNeverSealedIsRepaired() throws IOException {
        Path store = directory.resolve("store");
        Path copy = Files.createDirectory(directory.resolve("copy"));
        try (Stave open = Stave.open(store, MANUAL)) {
            for (int i = 0; i < 20; i++) {
                open.put(key(i), value(i));
            }
            try (var files = Files.newDirectoryStream(store)) {
                for (Path file : files) {
                    if (!file.endsWith("LOCK")) {
                        Files.copy(file, copy.resolve(file.getFileName()));
                    }
                }
            }
        }
        damage(copy, 7);
        assertThrows(CorruptionException.class, () -> Stave.open(copy, MANUAL).close());
        Run repair = Run.of("repair", copy);
        assertEquals(0, repair.code(), repair.err());
        try (Stave open = Stave.open(copy, MANUAL)) {
            for (int i = 0; i < 20; i++) {
                assertEquals(i != 7, open.contains(key(i)), "key " + i);
            }
        }
    }

    /** The writer puts zeros ahead of itself: they are no part of the last record, unless they are. */
    @Test
    void aLastRecordThatEndsInZerosIsKept() throws IOException {
        Path store = directory.resolve("store");
        Path copy = Files.createDirectory(directory.resolve("copy"));
        byte[] zeros = new byte[100];
        try (Stave open = Stave.open(store, MANUAL)) {
            for (int i = 0; i < 20; i++) {
                open.put(key(i), value(i));
            }
            open.put(key(20), zeros);
            try (var files = Files.newDirectoryStream(store)) {
                for (Path file : files) {
                    if (!file.endsWith("LOCK")) {
                        Files.copy(file, copy.resolve(file.getFileName()));
                    }
                }
            }
        }
        damage(copy, 7);
        assertEquals(0, Run.of("repair", copy).code());
        try (Stave open = Stave.open(copy, MANUAL)) {
            assertArrayEquals(zeros, open.get(key(20)));
        }
    }

    /** What this release cannot read is not damaged. */
    @Test
    void aSegmentOfANewerReleaseIsLeftAlone() throws IOException {
        Path store = filled();
        Path segment = store.resolve("0000000000000001.seg");
        byte[] bytes = Files.readAllBytes(segment);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(8, 99);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 60);
        header.putInt(60, (int) crc.getValue());
        Files.write(segment, bytes);
        for (Run run : List.of(Run.of("repair", "--dry-run", store), Run.of("repair", store))) {
            assertEquals(1, run.code(), run.out());
            assertTrue(run.err().contains("99"), run.err());
        }
        assertArrayEquals(bytes, Files.readAllBytes(segment));
    }

    @Test
    void withoutItsManifestAStoreIsNotRepaired() throws IOException {
        Path store = filled();
        Files.delete(store.resolve("MANIFEST"));
        for (Run run : List.of(Run.of("repair", "--dry-run", store), Run.of("repair", store))) {
            assertEquals(3, run.code(), run.err());
            assertTrue(run.err().contains("MANIFEST"), run.err());
        }
    }
}
