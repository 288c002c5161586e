package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Checkpoints of large values after something has gone wrong, or has expired. */
class CheckpointBlobAccidentsTest {

    private final TestClock clock = new TestClock(1_700_000_000_000L);
    private final Options options =
            CheckpointStores.OPTIONS.blobThreshold(1000).blobChunkLength(512).clock(clock);
    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final SimulatedDirectory target = new SimulatedDirectory();

    private Stave open(StoreDirectory directory) {
        return Engine.open(directory, options, true);
    }

    private static CheckpointReport checkpoint(Stave store, StoreDirectory into) {
        return ((Engine) store).checkpoint(into);
    }

    private static String blob(SimulatedDirectory directory) throws IOException {
        return directory.list().stream()
                .filter(name -> name.endsWith(".blob"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFirstCheckpointThatFailedDoesNotBarTheNext() throws IOException {
        try (Stave store = open(disk)) {
            store.put(CheckpointStores.key(0), Keys.value(1, 3000));
            String name = blob(disk);
            byte[] sound = disk.content(name);
            byte[] damaged = sound.clone();
            damaged[100] ^= 1;
            disk.damage(name, damaged);
            assertThrows(CorruptionException.class, () -> checkpoint(store, target));
            disk.damage(name, sound);
            checkpoint(store, target);
        }
        try (Stave opened = open(CheckpointStores.copyOf(target))) {
            assertArrayEquals(Keys.value(1, 3000), opened.get(CheckpointStores.key(0)));
        }
    }

    @Test
    void aCheckpointThatFailsBeforeItsManifestLeavesTheBlobsOfTheOneBefore() throws IOException {
        try (Stave store = open(disk)) {
            store.put(CheckpointStores.key(0), Keys.value(1, 3000));
            checkpoint(store, target);
            store.put(CheckpointStores.key(0), Keys.value(2, 3000));
            GateDirectory gate = new GateDirectory(target);
            gate.fail(Act.WRITE, name -> name.startsWith(ManifestFile.NAME), new IOException("EIO"));
            assertThrows(StoreIOException.class, () -> checkpoint(store, gate));
        }
        try (Stave opened = open(CheckpointStores.copyOf(target))) {
            assertArrayEquals(Keys.value(1, 3000), opened.get(CheckpointStores.key(0)));
        }
    }

    @Test
    void aBlobOfTheEarlierCheckpointWhoseTableIsDamagedIsBroughtAgain() throws IOException {
        try (Stave store = open(disk)) {
            store.put(CheckpointStores.key(0), Keys.value(1, 3000));
            checkpoint(store, target);
            String name = blob(target);
            byte[] damaged = target.content(name);
            damaged[damaged.length - 1] ^= 1;
            target.delete(name);
            target.create(name).close();
            target.damage(name, damaged);
            checkpoint(store, target);
        }
        try (Stave opened = open(CheckpointStores.copyOf(target))) {
            assertArrayEquals(Keys.value(1, 3000), opened.get(CheckpointStores.key(0)));
        }
    }

    @Test
    void aBlobThatDidNotVerifyIsNotKeptForTheNextCheckpoint() throws IOException {
        try (Stave store = open(disk)) {
            store.put(CheckpointStores.key(1), Keys.value(2, 100));
            checkpoint(store, target);
            store.put(CheckpointStores.key(0), Keys.value(1, 3000));
            String name = blob(disk);
            byte[] damaged = disk.content(name);
            damaged[100] ^= 1;
            disk.damage(name, damaged);
            assertThrows(CorruptionException.class, () -> checkpoint(store, target));
            assertThrows(CorruptionException.class, () -> checkpoint(store, target));
        }
    }

    @Test
    void aLargeValueThatHadExpiredDoesNotBarARestore() throws IOException {
        try (Stave store = open(disk)) {
            store.put(
                    CheckpointStores.key(0),
                    Keys.value(1, 3000),
                    WriteOptions.defaults().timeToLive(Duration.ofSeconds(1)));
            store.put(CheckpointStores.key(1), Keys.value(2, 3000));
            clock.advance(1000);
            store.planMerge(); // sweeps
            store.put(CheckpointStores.key(2), Keys.value(3, 10));
            assertEquals(
                    1,
                    disk.list().stream().filter(name -> name.endsWith(".blob")).count());
            checkpoint(store, target);
        }
        SimulatedDirectory restored = new SimulatedDirectory();
        Restore.copy(target, Restore.verified(target), restored, 0);
        try (Stave opened = open(CheckpointStores.copyOf(restored))) {
            assertNull(opened.get(CheckpointStores.key(0)));
            assertArrayEquals(Keys.value(2, 3000), opened.get(CheckpointStores.key(1)));
        }
    }

    @Test
    void aLargeValueThatHadExpiredDoesNotBarACheckpointAfterACrash() throws IOException {
        Stave store = open(disk);
        store.put(
                CheckpointStores.key(0),
                Keys.value(1, 3000),
                WriteOptions.defaults().timeToLive(Duration.ofSeconds(1)));
        clock.advance(1000);
        store.planMerge(); // sweeps
        store.sync();
        assertEquals(
                0, disk.list().stream().filter(name -> name.endsWith(".blob")).count());
        try (Stave again = open(disk.afterCrash(CrashState.everything()))) {
            checkpoint(again, target);
        }
        store.close();
    }

    @Test
    void whatAMergeByHandFindsExpiredFreesItsBlob() throws IOException {
        try (Stave store = open(disk)) {
            store.put(
                    CheckpointStores.key(0),
                    Keys.value(1, 3000),
                    WriteOptions.defaults().timeToLive(Duration.ofSeconds(1)));
            clock.advance(1000);
            store.merge();
            assertEquals(
                    0,
                    disk.list().stream().filter(name -> name.endsWith(".blob")).count());
        }
    }
}
