package io.stave.engine.readonly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Background;
import io.stave.engine.support.QuietLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store open for reading beside its writer, on a real directory: what it shows, what it leaves alone, how it moves on. */
@Timeout(60)
@ExtendWith(QuietLog.class)
class ReadOnlyStoreTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());
    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);

    @TempDir
    Path path;

    private Stave writer;

    @BeforeEach
    void openWriter() {
        writer = Stave.open(path, OPTIONS);
    }

    @AfterEach
    void closeWriter() {
        writer.close();
    }

    private static byte[] key(String key) {
        return key.getBytes();
    }

    private void put(String key, String value) {
        writer.put(key(key), value.getBytes());
    }

    /** The write that follows carries the proof that those before were forced. */
    private void certify() {
        writer.put(key("certify"), new byte[8]);
    }

    private void fill() {
        writer.put(key("filler"), new byte[3900]);
    }

    private static String get(ReadOnlyStave reader, String key) {
        byte[] value = reader.get(key(key));
        return value == null ? null : new String(value);
    }

    // ---- what it shows

    @Test
    void showsWhatWasForcedAsOfTheOpen() {
        put("a", "1");
        put("b", "2");
        writer.delete(key("b"));
        certify();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            put("a", "later");
            certify();
            assertEquals("1", get(reader, "a"));
            assertNull(get(reader, "b"));
            assertFalse(reader.contains(key("b")));
            assertTrue(reader.contains(ByteBuffer.wrap(key("a"))));
            assertNull(reader.get(ByteBuffer.wrap(key("c"))));
            assertEquals(1, reader.getEntry(key("a")).version());
            assertEquals(1, reader.<Long>read(key("a"), (value, version) -> version));
            assertArrayEquals(
                    key("1"), reader.getAll(List.of(key("c"), key("a"))).get(1));
        }
    }

    @Test
    void lastGroupIsShownOnceItIsCertified() {
        put("a", "1");
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertNull(get(reader, "a"), "nothing in the files tells that it was forced");
            assertEquals(Stave.NO_VERSION, reader.version());
            assertFalse(reader.refresh());
            put("b", "2");
            assertTrue(reader.refresh());
            assertEquals("1", get(reader, "a"));
            assertEquals(1, reader.version());
            assertNull(get(reader, "b"));
        }
    }

    @Test
    void closedStoreIsShownWhole() {
        put("a", "1");
        put("a", "2");
        writer.close();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertEquals("2", get(reader, "a"));
            assertEquals(2, reader.version());
            assertFalse(reader.refresh());
        }
    }

    @Test
    void writeThatIsNotForcedIsNeverShown() {
        put("a", "1");
        for (int i = 0; i < 20; i++) {
            writer.put(key("a"), new byte[] {(byte) i}, OS);
        }
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertEquals(1, reader.version());
            writer.put(key("a"), key("22"), OS);
            assertFalse(reader.refresh());
            assertEquals("1", get(reader, "a"));
            writer.sync();
            writer.put(key("b"), key("23"), OS);
            assertTrue(reader.refresh());
            assertEquals("22", get(reader, "a"));
            assertEquals(22, reader.version());
        }
    }

    @Test
    void emptyStoreHasNothing() {
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertNull(get(reader, "a"));
            assertEquals(0, reader.stats().keys());
            assertEquals(Stave.NO_VERSION, reader.version());
            put("a", "1");
            certify();
            assertTrue(reader.refresh());
            assertEquals("1", get(reader, "a"));
        }
    }

    /** The merge drops the old record for the sake of the new one, which no certificate vouches for yet. */
    @Test
    void keyWhoseOldRecordWasMergedAwayIsNotMissing() {
        put("k", "old");
        fill();
        put("x", "1");
        writer.put(key("k"), key("new")); // the last group: forced, not certified
        while (writer.stats().segments().get(0).state() != SegmentStats.State.SEALED) {
            Thread.onSpinWait(); // else the merge rolls
        }
        writer.merge(List.of(1L));
        assertEquals(SegmentStats.State.ACTIVE, writer.stats().segments().get(0).state(), "which holds the new one");
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertEquals("new", get(reader, "k"));
        }
    }

    /** What was merged was written since the last look, so all segments that were known are still there; the copy comes last in the list. */
    @Test
    void copyOfAnOlderRecordDoesNotHideTheNewerOne() {
        put("x", "1");
        fill();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            put("k", "dead");
            put("k", "old");
            fill();
            put("y", "1");
            while (writer.stats().segments().get(1).state() != SegmentStats.State.SEALED) {
                Thread.onSpinWait(); // else the merge rolls
            }
            assertEquals(List.of(2L), writer.merge(List.of(2L)).inputs());
            put("k", "new");
            certify();
            assertTrue(reader.refresh());
            assertEquals("new", get(reader, "k"));
            assertEquals("1", get(reader, "y"));
            assertEquals(writer.getEntry(key("k")).version(), reader.version());
        }
    }

    // ---- what it leaves alone

    /** In a copy of what the writer has left so far, so that what changes there only the reader can have changed. */
    @Test
    void writesNothing() throws IOException {
        for (int i = 0; i < 200; i++) {
            writer.put(Keys.key(i % 12), Keys.value(i, 300));
        }
        awaitSeals();
        Path copy = copy("copy");
        Map<String, String> before = listing(copy);
        try (ReadOnlyStave reader = Stave.openReadOnly(copy)) {
            assertEquals(before, listing(copy));
            reader.refresh();
            for (int i = 0; i < 12; i++) {
                assertNotNull(reader.get(Keys.key(i)));
            }
            assertEquals(before, listing(copy));
        }
        assertEquals(before, listing(copy));
    }

    /** Only the newest segment is still open. */
    private void awaitSeals() {
        List<SegmentStats> segments;
        do {
            Thread.onSpinWait();
            segments = writer.stats().segments();
        } while (segments.stream()
                        .filter(segment -> segment.state() != SegmentStats.State.SEALED)
                        .count()
                > 1);
    }

    /** Names, lengths, times and contents. */
    private static Map<String, String> listing(Path directory) throws IOException {
        Map<String, String> listing = new TreeMap<>();
        listing.put(".", Files.getLastModifiedTime(directory).toString());
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                int content = java.util.Arrays.hashCode(Files.readAllBytes(file));
                String name = file.getFileName().toString();
                listing.put(name, Files.size(file) + " " + Files.getLastModifiedTime(file) + " " + content);
            }
        }
        return listing;
    }

    @Test
    void takesNoLock() {
        try (ReadOnlyStave first = Stave.openReadOnly(path);
                ReadOnlyStave second = Stave.openReadOnly(path)) {
            writer.close();
            writer = Stave.open(path, OPTIONS);
            put("a", "1");
            certify();
            assertTrue(first.refresh());
            assertTrue(second.refresh());
            assertEquals("1", get(first, "a"));
            assertEquals("1", get(second, "a"));
            assertThrows(
                    io.stave.StoreLockedException.class, () -> Stave.open(path, OPTIONS), "the writer's lock holds");
        }
    }

    @Test
    void storeThatIsNotThereIsNotMade() throws IOException {
        Path none = path.resolve("none");
        assertThrows(StoreIOException.class, () -> Stave.openReadOnly(none));
        assertFalse(Files.exists(none));
        Path empty = Files.createDirectory(path.resolve("empty"));
        StoreIOException e = assertThrows(StoreIOException.class, () -> Stave.openReadOnly(empty));
        assertTrue(e.getMessage().contains("there is no store"), e.getMessage());
        try (Stream<Path> files = Files.list(empty)) {
            assertEquals(List.of(), files.toList());
        }
        Files.createFile(empty.resolve("0000000000000001.seg"));
        assertThrows(CorruptionException.class, () -> Stave.openReadOnly(empty), "it has lost its MANIFEST");
    }

    @Test
    void directoryThatVanishesIsAnExceptionAndNoLoss() throws IOException {
        put("a", "1");
        writer.close();
        Path copy = copy("copy");
        try (ReadOnlyStave reader = Stave.openReadOnly(copy)) {
            deleteAll(copy);
            assertThrows(StoreIOException.class, reader::refresh);
            assertEquals("1", get(reader, "a"));
        }
    }

    @Test
    void anotherStoreInTheSamePlaceIsNoticed() throws IOException {
        put("a", "1");
        writer.close();
        Path copy = copy("copy");
        try (ReadOnlyStave reader = Stave.openReadOnly(copy)) {
            deleteAll(copy);
            Stave.open(copy, OPTIONS).close();
            CorruptionException e = assertThrows(CorruptionException.class, reader::refresh);
            assertEquals("MANIFEST", e.file());
            assertEquals("1", get(reader, "a"));
        }
    }

    private Path copy(String name) throws IOException {
        Path copy = Files.createDirectory(path.resolve(name));
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                // The last two come and go while a writer is there.
                if (!file.endsWith("LOCK")
                        && !file.endsWith("STATS")
                        && !file.toString().endsWith(".tmp")) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }
        }
        return copy;
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    // ---- how it moves on

    @Test
    void refreshFollowsAppendsAndDeletes() {
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            put("a", "1");
            put("b", "1");
            certify();
            assertTrue(reader.refresh());
            assertFalse(reader.refresh());
            put("a", "2");
            writer.delete(key("b"));
            put("c", "2");
            certify();
            assertTrue(reader.refresh());
            assertEquals("2", get(reader, "a"));
            assertNull(get(reader, "b"));
            assertEquals("2", get(reader, "c"));
            assertEquals(6, reader.version());
        }
    }

    @Test
    void refreshFollowsTheWriterFromSegmentToSegment() {
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            for (int i = 0; i < 60; i++) {
                writer.put(Keys.key(i % 12), Keys.value(i, 700));
                if (i % 7 == 0) {
                    reader.refresh();
                }
            }
            certify();
            assertTrue(reader.refresh());
            for (int i = 48; i < 60; i++) {
                assertArrayEquals(Keys.value(i, 700), reader.get(Keys.key(i % 12)));
            }
            assertTrue(reader.stats().segments().size() > 10);
        }
    }

    @Test
    void refreshFollowsMerges() throws IOException {
        for (int i = 0; i < 60; i++) {
            writer.put(Keys.key(i % 12), Keys.value(i, 700));
        }
        certify();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertFalse(writer.merge().inputs().isEmpty());
            certify();
            Background.await(() -> Files.notExists(path.resolve("0000000000000001.seg")));
            for (int i = 48; i < 60; i++) {
                assertArrayEquals(Keys.value(i, 700), reader.get(Keys.key(i % 12)), "unlinked files stay readable");
            }
            assertTrue(reader.refresh());
            assertFalse(reader.refresh());
            for (int i = 48; i < 60; i++) {
                assertArrayEquals(Keys.value(i, 700), reader.get(Keys.key(i % 12)));
            }
            writer.put(Keys.key(3), Keys.value(100, 700));
            certify();
            assertTrue(reader.refresh());
            assertArrayEquals(Keys.value(100, 700), reader.get(Keys.key(3)));
        }
    }

    @Test
    void versionNeverDecreases() {
        for (int i = 0; i < 10; i++) {
            put("k" + i, "v");
        }
        writer.delete(key("k9"));
        long deleted = writer.delete(key("k8"));
        certify();
        long certified = writer.put(key("certify"), new byte[8]) - 1;
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertEquals(certified, reader.version());
            writer.delete(key("certify"));
            writer.merge();
            assertTrue(reader.refresh());
            assertTrue(reader.version() >= certified && certified > deleted);
            assertNull(get(reader, "k8"));
            assertNull(get(reader, "certify"));
            assertEquals("v", get(reader, "k7"));
        }
    }

    @Test
    void readerSeesTheWriterCloseAndOpenAgain() {
        put("a", "1");
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            writer.close();
            assertTrue(reader.refresh());
            assertEquals("1", get(reader, "a"));
            writer = Stave.open(path, OPTIONS);
            assertFalse(reader.stats().segments().isEmpty());
            put("a", "2");
            certify();
            assertTrue(reader.refresh());
            assertEquals("2", get(reader, "a"));
        }
    }

    // ---- figures, and the end

    @Test
    void figuresAreThoseOfTheMomentShown() {
        for (int i = 0; i < 40; i++) {
            writer.put(Keys.key(i % 12), Keys.value(i, 700));
        }
        writer.delete(Keys.key(1));
        certify();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            for (int i = 0; i < 40; i++) {
                writer.put(Keys.key(i % 12), Keys.value(i, 600));
                if (i % 9 == 0) {
                    writer.delete(Keys.key(i % 12));
                    reader.refresh();
                }
            }
            writer.close(); // now all of it can be shown
            assertTrue(reader.refresh());
            try (ReadOnlyStave fresh = Stave.openReadOnly(path)) {
                Stats grown = reader.stats();
                Stats loaded = fresh.stats();
                assertEquals(loaded.segments(), grown.segments());
                assertEquals(loaded.keys(), grown.keys());
                assertEquals(loaded.space().liveBytes(), grown.space().liveBytes());
                assertEquals(loaded.space().tombstoneBytes(), grown.space().tombstoneBytes());
                assertEquals(loaded.lastVersion(), grown.lastVersion());
                assertEquals(0, grown.operations().puts());
            }
        }
    }

    @Test
    void reportIsOfTheOpenAndClaimsNoRecovery() {
        put("a", "1");
        fill();
        fill();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            RecoveryReport report = reader.recoveryReport();
            assertTrue(report.clean());
            assertFalse(report.created());
            assertEquals(1, report.segments(), "nothing is certified in the second one");
            assertEquals(0, report.segmentsSealed());
            assertEquals(2, report.recordsRecovered());
            assertEquals(List.of(), report.strayFilesDeleted());
            assertEquals(1, report.segmentsFromHints() + report.segmentsScanned());
            assertTrue(report.describe().startsWith("Opened"), report.describe());
            assertEquals(report, reader.stats().recovery());
        }
    }

    @Test
    void closedReaderSaysSo() {
        put("a", "1");
        certify();
        ReadOnlyStave reader = Stave.openReadOnly(path);
        reader.close();
        reader.close();
        assertThrows(StoreClosedException.class, () -> reader.get(key("a")));
        assertThrows(StoreClosedException.class, () -> reader.contains(key("a")));
        assertThrows(StoreClosedException.class, reader::refresh);
        assertThrows(StoreClosedException.class, reader::version);
        assertThrows(StoreClosedException.class, reader::stats);
        assertEquals(1, reader.recoveryReport().recordsRecovered());
    }

    @Test
    void interruptHarmsNothing() {
        for (int i = 0; i < 30; i++) {
            writer.put(Keys.key(i % 12), Keys.value(i, 700));
        }
        Thread.currentThread().interrupt();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            writer.put(key("a"), key("1"));
            writer.merge();
            certify();
            assertTrue(reader.refresh());
            Entry entry = reader.getEntry(key("a"));
            assertTrue(Thread.interrupted());
            assertArrayEquals(key("1"), entry.value());
        }
    }
}
