package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.CheckpointReport;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.ReadOnlyEngine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import io.stave.segment.SegmentNames;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A store of several segments, and directories for checkpoints of it. */
abstract class CheckpointStores {

    /** Nothing is merged but by the test. */
    static final Options OPTIONS = Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    final SimulatedDirectory disk = new SimulatedDirectory();
    final Stave store = open(disk);

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        store.close();
        assertEquals(List.of(), disk.leaks());
    }

    static Stave open(StoreDirectory directory) {
        return Engine.open(directory, OPTIONS, true);
    }

    static SimulatedDirectory copyOf(SimulatedDirectory directory) {
        return directory.afterCrash(CrashState.everything());
    }

    CheckpointReport checkpoint(StoreDirectory target) {
        return ((Engine) store).checkpoint(target);
    }

    /** Writes keys from {@code first} on, some of which are deleted again. */
    static void write(Stave store, int first, int count) {
        for (int i = first; i < first + count; i++) {
            store.put(key(i), Keys.value(i, 700));
            if (i % 5 == 4) {
                store.delete(key(i - 2));
            }
        }
    }

    void write(int first, int count) {
        write(store, first, count);
    }

    static byte[] key(int i) {
        return ("key" + i).getBytes();
    }

    /** What a store holds: keys, versions and the number in each value. */
    static Map<String, String> content(Stave store) {
        Map<String, String> content = new TreeMap<>();
        try (Snapshot snapshot = store.snapshot()) {
            snapshot.entries()
                    .forEachRemaining(entry -> content.put(
                            new String(entry.key()),
                            entry.version() + ": " + java.util.Arrays.hashCode(entry.value())));
        }
        return content;
    }

    /** What a directory holds, opened for writing, of which nothing is seen in it afterwards. */
    static Map<String, String> content(SimulatedDirectory directory) {
        try (Stave opened = open(copyOf(directory))) {
            return content(opened);
        }
    }

    static ReadOnlyStave openReadOnly(StoreDirectory directory) {
        return ReadOnlyEngine.open(directory, OPTIONS, true);
    }

    /** A closed store that nothing of this one is in. */
    static SimulatedDirectory another() {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave other = open(directory)) {
            write(other, 0, 5);
        }
        return copyOf(directory);
    }

    static long segments(SimulatedDirectory directory) throws java.io.IOException {
        return directory.list().stream()
                .filter(name -> SegmentNames.parse(name).isPresent())
                .count();
    }
}
