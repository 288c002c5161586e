package io.stave.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the simulation lets a crash take back, and what not. */
class CrashTest {
    private final SimulatedDirectory disk = new SimulatedDirectory();

    private static void write(WritableFile file, String text, long position) throws IOException {
        file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), position);
    }

    private static String text(SimulatedDirectory directory, String name) throws IOException {
        return new String(directory.content(name), UTF_8);
    }

    /** A file with durable content and a durable name, still open. */
    private WritableFile durable(String name, String content) throws IOException {
        WritableFile file = disk.create(name);
        write(file, content, 0);
        file.force();
        disk.forceNames();
        return file;
    }

    private static CrashState subset(int... positions) {
        BitSet set = new BitSet();
        Arrays.stream(positions).forEach(set::set);
        return CrashState.subset(set);
    }

    // ---- names and bytes become durable apart

    @Test
    void forcedBytesWithoutANameAreLost() throws IOException {
        try (WritableFile file = disk.create("a")) {
            write(file, "x", 0);
            file.force();
        }
        assertEquals(List.of(), disk.afterCrash(CrashState.syncedOnly()).list());
        assertEquals("x", text(disk.afterCrash(CrashState.everything()), "a"));
    }

    @Test
    void forcedNameWithoutForcedBytesIsEmpty() throws IOException {
        try (WritableFile file = disk.create("a")) {
            write(file, "x", 0);
        }
        disk.forceNames();
        assertEquals("", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
    }

    @Test
    void renamedFileThatWasNotForcedMayBeEmpty() throws IOException {
        durable("MANIFEST", "old").close();
        try (WritableFile file = disk.create("MANIFEST.tmp")) {
            write(file, "new", 0);
        }
        disk.rename("MANIFEST.tmp", "MANIFEST");
        // create, write, rename: the rename alone survives
        SimulatedDirectory after = disk.afterCrash(subset(2));
        assertEquals(List.of("MANIFEST"), after.list());
        assertEquals("", text(after, "MANIFEST"));
        assertEquals("old", text(disk.afterCrash(CrashState.syncedOnly()), "MANIFEST"));
    }

    @Test
    void renameIsTakenBackUntilNamesAreForced() throws IOException {
        durable("a", "a").close();
        disk.rename("a", "b");
        assertEquals(List.of("a"), disk.afterCrash(CrashState.syncedOnly()).list());
        disk.forceNames();
        assertEquals(List.of("b"), disk.afterCrash(CrashState.syncedOnly()).list());
    }

    @Test
    void unlinkMaySurviveWhileAnEarlierOneDoesNot() throws IOException {
        durable("a", "a").close();
        durable("b", "b").close();
        disk.delete("a");
        disk.delete("b");
        SimulatedDirectory after = disk.afterCrash(subset(1));
        assertEquals(List.of("a"), after.list());
        assertEquals("a", text(after, "a"));
    }

    @Test
    void deletedFileComesBackWithWhatWasForced() throws IOException {
        WritableFile file = durable("a", "forced");
        write(file, "-more", 6);
        disk.delete("a");
        assertEquals("forced", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
        assertEquals("forced-more", text(disk.afterCrash(CrashState.prefix(1)), "a"));
        assertEquals(List.of(), disk.afterCrash(CrashState.everything()).list());
    }

    @Test
    void newFileOfAnOldNameIsOneOrTheOther() throws IOException {
        durable("a", "old").close();
        disk.delete("a");
        try (WritableFile file = disk.create("a")) {
            write(file, "new", 0);
            file.force();
        }
        assertEquals("old", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
        assertEquals("new", text(disk.afterCrash(subset(1)), "a"));
        assertEquals(List.of(), disk.afterCrash(subset(0)).list());
    }

    @Test
    void filesThatNoCrashBringsBackNeedNoDecision() throws IOException {
        WritableFile file = durable("a", "old");
        write(file, "new", 0);
        disk.delete("a");
        disk.forceNames();
        assertEquals(List.of(), disk.unsynced());
        write(file, "newer", 0);
        file.force();
        assertEquals(List.of(), disk.unsynced());
    }

    @Test
    void truncationIsForced() throws IOException {
        WritableFile file = durable("a", "0123456789");
        write(file, "abc", 10);
        disk.truncate("a", 4);
        assertEquals("0123", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
        assertEquals(List.of(), disk.unsynced());
    }

    // ---- what may be left of writes

    @Test
    void writesSurviveInAnySubset() throws IOException {
        WritableFile file = durable("a", "....");
        write(file, "A", 0);
        write(file, "B", 1);
        write(file, "C", 2);
        assertEquals(3, disk.unsynced().size());
        assertEquals("....", text(disk.afterCrash(CrashState.prefix(0)), "a"));
        assertEquals("AB..", text(disk.afterCrash(CrashState.prefix(2)), "a"));
        assertEquals("A.C.", text(disk.afterCrash(subset(0, 2)), "a"));
        int second = disk.unsynced().get(1).index();
        assertEquals("A.C.", text(disk.afterCrash(CrashState.without(second)), "a"));
        assertEquals(".B..", text(disk.afterCrash(CrashState.only(second)), "a"));
        assertEquals("ABC.", text(disk.afterCrash(CrashState.everything()), "a"));
        file.force();
        assertEquals("ABC.", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
    }

    @Test
    void lostAppendLeavesZerosBelowAKeptOne() throws IOException {
        WritableFile file = durable("a", "");
        write(file, "AA", 0);
        write(file, "BB", 2);
        assertEquals("\0\0BB", text(disk.afterCrash(subset(1)), "a"));
    }

    @Test
    void writeIsTornAtAnyByte() throws IOException {
        WritableFile file = durable("a", "..");
        write(file, "AB", 0);
        write(file, "CDEF", 2);
        write(file, "G", 6);
        int index = disk.unsynced().get(1).index();
        assertEquals("ABCDE", text(disk.afterCrash(CrashState.torn(index, 3)), "a"));
        assertEquals("AB", text(disk.afterCrash(CrashState.torn(index, 0)), "a"));
        assertEquals("AB\0\0\0\0", text(disk.afterCrash(CrashState.lengthOnly(index)), "a"));
        byte[] garbage = disk.afterCrash(CrashState.garbage(index, 1)).content("a");
        assertEquals(6, garbage.length);
        assertEquals("AB", new String(garbage, 0, 2, UTF_8));
        assertFalse(Arrays.equals(garbage, "ABCDEF".getBytes(UTF_8)));
    }

    @Test
    void sectorsSurviveEachOnItsOwn() throws IOException {
        WritableFile file = durable("a", "");
        byte[] before = new byte[600];
        Arrays.fill(before, (byte) 1);
        file.write(ByteBuffer.wrap(before), 0);
        file.force();
        byte[] bytes = new byte[2000];
        Arrays.fill(bytes, (byte) 2);
        file.write(ByteBuffer.wrap(bytes), 100); // sectors 0 to 4 of the file
        int index = disk.unsynced().get(0).index();
        BitSet sectors = new BitSet();
        sectors.set(0);
        sectors.set(2);
        byte[] expected = new byte[2100];
        Arrays.fill(expected, 0, 600, (byte) 1);
        Arrays.fill(expected, 100, 512, (byte) 2);
        Arrays.fill(expected, 1024, 1536, (byte) 2);
        SimulatedDirectory after = disk.afterCrash(CrashState.sectors(index, sectors));
        assertArrayEquals(expected, after.content("a"));
    }

    @Test
    void extensionSurvivesAsZerosOrNotAtAll() throws IOException {
        WritableFile file = durable("a", "x");
        file.extend(3);
        assertEquals("x", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
        assertEquals("x\0\0", text(disk.afterCrash(CrashState.everything()), "a"));
    }

    @Test
    void randomStatesAreReproducibleAndManifold() throws IOException {
        WritableFile file = durable("a", "");
        for (int i = 0; i < 8; i++) {
            byte[] bytes = new byte[700];
            Arrays.fill(bytes, (byte) (i + 1));
            file.write(ByteBuffer.wrap(bytes), i * 700L);
        }
        disk.create("b").close();
        disk.rename("a", "c");
        Set<List<Object>> states = new HashSet<>();
        for (int seed = 0; seed < 300; seed++) {
            List<Object> one = describe(disk.afterCrash(CrashState.random(seed)));
            assertEquals(one, describe(disk.afterCrash(CrashState.random(seed))), "seed " + seed);
            states.add(one);
        }
        assertTrue(states.size() > 150, "only " + states.size() + " different states");
        assertTrue(states.contains(describe(disk.afterCrash(CrashState.syncedOnly()))));
    }

    private static List<Object> describe(SimulatedDirectory directory) throws IOException {
        List<Object> all = new ArrayList<>();
        for (String name : directory.list()) {
            all.add(name);
            all.add(Arrays.hashCode(directory.content(name)));
        }
        return all;
    }

    @Test
    void statesPrintHowToGetThemAgain() {
        assertEquals("random 42", CrashState.random(42).toString());
        assertEquals("torn #7 at 3", CrashState.torn(7, 3).toString());
        assertEquals("subset {1, 4}", subset(1, 4).toString());
    }

    @Test
    void whatAStatePrintsGivesItAgain() throws IOException {
        try (WritableFile file = durable("a", "durable")) {
            file.write(ByteBuffer.wrap(new byte[1500]), 3);
            write(file, "more", 1200);
        }
        disk.create("b").close();
        int index = disk.unsynced().get(0).index();
        BitSet some = BitSet.valueOf(new long[] {5});
        List<CrashState> states = new ArrayList<>(CrashStates.of(disk.unsynced(), 50, 7));
        states.addAll(List.of(
                CrashState.namesOnly(),
                CrashState.bytesOnly(),
                CrashState.prefix(2),
                CrashState.without(index),
                CrashState.only(index),
                CrashState.subset(new BitSet()),
                CrashState.sectors(index, some),
                CrashState.garbage(index, some, -3)));
        for (CrashState state : states) {
            CrashState again = CrashState.parse(state.toString());
            assertEquals(state.toString(), again.toString());
            assertEquals(describe(disk.afterCrash(state)), describe(disk.afterCrash(again)), state::toString);
        }
        assertThrows(IllegalArgumentException.class, () -> CrashState.parse("torn #1"));
    }

    @Test
    void someSectorsHoldGarbageAndTheOthersWhatWasWritten() throws IOException {
        WritableFile file = durable("a", "");
        byte[] bytes = new byte[1600];
        Arrays.fill(bytes, (byte) 2);
        file.write(ByteBuffer.wrap(bytes), 100); // sectors 0 to 3 of the file
        int index = disk.unsynced().get(0).index();
        BitSet sectors = BitSet.valueOf(new long[] {0b0101});
        byte[] found = disk.afterCrash(CrashState.garbage(index, sectors, 1)).content("a");
        assertEquals(1700, found.length);
        for (int sector = 0; sector < 4; sector++) {
            int from = Math.max(100, sector * Survival.SECTOR);
            int to = Math.min(1700, (sector + 1) * Survival.SECTOR);
            byte[] part = Arrays.copyOfRange(found, from, to);
            assertEquals(
                    sector % 2 == 1, Arrays.equals(part, Arrays.copyOfRange(bytes, from - 100, to - 100)), "" + sector);
        }
        assertArrayEquals(new byte[100], Arrays.copyOf(found, 100));
    }

    @Test
    void namesAndBytesSurviveEachOnTheirOwn() throws IOException {
        WritableFile file = durable("a", "old");
        write(file, "new", 0);
        disk.rename("a", "b");
        assertEquals("old", text(disk.afterCrash(CrashState.namesOnly()), "b"));
        assertEquals("new", text(disk.afterCrash(CrashState.bytesOnly()), "a"));
    }

    // ---- the dead and the living

    @Test
    void deadDirectoryRefusesChangesAndCanBeRead() throws IOException {
        WritableFile file = durable("a", "abc");
        Mapping mapping = disk.open("a").map(3);
        SimulatedDirectory after = disk.crash(CrashState.everything());
        assertTrue(disk.isDead());
        assertThrows(IOException.class, () -> write(file, "x", 0));
        assertThrows(IOException.class, () -> file.extend(9));
        assertThrows(ForceFailedException.class, file::force);
        assertThrows(IOException.class, () -> disk.create("b"));
        assertThrows(IOException.class, () -> disk.rename("a", "b"));
        assertThrows(IOException.class, () -> disk.delete("a"));
        assertThrows(IOException.class, () -> disk.truncate("a", 0));
        assertThrows(ForceFailedException.class, disk::forceNames);
        assertThrows(IOException.class, () -> disk.tryLock("LOCK"));
        assertEquals(List.of("a"), disk.list());
        assertEquals('b', mapping.buffer().get(1));
        assertEquals(3, disk.open("a").length());
        after.delete("a");
        assertEquals("abc", text(disk, "a"));
    }

    @Test
    void survivorsAndTheDeadShareNothing() throws IOException {
        WritableFile file = durable("a", "abc");
        SimulatedDirectory one = disk.afterCrash(CrashState.syncedOnly());
        SimulatedDirectory two = disk.afterCrash(CrashState.syncedOnly());
        write(file, "X", 0);
        file.force();
        one.truncate("a", 1);
        assertEquals("Xbc", text(disk, "a"));
        assertEquals("a", text(one, "a"));
        assertEquals("abc", text(two, "a"));
        assertEquals("Xbc", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
    }

    @Test
    void crashReleasesLocks() throws IOException {
        disk.tryLock("LOCK");
        disk.forceNames();
        SimulatedDirectory after = disk.crash(CrashState.syncedOnly());
        assertTrue(after.tryLock("LOCK") != null);
    }

    @Test
    void diesBeforeTheChosenOperation() throws IOException {
        disk.dieAt(2);
        WritableFile file = disk.create("a");
        write(file, "x", 0);
        assertFalse(disk.isDead());
        assertThrows(ForceFailedException.class, file::force);
        assertTrue(disk.isDead());
        assertEquals(2, disk.operations());
        assertThrows(IOException.class, () -> write(file, "y", 0));
    }

    @Test
    void truncatingUnderAMappingIsABug() throws IOException {
        durable("a", "abc").close();
        Mapping mapping = disk.open("a").map(3);
        assertThrows(IllegalStateException.class, () -> disk.truncate("a", 2));
        mapping.release();
        disk.truncate("a", 2);
    }

    @Test
    void damageIsDurableAndSeen() throws IOException {
        durable("a", "abc").close();
        disk.damage("a", "aXc".getBytes(UTF_8));
        disk.damage("new", "n".getBytes(UTF_8));
        assertEquals("aXc", text(disk, "a"));
        SimulatedDirectory after = disk.crash(CrashState.syncedOnly());
        assertEquals("aXc", text(after, "a"));
        assertEquals("n", text(after, "new"));
    }

    @Test
    void logTellsWhatWasDone() throws IOException {
        WritableFile file = disk.create("a");
        write(file, "abc", 5);
        file.extend(20);
        file.force();
        disk.rename("a", "b");
        disk.forceNames();
        disk.truncate("b", 6);
        disk.delete("b");
        assertEquals(
                List.of(
                        "#0 CREATE a",
                        "#1 WRITE a [5, 8)",
                        "#2 EXTEND a to 20",
                        "#3 FORCE a",
                        "#4 RENAME a -> b",
                        "#5 FORCE_NAMES ",
                        "#6 TRUNCATE b to 6",
                        "#7 FORCE b",
                        "#8 DELETE b"),
                disk.log().stream().map(Operation::toString).toList());
        assertEquals(
                List.of("#8 DELETE b"),
                disk.unsynced().stream().map(Operation::toString).toList());
    }
}
