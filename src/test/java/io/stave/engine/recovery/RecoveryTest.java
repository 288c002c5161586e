package io.stave.engine.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.Options;
import io.stave.RecoveryProgress;
import io.stave.RecoveryReport;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.LogFile;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Recovery reads until it knows, then acts, and comes to the same end however often it is interrupted (I10). */
class RecoveryTest {

    private static final Options OPTIONS = Options.defaults().segmentLength(4096);
    private static final WriteOptions UNFORCED = WriteOptions.defaults().durability(Durability.OS);

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    private static Stave open(SimulatedDirectory directory) {
        return Engine.open(directory, OPTIONS, true);
    }

    private static SimulatedDirectory closed(int puts) {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = open(directory)) {
            for (int i = 0; i < puts; i++) {
                store.put(Keys.key(i % Keys.COUNT), Keys.value(i, 600));
            }
        }
        return directory.afterCrash(CrashState.everything());
    }

    /** By hand: a log of three segments, torn in the second, a sealed segment before it, strays, and a hint that is no hint. */
    private static SimulatedDirectory torn() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        LogFile sealed = new LogFile(1, 0).put(1, "a", "1").put(2, "b", "2").saveTo(directory);
        LogFile first = new LogFile(2, 3).put(3, "c", "3").tombstone(4, "a").saveTo(directory);
        LogFile second = LogFile.after(first, 3, 5).certificate(64).put(5, "d", "5");
        LogFile third =
                LogFile.after(second.put(6, "torn", "6"), 4, 7).put(7, "e", "7").saveTo(directory);
        second.damage(second.end() - 1).raw(200, 0).saveTo(directory);
        new LogFile(9, 0).put(1, "stray", "1").saveTo(directory);
        directory.damage("0000000000000001.hint", new byte[100]);
        directory.damage("0000000000000009.hint", new byte[100]);
        directory.damage("000000000000000a.hint.tmp", new byte[10]);
        directory.damage("MANIFEST.tmp", new byte[10]);
        directory.damage("somebody else's", new byte[10]);
        List<ListedSegment> listed = List.of(sealed.sealed(), first.active(), second.active(), third.active());
        ManifestFile.install(
                directory,
                new Manifest(LogFile.STORE, new StoreSecret(1, 2), 7, 100, 64, Manifest.NO_KEYDIR, List.of(), listed));
        return directory.afterCrash(CrashState.syncedOnly());
    }

    private static String show(Stave store) {
        StringBuilder shown = new StringBuilder();
        for (String key : List.of("a", "b", "c", "d", "e", "torn", "stray")) {
            byte[] value = store.get(key.getBytes());
            shown.append(key)
                    .append('=')
                    .append(value == null ? "-" : new String(value))
                    .append(' ');
        }
        store.stats().segments().forEach(s -> shown.append(s.id())
                .append(':')
                .append(s.length())
                .append('/')
                .append(s.liveBytes())
                .append(' '));
        return shown.toString();
    }

    @Test
    void tornLogIsCutAndEverythingAboutItReported() throws IOException {
        SimulatedDirectory directory = torn();
        try (Stave store = open(directory)) {
            assertTrue(show(store).startsWith("a=- b=2 c=3 d=5 e=- torn=- stray=- 1:"), () -> show(store));
            RecoveryReport report = store.recoveryReport();
            assertFalse(report.clean());
            assertFalse(report.created());
            assertEquals(3, report.segments());
            assertEquals(0, report.segmentsFromHints());
            assertEquals(2, report.segmentsSealed());
            assertEquals(3, report.recordsRecovered());
            assertEquals("0000000000000003.seg", report.cuts().get(0).fileName());
            assertEquals(List.of("0000000000000004.seg"), report.droppedSegments());
            assertEquals("0000000000000001.hint", report.hintsRejected().get(0).fileName());
            assertEquals(
                    Set.of("0000000000000009.seg", "0000000000000009.hint", "000000000000000a.hint.tmp"),
                    withoutManifest(report.strayFilesDeleted()));
        }
        assertEquals(
                List.of(
                        "0000000000000001.hint",
                        "0000000000000001.seg",
                        "0000000000000002.hint",
                        "0000000000000002.seg",
                        "0000000000000003.hint",
                        "0000000000000003.seg",
                        "KEYDIR",
                        "LOCK",
                        "MANIFEST",
                        "somebody else's"),
                directory.afterCrash(CrashState.everything()).list());
    }

    /** Whether an unfinished MANIFEST is among the strays depends on whether one is written before they are looked for. */
    private static Set<String> withoutManifest(List<String> names) {
        Set<String> set = new TreeSet<>(names);
        set.remove("MANIFEST.tmp");
        return set;
    }

    @Test
    void crashInRecoveryLeadsToTheSameState() throws IOException {
        SimulatedDirectory start = torn();
        String expected;
        SimulatedDirectory recording = start.afterCrash(CrashState.everything()).keepHistory();
        Stave store = open(recording);
        expected = show(store);
        Replay replay = recording.replay();
        store.close();
        int points = 0;
        while (true) {
            for (CrashState state : states(replay.unsynced(), replay.point())) {
                SimulatedDirectory after = replay.afterCrash(state);
                try (Stave again = open(after)) {
                    assertEquals(expected, show(again), () -> "crash at " + replay.point() + " leaving " + state);
                } catch (StaveException e) {
                    throw new AssertionError("crash at " + replay.point() + " leaving " + state, e);
                }
                assertEquals(List.of(), after.leaks());
            }
            points++;
            if (!replay.hasNext()) {
                break;
            }
            replay.step();
        }
        assertTrue(points > 30, "only " + points + " operations");
    }

    private static List<CrashState> states(List<Operation> unsynced, int seed) {
        List<CrashState> states = new ArrayList<>();
        states.add(CrashState.syncedOnly());
        states.add(CrashState.everything());
        for (Operation operation : unsynced) {
            states.add(CrashState.only(operation.index()));
            states.add(CrashState.without(operation.index()));
        }
        for (int i = 0; i < 3; i++) {
            states.add(CrashState.random(100L * seed + i));
        }
        return states;
    }

    @Test
    void recoveryThatFindsCorruptionChangesNothing() throws IOException {
        SimulatedDirectory directory = torn();
        directory.delete("0000000000000001.seg");
        directory.forceNames();
        SimulatedDirectory corrupt = directory.afterCrash(CrashState.syncedOnly());
        CorruptionException e = assertThrows(CorruptionException.class, () -> open(corrupt));
        assertEquals("0000000000000001.seg", e.file());
        for (Operation operation : corrupt.log()) {
            assertTrue(Set.of("LOCK", "OWNER").contains(operation.name()), operation::toString);
        }
        assertEquals(List.of(), corrupt.leaks());
    }

    @Test
    void sealedSegmentThatBecameShorterIsRefusedEvenWithItsHint() throws IOException {
        SimulatedDirectory directory = closed(8);
        byte[] content = directory.content("0000000000000001.seg");
        directory.damage("0000000000000001.seg", java.util.Arrays.copyOf(content, 200));
        CorruptionException e = assertThrows(CorruptionException.class, () -> open(directory));
        assertEquals("0000000000000001.seg", e.file());
        assertEquals(200, e.offset());
    }

    /** A file out of a backup: every record in it verifies, and it is as long as it should be. */
    @Test
    void sealedSegmentWithOtherRecordsThanItWasSealedWithIsRefused() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        ListedSegment sealed =
                new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2").sealed();
        ManifestFile.install(
                directory,
                new Manifest(
                        LogFile.STORE, new StoreSecret(1, 2), 1, 9, 9, Manifest.NO_KEYDIR, List.of(), List.of(sealed)));
        new LogFile(1, 1).put(1, "a", "1").put(2, "b", "3").saveTo(directory);
        CorruptionException e = assertThrows(CorruptionException.class, () -> open(directory));
        assertTrue(e.expected().contains("digest"), e::toString);
    }

    @Test
    void segmentsWithoutAManifestAreNotBuriedUnderANewStore() throws IOException {
        for (String left : List.of("0000000000000001.seg", "0000000000000001.hint")) {
            SimulatedDirectory directory = new SimulatedDirectory();
            directory.damage(left, new byte[100]);
            CorruptionException e = assertThrows(CorruptionException.class, () -> open(directory));
            assertEquals(ManifestFile.NAME, e.file());
            assertEquals(
                    Set.of("LOCK", left),
                    Set.copyOf(directory.afterCrash(CrashState.everything()).list()));
        }
    }

    @Test
    void storeThatShallNotBeCreatedIsNot() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        assertThrows(StoreIOException.class, () -> Engine.open(directory, OPTIONS.createIfMissing(false), true));
        assertEquals(List.of(), directory.afterCrash(CrashState.everything()).list());
    }

    @Test
    void cleanStoreWithoutItsKeydirIsReadFromItsHintsOnly() throws IOException {
        SimulatedDirectory directory = closed(30);
        directory.delete(KeydirFile.NAME);
        try (Stave store = open(directory)) {
            RecoveryReport report = store.recoveryReport();
            assertTrue(report.clean());
            assertEquals(report.segments(), report.segmentsFromHints());
            assertEquals(0, report.segmentsScanned());
            assertEquals(0, report.bytesScanned());
            assertEquals(Keys.COUNT, report.recordsRecovered());
        }
    }

    @Test
    void missingHintsAreMadeAgainAndAreNotCalledRejected() throws IOException {
        SimulatedDirectory directory = closed(30);
        Map<Integer, Held> before;
        try (Stave store = open(directory.afterCrash(CrashState.everything()))) {
            before = StoreModel.contents(store);
        }
        for (String name : directory.list()) {
            if (name.endsWith(".hint") || name.equals(KeydirFile.NAME)) {
                directory.delete(name);
            }
        }
        int segments;
        try (Stave store = open(directory)) {
            RecoveryReport report = store.recoveryReport();
            segments = report.segments();
            assertEquals(segments, report.segmentsScanned());
            assertTrue(report.bytesScanned() > 0);
            assertEquals(List.of(), report.hintsRejected(), "a hint that is not there cannot be bad");
            assertEquals(before, StoreModel.contents(store));
        }
        directory = directory.afterCrash(CrashState.everything());
        directory.delete(KeydirFile.NAME);
        try (Stave store = open(directory)) {
            assertEquals(segments, store.recoveryReport().segmentsFromHints());
        }
    }

    @Test
    void progressGoesForwardThroughThePhasesToTheirEnds() throws IOException {
        record Step(RecoveryProgress.Phase phase, long done, long total) {}
        List<Step> steps = new ArrayList<>();
        RecoveryProgress listener = (phase, done, total) -> steps.add(new Step(phase, done, total));
        Engine.open(torn(), OPTIONS.recoveryProgress(listener), true).close();
        Map<RecoveryProgress.Phase, Step> last = new EnumMap<>(RecoveryProgress.Phase.class);
        RecoveryProgress.Phase phase = steps.get(0).phase;
        for (Step step : steps) {
            assertTrue(step.phase.compareTo(phase) >= 0, steps::toString);
            Step before = last.put(step.phase, step);
            assertTrue(step.done <= step.total && (before == null || before.done <= step.done), steps::toString);
            phase = step.phase;
        }
        assertEquals(Set.of(RecoveryProgress.Phase.values()), last.keySet());
        last.values().forEach(step -> assertEquals(step.total, step.done));
    }

    /** I3: what was reserved and lost is never issued again, neither sequences nor segment ids. */
    @Test
    void noVersionAndNoSegmentIdIsEverUsedTwice() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        Set<Long> versions = new HashSet<>();
        Set<String> segments = new HashSet<>();
        long last = 0;
        for (int life = 0; life < 60; life++) {
            Stave store = open(directory);
            for (int i = 0; i < 5; i++) {
                long version =
                        store.put(Keys.key(i), Keys.value(i, 1500), i % 2 == 0 ? UNFORCED : WriteOptions.defaults());
                assertTrue(versions.add(version) && version > last, "version " + version + " after " + last);
                last = version;
            }
            if (life % 3 == 0) {
                store.merge();
            }
            boolean crash = life % 4 != 0;
            if (!crash) {
                store.close();
            }
            for (Operation operation : directory.log()) {
                if (operation.kind() == Operation.Kind.CREATE
                        && operation.name().endsWith(".seg")) {
                    assertTrue(segments.add(operation.name()), operation::toString);
                }
            }
            directory = directory.crash(CrashState.random(life));
        }
    }
}
