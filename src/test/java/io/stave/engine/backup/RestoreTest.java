package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.engine.support.QuietLog;
import io.stave.io.RealDirectory;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints and restores on the real file system, through the public calls. */
@ExtendWith(QuietLog.class)
class RestoreTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    @TempDir
    Path root;

    private Path storePath;
    private Path checkpoint;
    private Path restored;

    @BeforeEach
    void paths() {
        storePath = root.resolve("store");
        checkpoint = root.resolve("deep/checkpoint");
        restored = root.resolve("restored");
    }

    private static Map<String, String> content(Path path) {
        try (Stave store = Stave.open(path, OPTIONS)) {
            return CheckpointStores.content(store);
        }
    }

    private static Manifest manifest(Path path) throws IOException {
        try (RealDirectory directory = RealDirectory.open(path)) {
            return ManifestFile.read(directory);
        }
    }

    private Map<String, String> storeWithCheckpoint() {
        try (Stave store = Stave.open(storePath, OPTIONS)) {
            CheckpointStores.write(store, 0, 30);
            CheckpointReport report = store.checkpoint(checkpoint);
            assertEquals(checkpoint, report.directory());
            assertEquals(report.segments(), report.linked());
            return CheckpointStores.content(store);
        }
    }

    private static List<Path> segments(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(".seg"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void filesAreSharedWithTheCheckpointAndNotWithWhatIsRestored() throws IOException {
        Map<String, String> content = storeWithCheckpoint();
        Stave.restore(checkpoint, restored);
        for (Path segment : segments(checkpoint)) {
            Object file = Files.getAttribute(segment, "unix:ino");
            assertEquals(file, Files.getAttribute(storePath.resolve(segment.getFileName()), "unix:ino"));
            assertNotEquals(file, Files.getAttribute(restored.resolve(segment.getFileName()), "unix:ino"));
        }
        assertEquals(content, content(restored));
        assertEquals(content, content(storePath));
    }

    @Test
    void eachHasAnIdentityOfItsOwn() throws IOException {
        storeWithCheckpoint();
        Stave.restore(checkpoint, restored);
        Stave.restore(checkpoint, root.resolve("another"));
        assertEquals(
                4,
                Stream.of(storePath, checkpoint, restored, root.resolve("another"))
                        .map(path -> {
                            try {
                                return manifest(path).storeId();
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        })
                        .distinct()
                        .count());
    }

    @Test
    void whatIsRestoredGoesOn() {
        Map<String, String> content = storeWithCheckpoint();
        CheckpointReport report = Stave.restore(checkpoint, restored);
        assertEquals(report.segments(), report.copied());
        assertEquals(36, report.version());
        try (Stave store = Stave.open(restored, OPTIONS)) {
            assertEquals(content, CheckpointStores.content(store));
            assertTrue(store.put(CheckpointStores.key(0), new byte[1]) > 36);
            store.merge();
            store.checkpoint(root.resolve("second"));
        }
        assertEquals(content(restored), content(root.resolve("second")));
    }

    @Test
    void aClosedStoreCanBeRestoredFrom() {
        Map<String, String> content = storeWithCheckpoint();
        Stave.restore(storePath, restored);
        assertEquals(content, content(restored));
    }

    @Test
    void aStoreThatIsOpenIsNone() {
        try (Stave store = Stave.open(storePath, OPTIONS)) {
            CheckpointStores.write(store, 0, 5);
            assertThrows(IllegalArgumentException.class, () -> Stave.restore(storePath, restored));
        }
        assertFalse(Files.exists(restored));
    }

    @Test
    void nothingIsWrittenOverAStore() {
        Map<String, String> content = storeWithCheckpoint();
        try (Stave other = Stave.open(restored, OPTIONS)) {
            other.put(new byte[1], new byte[1]);
        }
        assertThrows(IllegalArgumentException.class, () -> Stave.restore(checkpoint, restored));
        assertEquals(1, content(restored).size());
        assertThrows(IllegalArgumentException.class, () -> Stave.restore(checkpoint, storePath));
        assertEquals(content, content(storePath));
    }

    @Test
    void everyFlippedByteOfACheckpointIsFoundBeforeAnythingIsWritten() throws IOException {
        storeWithCheckpoint();
        // Copies, so that the store keeps its own.
        Path copy = root.resolve("copy");
        Stave.restore(checkpoint, copy);
        for (Path file : Stream.concat(segments(copy).stream(), Stream.of(copy.resolve(ManifestFile.NAME)))
                .toList()) {
            byte[] good = Files.readAllBytes(file);
            for (int at = 0; at < good.length; at += 61) {
                byte[] bad = good.clone();
                bad[at] ^= 4;
                Files.write(file, bad);
                String spot = file + " " + at;
                assertThrows(CorruptionException.class, () -> Stave.restore(copy, restored), spot);
                assertFalse(Files.exists(restored), spot);
            }
            Files.write(file, good);
        }
        Files.delete(segments(copy).get(1));
        assertThrows(CorruptionException.class, () -> Stave.restore(copy, restored));
    }

    @Test
    void whereThereIsNoCheckpointThatIsSaid() throws IOException {
        Files.createDirectories(checkpoint);
        StoreIOException none = assertThrows(StoreIOException.class, () -> Stave.restore(checkpoint, restored));
        assertTrue(String.valueOf(none.getMessage()).contains(checkpoint + " holds no checkpoint"));
        assertThrows(StoreIOException.class, () -> Stave.restore(root.resolve("nowhere"), restored));
    }

    /** The writer puts zeros ahead of itself, and the store has them mapped (I9). */
    @Test
    void aCheckpointThatIsOpenedDoesNotShortenFilesThatItShares() throws IOException {
        try (Stave store = Stave.open(storePath, OPTIONS)) {
            CheckpointStores.write(store, 0, 3);
            store.checkpoint(checkpoint);
            long length = Files.size(segments(storePath).get(0));
            assertTrue(length > manifest(storePath).segments().get(0).length(), "there are zeros");
            content(checkpoint);
            assertEquals(length, Files.size(segments(storePath).get(0)));
        }
    }
}
