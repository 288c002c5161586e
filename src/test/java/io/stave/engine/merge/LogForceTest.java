package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergeReport;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The force of the log beside a merge. */
class LogForceTest extends MergeStores {

    /** Then it is done when it is waited for; nobody waits for ever (I13), and nothing has failed. */
    @Test
    void forceForWhichThereIsNoMemoryIsDoneAgain() throws Exception {
        SimulatedDirectory files = new SimulatedDirectory();
        GateDirectory directory = new GateDirectory(files);
        Stave store = Engine.open(directory, OPTIONS.durability(Durability.OS), false);
        for (int i = 0; i < 20; i++) {
            store.put(Keys.key(i % 8), Keys.value(i, 500));
        }
        Map<Integer, Held> expected = StoreModel.contents(store);
        AtomicBoolean failed = new AtomicBoolean();
        directory.rule((act, name, position, length) -> {
            if (act == Act.FORCE
                    && Thread.currentThread().getName().equals("stave-merge-log")
                    && failed.compareAndSet(false, true)) {
                throw new OutOfMemoryError("Java heap space");
            }
        });
        // Only what is sealed already, so that there is something to force.
        Background.await(() -> store.stats().segments().get(0).state() == SegmentStats.State.SEALED);
        List<Long> sealed = ids(store).subList(0, 1);
        Background<MergeReport> merging = Background.run(() -> store.merge(sealed));
        Background.await(merging::done);
        assertFalse(merging.join().isEmpty());
        assertTrue(failed.get());
        assertTrue(store.health().writable());
        assertEquals(expected, StoreModel.contents(store));
        // What supersedes the input's records was forced, or they would be gone with it.
        try (Stave recovered = open(files.afterCrash(CrashState.syncedOnly()))) {
            assertEquals(expected, StoreModel.contents(recovered));
        }
        store.close();
        assertEquals(List.of(), files.leaks());
    }
}
