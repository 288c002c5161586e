package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePlan;
import io.stave.MergeReport;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A merge gives back the space of dead records and loses nothing (I6, I7). */
class MergerTest extends MergeStores {

    @Test
    void mergeOfAllLeavesNothingDead() {
        try (Stave store = open(several())) {
            Map<Integer, Held> before = StoreModel.contents(store);
            MergePlan plan = store.planMerge();
            MergeReport report = store.merge();
            assertEquals(before, StoreModel.contents(store));
            assertEquals(plan.segmentIds(), sorted(report.inputs()));
            assertEquals(
                    plan.reclaimableBytes(),
                    report.bytesReclaimed()
                            - 64L * (report.inputs().size() - report.outputs().size()));
            assertEquals(0, store.stats().space().deadBytes());
            assertEquals(0, store.stats().space().tombstoneBytes());
            assertEquals(report.bytesRead() - report.bytesWritten(), report.bytesReclaimed());
            assertEquals(0, report.tombstonesKept());
            assertEquals(before.size(), report.recordsCopied());
            assertEquals(1, store.stats().merges().count());
        }
    }

    private static List<Long> sorted(List<Long> ids) {
        return ids.stream().sorted().toList();
    }

    @Test
    void secondMergeFindsNothingToDo() {
        SimulatedDirectory directory = several();
        try (Stave store = open(directory)) {
            assertFalse(store.merge().isEmpty());
            long operations = directory.operations();
            assertTrue(store.planMerge().isEmpty());
            assertTrue(store.merge().isEmpty());
            assertEquals(operations, directory.operations());
            assertEquals(1, store.stats().merges().count());
        }
    }

    @Test
    void planChangesNothing() {
        SimulatedDirectory directory = several();
        try (Stave store = open(directory)) {
            long operations = directory.operations();
            MergePlan plan = store.planMerge();
            assertFalse(plan.isEmpty());
            assertEquals(plan, store.planMerge());
            assertEquals(operations, directory.operations());
        }
    }

    @Test
    void versionsSurviveAMerge() {
        try (Stave store = open(new SimulatedDirectory())) {
            store.put(key("a"), new byte[10]);
            long version = store.put(key("a"), new byte[20]);
            store.merge();
            assertEquals(version, store.getEntry(key("a")).version());
            assertTrue(store.compareAndSet(key("a"), version, new byte[30]) > version);
        }
    }

