package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Stave;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The operating system refuses a call, as the rules of {@code fail.btm} make it do: the first failed force stops the store, a write that
 * could be undone does not, reads go on, and reopening heals (I8).
 */
class ForceFailureCrashIT {

    private static final int AFTERMATH_MILLIS = 300;

    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({
        "force of a segment fails,     1, PUT,             StoreFailedException, stops",
        "force of a segment fails,     1, DELETE,          StoreFailedException, stops",
        "force of a segment fails,     1, COMPARE_AND_SET, StoreFailedException, stops",
        "force of a segment fails,     1, ASYNC,           StoreFailedException, stops",
        "force of a segment fails,     1, SYNC,            StoreFailedException, stops",
        "force of a segment fails,     1, ROLL,            StoreFailedException, stops",
        "force of a segment fails,     1, MERGE,           StoreFailedException, stops",
        "force of the MANIFEST fails,  1, ROLL,            StoreFailedException, stops",
        "force of the MANIFEST fails,  1, MERGE,           StoreFailedException, stops",
        "force of the directory fails, 1, ROLL,            StoreFailedException, stops",
        "force of the directory fails, 2, MERGE,           StoreFailedException, stops",
        "force of a hint fails,        1, SEAL,            StoreFailedException, stops",
        "force of a full disk fails,   1, PUT,             StoreFailedException, stops",
        "write cannot be undone,       1, PUT,             StoreFailedException, stops",
        "write fails half-way,         1, PUT,             StoreIOException,     lives",
        "write of a segment fails,     1, PUT,             StoreIOException,     lives",
        "write of a segment fails,     1, ROLL,            StoreIOException,     lives",
        "write of a segment fails,     1, MERGE,           StoreIOException,     lives",
        "write finds the disk full,    1, PUT,             StoreFullException,   lives",
        "write finds the disk full,    1, MERGE,           StoreFullException,   lives",
        "rename fails,                 1, ROLL,            StoreFailedException, stops",
        "map fails,                    1, ROLL,            StoreIOException,     lives",
        "the leader breaks,            1, PUT,             StoreFailedException, stops",
        "the leader breaks,            1, ASYNC,           StoreFailedException, stops",
    })
    void everyFailureIsTypedAndHealed(String rule, int nth, String action, String exception, String fate)
            throws Exception {
        Scratch scratch = Scratch.create("fault");
        Settings settings = Settings.of(scratch.resolve("store"), scratch.path(), seed);
        List<String> options = Rules.options(Rules.FAIL, rule, nth, scratch.path());
        List<String> arguments = List.of(settings.store().toString(), action, exception, fate);
        try (Jvm child = Jvm.start(Faults.class, options, arguments)) {
            assertEquals(0, child.join(), child::output);
            assertTrue(child.said(Faults.PASSED), child::output);
            for (String name : Rules.names(Rules.FAIL)) {
                assertTrue(!name.startsWith(rule) || child.said(Rules.FIRED + name), child::output);
            }
        }
        boolean lives = fate.equals("lives");
        try (Stave store = Stave.open(settings.store(), settings.options())) {
            assertTrue(!lives || store.recoveryReport().clean(), store.recoveryReport()::describe);
            for (int key = 0; key < Faults.KEYS; key++) {
                byte[] value = store.get(Values.key(key));
                long count = value == null ? 3 : Values.count(key, value);
                boolean open = key == Faults.TARGET && !lives; // its write or delete may or may not have happened
                assertTrue(open || value != null, "key " + key + " is gone");
                assertTrue(count == (lives ? 3 : 2) || open && count == 3, "key " + key + " shows write " + count);
            }
            store.put(Values.key(0), Values.value(0, 5, 100));
            store.merge();
        }
        scratch.delete();
    }

    /** One force fails under eight writers: none of the group is acknowledged, none after it, and readers notice nothing. */
    @Test
    void failedForceStopsEveryWriterAndNoReader() throws Exception {
        Scratch scratch = Scratch.create("force");
        Settings settings = Settings.of(scratch.resolve("store"), scratch.directory("journals"), seed);
        List<String> options =
                new ArrayList<>(Rules.options(Rules.FAIL, "force of a segment fails", 100, scratch.path()));
        options.add("-Dstave.crash.armed=true");
        try (Jvm child = Jvm.start(Workload.class, options, settings.toArguments())) {
            child.await(Run.STOPPED);
            Thread.sleep(AFTERMATH_MILLIS);
            child.order("stop");
            assertEquals(0, child.join(), child::output);
            assertTrue(child.said(Rules.FIRED) && child.said(Run.READY) && child.said(Run.CLOSED), child::output);
            assertFalse(child.said(Run.VIOLATION) || child.said(Run.TROUBLE), child::output);
        }
        verify(settings, scratch);
    }

    /** The kernel may write less than it was asked to, always. */
    @Test
    void shortWritesAreCarriedOn() throws Exception {
        Scratch scratch = Scratch.create("short");
        Settings settings = Settings.of(scratch.resolve("store"), scratch.directory("journals"), seed);
        List<String> options = Rules.options(Rules.FAIL, "short writes", 1, scratch.path());
        try (Jvm child = Jvm.start(Workload.class, options, settings.toArguments())) {
            child.await(Run.WORKED);
            assertEquals(Jvm.KILLED, child.kill(), child::output);
            assertTrue(child.said(Rules.FIRED), child::output);
            assertFalse(child.said(Run.VIOLATION) || child.said(Run.TROUBLE), child::output);
        }
        verify(settings, scratch);
    }

    private static void verify(Settings settings, Scratch scratch) throws Exception {
        History history = new History();
        history.absorb(settings.journals(), History.NO_CUT);
        assertTrue(history.acknowledged() > 0, "nothing was written");
        Verifier.verify(settings.store(), settings.options(), history);
        scratch.delete();
    }
}
