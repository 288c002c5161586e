package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ManifestFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The heap is exhausted behind the commit of a merge, where the live set of the open store is no longer the one of the MANIFEST (I6, I7). */
class MergeMemoryTest extends MergeStores {

    @Test
    void noMemoryBehindTheCommitStopsTheStoreAndBringsNothingBack() {
        SimulatedDirectory directory = new SimulatedDirectory();
        GateDirectory gated = new GateDirectory(directory);
        Stave store = Engine.open(gated, OPTIONS, true);
        store.put(key("gone"), Keys.value(1, 1500));
        store.put(key("dead"), Keys.value(2, 1500));
        store.put(key("dead"), Keys.value(3, 3000));
        assertEquals(List.of(1L, 2L), ids(store));
        boolean[] committed = new boolean[1];
        GateDirectory.Rule exhausted = gated.rule((act, name, position, length) -> {
            committed[0] |= act == Act.RENAME && name.equals(ManifestFile.TEMPORARY_NAME);
            if (committed[0] && act == Act.OPEN) {
                throw new OutOfMemoryError("no room for a window");
            }
        });
        assertThrows(StoreFailedException.class, () -> store.merge(List.of(1L)));
        assertTrue(committed[0]);
        gated.remove(exhausted);
        assertNotNull(store.get(key("gone")));
        // Else it would be deleted, and merged away, with no regard to the copy that nobody knows of.
        assertThrows(StoreFailedException.class, () -> store.delete(key("gone")));
        assertThrows(StoreFailedException.class, store::merge);
        try (Stave recovered = open(directory.crash(CrashState.syncedOnly()))) {
            assertNotNull(recovered.get(key("gone")));
            assertTrue(recovered.delete(key("gone")) > 0);
            recovered.merge();
            assertNull(recovered.get(key("gone")));
        }
    }
}
