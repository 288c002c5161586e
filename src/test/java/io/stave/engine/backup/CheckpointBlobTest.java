package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A checkpoint has the large values of its moment, linked or copied, and each of them is verified. */
class CheckpointBlobTest {

    private static final Options OPTIONS =
            CheckpointStores.OPTIONS.blobThreshold(1000).blobChunkLength(512);

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final SimulatedDirectory target = new SimulatedDirectory();
    private final Stave store = open(disk);

    private static Stave open(StoreDirectory directory) {
        return Engine.open(directory, OPTIONS, true);
    }

    @AfterEach
    void close() {
        store.close();
        assertEquals(List.of(), disk.leaks());
    }

    private CheckpointReport checkpoint(StoreDirectory into) {
        return ((Engine) store).checkpoint(into);
    }

    private void put(int key, int seed) {
        store.put(CheckpointStores.key(key), Keys.value(seed, 3000));
    }

    private static List<String> blobs(SimulatedDirectory directory) throws IOException {
        return directory.list().stream().filter(name -> name.endsWith(".blob")).toList();
    }

    private static void assertHolds(SimulatedDirectory directory, int key, int seed) {
        try (Stave opened = open(CheckpointStores.copyOf(directory))) {
            assertArrayEquals(Keys.value(seed, 3000), opened.get(CheckpointStores.key(key)));
        }
    }

    @Test
    void whatIsThereIsBroughtOnce() throws IOException {
        put(0, 1);
        put(1, 2);
        CheckpointReport first = checkpoint(target);
        assertEquals(2, first.blobs());
        assertEquals(first.segments() + 2, first.linked());
        put(1, 3);
        store.delete(CheckpointStores.key(0));
        assertHolds(target, 0, 1);
        assertHolds(target, 1, 2);
        put(2, 4);
        CheckpointReport second = checkpoint(target);
        assertEquals(2, second.blobs());
        assertEquals(2, blobs(target).size());
        put(5, 6);
        CheckpointReport third = checkpoint(target);
        assertTrue(third.kept() >= 2, third::toString);
        assertEquals(3, third.blobs());
        assertHolds(target, 1, 3);
        assertHolds(target, 2, 4);
    }

    @Test
    void whatIsGivenUpMeanwhileIsInItNevertheless() {
        put(0, 1);
        boolean[] done = {false};
        GateDirectory gate = new GateDirectory(target);
        gate.rule((act, name, position, length) -> {
            if (act == Act.LINK && !done[0]) {
                done[0] = true;
                store.delete(CheckpointStores.key(0));
            }
        });
        checkpoint(gate);
        assertTrue(done[0]);
        assertHolds(target, 0, 1);
        assertNull(store.get(CheckpointStores.key(0)));
    }

    @Test
    void whereNoFileCanBeSharedItIsCopied() throws IOException {
        put(0, 1);
        target.refuseLinks();
        CheckpointReport report = checkpoint(target);
        assertEquals(report.segments() + 1, report.copied());
        assertHolds(target.crash(CrashState.syncedOnly()), 0, 1);
    }

    @Test
    void damageIsFoundBeforeAnythingReliesOnIt() throws IOException {
        put(0, 1);
        String name = blobs(disk).get(0);
        byte[] damaged = disk.content(name);
        damaged[100] ^= 1;
        disk.damage(name, damaged);
        CorruptionException found = assertThrows(CorruptionException.class, () -> checkpoint(target));
        assertEquals(name, found.file());
        assertEquals(
                List.of(), target.list().stream().filter("MANIFEST"::equals).toList());
    }

    /** A merge while a segment is active leaves the older record in a segment with a larger id. */
    @Test
    void aRestoreGoesByTheNewestReferenceWhateverSegmentItIsIn() throws IOException {
        put(0, 1);
        for (int key = 10; key < 20; key++) {
            store.put(CheckpointStores.key(key), Keys.value(key, 700));
        }
        List<Long> sealed = store.planMerge().segmentIds();
        long output = store.merge(sealed.subList(0, 1)).outputs().get(0);
        put(0, 2);
        long newest = store.stats().segments().stream()
                .filter(segment -> segment.state() == SegmentStats.State.ACTIVE)
                .mapToLong(SegmentStats::id)
                .max()
                .orElseThrow();
        assertTrue(newest < output, "it is in " + newest + ", the older one in " + output);
        checkpoint(target);
        SimulatedDirectory restored = new SimulatedDirectory();
        Restore.copy(target, Restore.verified(target), restored, 0);
        assertHolds(restored, 0, 2);
    }

    @Test
    void aRestoreVerifiesAllOfIt() throws IOException {
        put(0, 1);
        put(1, 2);
        put(1, 3);
        store.delete(CheckpointStores.key(0));
        put(2, 4);
        checkpoint(target);
        SimulatedDirectory restored = new SimulatedDirectory();
        Restore.copy(target, Restore.verified(target), restored, 0);
        assertEquals(2, blobs(restored).size());
        assertHolds(restored, 1, 3);
        assertHolds(restored, 2, 4);
        String name = blobs(target).get(0);
        byte[] damaged = target.content(name);
        damaged[100] ^= 1;
        target.damage(name, damaged);
        assertThrows(CorruptionException.class, () -> Restore.verified(target));
        target.delete(name);
        assertThrows(CorruptionException.class, () -> Restore.verified(target));
    }

    /** The beginnings of a copy have another name, so they are never taken for the whole. */
    @Test
    void aCopyThatACrashBrokeOffIsMadeAgain() throws IOException {
        put(0, 1);
        target.refuseLinks();
        for (int point = 0; ; point++) {
            SimulatedDirectory into = new SimulatedDirectory();
            into.refuseLinks();
            into.dieAt(point);
            try {
                checkpoint(into);
                return;
            } catch (RuntimeException e) {
                for (CrashState state : List.of(CrashState.everything(), CrashState.random(point))) {
                    SimulatedDirectory after = into.afterCrash(state);
                    after.refuseLinks();
                    checkpoint(after);
                    assertHolds(after, 0, 1);
                    assertEquals(
                            List.of(),
                            after.list().stream()
                                    .filter(name -> name.endsWith(".tmp"))
                                    .toList());
                }
            }
        }
    }
}
