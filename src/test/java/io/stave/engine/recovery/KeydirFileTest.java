package io.stave.engine.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.RecoveryProgress;
import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.base.KeydirMemory;
import io.stave.engine.base.ProgressMeter;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.Background;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.Fault.Call;
import io.stave.io.Mapping;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import io.stave.keydir.ChosenKeydir;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.CompactMaker;
import io.stave.keydir.Location;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keydir that a clean close leaves behind is used by the next open if it is the very same, and else nothing is lost but time. */
class KeydirFileTest {

    private static final Options OPTIONS =
            ChosenKeydir.in(Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual()));

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @Test
    void realStoreIsReopenedWithIt(@TempDir Path path) throws IOException {
        try (Stave store = Stave.open(path, OPTIONS)) {
            for (int i = 0; i < 2000; i++) {
                store.put(Keys.key(i % Keys.COUNT), Keys.value(i, 60));
            }
        }
        assertTrue(Files.exists(path.resolve(KeydirFile.NAME)));
        try (Stave store = Stave.open(path, OPTIONS)) {
            assertNull(store.recoveryReport().keydirRejected());
            assertTrue(
                    store.recoveryReport().keydirRestored(),
                    store.recoveryReport().describe());
            // Nothing vouches for it any more, and nobody waits until it is gone.
            Background.await(() -> !Files.exists(path.resolve(KeydirFile.NAME)));
        }
    }

    /** A store with dead records, tombstones and expiries, closed. */
    private static SimulatedDirectory closed() {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            for (int i = 0; i < 40; i++) {
                store.put(Keys.key(i % Keys.COUNT), Keys.value(i, 600));
            }
            store.put(
                    Keys.key(2),
                    Keys.value(2, 10),
                    WriteOptions.defaults().expiry(Instant.parse("2999-01-01T00:00:00Z")));
            store.delete(Keys.key(1));
        }
        return directory.afterCrash(CrashState.everything());
    }

    private record Found(Map<Integer, Held> contents, List<SegmentStats> segments, long keydirKeys) {
        static Found in(Stave store) throws IOException {
            return new Found(
                    StoreModel.contents(store),
                    store.stats().segments(),
                    store.stats().keys());
        }
    }

    private static Found whatHintsGive(SimulatedDirectory closed) throws IOException {
        SimulatedDirectory directory = closed.afterCrash(CrashState.everything());
        directory.delete(KeydirFile.NAME);
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            assertFalse(store.recoveryReport().keydirRestored());
            return Found.in(store);
        }
    }

    @Test
    void itIsWhatHintsGive() throws IOException {
        SimulatedDirectory directory = closed();
        Found expected = whatHintsGive(directory);
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            assertTrue(store.recoveryReport().keydirRestored(), store.recoveryReport()::describe);
            assertEquals(0, store.recoveryReport().segmentsFromHints());
            assertEquals(expected, Found.in(store));
            store.put(Keys.key(1), Keys.value(1, 10));
            store.merge();
            assertEquals(0, store.stats().space().deadBytes());
        }
    }

    @Test
    void readersUseItToo(@TempDir Path path) throws IOException {
        try (Stave store = Stave.open(path, OPTIONS)) {
            for (int i = 0; i < 200; i++) {
                store.put(Keys.key(i % Keys.COUNT), Keys.value(i, 600));
            }
        }
        byte[] left = Files.readAllBytes(path.resolve(KeydirFile.NAME));
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertNull(reader.recoveryReport().keydirRejected());
            assertEquals(
                    ChosenKeydir.isCompact(), reader.recoveryReport().keydirRestored(), "a reader has a compact one");
            for (int i = 0; i < Keys.COUNT; i++) {
                assertNotNull(reader.get(Keys.key(i)));
            }
            assertArrayEquals(left, Files.readAllBytes(path.resolve(KeydirFile.NAME)), "a reader writes nothing");
            try (Stave writer = Stave.open(path, OPTIONS)) {
                writer.put(Keys.key(0), Keys.value(7, 10));
            }
            reader.refresh();
            assertArrayEquals(Keys.value(7, 10), reader.get(Keys.key(0)));
        }
    }

    /** All that is in the file is covered by a checksum. */
    @Test
    void noChangedByteIsUsed() throws IOException {
        SimulatedDirectory closed = closed();
        Found expected = whatHintsGive(closed);
        byte[] sound = closed.content(KeydirFile.NAME);
        // The maps of the other keydir are longer, and take their time: a byte here and there, and all of the index.
        int step = ChosenKeydir.isCompact() ? 1 : 997;
        for (int at = 0; at < sound.length; at += at < 2000 ? Math.min(step, 7) : step) {
            byte[] changed = sound.clone();
            changed[at] ^= (byte) (1 << at % 8);
            SimulatedDirectory directory = closed.afterCrash(CrashState.everything());
            directory.damage(KeydirFile.NAME, changed);
            int position = at;
            try (Stave store = Engine.open(directory, OPTIONS, true)) {
                assertFalse(store.recoveryReport().keydirRestored(), () -> "a changed byte at " + position);
                assertNotNull(store.recoveryReport().keydirRejected());
                assertEquals(expected, Found.in(store));
            }
        }
    }

    @Test
    void noOtherLengthIsUsed() throws IOException {
        SimulatedDirectory closed = closed();
        Found expected = whatHintsGive(closed);
        byte[] sound = closed.content(KeydirFile.NAME);
        int step = ChosenKeydir.isCompact() ? 97 : 9_973;
        for (int length = 0; length <= sound.length + 97; length += step) {
            SimulatedDirectory directory = closed.afterCrash(CrashState.everything());
            directory.damage(KeydirFile.NAME, Arrays.copyOf(sound, length));
            try (Stave store = Engine.open(directory, OPTIONS, true)) {
                assertNotNull(store.recoveryReport().keydirRejected());
                assertEquals(expected, Found.in(store));
            }
        }
    }

    /** It tells of the segments that its MANIFEST lists, and of no others. */
    @Test
    void anOlderOneIsNotUsed() throws IOException {
        SimulatedDirectory directory = closed();
        byte[] older = directory.content(KeydirFile.NAME);
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            store.put(Keys.key(3), Keys.value(99, 10));
        }
        SimulatedDirectory later = directory.afterCrash(CrashState.everything());
        later.damage(KeydirFile.NAME, older);
        try (Stave store = Engine.open(later, OPTIONS, true)) {
            assertTrue(String.valueOf(store.recoveryReport().keydirRejected()).contains("file id"));
            assertArrayEquals(Keys.value(99, 10), store.get(Keys.key(3)));
        }
    }

    /** What is written after the open is nowhere in it. */
    @Test
    void afterACrashItIsNotUsed() throws IOException {
        SimulatedDirectory directory = closed();
        byte[] left = directory.content(KeydirFile.NAME);
        Stave crashed = Engine.open(directory, OPTIONS, true);
        crashed.put(Keys.key(3), Keys.value(99, 10));
        SimulatedDirectory after = directory.crash(CrashState.everything());
        assertFalse(after.exists(KeydirFile.NAME), "it is deleted when the store is open");
        after.create(KeydirFile.NAME).close();
        after.damage(KeydirFile.NAME, left);
        try (Stave store = Engine.open(after, OPTIONS, true)) {
            RecoveryReport report = store.recoveryReport();
            assertFalse(report.keydirRestored());
            assertNull(report.keydirRejected(), "no MANIFEST vouches for it, so it is a stray");
            assertEquals(List.of(KeydirFile.NAME), report.strayFilesDeleted());
            assertArrayEquals(Keys.value(99, 10), store.get(Keys.key(3)));
        }
    }

    @Test
    void aMissingFileIsReported() throws IOException {
        SimulatedDirectory directory = closed();
        directory.delete(KeydirFile.NAME);
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            assertEquals("there is no such file", store.recoveryReport().keydirRejected());
        }
    }

    @Test
    void aMissingHintIsMadeAfterwards() throws IOException {
        SimulatedDirectory directory = closed();
        Found expected = whatHintsGive(directory);
        String hint = directory.list().stream()
                .filter(name -> name.endsWith(".hint"))
                .findFirst()
                .orElseThrow();
        directory.delete(hint);
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            assertTrue(store.recoveryReport().keydirRestored());
            assertEquals(expected, Found.in(store));
            assertTrue(directory.exists(hint));
        }
        try (Stave store = Engine.open(directory.afterCrash(CrashState.everything()), OPTIONS, true)) {
            assertTrue(store.recoveryReport().keydirRestored());
        }
    }

    /** The keydir tells nothing of the segments themselves: each must be there, whole, before anything is written (I10). */
    @Test
    void aSegmentThatIsNotWhatIsListedIsRefusedAndNothingChanged() throws IOException {
        String segment = "0000000000000002.seg";
        for (int length : new int[] {-1, 10, 1000}) {
            SimulatedDirectory directory = closed();
            if (length < 0) {
                directory.delete(segment);
            } else {
                directory.damage(segment, Arrays.copyOf(directory.content(segment), length));
            }
            byte[] manifest = directory.content(ManifestFile.NAME);
            SimulatedDirectory refused = directory.afterCrash(CrashState.everything());
            CorruptionException e = assertThrows(CorruptionException.class, () -> Engine.open(refused, OPTIONS, true));
            assertEquals(segment, e.file());
            SimulatedDirectory after = refused.afterCrash(CrashState.everything());
            assertArrayEquals(manifest, after.content(ManifestFile.NAME));
            assertTrue(after.exists(KeydirFile.NAME));
        }
    }

    /** A failed force is a failed force (I8): the MANIFEST that would vouch for the file is not installed. */
    @Test
    void aFailedForceIsToldAndTheFileNotUsed() throws IOException {
        List<String> failures = new ArrayList<>();
        for (int nth = 1; nth <= 6; nth++) {
            SimulatedDirectory directory = new SimulatedDirectory();
            Stave store = Engine.open(directory, OPTIONS, true);
            store.put(Keys.key(0), Keys.value(1, 10));
            directory.failAt(nth, Fault.EIO.on(Call.FORCE));
            try {
                store.close();
            } catch (StoreFailedException e) {
                failures.add(String.valueOf(e.getCause().getMessage()));
                SimulatedDirectory after = directory.crash(CrashState.everything());
                try (Stave reopened = Engine.open(after, OPTIONS, true)) {
                    assertFalse(reopened.recoveryReport().keydirRestored());
                    assertArrayEquals(Keys.value(1, 10), reopened.get(Keys.key(0)));
                }
            }
        }
        assertTrue(failures.stream().anyMatch(failure -> failure.contains(KeydirFile.NAME)), failures::toString);
    }

    /** It is advice: a disk without room for it is no reason to complain. */
    @Test
    void whatCannotBeWrittenIsLeftOut() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = Engine.open(directory, OPTIONS, true);
        store.put(Keys.key(0), Keys.value(1, 10));
        store.close();
        SimulatedDirectory left = directory.afterCrash(CrashState.everything());
        int without = 0;
        for (int nth = 1; nth <= 6; nth++) {
            SimulatedDirectory again = left.afterCrash(CrashState.everything());
            store = Engine.open(again, OPTIONS, true);
            again.failAt(nth, Fault.ENOSPC.on(Call.CREATE, Call.WRITE));
            store.close();
            SimulatedDirectory after = again.afterCrash(CrashState.everything());
            boolean there = after.exists(KeydirFile.NAME);
            without += there ? 0 : 1;
            try (Stave reopened = Engine.open(after, OPTIONS, true)) {
                assertTrue(there || !reopened.recoveryReport().keydirRestored());
                assertNull(reopened.recoveryReport().keydirRejected());
                assertArrayEquals(Keys.value(1, 10), reopened.get(Keys.key(0)));
            }
        }
        assertTrue(without >= 3, without + " closes without it: at its creation, and at two writes");
    }

    /** Tables longer than what is read at a time, neighbours of short ones and of none. */
    @Test
    void longAndShortTablesComeBackAsTheyWere() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        StoreId id = new StoreId(3, 4);
        KeydirMemory memory = new KeydirMemory(directory, Mapping::release);
        CompactKeydir keydir = new CompactKeydir(memory);
        Random random = new Random(5);
        Location previous = new Location();
        List<long[]> keys = new ArrayList<>();
        for (int stripe : new int[] {0, 1, 3, 4, 5, 255}) {
            int count = stripe % 2 == 1 ? 60_000 : 40;
            for (int i = 0; i < count; i++) {
                long high = (long) stripe << 56 | random.nextLong() >>> 8;
                keys.add(new long[] {high, i});
                keydir.put(high, i, 7, i, 100, 0, previous);
            }
        }
        int checksum = new KeydirFile(directory, keydir, List.of()).write(id, 9);
        Manifest manifest = new Manifest(id, new StoreSecret(1, 2), 9, 1, 1, checksum, List.of(), List.of());
        for (int threads = 1; threads <= 2; threads++) {
            KeydirMemory others = new KeydirMemory(directory, Mapping::release);
            KeydirRead<CompactKeydir> read = new KeydirRead<>(
                    directory, manifest, new CompactMaker(others), new ProgressMeter(RecoveryProgress.NONE), threads);
            KeydirRead.Restored<CompactKeydir> restored = read.read();
            assertNotNull(restored, read::rejected);
            assertEquals(keydir.count(), restored.keydir().count());
            assertEquals(keydir.bytes(), restored.keydir().bytes());
            Location found = new Location();
            for (long[] key : keys) {
                assertTrue(restored.keydir().find(key[0], (int) key[1], found));
                assertEquals(key[1], found.offset);
            }
            restored.keydir().close();
            others.close();
        }
        keydir.close();
        memory.close();
    }
}
