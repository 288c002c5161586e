package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.Replay;
import io.stave.io.StoreDirectory;
import io.stave.segment.SegmentNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The enumeration is repeatable, reaches what it is to reach, and convicts a disk that lies. */
class EnumerationTest {

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    /** Without this a seed and a point would not lead back to a failure. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CREATE")
    void sameSeedGivesTheSameBytesAtEveryPoint(Workload workload) {
        Recording one = workload.record(3);
        Recording two = workload.record(3);
        assertEquals(show(one), show(two));
        Replay first = one.replay();
        Replay second = two.replay();
        for (int point = 0; point <= one.end(); point++) {
            first.to(point);
            second.to(point);
            assertEquals(
                    Content.of(first.afterCrash(CrashState.everything()), 0),
                    Content.of(second.afterCrash(CrashState.everything()), 0),
                    "at point " + point);
        }
    }

    private static List<String> show(Recording recording) {
        return recording.log().stream()
                .map(operation -> operation.name().equals("OWNER") ? "OWNER " + operation.kind() : operation.toString())
                .toList();
    }

    @Test
    void workloadsDoEverythingThatAStoreDoesToADisk() {
        Set<String> done = new TreeSet<>();
        for (Workload workload : Workload.values()) {
            for (Operation operation : workload.record(1).log()) {
                done.add(operation.kind() + " " + operation.name().replaceAll("[0-9a-f]{16}", "N"));
            }
        }
        assertEquals(
                new TreeSet<>(List.of(
                        "CREATE LOCK",
                        "CREATE OWNER",
                        "WRITE OWNER",
                        "DELETE OWNER",
                        "DELETE RESERVE",
                        "CREATE MANIFEST.tmp",
                        "WRITE MANIFEST.tmp",
                        "FORCE MANIFEST.tmp",
                        "RENAME MANIFEST.tmp",
                        "DELETE MANIFEST.tmp",
                        "FORCE_NAMES ",
                        "CREATE N.seg",
                        "EXTEND N.seg",
                        "WRITE N.seg",
                        "FORCE N.seg",
                        "TRUNCATE N.seg",
                        "DELETE N.seg",
                        "CREATE N.hint.tmp",
                        "WRITE N.hint.tmp",
                        "FORCE N.hint.tmp",
                        "RENAME N.hint.tmp",
                        "DELETE N.hint",
                        "CREATE KEYDIR",
                        "WRITE KEYDIR",
                        "FORCE KEYDIR",
                        "DELETE KEYDIR",
                        "CREATE RESERVE",
                        "WRITE RESERVE",
                        "CREATE N.blob",
                        "WRITE N.blob",
                        "FORCE N.blob",
                        "DELETE N.blob",
                        "CREATE N.upload",
                        "WRITE N.upload",
                        "FORCE N.upload",
                        "DELETE N.upload")),
                done);
    }

    @Test
    void whatASpotPrintsLeadsToTheSameBytes() {
        Recording recording = Workload.ROLL.record(1);
        for (int point : new int[] {20, 21, 33, recording.end()}) {
            Replay replay = recording.replay();
            replay.to(point);
            for (CrashState state : StateSpace.at(replay.unsynced(), 5)) {
                assertLeadsBack(new Spot(recording, point, state));
            }
        }
        Spot crash = new Spot(recording, 19, CrashState.everything());
        assertLeadsBack(crash.then(9, CrashState.syncedOnly()));
        assertLeadsBack(crash.with(new Damage(SegmentNames.segment(1), 40)));
        assertThrows(IllegalArgumentException.class, () -> Spot.parse(recording, "1,2", "everything"));
    }

    private static void assertLeadsBack(Spot spot) {
        Spot again = Spot.parse(spot.recording(), spot.points(), spot.states());
        assertEquals(spot.states(), again.states());
        assertEquals(Content.of(spot.left(), 0), Content.of(again.left(), 0), spot::states);
        assertTrue(spot.describe().contains("-Dstave.crash.state='" + spot.states() + "'"), spot::describe);
    }

    @Test
    void lastRecordIsTornAtEveryByte() {
        Recording recording = Workload.PUT.record(1);
        int appends = 0;
        Replay replay = recording.replay();
        for (; replay.hasNext(); replay.step()) {
            if (replay.next().kind() != Operation.Kind.FORCE
                    || replay.unsynced().isEmpty()) {
                continue;
            }
            Operation write = replay.unsynced().get(replay.unsynced().size() - 1);
            if (SegmentNames.parse(write.name()).isEmpty() || write.position() == 0 || write.length() > 300) {
                continue;
            }
            appends++;
            List<String> states = names(StateSpace.at(replay.unsynced(), 1));
            int certificate = write.length() - LastRecord.begins(write) == write.length() ? 0 : 20;
            assertEquals(certificate, LastRecord.begins(write), "a certificate and one record: " + write);
            for (int bytes = certificate; bytes < write.length(); bytes++) {
                assertTrue(states.contains("torn #" + write.index() + " at " + bytes), write + " at " + bytes);
            }
        }
        assertTrue(appends > 5, appends + " appends");
    }

    private static List<String> names(List<CrashState> states) {
        List<String> names = new ArrayList<>();
        states.forEach(state -> names.add(state.toString()));
        return names;
    }

    @Test
    void everyStateIsRecoveredOnceWithACrashAtEachPointOfTheRecovery() {
        Recording recording = Workload.BATCH.record(1);
        Set<Content> different = new HashSet<>();
        int points = 0;
        for (Replay replay = recording.replay(); ; replay.step()) {
            for (CrashState state : StateSpace.at(replay.unsynced(), recording.seed() * 1_000_003 + replay.point())) {
                Spot spot = new Spot(recording, replay.point(), state);
                if (different.add(Content.of(replay.afterCrash(state), spot.now()))) {
                    Replay recovery = spot.recovery();
                    while (recovery.hasNext()) {
                        recovery.step();
                    }
                    points += recovery.point() + 1;
                }
            }
            if (!replay.hasNext()) {
                break;
            }
        }
        Tally all = tally(recording, Deeper.STATES);
        assertEquals(different.size(), all.recoveries());
        assertEquals(points, all.points(2));
        assertEquals(recording.end() + 1, tally(recording, Deeper.POINTS).recoveries());
    }

    private static Tally tally(Recording recording, Deeper deeper) {
        try (Enumeration enumeration = new Enumeration(2, deeper)) {
            return enumeration.enumerate(recording);
        }
    }

    // ---- a disk that lies is a store that forgets to force

    private static String convicted(Workload workload, UnaryOperator<StoreDirectory> lie) {
        try (Enumeration enumeration = new Enumeration(1, Deeper.SOME)) {
            AssertionError error =
                    assertThrows(AssertionError.class, () -> enumeration.enumerate(workload.record(1, lie)));
            return String.valueOf(error.getMessage());
        }
    }

    @Test
    void segmentsThatAreNotForcedAreConvicted() {
        String message = convicted(Workload.PUT, LyingDisk.aboutFiles(name -> name.endsWith(".seg")));
        assertTrue(message.contains("workload PUT, seed 1, point "), message);
        assertTrue(message.contains("replay: mvn test -Dtest=CrashStatesTest"), message);
    }

    @Test
    void manifestsThatAreNotForcedAreConvicted() {
        convicted(Workload.PUT, LyingDisk.aboutFiles(name -> name.startsWith("MANIFEST")));
    }

    @Test
    void namesThatAreNotForcedAreConvicted() {
        convicted(Workload.PUT, LyingDisk.aboutNames());
    }

    /** Only what is merged and the log behind it lie on this disk as they should not. */
    @Test
    void outputsOfMergesThatAreNotForcedAreConvicted() {
        Set<String> appended = new TreeSet<>();
        for (Operation operation : Workload.MERGE.record(1).log()) {
            if (operation.kind() == Operation.Kind.EXTEND) {
                appended.add(operation.name());
            }
        }
        convicted(Workload.MERGE, LyingDisk.aboutFiles(name -> name.endsWith(".seg") && !appended.contains(name)));
    }
}
