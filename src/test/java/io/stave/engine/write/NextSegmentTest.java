package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.ForceFailedException;
import io.stave.io.NoSpaceException;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentHeader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The segment that is created before the log needs it. */
class NextSegmentTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());
    private static final String SECOND = "0000000000000002.seg";

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(disk);

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    private static Stave open(StoreDirectory directory) {
        return Engine.open(directory, OPTIONS, true);
    }

    private static byte[] key(int i) {
        return new byte[] {(byte) i};
    }

    /** After three of them a segment is more than half full, after the fourth it is full. */
    private static void put(Stave store, int key) {
        store.put(key(key), new byte[900]);
    }

    private static void put(Stave store, int from, int to) {
        for (int key = from; key <= to; key++) {
            put(store, key);
        }
    }

    private List<Long> listed() throws IOException {
        return ManifestFile.read(disk).segments().stream()
                .map(ListedSegment::id)
                .toList();
    }

    @Test
    void itIsListedWhileThereIsRoomInTheActiveOne() throws IOException {
        try (Stave store = open(directory)) {
            put(store, 1, 3);
            assertEquals(List.of(1L), listed());
            put(store, 4);
            assertEquals(List.of(1L, 2L), listed());
            assertEquals(1, store.stats().segments().size(), "the log has not come to it");
            AtomicInteger created = new AtomicInteger();
            directory.rule((act, name, position, length) -> {
                if (act == Act.CREATE && GateDirectory.segment(name)) {
                    created.incrementAndGet();
                }
            });
            put(store, 5);
            assertEquals(0, created.get());
            assertEquals(SECOND, store.stats().segments().get(1).fileName());
        }
    }

    @Test
    void closeLeavesNoTraceOfIt() throws IOException {
        Stave store = open(directory);
        put(store, 1, 4);
        assertTrue(disk.list().contains(SECOND));
        store.close();
        assertEquals(List.of(), disk.leaks());
        SimulatedDirectory closed = disk.afterCrash(CrashState.everything());
        assertFalse(closed.list().contains(SECOND));
        assertEquals(1, ManifestFile.read(closed).segments().size());
        try (Stave again = open(closed)) {
            assertTrue(again.recoveryReport().clean());
        }
    }

    @Test
    void afterACrashItIsDroppedWithoutAWord() throws IOException {
        put(open(directory), 1, 4);
        SimulatedDirectory after = disk.crash(CrashState.everything());
        assertTrue(after.list().contains(SECOND));
        try (Stave recovered = open(after)) {
            RecoveryReport report = recovered.recoveryReport();
            assertEquals(4, recovered.stats().keys());
            assertEquals(List.of(), report.cuts());
            assertEquals(List.of(), report.droppedSegments());
            assertEquals(1, report.segmentsScanned());
            assertFalse(after.list().contains(SECOND));
        }
    }

    @Test
    void whatCannotBeCreatedAheadIsCreatedWhenItIsNeeded() throws IOException {
        try (Stave store = open(directory)) {
            put(store, 1, 3);
            AtomicInteger failed = new AtomicInteger();
            GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
                if (act == Act.CREATE && GateDirectory.segment(name)) {
                    failed.incrementAndGet();
                    throw new IOException("Input/output error");
                }
            });
            put(store, 4);
            assertEquals(1, failed.get());
            assertThrows(StoreIOException.class, () -> put(store, 5), "now it is needed");
            directory.remove(rule);
            put(store, 5, 9);
            assertEquals(9, store.stats().keys());
        }
    }

    @Test
    void forceThatFailsAheadStopsTheStore() {
        Stave store = open(directory);
        put(store, 1, 3);
        directory.rule((act, name, position, length) -> {
            if (act == Act.FORCE && name.equals(SECOND)) {
                throw new ForceFailedException(name, new IOException("Input/output error"));
            }
        });
        put(store, 4); // which was forced itself
        assertThrows(StoreFailedException.class, () -> put(store, 5));
        assertEquals(900, store.get(key(3)).length);
        store.close();
        assertEquals(List.of(), disk.leaks());
    }

    @Test
    void linkThatCouldNotBeWrittenIsWrittenByTheNextAppend() {
        Stave store = open(directory);
        put(store, 1, 4);
        GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
            if (act == Act.WRITE && name.equals(SECOND) && position == SegmentHeader.LENGTH) {
                throw new IOException("Input/output error");
            }
        });
        assertThrows(StoreIOException.class, () -> put(store, 5));
        directory.remove(rule);
        put(store, 6);
        try (Stave recovered = open(disk.crash(CrashState.syncedOnly()))) {
            assertEquals(5, recovered.stats().keys());
            assertNull(recovered.get(key(5)));
            assertEquals(900, recovered.get(key(6)).length);
            assertEquals(List.of(), recovered.recoveryReport().cuts());
        }
    }

    /** Its link is forced by nobody: would the next segment name it, a power loss would take acknowledged writes with it. */
    @Test
    void segmentWithoutRecordsIsNobodysPredecessor() {
        Stave store = open(directory);
        put(store, 1, 4);
        GateDirectory.Rule appends = directory.rule((act, name, position, length) -> {
            if (act == Act.WRITE && name.equals(SECOND) && position > SegmentHeader.LENGTH) {
                throw new IOException("Input/output error");
            }
        });
        GateDirectory.Rule seals = directory.rule((act, name, position, length) -> {
            if (act == Act.CREATE && name.equals("MANIFEST.tmp")) {
                throw new NoSpaceException(name, "No space left on device");
            }
        });
        assertThrows(StoreIOException.class, () -> put(store, 5));
        assertThrows(StoreFullException.class, store::merge);
        directory.remove(appends);
        directory.remove(seals);
        put(store, 6);
        for (CrashState state : List.of(CrashState.syncedOnly(), CrashState.everything())) {
            try (Stave recovered = open(disk.afterCrash(state))) {
                assertEquals(5, recovered.stats().keys());
                assertArrayEquals(new byte[900], recovered.get(key(6)));
                assertEquals(List.of(), recovered.recoveryReport().cuts());
            }
        }
    }

    @Test
    void writersDoNotWaitWhileThereIsRoom() throws Exception {
        try (Stave store = Engine.open(directory, OPTIONS.durability(Durability.OS), false)) {
            waitForTheSecond(store);
            assertEquals(1500, store.get(key(4)).length);
        }
    }

    /** Up to twice its length. */
    @Test
    void fullSegmentGoesOnWhileTheNextOneIsBeingCreated() throws Exception {
        Options growing = OPTIONS.segmentLength(8 << 20).durability(Durability.OS);
        try (Stave store = Engine.open(directory, growing, false)) {
            Gate creation = directory.hold(Act.FORCE, SECOND::equals);
            int put = 0;
            for (long bytes = 0; bytes + 200_020 <= 2 << 20; bytes += 200_020) {
                store.put(key(put++), new byte[200_000]);
            }
            creation.awaitArrivals(1);
            assertTrue(store.stats().segments().get(0).length() > 3 << 19, "of 1 MiB");
            assertEquals(1, store.stats().segments().size());
            Background<Long> next = Background.run(() -> store.put(key(100), new byte[200_000]));
            next.awaitWaiting();
            assertNull(store.get(key(100)));
            directory.open(creation);
            assertTrue(next.join() > 0);
            assertEquals(SECOND, store.stats().segments().get(1).fileName());
            assertEquals(put + 1, store.stats().keys());
        }
    }

    private static List<Long> lengths(Stave store) {
        return store.stats().segments().stream().map(SegmentStats::length).toList();
    }

    /** What dies in the active segment cannot be merged: a long batch must not make it long for what follows. */
    @Test
    void smallPutsDoNotGoOnInASegmentThatALargeBatchHasMadeLong() {
        try (Stave store = Engine.open(disk, OPTIONS.segmentLength(256 << 20), true)) {
            store.put(key(0), new byte[100]);
            Batch batch = new Batch();
            for (int i = 1; i <= 4; i++) {
                batch.put(key(i), new byte[1 << 20]);
            }
            store.apply(batch);
            int segments = lengths(store).size();
            store.put(key(5), new byte[100]);
            assertEquals(
                    segments + 1, lengths(store).size(), () -> lengths(store).toString());
        }
    }

    @Test
    void someLargeBatchesShareASegmentInALargeStore() {
        try (Stave store = Engine.open(disk, OPTIONS.segmentLength(256 << 20), true)) {
            byte[] value = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                store.apply(new Batch().put(key(i), value));
            }
            List<Long> lengths = lengths(store);
            assertTrue(lengths.stream().noneMatch(length -> length > 100 << 20 >> 4), lengths::toString);
            // The last ones but for the active one. A thirty-second of the store is less than four of them.
            for (long length : lengths.subList(lengths.size() - 5, lengths.size() - 1)) {
                assertTrue(length > 4 << 20, lengths::toString);
            }
        }
    }

    /** Four forces take longer than half a segment: then there is a whole one. */
    @Test
    void whereWritersHadToWaitOnceItIsCreatedEarlier() throws Exception {
        try (Stave store = Engine.open(directory, OPTIONS.durability(Durability.OS), false)) {
            waitForTheSecond(store);
            store.put(key(5), new byte[10]);
            Background.await(() -> disk(3));
            assertEquals(2, store.stats().segments().size());
        }
    }

    /** One that holds nothing may be dropped; what was created to follow it would follow nothing. */
    @Test
    void nothingIsCreatedToFollowASegmentWithoutRecords() throws Exception {
        Stave store = Engine.open(directory, OPTIONS.durability(Durability.OS), false);
        waitForTheSecond(store);
        store.put(key(4), new byte[10]); // what is dead in the second segment has it merged
        Background.await(() -> disk(3));
        AtomicBoolean failing = new AtomicBoolean(true);
        directory.rule((act, name, position, length) -> {
            if (failing.get() && act == Act.WRITE && name.compareTo(SECOND) > 0 && position > SegmentHeader.LENGTH) {
                throw new IOException("Input/output error");
            }
        });
        Gate seal = directory.hold(Act.CREATE, "MANIFEST.tmp"::equals);
        assertThrows(StoreIOException.class, () -> store.put(key(5), new byte[2500]));
        seal.awaitArrivals(1); // of the second segment, which stays active meanwhile
        assertThrows(StoreIOException.class, () -> store.put(key(5), new byte[2500]));
        Background<MergeReport> merge = Background.run(() -> store.merge(List.of(2L)));
        merge.awaitWaiting();
        directory.open(seal);
        assertEquals(1, merge.join().outputs().size());
        failing.set(false);
        store.put(key(6), new byte[100]);
        store.close();
        try (Stave again = open(disk.afterCrash(CrashState.everything()))) {
            assertEquals(5, again.stats().keys());
            assertTrue(again.recoveryReport().clean());
        }
    }

    /** Has a writer wait for the second segment, and go on there. */
    private void waitForTheSecond(Stave store) throws Exception {
        Gate creation = directory.hold(Act.FORCE, SECOND::equals);
        store.put(key(1), new byte[2500]);
        store.put(key(2), new byte[100]);
        creation.awaitArrivals(1);
        store.put(key(3), new byte[100]);
        Background<Long> put = Background.run(() -> store.put(key(4), new byte[1500]));
        put.awaitWaiting();
        assertNull(store.get(key(4)));
        directory.open(creation);
        assertTrue(put.join() > 0);
        assertEquals(SECOND, store.stats().segments().get(1).fileName());
    }

    private boolean disk(int segments) {
        try {
            return listed().size() == segments;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void failureOfABackgroundForceIsToldAtTheLatestByTheClose() {
        Stave store = Engine.open(directory, OPTIONS.durability(Durability.OS), true);
        put(store, 1, 3);
        directory.fail(
                Act.FORCE, SECOND::equals, new ForceFailedException(SECOND, new IOException("Input/output error")));
        put(store, 4);
        assertThrows(StoreFailedException.class, store::close);
        assertEquals(List.of(), disk.leaks());
    }

    @Test
    void fileThatCannotBeDeletedDoesNotSpoilTheClose() throws IOException {
        Stave store = open(directory);
        put(store, 1, 4);
        directory.fail(Act.DELETE, SECOND::equals, new IOException("Operation not permitted"));
        store.close();
        SimulatedDirectory left = disk.afterCrash(CrashState.everything());
        try (Stave again = open(left)) {
            assertTrue(again.recoveryReport().clean());
            assertEquals(4, again.stats().keys());
            assertFalse(left.list().contains(SECOND));
        }
    }
}
