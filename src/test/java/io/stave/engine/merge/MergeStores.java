package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** Stores for the tests of merges. */
abstract class MergeStores {

    /** Nothing is merged but by the test. */
    static final Options OPTIONS = Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    static Stave open(SimulatedDirectory directory) {
        return Engine.open(directory, OPTIONS, true);
    }

    static byte[] key(String key) {
        return key.getBytes();
    }

    /** Four segments with live and dead records and tombstones for records in others. */
    static SimulatedDirectory several() {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = open(directory)) {
            for (int i = 0; i < 20; i++) {
                store.put(Keys.key(i % 8), Keys.value(i, 500));
                if (i % 3 == 0) {
                    store.delete(Keys.key((i + 4) % 8));
                }
            }
            store.put(Keys.key(9), new byte[0]);
        }
        return directory.afterCrash(CrashState.everything());
    }

    /** Three segments: "gone" was put in the first, "here" in the second; the third deletes "gone". Each has a live record. */
    static Stave threeSegments(SimulatedDirectory directory) {
        Stave store = open(directory);
        store.put(key("gone"), Keys.value(1, 1960));
        store.put(key("x1"), Keys.value(2, 1960));
        store.put(key("here"), Keys.value(3, 1960));
        store.put(key("x2"), Keys.value(4, 1960));
        store.delete(key("gone"));
        store.put(key("x3"), Keys.value(5, 3000));
        store.put(key("x4"), Keys.value(6, 3000));
        assertEquals(List.of(1L, 2L, 3L, 4L), ids(store));
        return store;
    }

    static List<Long> ids(Stave store) {
        return store.stats().segments().stream().map(SegmentStats::id).toList();
    }

    static Stave reopened(Stave store, SimulatedDirectory directory) {
        store.close();
        assertEquals(List.of(), directory.leaks());
        return open(directory.afterCrash(CrashState.syncedOnly()));
    }
}
