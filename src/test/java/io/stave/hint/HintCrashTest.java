package io.stave.hint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.FileHeader;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A hint that was interrupted while it was written is a bad hint or none, never a wrong one. */
class HintCrashTest {

    private static final List<HintEntry> ENTRIES = new ArrayList<>();

    static {
        for (int i = 1; i < 4000; i++) {
            ENTRIES.add(new HintEntry(1 + i % 3, 0, i, 64 + 100 * i, 100, 0, "a key of more bytes than one " + i));
        }
    }

    @Test
    void aCrashAnywhereLeavesAWholeHintOrNone() throws Exception {
        boolean completed = false;
        for (int after = 0; !completed; after++) {
            SimulatedDirectory directory = new SimulatedDirectory();
            directory.dieAt(after);
            completed = !fails(directory);
            for (int seed = 0; seed < 40; seed++) {
                SimulatedDirectory survivor = directory.afterCrash(CrashState.random(seed));
                assertWholeOrBad(survivor, "crash after " + after + ", seed " + seed);
                // What is left does not hinder writing it again.
                HintEntry.write(survivor, ENTRIES.subList(0, 10));
                assertEquals(ENTRIES.subList(0, 10), HintEntry.read(survivor));
                assertEquals(List.of(HintFile.name(HintEntry.SEGMENT)), survivor.list());
            }
        }
    }

    @Test
    void aFinishedHintWhoseNameWasForcedSurvivesAnyCrash() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, ENTRIES);
        directory.forceNames();
        for (int seed = 0; seed < 40; seed++) {
            assertEquals(ENTRIES, HintEntry.read(directory.afterCrash(CrashState.random(seed))), "seed " + seed);
        }
        assertEquals(ENTRIES, HintEntry.read(directory.afterCrash(CrashState.syncedOnly())));
    }

    @Test
    void aFailureOfAnyCallLeavesAWholeHintOrNone() throws Exception {
        for (Fault fault : List.of(Fault.EIO, Fault.EIO_LATE, Fault.ENOSPC, Fault.SHORT_WRITE)) {
            boolean failed = true;
            int n = 1;
            for (; failed; n++) {
                SimulatedDirectory directory = new SimulatedDirectory();
                directory.failAt(n, fault);
                failed = fails(directory);
                assertEquals(failed, directory.failures() > 0, fault + " at " + n);
                directory.heal();
                assertWholeOrBad(directory, fault + " at " + n);
                assertEquals(List.of(), directory.leaks(), fault + " at " + n);
                assertTrue(directory.list().size() <= 1, "room was not given back: " + directory.list());
            }
            assertTrue(n > 2, fault + " befell no call");
        }
    }

    @Test
    void aReadThatFailsIsABadHint() throws Exception {
        boolean failed = true;
        int n = 1;
        for (; failed; n++) {
            SimulatedDirectory directory = new SimulatedDirectory();
            HintEntry.write(directory, ENTRIES);
            directory.failAt(n, Fault.EIO);
            List<HintEntry> seen = new ArrayList<>();
            try (HintReader reader = HintEntry.open(directory)) {
                reader.filter();
                reader.read(entry -> seen.add(HintEntry.of(entry)));
                failed = false;
                assertEquals(ENTRIES, seen);
            } catch (BadHintException e) {
                assertEquals(1, directory.failures());
            }
            assertEquals(List.of(), directory.leaks());
        }
        assertTrue(n > 4);
    }

    @Test
    void aDamagedLastBlockKeepsTheFirstFromBeingShown() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, ENTRIES);
        byte[] bytes = directory.content(HintFile.name(HintEntry.SEGMENT));
        int filter = KeyFilter.forKeys(ENTRIES.size()).length() + 4;
        assertTrue(bytes.length - filter > 3 * HintFormat.MAX_BLOCK / 2, "more than one block");
        bytes[bytes.length - filter - 5] ^= 1;
        directory.damage(HintFile.name(HintEntry.SEGMENT), bytes);
        List<HintEntry> seen = new ArrayList<>();
        assertThrows(BadHintException.class, () -> HintEntry.readInto(directory, seen));
        assertEquals(List.of(), seen);
    }

    @Test
    void aLostBlockIsNoticed() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, ENTRIES);
        byte[] bytes = directory.content(HintFile.name(HintEntry.SEGMENT));
        int filter = KeyFilter.forKeys(ENTRIES.size()).length() + 4;
        int first = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(FileHeader.LENGTH);
        int end = FileHeader.LENGTH + 8 + first + 4;
        byte[] without = Arrays.copyOf(bytes, end + filter);
        System.arraycopy(bytes, bytes.length - filter, without, end, filter);
        directory.damage(HintFile.name(HintEntry.SEGMENT), without);
        BadHintException e = assertThrows(BadHintException.class, () -> HintEntry.read(directory));
        assertTrue(e.getMessage().contains(ENTRIES.size() + ""), e.getMessage());
    }

    private static void assertWholeOrBad(SimulatedDirectory directory, String what) {
        List<HintEntry> seen = new ArrayList<>();
        try {
            HintEntry.readInto(directory, seen);
            assertEquals(ENTRIES, seen, what);
        } catch (BadHintException e) {
            assertEquals(List.of(), seen, what);
        }
    }

    private static boolean fails(SimulatedDirectory directory) {
        try {
            HintEntry.write(directory, ENTRIES);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
