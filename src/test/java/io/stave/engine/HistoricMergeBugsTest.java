package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.MergeReport;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.model.Keys;
import io.stave.engine.support.GateDirectory;
import io.stave.io.CrashState;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bugs in the merges of other stores of this family, each by the number it has in the list of what was learnt from them. */
class HistoricMergeBugsTest extends HistoricBugs {

    /** Bug 1, bitcask#82: a partial merge dropped a tombstone whose put lived in a file that was not merged. */
    @Test
    void bug01PartialMergeDoesNotBringADeletedKeyBack() {
        store.put(key("k"), new byte[50]); // segment 1
        fill("f1");
        store.delete(key("k")); // segment 3
        store.put(key("dead"), new byte[50]);
        store.put(key("dead"), new byte[50]);
        fill("f2");
        MergeReport report = store.merge(List.of(3L));
        assertEquals(1, report.tombstonesKept());
        assertNull(store.get(key("k")));
        reopen();
        assertNull(store.get(key("k")));
    }

    /** Bug 2, bitcask f472b88: a tombstone judged out of date, for a newer put had followed, was skipped. */
    @Test
    void bug02SupersededTombstoneStillShadows() {
        store.put(key("k"), new byte[50]); // segment 1
        fill("f1");
        store.delete(key("k")); // segment 3
        fill("f2");
        store.put(key("k"), new byte[60]); // segment 5
        fill("f3");
        MergeReport report = store.merge(List.of(3L));
        assertEquals(1, report.tombstonesKept());
        store.delete(key("k")); // segment 8
        fill("f4");
        store.merge(List.of(5L, 8L));
        assertNull(store.get(key("k")));
        reopen();
        assertNull(store.get(key("k")));
    }

