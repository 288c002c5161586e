package io.stave.engine.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.LogFile;
import io.stave.hint.BadHintException;
import io.stave.hint.HintFile;
import io.stave.hint.HintNotes;
import io.stave.hint.HintReader;
import io.stave.hint.KeyFilter;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A hint has for each key physically in the segment the record with the highest sequence there, whatever other segments hold. */
class HintBuilderTest {

    private static final KeyHash HASH = new KeyHash(1, 2);

    private final SimulatedDirectory directory = new SimulatedDirectory();

    private ListedSegment build(LogFile file) throws IOException {
        file.saveTo(directory);
        new HintBuilder(directory, HASH).build(file.sealed());
        return file.sealed();
    }

    private HintReader open(ListedSegment sealed) throws BadHintException {
        return HintReader.open(directory, LogFile.STORE, sealed.id(), sealed.length(), sealed.digest());
    }

    private Map<String, String> entries(ListedSegment sealed) throws BadHintException {
        Map<String, String> entries = new TreeMap<>();
        try (HintReader hint = open(sealed)) {
            hint.read(entry -> {
                String before = entries.put(
                        new String(entry.key(), StandardCharsets.UTF_8),
                        entry.sequence() + (entry.tombstone() ? " deleted" : "") + " at " + entry.offset() + ", "
                                + entry.recordLength());
                assertEquals(null, before, "two entries for one key");
            });
            assertEquals(entries.size(), hint.entries());
        }
        return entries;
    }