    @Test
    void partialMergeKeepsTheTombstoneThatAnOlderSegmentNeeds() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = threeSegments(directory);
        store.put(key("x3"), new byte[3000]);
        MergeReport report = store.merge(List.of(3L));
        assertEquals(1, report.recordsDropped());
        assertEquals(1, report.tombstonesKept());
        assertEquals(0, report.tombstonesDropped());
        try (Stave reopened = reopened(store, directory)) {
            assertNull(reopened.get(key("gone")));
        }
    }

    @Test
    void partialMergeDropsTheTombstoneThatNobodyNeeds() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = threeSegments(directory);
        MergeReport report = store.merge(List.of(1L, 3L));
        assertEquals(1, report.tombstonesDropped());
        assertEquals(1, report.recordsDropped());
        try (Stave reopened = reopened(store, directory)) {
            assertNull(reopened.get(key("gone")));
            assertNotNull(reopened.get(key("here")));
        }
    }

    /** The planner guesses by figures; the filter of an older segment that holds a newer record of the key says otherwise. */
    @Test
    void mergeThatCouldDropNoTombstoneLeavesEverythingAsItIs() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = open(directory);
        store.put(key("old"), new byte[10]);
        store.put(key("k"), new byte[3960]); // segment 2
        store.delete(key("k")); // segment 3
        store.put(key("live"), new byte[3000]);
        store.put(key("k"), new byte[3900]); // segment 4
        assertEquals(1, store.merge(List.of(3L)).tombstonesKept());
        assertEquals(List.of(5L + 1), store.merge(List.of(1L, 2L, 4L)).outputs());
        store = reopened(store, directory);
        List<Long> segments = ids(store);
        assertFalse(store.planMerge().isEmpty(), "an idle guess is what this test is about");
        assertTrue(store.merge().isEmpty());
        assertEquals(segments, ids(store));
        assertTrue(store.planMerge().isEmpty(), "it has been judged");
        assertNotNull(store.get(key("k")));
        store.close();
    }

    @Test
    void outputsAreAsLongAsSegmentsAre() {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = open(directory)) {
            for (int i = 0; i < 40; i++) {
                store.put(key("key " + i % 20), Keys.value(i, 900));
            }
            MergeReport report = store.merge();
            assertTrue(report.outputs().size() >= 20 * 900 / 4096, report::toString);
            for (SegmentStats segment : store.stats().segments()) {
                assertTrue(segment.length() <= 4096, segment::toString);
            }
        }
    }

    @Test
    void recordLongerThanASegmentIsMerged() {
        try (Stave store = open(new SimulatedDirectory())) {
            store.put(key("a"), new byte[2_000_000]);
            store.put(key("b"), new byte[2_000_000]);
            store.put(key("b"), Keys.value(1, 2_500_000));
            store.delete(key("a"));
            store.merge();
            assertArrayEquals(Keys.value(1, 2_500_000), store.get(key("b")));
            assertEquals(64 + 20 + 1 + 2_500_000, store.stats().space().diskBytes());
        }
    }

    @Test
    void replacedSegmentsAreDeletedAndUnmapped() throws IOException {
        SimulatedDirectory directory = several();
        try (Stave store = open(directory)) {
            List<Long> inputs = store.merge().inputs();
            for (long input : inputs) {
                assertFalse(directory.exists(String.format("%016x.seg", input)));
                assertFalse(directory.exists(String.format("%016x.hint", input)));
            }
            assertTrue(directory.leaks().stream()
                    .noneMatch(leak -> inputs.stream().anyMatch(id -> leak.contains(String.format("%016x", id)))));
        }
    }

    @Test
    void storeThatRunsOutOfRoomMergesInRounds() {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = open(directory)) {
            for (int i = 0; i < 60; i++) {
                store.put(key("key " + i % 30), Keys.value(i, 900));
            }
            long used = (1L << 40) - usable(directory);
            directory.capacity(used + 14_000);
            MergeReport report = store.merge();
            assertTrue(report.outputs().size() > 3, report::toString);
            assertEquals(0, store.stats().space().deadBytes());
            for (int i = 30; i < 60; i++) {
                assertArrayEquals(Keys.value(i, 900), store.get(key("key " + i % 30)));
            }
        }
    }

    private static long usable(SimulatedDirectory directory) {
        try {
            return directory.usableBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void mergeOfAClosedStoreIsRefused() {
        Stave store = open(new SimulatedDirectory());
        store.close();
        assertThrows(StoreClosedException.class, store::merge);
        assertThrows(StoreClosedException.class, store::planMerge);
    }

    @Test
    void choosingASegmentThatDoesNotExistIsAnError() {
        try (Stave store = open(several())) {
            List<Long> before = ids(store);
            assertThrows(IllegalArgumentException.class, () -> store.merge(List.of(1L, 4711L)));
            assertThrows(IllegalArgumentException.class, () -> store.planMerge(List.of(4711L)));
            assertEquals(before, ids(store));
        }
    }

    /** The copy of a tombstone that has to stay is no reason for the next merge. */
    @Test
    void tombstoneThatAMergeKeptIsNotPlannedAgain() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = open(directory);
        store.put(key("old"), new byte[10]);
        store.put(key("k"), new byte[3960]); // segment 2
        store.delete(key("k")); // segment 3
        store.put(key("live"), new byte[3000]);
        store.put(key("k"), new byte[3900]); // segment 4
        store.merge(List.of(1L, 2L, 4L));
        MergeReport report = store.merge(List.of(3L));
        assertEquals(1, report.tombstonesKept(), "the newer record of its key lies beside an older one of another");
        assertTrue(store.planMerge().isEmpty(), () -> store.planMerge().toString());
        store.close();
    }

    @Test
    void tombstonesAreJudgedAnewWhenWhatNeededThemIsGone() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = open(directory);
        store.put(key("k"), new byte[3990]);
        store.delete(key("k")); // segment 2
        store.put(key("live"), new byte[3000]);
        store.put(key("next"), new byte[3000]); // segment 3
        assertEquals(1, store.merge(List.of(2L)).tombstonesKept());
        assertTrue(
                store.planMerge(ids(store).subList(1, 3)).segmentIds().stream().noneMatch(id -> id == 4));
        store.merge(List.of(1L));
        assertTrue(store.planMerge().segmentIds().contains(4L), () -> store.planMerge()
                .toString());
        assertEquals(1, store.merge(List.of(4L)).tombstonesDropped());
        store.close();
    }
}