    /** Bug 3, bitcask#148: a merge wrote to a higher file id than a racing put, and the order of ids was believed. */
    @Test
    void bug03CopyOfAnOlderRecordInALaterSegmentDoesNotWin() {
        store.close();
        directory = new SimulatedDirectory();
        GateDirectory gated = new GateDirectory(directory);
        store = Engine.open(gated, OPTIONS, false);
        store.put(key("k"), new byte[] {1});
        store.put(key("dead"), new byte[] {1});
        store.put(key("dead"), new byte[] {2});
        fill("f1");
        store.put(key("next"), new byte[] {1}); // segment 3
        while (store.stats().segments().get(1).state() != SegmentStats.State.SEALED) {
            Thread.onSpinWait();
        }
        Thread merger = Thread.currentThread();
        gated.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.CREATE
                    && name.equals("0000000000000004.hint.tmp")
                    && Thread.currentThread() == merger) {
                // The copy is in segment 4, and nothing points at it yet.
                store.put(key("k"), new byte[] {2});
            }
        });
        MergeReport report = store.merge(List.of(1L));
        assertEquals(List.of(4L), report.outputs());
        assertEquals(2, report.recordsCopied());
        assertArrayEquals(new byte[] {2}, store.get(key("k")));
        assertEquals(List.of(3L), idsWith(25 + 22), "the put went to the segment with the smaller id");
        reopen();
        assertArrayEquals(new byte[] {2}, store.get(key("k")));
    }

    /** The segments with so many live bytes. */
    private List<Long> idsWith(long live) {
        return liveBytes().entrySet().stream()
                .filter(e -> e.getValue() == live)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Bug 5, HaloDB: the old file was unlinked while the file with the newer record had never been forced. */
    @Test
    void bug05OldRecordGoesOnlyWhenTheNewerOneIsForced() {
        store.put(key("k"), new byte[] {1});
        fill("f1");
        store.put(key("k"), new byte[] {2}, UNFORCED);
        assertEquals(List.of(1L), store.merge(List.of(1L)).inputs());
        powerCut();
        assertArrayEquals(new byte[] {2}, store.get(key("k")));
    }

    /** Bug 7, rosedb: remove, then rename, file by file; a crash between deleted the merged file at the next open. */
    @Test
    void bug07CrashBetweenAnyTwoNameOperationsOfAMergeLosesNothing() {
        for (int i = 0; i < 16; i++) {
            store.put(Keys.key(i % 6), Keys.value(i, 700));
        }
        store.close();
        SimulatedDirectory recording =
                directory.afterCrash(CrashState.everything()).keepHistory();
        store = Engine.open(recording, OPTIONS, true);
        assertFalse(store.merge().isEmpty());
        Replay replay = recording.replay();
        int tried = 0;
        for (; replay.hasNext(); replay.step()) {
            if (!replay.next().kind().ofNames()) {
                continue;
            }
            for (int kept = 0; kept <= replay.unsynced().size(); kept++) {
                try (Stave recovered = Engine.open(replay.afterCrash(CrashState.prefix(kept)), OPTIONS, true)) {
                    for (int i = 10; i < 16; i++) {
                        assertArrayEquals(Keys.value(i, 700), recovered.get(Keys.key(i % 6)));
                    }
                }
                tried++;
            }
        }
        assertTrue(tried > 50, "tried " + tried);
    }

    /** Bug 8, pogreb: compaction unlinked its source without forcing the copy. */
    @Test
    void bug08SourceOfAMergeGoesOnlyWhenTheCopyIsForced() {
        store.put(key("live"), new byte[] {7}, UNFORCED);
        store.put(key("dead"), new byte[3000], UNFORCED);
        store.put(key("dead"), new byte[] {8}, UNFORCED);
        store.merge();
        powerCut();
        assertArrayEquals(new byte[] {7}, store.get(key("live")));
        assertArrayEquals(new byte[] {8}, store.get(key("dead")));
    }

    /** Bug 8, pogreb again: roll never forced the old segment. */
    @Test
    void bug08ForceOfTheNewSegmentForcesTheOldOneToo() {
        store.close();
        directory = new SimulatedDirectory();
        GateDirectory slow = new GateDirectory(directory);
        // Nothing is sealed while this runs: the sealer waits before it creates a hint.
        Object gate = new Object();
        boolean[] open = {false};
        slow.rule((act, name, position, length) -> {
            synchronized (gate) {
                while (act == GateDirectory.Act.CREATE && name.contains(".hint") && !open[0]) {
                    waitOn(gate);
                }
            }
        });
        store = Engine.open(slow, OPTIONS, false);
        for (int i = 0; i < 6; i++) {
            store.put(key("k" + i), new byte[1500], UNFORCED);
        }
        store.put(key("last"), new byte[1], WriteOptions.defaults().durability(Durability.SYNC));
        SimulatedDirectory after = directory.afterCrash(CrashState.syncedOnly());
        synchronized (gate) {
            open[0] = true;
            gate.notifyAll();
        }
        store.close();
        try (Stave recovered = Engine.open(after, OPTIONS, true)) {
            assertEquals(7, recovered.stats().keys());
        }
    }

    private static void waitOn(Object gate) {
        try {
            gate.wait();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Bug 11, bitcask: a merge skipped corrupt records, then deleted the input that held them. */
    @Test
    void bug11InputWithADamagedRecordIsNotDeleted() throws IOException {
        store.put(key("damaged"), new byte[100]);
        store.put(key("sound"), new byte[] {1});
        store.put(key("sound"), new byte[] {2});
        store.close();
        directory = directory.afterCrash(CrashState.everything());
        byte[] content = directory.content("0000000000000001.seg");
        content[150] ^= 1;
        directory.damage("0000000000000001.seg", content);
        store = Engine.open(directory, OPTIONS, true);
        MergeReport report = store.merge();
        assertEquals(List.of(1L), report.damagedSegments());
        assertEquals(List.of(), report.inputs());
        assertTrue(directory.exists("0000000000000001.seg"));
        assertThrows(CorruptionException.class, () -> store.get(key("damaged")));
        assertArrayEquals(new byte[] {2}, store.get(key("sound")));
    }
}
