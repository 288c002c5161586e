package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.StoreLockedException;
import io.stave.engine.Engine;
import io.stave.engine.live.StoreFiles;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a checkpoint holds, what it shares, and where none is taken. */
class CheckpointTest extends CheckpointStores {

    private final SimulatedDirectory target = new SimulatedDirectory();

    @Test
    void itHoldsWhatTheStoreHeldAndNothingOfWhatCame() {
        write(0, 30);
        Map<String, String> then = content(store);
        CheckpointReport report = checkpoint(target);
        write(30, 30);
        store.delete(key(0));
        store.merge();
        assertEquals(then, content(target));
        assertEquals(36, report.version());
        assertEquals(report.segments(), report.linked());
        assertEquals(0, report.kept() + report.copied() + report.bytesCopied());
        assertEquals(List.of(), target.leaks());
    }

    @Test
    void itIsForced() {
        write(0, 30);
        Map<String, String> then = content(store);
        checkpoint(target);
        assertEquals(then, content(target.afterCrash(CrashState.syncedOnly())));
    }

    @Test
    void anEmptyStoreHasAnEmptyOne() {
        CheckpointReport report = checkpoint(target);
        assertEquals(0, report.segments());
        assertEquals(Map.of(), content(target));
        write(0, 10);
        checkpoint(target);
        assertEquals(content(store), content(target));
    }

    @Test
    void itCanBeReadAsItIs() {
        write(0, 20);
        checkpoint(target);
        SimulatedDirectory there = copyOf(target);
        try (ReadOnlyStave reader = openReadOnly(there)) {
            assertArrayEquals(Keys.value(19, 700), reader.get(key(19)));
            assertNull(reader.get(key(17)));
            assertEquals(
                    reader.stats().segments().size(), reader.recoveryReport().segmentsFromHints());
        }
        assertEquals(0, there.operations(), "it was not written to");
    }

    @Test
    void openedForWritingItIsAStoreOfItsOwn() throws IOException {
        write(0, 20);
        checkpoint(target);
        Map<String, String> then = content(store);
        SimulatedDirectory own = copyOf(target);
        assertNotEquals(
                ManifestFile.read(disk).storeId(), ManifestFile.read(own).storeId());
        try (Stave other = open(own)) {
            assertEquals(then, content(other));
            write(other, 100, 20);
            other.merge();
            other.delete(key(1));
        }
        assertEquals(then, content(store));
        Map<String, String> after = content(own);
        assertTrue(after.containsKey("key100") && after.containsKey("key0") && !after.containsKey("key1"));
    }

    @Test
    void itsSegmentsAreKnownAsTheOtherStoresEvenWhenTheyAreStrays() throws IOException {
        write(0, 20);
        checkpoint(target);
        SimulatedDirectory before = copyOf(target);
        try (Stave other = open(target)) {
            write(other, 0, 20);
            other.merge();
        }
        SimulatedDirectory own = copyOf(target);
        Manifest merged = ManifestFile.read(own);
        assertTrue(
                merged.segments().stream().allMatch(segment -> segment.storeId().equals(merged.storeId())));
        // What a crash between the commit of the merge and the deletion of its inputs leaves.
        SimulatedDirectory crashed = copyOf(own);
        for (String name : before.list()) {
            if (name.endsWith(".seg")) {
                crashed.damage(name, before.content(name));
            }
        }
        try (Stave other = open(crashed)) {
            assertFalse(other.recoveryReport().strayFilesDeleted().isEmpty());
            assertEquals(20 - 4, content(other).size());
        }
    }

    @Test
    void theNextOneBringsWhatIsNewAndDropsWhatIsGone() throws IOException {
        write(0, 30);
        CheckpointReport first = checkpoint(target);
        write(30, 10);
        CheckpointReport second = checkpoint(target);
        assertEquals(first.segments(), second.kept());
        assertEquals(second.segments() - first.segments(), second.linked());
        assertEquals(content(store), content(target));
        write(0, 40);
        store.merge();
        CheckpointReport third = checkpoint(target);
        assertEquals(0, third.kept());
        assertEquals(third.segments(), segments(target));
        assertEquals(content(store), content(target));
        CheckpointReport fourth = checkpoint(target);
        assertEquals(third.segments(), fourth.kept(), "nothing has changed");
        assertEquals(
                ManifestFile.read(target).segments().size(),
                target.list().stream().filter(name -> name.endsWith(".hint")).count());
    }

