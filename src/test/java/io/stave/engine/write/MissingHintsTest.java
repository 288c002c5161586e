package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.RecoveryReport;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.engine.support.QuietLog;
import io.stave.hint.HintFile;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hints that an open found missing are made while the store is used; it neither waits for them nor depends on them. */
@ExtendWith(QuietLog.class)
class MissingHintsTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    private static final Options LONG_KEYS = OPTIONS.segmentLength(64 << 10).durability(Durability.OS);

    /** A closed store of several segments, without a hint and without what a clean close leaves of the keydir. */
    private SimulatedDirectory disk = new SimulatedDirectory();

    private Map<Integer, Held> expected = Map.of();
    private Set<String> allHints = Set.of();

    @BeforeEach
    void closedStoreWithoutHints() throws IOException {
        SimulatedDirectory made = new SimulatedDirectory();
        try (Stave store = Engine.open(made, OPTIONS, true)) {
            for (int i = 0; i < 30; i++) {
                store.put(Keys.key(i % 8), Keys.value(i, 900));
            }
            expected = StoreModel.contents(store);
        }
        disk = made.afterCrash(CrashState.everything());
        allHints = hints();
        assertTrue(allHints.size() > 3);
        for (String hint : allHints) {
            disk.delete(hint);
        }
    }

    private void loseKeydir() throws IOException {
        disk.delete(KeydirFile.NAME);
    }

    private Set<String> hints() throws IOException {
        Set<String> names = new TreeSet<>(disk.list());
        names.removeIf(name -> !name.endsWith(HintFile.SUFFIX));
        return names;
    }

    private static Stave open(StoreDirectory directory) {
        return Engine.open(directory, OPTIONS, false);
    }

    private static boolean isTemporaryHint(String name) {
        return name.equals(HintFile.temporaryName(1));
    }

    @Test
    void theOpenDoesNotWaitForThem() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        Gate gate = directory.hold(Act.CREATE, name -> name.endsWith(HintFile.SUFFIX + HintFile.TEMPORARY_SUFFIX));
        try (Stave store = open(directory)) {
            RecoveryReport report = store.recoveryReport();
            assertEquals(report.segments(), report.segmentsScanned());
            gate.awaitArrivals(1);
            assertEquals(Set.of(), hints());
            assertEquals(expected, StoreModel.contents(store));
            directory.open(gate);
            Background.await(() -> hintsOrNone().equals(allHints));
        }
        SimulatedDirectory closed = disk.afterCrash(CrashState.everything());
        closed.delete(KeydirFile.NAME);
        try (Stave store = open(closed)) {
            assertEquals(allHints.size(), store.recoveryReport().segmentsFromHints());
            assertEquals(List.of(), store.recoveryReport().hintsRejected());
            assertEquals(expected, StoreModel.contents(store));
        }
    }

    private Set<String> hintsOrNone() {
        try {
            return hints();
        } catch (IOException e) {
            return Set.of();
        }
    }

    /** Those that were made before are not lost: the next open reads the others' segments. */
    @Test
    void aCrashMeanwhileLeavesAStoreThatReadsTheOtherSegments() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        Gate third = directory.hold(Act.RENAME, HintFile.temporaryName(3)::equals);
        Stave unused = open(directory); // the machine it runs on is lost
        third.awaitArrivals(1);
        SimulatedDirectory crashed = disk.crash(CrashState.everything());
        directory.open(third);
        try (Stave next = Engine.open(crashed, OPTIONS, true)) {
            assertEquals(2, next.recoveryReport().segmentsFromHints());
            assertEquals(allHints.size() - 2, next.recoveryReport().segmentsScanned());
            assertEquals(expected, StoreModel.contents(next));
            assertTrue(crashed.list().containsAll(allHints), () -> String.valueOf(crashed));
        }
    }

    @Test
    void theRestoredKeydirNeedsNone() throws Exception {
        try (Stave store = open(disk)) {
            assertTrue(store.recoveryReport().keydirRestored());
            assertEquals(expected, StoreModel.contents(store));
            Background.await(() -> hintsOrNone().equals(allHints));
        }
        assertEquals(List.of(), disk.leaks());
    }

    /** The merge has deleted the files of its inputs when the hint of one gets its name. */
    @Test
    void aSegmentThatAMergeReplacesMeanwhileGetsNone() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        Gate gate = directory.hold(Act.CLOSE, MissingHintsTest::isTemporaryHint);
        try (Stave store = open(directory)) {
            gate.awaitArrivals(1);
            Background<MergeReport> merge = Background.run(() -> store.merge(List.of(1L, 2L)));
            assertEquals(2, merge.join().inputs().size());
            Background.await(() -> directory.count(Act.DELETE, HintFile.name(2)::equals) > 0);
            directory.open(gate);
            Background.await(() -> directory.count(Act.DELETE, HintFile.name(1)::equals) > 1);
            assertFalse(hints().contains(HintFile.name(1)));
            assertEquals(expected, StoreModel.contents(store));
        }
        assertEquals(List.of(), disk.leaks());
    }

    /** It waits for the sealer, which is at one of them, and then leaves the keydir, with which the next open has little to do. */
    @Test
    void aCloseGivesThemUp() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        Gate gate = directory.hold(Act.CREATE, MissingHintsTest::isTemporaryHint);
        Stave store = open(directory);
        gate.awaitArrivals(1);
        Background<Boolean> close = Background.start(store::close).awaitParkedOn(ForkJoinTask.class);
        directory.open(gate);
        assertTrue(close.join());
        assertEquals(List.of(), disk.leaks());
        SimulatedDirectory closed = disk.afterCrash(CrashState.everything());
        assertTrue(closed.list().stream().noneMatch(name -> name.contains(HintFile.SUFFIX)), closed::toString);
        try (Stave again = Engine.open(closed, OPTIONS, true)) {
            assertTrue(again.recoveryReport().keydirRestored());
            assertTrue(closed.list().containsAll(allHints));
        }
    }

    /** A hint is advice: where one cannot be made, the others are. */
    @Test
    void oneThatCannotBeMadeStopsNothing() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        directory.fail(Act.CREATE, MissingHintsTest::isTemporaryHint, new IOException("no hint today"));
        try (Stave store = open(directory)) {
            Set<String> others = new TreeSet<>(allHints);
            others.remove(HintFile.name(1));
            Background.await(() -> hintsOrNone().equals(others));
            assertTrue(store.health().ready(), store.health()::describe);
            store.put(Keys.key(0), Keys.value(99, 10));
        }
    }

    /** Nothing is written any more when its force fails, so only the close is left to tell. */
    @Test
    void aForceThatFailsIsToldAtTheLatestByTheClose() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        directory.fail(Act.FORCE, MissingHintsTest::isTemporaryHint, new IOException("Input/output error"));
        Stave store = open(directory);
        Background.await(() -> !store.health().writable());
        assertThrows(StoreFailedException.class, store::close);
        assertEquals(List.of(), disk.leaks());
    }

    /** A store that has stopped can still be read, so a snapshot says nothing of it. */
    @Test
    void aSnapshotTellsNobodyThatAForceFailed() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        directory.fail(Act.FORCE, MissingHintsTest::isTemporaryHint, new IOException("Input/output error"));
        Stave store = open(directory);
        Background.await(() -> !store.health().writable());
        store.snapshot().close();
        assertThrows(StoreFailedException.class, store::close);
        assertEquals(List.of(), disk.leaks());
    }

    /** Without hints the tombstones would stay: nothing tells that no older segment has their keys. */
    @Test
    void putsLeaveRoomForThemSoThatTheStoreCanBeEmptied() throws Exception {
        int keys = storeOfLongKeysWithoutHints();
        GateDirectory directory = new GateDirectory(disk);
        Gate sealer = directory.hold(
                Act.OPEN, name -> Thread.currentThread().getName().equals("stave-seal"));
        try (Stave store = Engine.open(directory, LONG_KEYS, false)) {
            sealer.awaitArrivals(1);
            assertThrows(StoreFullException.class, () -> {
                for (int more = keys; ; more++) {
                    store.put(longKey(more), new byte[100]);
                }
            });
            directory.open(sealer);
            Background.await(() -> hintsOrNone().containsAll(allHints));
            int deleted = 0;
            for (int rounds = 0; deleted < keys && rounds < 10; rounds++) {
                deleted = deleteUntilRefused(store, deleted, keys);
                store.merge();
            }
            assertEquals(keys, deleted);
        }
        assertEquals(List.of(), disk.leaks());
    }

    @Test
    void theyTakeNothingThatIsKeptForDeletesWhereOthersTookTheRest() throws Exception {
        int unused = storeOfLongKeysWithoutHints();
        loseKeydir(); // or its room is free when it goes
        disk.delete("RESERVE");
        // A merge and a hint fit in, but not beside what is kept for deletes.
        disk.capacity(disk.totalBytes() - disk.free() + (155 << 10));
        try (Stave store = Engine.open(disk, LONG_KEYS, true)) {
            assertEquals(Set.of(), hints());
            assertThrows(StoreFullException.class, () -> store.put(longKey(0), new byte[100]));
            store.delete(longKey(0));
            assertEquals(null, store.get(longKey(0)));
        }
    }

    /** Their hints are long; returns how many there are. */
    private int storeOfLongKeysWithoutHints() throws IOException {
        SimulatedDirectory made = new SimulatedDirectory();
        made.capacity(8 << 20);
        int keys = 0;
        try (Stave store = Engine.open(made, LONG_KEYS, true)) {
            while (made.free() > 5 << 20) {
                store.put(longKey(keys++), new byte[100]);
            }
        }
        disk = made.afterCrash(CrashState.everything());
        allHints = hints();
        for (String hint : allHints) {
            disk.delete(hint);
        }
        return keys;
    }

    private static byte[] longKey(int i) {
        return ByteBuffer.allocate(200).putInt(i).array();
    }

    private static int deleteUntilRefused(Stave store, int from, int to) {
        for (int i = from; i < to; i++) {
            try {
                store.delete(longKey(i));
            } catch (StoreFullException e) {
                return i;
            }
        }
        return to;
    }

    @Test
    void memoryThatDoesNotDoForTidyingUpStopsNothing() throws Exception {
        GateDirectory directory = new GateDirectory(disk);
        Set<Act> refused = ConcurrentHashMap.newKeySet();
        directory.rule((act, name, position, length) -> {
            boolean tidying = (act == Act.DELETE && name.equals(KeydirFile.NAME)) || act == Act.FORCE_NAMES;
            if (tidying && Thread.currentThread().getName().equals("stave-seal") && refused.add(act)) {
                throw new OutOfMemoryError("for this test");
            }
        });
        try (Stave store = open(directory)) {
            Background.await(() -> refused.size() == 2);
            assertEquals(allHints, hints());
            store.put(Keys.key(0), Keys.value(99, 10));
            assertTrue(store.health().ready(), store.health()::describe);
        }
        assertEquals(List.of(), disk.leaks());
    }

    @Test
    void memoryThatDoesNotDoStopsNothing() throws Exception {
        loseKeydir();
        GateDirectory directory = new GateDirectory(disk);
        AtomicInteger refused = new AtomicInteger();
        directory.rule((act, name, position, length) -> {
            if (act == Act.CREATE && name.endsWith(HintFile.SUFFIX + HintFile.TEMPORARY_SUFFIX)) {
                refused.incrementAndGet();
                throw new OutOfMemoryError("for this test");
            }
        });
        try (Stave store = open(directory)) {
            Background.await(() -> refused.get() == allHints.size());
            store.put(Keys.key(0), Keys.value(99, 10));
            assertTrue(store.health().ready(), store.health()::describe);
            assertEquals(Set.of(), hints());
        }
    }

    /** Where the keydir was restored nobody has read the segments. */
    @Test
    void aDamagedSegmentGetsNone() throws Exception {
        byte[] segment = disk.content("0000000000000002.seg");
        segment[300]++;
        disk.damage("0000000000000002.seg", segment);
        try (Stave store = open(disk)) {
            Set<String> others = new TreeSet<>(allHints);
            others.remove(HintFile.name(2));
            Background.await(() -> hintsOrNone().equals(others));
            assertTrue(store.health().ready(), store.health()::describe);
        }
    }
}
