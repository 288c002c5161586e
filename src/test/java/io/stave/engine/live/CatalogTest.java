package io.stave.engine.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.engine.base.Health;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.LogFile;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The MANIFEST of the open store: what it says is durable before it counts, and what it reserves is never used twice (I3). */
@ExtendWith(QuietLog.class)
class CatalogTest {

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final Health health = new Health();
    private Manifest installed = Manifest.first(LogFile.STORE, new StoreSecret(1, 2));
    private Catalog catalog = new Catalog(directory, health, installed, 1, () -> false);

    @BeforeEach
    void install() throws IOException {
        installed = new Manifest(
                LogFile.STORE, new StoreSecret(1, 2), 1, 1000, 2, Manifest.NO_KEYDIR, List.of(), List.of());
        ManifestFile.install(directory, installed);
        catalog = new Catalog(directory, health, installed, 1, () -> false);
    }

    private Manifest onDisk() throws IOException {
        return ManifestFile.read(directory.afterCrash(CrashState.syncedOnly()));
    }

    @Test
    void segmentIdIsReservedOnDiskBeforeItIsGivenOut() throws IOException {
        for (long id = 1; id < 200; id++) {
            assertEquals(id, catalog.newFileId());
            assertTrue(onDisk().segmentIdCeiling() >= id);
        }
    }

    @Test
    void idsAreReservedInBlocks() {
        int before = directory.operations();
        catalog.newFileId();
        catalog.newFileId();
        assertEquals(before, directory.operations(), "two were reserved already");
        catalog.newFileId();
        int after = directory.operations();
        assertTrue(after > before);
        for (int i = 1; i < Catalog.SEGMENT_ID_BLOCK; i++) {
            catalog.newFileId();
        }
        assertEquals(after, directory.operations());
    }

    @Test
    void sequencesAreReservedOnDiskBeforeTheyCount() throws IOException {
        catalog.raiseSequenceCeiling(1000);
        assertTrue(catalog.sequenceCeiling() >= 1000 + Catalog.SEQUENCE_BLOCK);
        assertEquals(catalog.sequenceCeiling(), onDisk().sequenceCeiling());
    }

    @Test
    void theCeilingStaysAMarginAheadOfWhatIsIssued() throws IOException {
        catalog.raiseSequenceCeiling(1000);
        long ceiling = catalog.sequenceCeiling();
        int before = directory.operations();
        catalog.reserveUpTo(ceiling - Catalog.SEQUENCE_MARGIN);
        assertEquals(before, directory.operations());
        catalog.reserveUpTo(ceiling - Catalog.SEQUENCE_MARGIN + 1);
        assertTrue(onDisk().sequenceCeiling() > ceiling);
        assertEquals(onDisk().sequenceCeiling(), catalog.sequenceCeiling());
    }

    @Test
    void aFullDiskMattersWhenHalfTheMarginIsUsedUp() {
        catalog.raiseSequenceCeiling(1000);
        long ceiling = catalog.sequenceCeiling();
        directory.failFrom(1, Fault.ENOSPC);
        catalog.reserveUpTo(ceiling - Catalog.SEQUENCE_MARGIN / 2);
        assertEquals(ceiling, catalog.sequenceCeiling());
        assertThrows(StoreFullException.class, () -> catalog.reserveUpTo(ceiling - Catalog.SEQUENCE_MARGIN / 2 + 1));
        directory.heal();
        catalog.reserveUpTo(ceiling);
        assertTrue(catalog.sequenceCeiling() > ceiling);
    }

    @Test
    void changesAreDurableWhenTheyReturn() throws IOException {
        catalog.addActive(1, 10);
        assertEquals(List.of(ListedSegment.active(LogFile.STORE, 1, 10)), onDisk().segments());
        ListedSegment sealed = ListedSegment.sealed(LogFile.STORE, 1, 500, 42, 10, 20);
        catalog.seal(sealed);
        assertEquals(List.of(sealed), onDisk().segments());
        ListedSegment output = ListedSegment.sealed(LogFile.STORE, 2, 400, 43, 11, 20);
        catalog.merged(List.of(1L), List.of(output), Map.of());
        assertEquals(List.of(output), onDisk().segments());
        catalog.markDamaged(2);
        assertEquals(List.of(output.withDamage()), onDisk().segments());
        catalog.remove(2);
        assertEquals(List.of(), onDisk().segments());
    }

