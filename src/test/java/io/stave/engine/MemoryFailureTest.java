package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFailedException;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.Silence;
import io.stave.hint.HintFile;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens when there is no memory off the heap: a typed failure where it is needed, nothing where it only serves a hint. */
class MemoryFailureTest {

    /** Enough keys for tables off the heap. */
    private static final int KEYS = 50_000;

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4 << 20).durability(Durability.OS);
    private static final Fault NO_MEMORY = Fault.EIO.on(Fault.Call.ALLOCATE);

    private static SimulatedDirectory image = new SimulatedDirectory();

    @BeforeAll
    static void fill() {
        Silence.please();
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            putKeys(store, 0, KEYS);
        }
        image = directory.afterCrash(CrashState.everything());
    }

    private static void putKeys(Stave store, int from, int to) {
        for (int i = from; i < to; i++) {
            store.put(key(i), new byte[] {(byte) i});
        }
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(8).putInt(i).array();
    }

    private static SimulatedDirectory directory() {
        return image.afterCrash(CrashState.everything());
    }

    @Test
    void openingWithoutMemoryFailsByNameAndGivesEverythingBack() {
        long calls = 1;
        for (long n = 1; calls > 0; n = n < 4 ? n + 1 : n * 3) {
            SimulatedDirectory directory = directory();
            directory.failAt(n, NO_MEMORY);
            try (Stave store = Engine.open(directory, OPTIONS, true)) {
                assertEquals(KEYS, store.stats().keys());
            } catch (StaveException e) {
                assertTrue(directory.failures() > 0, e::toString);
            }
            calls = directory.failures();
            assertTrue(n > 1 || calls > 0, "no memory was asked for");
            assertEquals(List.of(), directory.leaks());
        }
    }

    /** An Error at each operation of an open in turn: of one with a keydir to restore, of one from hints, of one that scans. */
    @Test
    void anErrorAnywhereInAnOpenLeavesNothingBehind() throws IOException {
        SimulatedDirectory made = new SimulatedDirectory();
        try (Stave store = Engine.open(made, OPTIONS, true)) {
            for (int segment = 0; segment < 3; segment++) {
                putKeys(store, 0, 10);
                store.merge();
            }
            putKeys(store, 0, 5);
        }
        for (String kind : List.of("", KeydirFile.NAME, HintFile.SUFFIX)) {
            SimulatedDirectory closed = made.afterCrash(CrashState.everything());
            for (String name : closed.list()) {
                if (!kind.isEmpty() && (name.equals(KeydirFile.NAME) || name.endsWith(kind))) {
                    closed.delete(name);
                }
            }
            int at = 1;
            while (failsAt(at, closed.afterCrash(CrashState.everything()))) {
                at++;
            }
            assertTrue(at > 20, "after " + at + " operations");
        }
    }

    /** Whether an open comes to so many operations; the last one fails. */
    private static boolean failsAt(int operation, SimulatedDirectory files) throws IOException {
        GateDirectory directory = new GateDirectory(files);
        AtomicInteger left = new AtomicInteger(operation);
        GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
            if (act != Act.CLOSE && act != Act.RELEASE && left.decrementAndGet() == 0) {
                throw new OutOfMemoryError("for this test, at " + act + " " + name);
            }
        });
        String failed = "none";
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            directory.remove(rule);
            assertEquals(10, store.stats().keys());
        } catch (OutOfMemoryError | StaveException e) {
            failed = e.toString();
        }
        assertEquals(List.of(), files.leaks(), failed);
        return left.get() <= 0;
    }

    @Test
    void keydirThatCannotGrowStopsTheStoreAndLosesNothing() {
        SimulatedDirectory directory = directory();
        int written = KEYS;
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            directory.failFrom(1, NO_MEMORY);
            StoreFailedException stopped = null;
            while (stopped == null && written < 4 * KEYS) {
                try {
                    putKeys(store, written, written + 1);
                    written++;
                } catch (StoreFailedException e) {
                    stopped = e;
                }
            }
            assertTrue(stopped != null, "the keydir never grew");
            assertArrayEquals(new byte[] {0}, store.get(key(0)));
            assertThrows(StoreFailedException.class, () -> store.put(key(0), new byte[0]));
        } catch (StaveException e) {
            throw new AssertionError("closing a store that has stopped", e);
        }
        assertEquals(List.of(), directory.leaks());
        try (Stave store = Engine.open(directory.afterCrash(CrashState.everything()), OPTIONS, true)) {
            for (int i = 0; i < written; i++) {
                assertArrayEquals(new byte[] {(byte) i}, store.get(key(i)));
            }
        }
    }

    @Test
    void hintIsLeftOutIfThereIsNoMemoryToBuildIt() {
        SimulatedDirectory directory = directory();
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            putKeys(store, 0, KEYS);
            directory.failFrom(1, NO_MEMORY);
            assertTrue(store.merge().inputs().size() > 1);
            directory.heal();
            store.put(key(1), new byte[] {7});
            assertArrayEquals(new byte[] {7}, store.get(key(1)));
        }
        assertEquals(List.of(), directory.leaks());
        try (Stave store = Engine.open(directory.afterCrash(CrashState.syncedOnly()), OPTIONS, true)) {
            assertEquals(KEYS, store.stats().keys());
        }
    }

    @Test
    void openingSealsWithoutAHintIfThereIsNoMemoryToBuildIt() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Stave store = Engine.open(directory, OPTIONS, true);
        // As many as the first segment of a store can hold.
        int keys = 43_000;
        for (int i = 0; i < keys; i++) {
            store.put(ByteBuffer.allocate(4).putInt(i).array(), new byte[0]);
        }
        store.sync();
        SimulatedDirectory crashed = directory.crash(CrashState.syncedOnly());
        assertThrows(StaveException.class, store::close);
        // The keydir itself takes its share first: one allocation after the other fails until it is one for the hint.
        int opened = 0;
        for (int n = 60; n < 3000; n += n / 2) {
            SimulatedDirectory after = crashed.afterCrash(CrashState.everything());
            after.failAt(n, NO_MEMORY);
            try (Stave recovered = Engine.open(after, OPTIONS, true)) {
                assertEquals(keys, recovered.stats().keys());
                opened += (int) after.failures();
            } catch (StaveException e) {
                assertTrue(after.failures() > 0, e::toString);
            }
            assertEquals(List.of(), after.leaks());
        }
        assertTrue(opened > 0, "no hint was left out");
    }
}