    @Test
    void whatIsMissingOrCutThereIsBroughtAgain() throws IOException {
        write(0, 30);
        checkpoint(target);
        SimulatedDirectory spoilt = copyOf(target);
        List<ListedSegment> segments = ManifestFile.read(spoilt).segments();
        assertTrue(spoilt.delete(SegmentNames.segment(segments.get(0).id())));
        spoilt.truncate(SegmentNames.segment(segments.get(1).id()), 100);
        CheckpointReport report = checkpoint(spoilt);
        assertEquals(segments.size() - 2, report.kept());
        assertEquals(2, report.linked());
        assertEquals(content(store), content(spoilt));
    }

    @Test
    void itIsCopiedWhereFilesCannotBeShared() {
        write(0, 30);
        target.refuseLinks();
        CheckpointReport report = checkpoint(target);
        assertEquals(report.segments(), report.copied());
        assertEquals(report.bytes(), report.bytesCopied());
        assertEquals(content(store), content(target.afterCrash(CrashState.syncedOnly())));
    }

    @Test
    void aMergeMeanwhileTakesNothingAway() {
        write(0, 30);
        Map<String, String> then = content(store);
        GateDirectory gate = new GateDirectory(target);
        AtomicBoolean first = new AtomicBoolean(true);
        gate.rule((act, name, position, length) -> {
            if (act == Act.LINK && first.getAndSet(false)) {
                write(0, 30);
                store.merge();
            }
        });
        checkpoint(gate);
        assertEquals(then, content(target));
        assertEquals(0, store.stats().space().pinnedBytes(), "what was held is let go");
    }

    @Test
    void batchesAreWhole() {
        for (int i = 0; i < 10; i++) {
            store.apply(new Batch().put(key(i), Keys.value(i, 900)).put(key(100 + i), Keys.value(i, 900)));
            SimulatedDirectory each = new SimulatedDirectory();
            checkpoint(each);
            assertEquals(2 * i + 2, content(each).size());
        }
    }

    // ---- where none is taken

    @Test
    void aDirectoryOfAnotherStoreIsRefused() {
        write(0, 5);
        SimulatedDirectory other = another();
        Map<String, String> before = content(other);
        assertThrows(IllegalArgumentException.class, () -> checkpoint(other));
        assertEquals(before, content(other));
    }

    @Test
    void oneThatWasWrittenToIsRefused() {
        write(0, 5);
        checkpoint(target);
        SimulatedDirectory own = copyOf(target);
        try (Stave other = open(own)) {
            other.put(key(1), key(1));
        }
        SimulatedDirectory written = copyOf(own);
        Map<String, String> before = content(written);
        assertThrows(IllegalArgumentException.class, () -> checkpoint(written));
        assertEquals(before, content(written));
    }

    /** Else the keys that were deleted there would be back, and versions would be given twice. */
    @Test
    void oneThatWasWrittenToIsRefusedEvenIfNothingIsLeftOfThat() {
        store.put(key(1), key(1));
        checkpoint(target);
        SimulatedDirectory own = copyOf(target);
        try (Stave other = open(own)) {
            other.delete(key(1));
            other.put(key(2), key(2));
            other.delete(key(2));
            other.merge();
        }
        assertThrows(IllegalArgumentException.class, () -> checkpoint(copyOf(own)));
    }

    @Test
    void oneThatWasRestoredIsRefused() throws IOException {
        write(0, 10);
        checkpoint(target);
        SimulatedDirectory restored = new SimulatedDirectory();
        Restore.copy(target, Restore.verified(target), restored, 0);
        assertThrows(IllegalArgumentException.class, () -> checkpoint(restored));
    }

    @Test
    void oneOfAStoreThatThisOneWasRestoredFromIsRefused() throws IOException {
        write(0, 10);
        checkpoint(target);
        SimulatedDirectory restored = new SimulatedDirectory();
        Restore.copy(target, Restore.verified(target), restored, 0);
        Map<String, String> before = content(target);
        try (Stave other = open(restored)) {
            write(other, 10, 20);
            assertThrows(IllegalArgumentException.class, () -> ((Engine) other).checkpoint(target));
        }
        assertEquals(before, content(target));
    }

    @Test
    void oneOfThisStoreInALifeThatWasTakenBackIsRefused() {
        write(0, 10);
        store.close();
        SimulatedDirectory closed = copyOf(disk);
        try (Stave first = open(copyOf(closed))) {
            write(first, 10, 20);
            ((Engine) first).checkpoint(target);
        }
        Map<String, String> before = content(target);
        try (Stave again = open(closed)) {
            write(again, 50, 20);
            assertThrows(IllegalArgumentException.class, () -> ((Engine) again).checkpoint(target));
        }
        assertEquals(before, content(target));
    }

    @Test
    void oneThatIsOpenIsRefused() {
        write(0, 5);
        checkpoint(target);
        SimulatedDirectory own = copyOf(target);
        try (Stave other = open(own)) {
            assertThrows(StoreLockedException.class, () -> checkpoint(own));
            assertEquals(content(store), content(other));
        }
    }