    /** Else whoever reads beside would miss what has superseded a record that a merge left out. */
    @Test
    void mergeSaysHowFarUnsealedSegmentsAreForced() throws IOException {
        while (catalog.newFileId() < 4) {
            // an id is listed after it was given out
        }
        catalog.seal(ListedSegment.sealed(LogFile.STORE, 1, 500, 42, 1, 20));
        catalog.addActive(2, 21);
        catalog.addActive(3, 30);
        catalog.merged(List.of(1L), List.of(), Map.of(2L, 700L, 4L, 100L));
        assertEquals(
                List.of(
                        ListedSegment.active(LogFile.STORE, 2, 21).withForced(700),
                        ListedSegment.active(LogFile.STORE, 3, 30)),
                onDisk().segments());
        catalog.addActive(4, 40);
        assertEquals(700, onDisk().segments().get(0).length(), "what was forced stays so");
        ListedSegment sealed = ListedSegment.sealed(LogFile.STORE, 2, 800, 44, 21, 29);
        catalog.seal(sealed);
        catalog.merged(List.of(), List.of(), Map.of(2L, 750L));
        assertEquals(sealed, onDisk().segments().get(0), "a sealed one is what it is");
    }

    @Test
    void cleanCloseGivesBackWhatWasNotUsed() throws IOException {
        catalog.raiseSequenceCeiling(1000);
        catalog.newFileId();
        catalog.closeCleanly(77, generation -> 5);
        assertEquals(77, onDisk().sequenceCeiling());
        assertEquals(1, onDisk().segmentIdCeiling());
    }

    @Test
    void changeThatFindsNoRoomDidNotHappenAndTheStoreGoesOn() throws IOException {
        directory.failAt(1, Fault.ENOSPC.on(Fault.Call.WRITE));
        assertThrows(StoreFullException.class, () -> catalog.addActive(1, 10));
        assertFalse(health.failed());
        assertEquals(List.of(), onDisk().segments());
        assertFalse(directory.exists(ManifestFile.TEMPORARY_NAME), "what was written of it takes no room");
        catalog.addActive(2, 10);
        assertEquals(List.of(ListedSegment.active(LogFile.STORE, 2, 10)), onDisk().segments());
    }

    @Test
    void changeThatFailsForCertainDidNotHappenAndTheStoreGoesOn() {
        directory.failAt(1, Fault.EIO.on(Fault.Call.CREATE));
        assertThrows(StoreIOException.class, () -> catalog.addActive(1, 10));
        assertFalse(health.failed());
    }

    /** Unlike assertThrows, which lets an OutOfMemoryError end the whole run. */
    private static Throwable thrown(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            return e;
        }
        throw new AssertionError("nothing was thrown");
    }

    /** The new MANIFEST has its name, and the catalog has not heard of it: the next one would be made from the old, and take back what it says. */
    @Test
    void noMemoryBehindTheRenameStopsTheStoreAndNothingIsInstalledAfterwards() throws IOException {
        GateDirectory gate = new GateDirectory(directory);
        GateDirectory.Rule noMemory = gate.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.FORCE_NAMES) {
                throw new OutOfMemoryError("behind the rename");
            }
        });
        Catalog stopped = new Catalog(gate, health, installed, 1, () -> false);
        Throwable thrown = thrown(() -> stopped.addActive(1, 10));
        assertTrue(thrown instanceof StoreFailedException, () -> "" + thrown);
        assertTrue(thrown.getCause() instanceof OutOfMemoryError, () -> "" + thrown);
        gate.remove(noMemory);
        List<ListedSegment> listed = ManifestFile.read(directory).segments();
        assertEquals(List.of(ListedSegment.active(LogFile.STORE, 1, 10)), listed);
        int operations = directory.operations();
        assertThrows(StoreFailedException.class, () -> stopped.addActive(2, 20));
        assertThrows(StoreFailedException.class, () -> stopped.closeCleanly(10, generation -> Manifest.NO_KEYDIR));
        assertEquals(operations, directory.operations());
        assertEquals(listed, ManifestFile.read(directory).segments());
    }

    /** Nobody knows then which MANIFEST a crash leaves, and no file that either of them lists may go. */
    @Test
    void changeThatMayHaveHappenedStopsTheStore() {
        for (Fault fault : List.of(
                Fault.EIO.on(Fault.Call.FORCE),
                Fault.EIO.on(Fault.Call.RENAME),
                Fault.EIO_LATE.on(Fault.Call.RENAME),
                Fault.EIO.on(Fault.Call.FORCE_NAMES))) {
            Health fresh = new Health();
            Catalog stopped = new Catalog(directory, fresh, installed, 1, () -> false);
            directory.failAt(1, fault);
            assertThrows(StoreFailedException.class, () -> stopped.addActive(1, 10), fault::toString);
            assertTrue(fresh.failed(), fault::toString);
            assertThrows(StoreFailedException.class, () -> stopped.addActive(2, 10));
        }
    }
}
