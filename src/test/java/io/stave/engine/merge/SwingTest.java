package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergeReport;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** After a merge the keydir points at the copies, however it learnt where they lie (I7). */
class SwingTest extends MergeStores {

    private final SimulatedDirectory files = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(files);
    private final Set<String> openedAfterCommit = ConcurrentHashMap.newKeySet();

    /** Segments of which half is dead, with more keys than are looked up together. */
    private Stave overwritten() {
        Stave store = Engine.open(directory, OPTIONS, true);
        for (int i = 0; i < 120; i++) {
            store.put(key("key " + i % 60), Keys.value(i, 150));
        }
        return store;
    }

    private static void check(Stave store) {
        for (int i = 60; i < 120; i++) {
            assertArrayEquals(Keys.value(i, 150), store.get(key("key " + i % 60)));
        }
    }

    /** Merges what is sealed, and notes what is opened for reading after the commit. */
    private void merge(Stave store) {
        List<Long> ids = ids(store);
        boolean[] committed = new boolean[1];
        GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
            committed[0] |= act == Act.RENAME && name.startsWith("MANIFEST");
            if (committed[0] && act == Act.OPEN) {
                openedAfterCommit.add(name.substring(name.indexOf('.')));
            }
        });
        assertFalse(store.merge(ids.subList(0, ids.size() - 1)).isEmpty());
        directory.remove(rule);
        assertTrue(committed[0]);
    }

    @Test
    void hintTellsWhereCopiesAreWithoutAReadOfThem() {
        Stave store = overwritten();
        merge(store);
        assertEquals(Set.of(".hint"), openedAfterCommit);
        check(store);
        store.close();
        assertEquals(List.of(), files.leaks());
    }

    @Test
    void copyIsReadIfItsHintCannotBe() {
        Stave store = overwritten();
        GateDirectory.Rule rule =
                directory.fail(Act.READ, name -> name.endsWith(".hint"), new IOException("Input/output error"));
        merge(store);
        directory.remove(rule);
        assertTrue(openedAfterCommit.contains(".seg"));
        check(store);
        store.close();
        assertEquals(List.of(), files.leaks());
    }

    @Test
    void copyIsReadIfItHasNoHint() {
        Stave store = overwritten();
        GateDirectory.Rule rule =
                directory.fail(Act.CREATE, name -> name.endsWith(".hint.tmp"), new IOException("Input/output error"));
        merge(store);
        directory.remove(rule);
        check(store);
        store.close();
    }

    /** A tombstone that must stay lies beside a newer put of its key: only one of them is in the hint, and the keydir knows the put. */
    @Test
    void tombstoneBesideANewerPutOfItsKeyDoesNotTakeItsPlace() {
        Stave store = Engine.open(directory, OPTIONS, true);
        store.put(key("again"), Keys.value(1, 1960));
        store.put(key("x1"), Keys.value(2, 1960));
        // The segment that has more to copy comes first, so the tombstone does.
        store.delete(key("again"));
        store.put(key("x2"), Keys.value(3, 2000));
        store.put(key("dead"), Keys.value(4, 1000));
        byte[] newest = Keys.value(5, 1000);
        store.put(key("again"), newest);
        store.put(key("dead too"), Keys.value(6, 2900));
        store.put(key("dead"), Keys.value(7, 1000));
        store.put(key("dead too"), Keys.value(8, 2900));
        store.put(key("x3"), Keys.value(9, 3500));
        MergeReport report = store.merge(ids(store).subList(1, 3));
        assertEquals(1, report.tombstonesKept(), "else this shows nothing");
        assertEquals(1, report.outputs().size(), "else this shows nothing");
        assertEquals(2, report.recordsCopied(), "else this shows nothing");
        assertArrayEquals(newest, store.get(key("again")));
        Stave reopened = reopened(store, files);
        assertArrayEquals(newest, reopened.get(key("again")));
        reopened.delete(key("again"));
        reopened.merge();
        assertNull(reopened.get(key("again")));
        assertNotNull(reopened.get(key("x1")));
        reopened.close();
    }
}