    @Test
    void newestRecordOfEachKeyIsInTheHint() throws IOException, BadHintException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "22");
        int third = file.end();
        file.put(3, "a", "333");
        int fourth = file.end();
        file.certificate().tombstone(4, "b").tombstone(5, "never there");
        assertEquals(
                Map.of(
                        "a", "3 at " + third + ", 24",
                        "b", "4 deleted at " + (fourth + 20) + ", 21",
                        "never there", "5 deleted at " + (fourth + 41) + ", 31"),
                entries(build(file)));
    }

    /** In the output of a merge records lie in any order. */
    @Test
    void orderInTheFileDoesNotMatter() throws IOException, BadHintException {
        LogFile file = new LogFile(1, 0)
                .put(9, "a", "new")
                .put(3, "a", "old")
                .tombstone(5, "b")
                .put(4, "b", "old");
        assertEquals(Map.of("a", "9 at 64, 24", "b", "5 deleted at 112, 21"), entries(build(file)));
    }

    @Test
    void hintAgreesWithTheSegmentWhateverIsInIt() throws IOException, BadHintException {
        Random random = new Random(7);
        for (int round = 1; round <= 20; round++) {
            LogFile file = new LogFile(round, 1);
            Map<String, String> expected = new TreeMap<>();
            for (int i = 1; i <= 300; i++) {
                String key = "key " + random.nextInt(40);
                int at = file.end();
                if (random.nextInt(3) == 0) {
                    file.tombstone(i, key);
                    expected.put(key, i + " deleted at " + at + ", " + (file.end() - at));
                } else {
                    file.put(i, key, "v".repeat(random.nextInt(300)));
                    expected.put(key, i + " at " + at + ", " + (file.end() - at));
                }
                if (random.nextInt(5) == 0) {
                    file.certificate();
                }
            }
            ListedSegment sealed = build(file);
            assertEquals(expected, entries(sealed));
            try (HintReader hint = open(sealed)) {
                KeyFilter filter = hint.filter();
                expected.keySet().forEach(key -> assertTrue(filter.mayContain(fingerprint(key)), key));
                assertFalse(filter.mayContain(fingerprint("absent")) && filter.mayContain(fingerprint("absent too")));
            }
        }
    }

    private static long fingerprint(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        Fingerprint fingerprint = new Fingerprint();
        HASH.hash(bytes, 0, bytes.length, fingerprint);
        return fingerprint.high;
    }

    /** So many keys that tables lie outside the heap, and grow there where they were expected to be small. */
    @Test
    void howManyRecordsWereExpectedChangesNothing() throws IOException, BadHintException {
        int keys = 50_000;
        LogFile file = new LogFile(1, 1);
        for (int i = 1; i <= keys + keys / 2; i++) {
            file.put(i, "key " + i % keys, "");
        }
        ListedSegment sealed = build(file);
        byte[] hint = directory.content(HintFile.name(1));
        for (long expected : new long[] {0, keys, Long.MAX_VALUE}) {
            directory.delete(HintFile.name(1));
            new HintBuilder(directory, HASH).build(sealed, expected, none());
            assertArrayEquals(hint, directory.content(HintFile.name(1)), "expecting " + expected);
        }
        try (HintReader reader = open(sealed)) {
            assertEquals(keys, reader.entries());
        }
        assertEquals(List.of(), directory.leaks());
    }

    /** Nobody knows how many of the records are of one key, and an estimate may be wrong in both directions. */
    @Test
    void memoryOfABuildIsBoundedWhateverWasExpected() throws IOException, BadHintException {
        int keys = 100_000;
        LogFile file = new LogFile(1, 1);
        for (int i = 1; i <= keys; i++) {
            file.put(i, "key " + i, "");
        }
        file.saveTo(directory);
        new HintBuilder(directory, HASH).build(file.sealed(), 1, none());
        long grown = directory.mostMemory();
        assertTrue(grown > 0 && grown < 64 * keys, "grown to " + grown);
        directory.delete(HintFile.name(1));
        new HintBuilder(directory, HASH).build(file.sealed(), Long.MAX_VALUE, none());
        assertTrue(directory.mostMemory() < 24 << 20, "expected too much: " + directory.mostMemory());
    }

    private HintNotes none() {
        return new HintBuilder(directory, HASH).nothingNoted();
    }

    @Test
    void onePassIsEnoughWhereEachRecordHasAKeyOfItsOwn() throws IOException, BadHintException {
        LogFile file = new LogFile(1, 0).put(9, "a", "new").put(3, "b", "old").tombstone(5, "c");
        file.saveTo(directory);
        new HintBuilder(directory, HASH).build(file.sealed());
        byte[] expected = directory.content(HintFile.name(1));
        directory.delete(HintFile.name(1));
        new HintBuilder(directory, HASH).buildOfDistinctKeys(file.sealed(), 3, none());
        assertArrayEquals(expected, directory.content(HintFile.name(1)));
    }

    /** What is noted is nobody's estimate: it is taken if it is all there is, and then the segment is not even opened. */
    @Test
    void whatWasNotedMakesTheSameHintWithoutTheSegment() throws IOException, BadHintException {
        Random random = new Random(9);
        for (int round = 1; round <= 20; round++) {
            LogFile file = new LogFile(round, 1);
            HintNotes notes = new HintNotes(directory);
            int records = 1 + random.nextInt(3000);
            for (int i = 1; i <= records; i++) {
                String key = "key " + random.nextInt(1000);
                boolean put = random.nextInt(3) > 0;
                int at = file.end();
                if (put) {
                    file.put(i, key, "v".repeat(random.nextInt(300)));
                } else {
                    file.tombstone(i, key);
                }
                note(notes, put ? 1 : 2, i, at, file.end() - at, key);
            }
            byte[] expected = directory.content(HintFile.name(build(file).id()));
            directory.delete(file.name());
            directory.delete(HintFile.name(round));
            new HintBuilder(directory, HASH).build(file.sealed(), records, notes);
            assertArrayEquals(expected, directory.content(HintFile.name(round)), "round " + round);
            assertThrows(
                    IOException.class, () -> new HintBuilder(directory, HASH).build(file.sealed(), records + 1, notes));
            notes.close();
            assertThrows(
                    IOException.class, () -> new HintBuilder(directory, HASH).build(file.sealed(), records, notes));
        }
        assertEquals(List.of(), directory.leaks());
    }

    /** The log's notes say which records are superseded. Where they had to be given up, nothing that they say counts. */
    @Test
    void notesOfTheLogThatWereGivenUpSayNothingOfWhatIsSuperseded() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        int third = file.end();
        file.put(3, "a", "3");
        byte[] expected = directory.content(HintFile.name(build(file).id()));
        HintNotes notes = new HintNotes(directory);
        note(notes, 1, 1, 64, 22, "a");
        note(notes, 1, 2, 86, 22, "b");
        note(notes, 1, 3, third, 22, "a");
        notes.supersede(64);
        directory.delete(HintFile.name(1));
        new HintBuilder(directory, HASH).buildOfLog(file.sealed(), 3, notes);
        assertArrayEquals(expected, directory.content(HintFile.name(1)));
        notes.close();
        notes.supersede(86);
        directory.delete(HintFile.name(1));
        new HintBuilder(directory, HASH).buildOfLog(file.sealed(), 3, notes);
        assertArrayEquals(expected, directory.content(HintFile.name(1)));
        assertEquals(List.of(), directory.leaks());
    }

    /** The keydir does not know a key that had expired, and was taken out, when it is put again; nor one that was deleted. */
    @Test
    void keysThatTheKeydirMayHaveForgottenAreLookedForAmongTheNotes() throws IOException, BadHintException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        int second = file.end();
        file.put(2, "a", "2");
        byte[] key = {'a'};
        for (boolean expires : new boolean[] {true, false}) {
            HintNotes notes = new HintNotes(directory);
            notes.add(expires ? 1 : 2, expires ? 1 : 0, 1, 64, 22, 5, ByteBuffer.wrap(key), 0, 1);
            notes.add(1, 0, 2, second, 22, 0, ByteBuffer.wrap(key), 0, 1);
            new HintBuilder(directory, HASH).buildOfLog(file.sealed(), 2, notes);
            assertEquals(Map.of("a", "2 at " + second + ", 22"), entries(file.sealed()), "expires: " + expires);
            directory.delete(HintFile.name(1));
            notes.close();
        }
    }

    /** Nor do notes for which there was no memory: of what is superseded this time. */
    @Test
    void whatIsSupersededTakesNoMoreMemoryThanThereIs() {
        HintNotes notes = new HintNotes(directory);
        note(notes, 1, 1, 64, 24, "a");
        directory.failAt(1, Fault.EIO);
        notes.supersede(64);
        assertFalse(notes.holdAll(1));
        assertEquals(List.of(), directory.leaks());
    }

    private static void note(HintNotes notes, int kind, long sequence, int at, int length, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        notes.add(kind, 0, sequence, at, length, 0, ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    @Test
    void notesThatTookTooMuchMemoryAreGivenUp() {
        HintNotes notes = new HintNotes(directory);
        String key = "k".repeat(60_000);
        int fit = 2 * HintNotes.MOST / (128 << 10); // two of them in each piece
        for (int i = 1; i <= fit; i++) {
            note(notes, 1, i, 64, 60_020, key);
        }
        assertTrue(notes.holdAll(fit));
        note(notes, 1, fit + 1, 64, 60_020, key);
        assertFalse(notes.holdAll(fit + 1));
        assertFalse(notes.holdAll(fit));
        assertFalse(notes.holdAll(0));
        assertEquals(List.of(), directory.leaks());
        note(notes, 1, fit + 2, 64, 60_020, "b");
        assertFalse(notes.holdAll(1), "of the last one only");
        assertEquals(List.of(), directory.leaks());
    }

    @Test
    void notesForWhichThereIsNoMemoryAreGivenUp() {
        HintNotes notes = new HintNotes(directory);
        directory.failAt(1, Fault.EIO);
        note(notes, 1, 1, 64, 24, "a");
        assertFalse(notes.holdAll(1));
        note(notes, 1, 2, 88, 24, "a");
        assertFalse(notes.holdAll(2));
        assertFalse(notes.holdAll(1));
        assertEquals(List.of(), directory.leaks());
    }

    /** It would stop the store, for the record was appended already. */
    @Test
    void notesForWhichThereIsNoMemoryAtAllAreGivenUpToo() {
        GateDirectory full = new GateDirectory(directory);
        HintNotes notes = new HintNotes(full);
        String key = "k".repeat(60_000);
        note(notes, 1, 1, 64, 60_020, key);
        note(notes, 1, 2, 64, 60_020, key);
        full.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.ALLOCATE) {
                throw new OutOfMemoryError("for this test");
            }
        });
        assertTrue(notes.holdAll(2));
        try {
            note(notes, 1, 3, 64, 60_020, key);
        } catch (OutOfMemoryError e) {
            throw new AssertionError("they are advice", e);
        }
        assertFalse(notes.holdAll(3));
        assertFalse(notes.holdAll(2));
        assertEquals(0, full.mappings());
    }

    @Test
    void segmentThatDoesNotVerifyGetsNoHint() {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        ListedSegment sealed = file.sealed();
        file.damage(file.end() - 1).saveTo(directory);
        assertThrows(IOException.class, () -> new HintBuilder(directory, HASH).build(sealed));
        assertThrows(IOException.class, () -> new HintBuilder(directory, HASH).buildOfDistinctKeys(sealed, 2, none()));
        assertThrows(BadHintException.class, () -> open(sealed));
        assertEquals(List.of(), directory.leaks());
    }

    /** Each of its records verifies, and they are not those that were sealed. */
    @Test
    void segmentOfOtherRecordsGetsNoHint() {
        ListedSegment sealed =
                new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2").sealed();
        LogFile other = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "3").saveTo(directory);
        assertEquals(sealed.length(), other.end());
        assertThrows(IOException.class, () -> new HintBuilder(directory, HASH).build(sealed));
        assertThrows(BadHintException.class, () -> open(sealed));
        assertEquals(List.of(), directory.leaks());
    }

    @Test
    void buildingStopsWhenItIsToldTo() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2").saveTo(directory);
        int stopped = 0;
        boolean made;
        do {
            int after = ++stopped;
            int[] asked = {0};
            made = new HintBuilder(directory, HASH).build(file.sealed(), 2, () -> ++asked[0] == after);
            assertEquals(made, directory.exists(HintFile.name(1)));
            assertFalse(directory.exists(HintFile.temporaryName(1)));
            assertEquals(List.of(), directory.leaks());
        } while (!made);
        assertEquals(5, stopped, "two records, looked at twice");
    }

    @Test
    void buildingThatFailsLeavesNothingBehind() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").saveTo(directory);
        HintBuilder builder = new HintBuilder(directory, HASH);
        long failures;
        int k = 1;
        do {
            SimulatedDirectory fresh = directory.afterCrash(CrashState.everything());
            fresh.failAt(k++, Fault.EIO);
            try {
                new HintBuilder(fresh, HASH).build(file.sealed());
            } catch (IOException e) {
                assertEquals(1, fresh.failures(), e::toString);
            }
            failures = fresh.failures();
            assertEquals(List.of(), fresh.leaks());
        } while (failures > 0);
        assertTrue(k > 10);
        builder.build(file.sealed());
        assertTrue(directory.exists(HintFile.name(1)));
        assertFalse(directory.exists(HintFile.temporaryName(1)));
    }
}