    @Test
    void aStoreThatHasLostItsManifestIsNotOverwritten() throws IOException {
        write(0, 5);
        SimulatedDirectory lost = another();
        assertTrue(lost.delete(ManifestFile.NAME));
        List<String> before = lost.list();
        assertThrows(CorruptionException.class, () -> checkpoint(lost));
        assertEquals(before, lost.list());
    }

    // ---- what goes wrong

    @Test
    void damageInTheStoreEndsItAndLeavesTheOneBefore() throws IOException {
        write(0, 5);
        checkpoint(target);
        Map<String, String> before = content(target);
        write(5, 10);
        store.close();
        SimulatedDirectory damaged = copyOf(disk);
        List<ListedSegment> segments = ManifestFile.read(damaged).segments();
        ListedSegment last = segments.get(segments.size() - 1);
        byte[] bytes = damaged.content(SegmentNames.segment(last.id()));
        bytes[(int) last.length() - 9] ^= 1;
        damaged.damage(SegmentNames.segment(last.id()), bytes);
        try (Stave opened = open(damaged)) {
            CorruptionException corrupt =
                    assertThrows(CorruptionException.class, () -> ((Engine) opened).checkpoint(target));
            assertTrue(String.valueOf(corrupt.getMessage()).contains(SegmentNames.segment(last.id())));
        }
        assertEquals(before, content(target));
        assertEquals(ManifestFile.read(target).segments().size(), segments(target), "what was brought is gone");
    }

    @Test
    void aFullDiskThereEndsItAndTheStoreGoesOn() throws IOException {
        write(0, 30);
        target.refuseLinks();
        target.capacity(10_000);
        assertThrows(StoreFullException.class, () -> checkpoint(target));
        assertEquals(0, segments(target), "what was written is deleted again");
        write(30, 10);
        target.capacity(1 << 20);
        checkpoint(target);
        assertEquals(content(store), content(target));
    }

    @Test
    void aForceThatFailsThereDoesNotStopTheStore() {
        write(0, 30);
        target.failAt(1, Fault.EIO.on(Fault.Call.FORCE_NAMES));
        assertThrows(StoreIOException.class, () -> checkpoint(target));
        write(30, 10);
        checkpoint(target);
        assertEquals(content(store), content(target));
    }

    /** Whatever fails there once, the store goes on, the one before stays until the next is complete, and the next try works. */
    @Test
    void everyOperationThereMayFail() {
        write(0, 10);
        checkpoint(target);
        Map<String, String> before = content(target);
        write(10, 10);
        Map<String, String> after = content(store);
        for (Fault fault : List.of(Fault.EIO, Fault.EIO_LATE, Fault.ENOSPC, Fault.SHORT_WRITE)) {
            for (boolean links : List.of(true, false)) {
                int k = 0;
                long failures;
                do {
                    SimulatedDirectory there = copyOf(target);
                    if (!links) {
                        there.refuseLinks();
                    }
                    there.failAt(++k, fault);
                    String spot = fault + " " + k;
                    try {
                        checkpoint(there);
                        assertEquals(after, content(there), spot);
                    } catch (StaveException e) {
                        assertFalse(e instanceof CorruptionException, () -> spot + ": " + e);
                    }
                    failures = there.failures();
                    assertEquals(List.of(), there.leaks(), spot);
                    there.heal();
                    for (CrashState state : List.of(CrashState.everything(), CrashState.syncedOnly())) {
                        Map<String, String> found = content(there.afterCrash(state));
                        assertTrue(found.equals(before) || found.equals(after), spot);
                    }
                    checkpoint(there);
                    assertEquals(after, content(there), spot);
                } while (failures > 0);
                assertTrue(k > 2, fault + ": only " + k);
            }
        }
        store.put(key(1), key(1));
    }

    @Test
    void aStoreThatIsClosedMeanwhileSaysSo() throws IOException {
        write(0, 30);
        GateDirectory gate = new GateDirectory(target);
        Thread[] closer = new Thread[1];
        gate.rule((act, name, position, length) -> {
            if (act == Act.LINK && closer[0] == null) {
                closer[0] = new Thread(store::close);
                closer[0].start();
                Background.await(() -> closer[0].getState() == Thread.State.WAITING);
            }
        });
        assertThrows(StoreClosedException.class, () -> checkpoint(gate));
        assertThrows(StoreClosedException.class, () -> checkpoint(target));
        assertTrue(target.list().stream().noneMatch(name -> name.equals(StoreFiles.CHECKPOINT)));
        Background.await(() -> !closer[0].isAlive());
    }
}
