package io.stave.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.engine.support.Silence;
import io.stave.io.SimulatedDirectory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Snapshots opened and used at moments of a merge that last no longer than a few instructions, or a file. */
class SnapshotInMergeTest {

    private static final int KEYS = 30;
    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).durability(Durability.OS).mergePolicy(MergePolicy.manual());

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(disk);
    private final Stave store = Engine.open(directory, OPTIONS, false);
    private final Map<String, Long> now = new TreeMap<>();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private final List<Map<String, Long>> expected = new ArrayList<>();

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
        assertEquals(List.of(), disk.leaks());
    }

    private void put(int key, int length) {
        now.put("key " + key, store.put(("key " + key).getBytes(), Keys.value(key, length)));
    }

    private void delete(int key) {
        store.delete(("key " + key).getBytes());
        now.remove("key " + key);
    }

    private void snapshot() {
        snapshots.add(store.snapshot());
        expected.add(new TreeMap<>(now));
    }

    private void compare() {
        for (int i = 0; i < snapshots.size(); i++) {
            Map<String, Long> seen = new TreeMap<>();
            snapshots
                    .get(i)
                    .entries()
                    .forEachRemaining(
                            (Entry e) -> assertEquals(null, seen.put(new String(e.key()), e.version()), "shown once"));
            assertEquals(expected.get(i), seen, "snapshot " + i);
            List<String> keys = new ArrayList<>();
            snapshots.get(i).keys().forEachRemaining(key -> keys.add(new String(key)));
            assertEquals(
                    List.copyOf(expected.get(i).keySet()),
                    keys.stream().sorted().toList());
        }
    }

    /** Some change each: overwritten, deleted, and left alone, in each third of the keys, which are those of an output. */
    private void change(int from) {
        for (int third = 0; third < KEYS; third += KEYS / 3) {
            put(third + from, 450);
            delete(third + from + 1);
        }
    }

    /**
     * A merge is held before it swings the keys of its second output: those of the first already stand there, the others still in the inputs,
     * which are what a snapshot captures.
     */
    @Test
    void snapshotOpenedWhileKeysMoveSeesEachOnce() throws Exception {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < KEYS; i++) {
                put(i, 400);
            }
        }
        snapshot();
        change(0);
        snapshot();
        List<String> outputs = new CopyOnWriteArrayList<>();
        GateDirectory.Rule created = directory.rule((act, name, position, length) -> {
            if (act == Act.CREATE && GateDirectory.segment(name)) {
                outputs.add(name);
            }
        });
        // To be swung, it is looked up in its hint, which nobody has asked for anything before.
        Gate gate = directory.hold(
                Act.OPEN, name -> name.endsWith(".hint") && outputs.indexOf(name.replace(".hint", ".seg")) == 1);
        Background<MergeReport> merge = Background.run(store::merge);
        gate.awaitArrivals(1);
        directory.remove(created);
        snapshot();
        compare();
        change(2);
        snapshot();
        compare();
        directory.open(gate);
        assertTrue(merge.join().outputs().size() >= 3, merge.join()::toString);
        snapshot();
        compare();
        change(4);
        compare();
        store.merge();
        change(6);
        snapshot();
        compare();
        for (int i = 0; i < KEYS; i++) {
            delete(i);
        }
        store.merge();
        compare();
        put(0, 10); // in the segment that was created ahead, if there is one
        snapshots.forEach(Snapshot::close);
        Background.await(() -> segmentsOnDisk() == store.stats().segments().size());
    }

    /**
     * Between taking note of the segments and being known to those who delete files there must be no moment. The clock, which is asked in
     * between, has a merge run to its end, or to where it is held up.
     */
    @Test
    void segmentReplacedInTheInstantOfTheOpeningIsKept() throws Exception {
        SimulatedDirectory other = new SimulatedDirectory();
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        InstantSource clock = () -> {
            meanwhile.getAndSet(() -> {}).run();
            return Instant.EPOCH;
        };
        try (Stave inline = Engine.open(other, OPTIONS.clock(clock), true)) {
            for (int i = 0; i < KEYS; i++) {
                inline.put(Keys.key(i % 5), Keys.value(i, 900));
            }
            AtomicReference<Background<MergeReport>> merge = new AtomicReference<>();
            meanwhile.set(() -> {
                merge.set(Background.run(() -> inline.merge(List.of(1L))));
                Thread thread = merge.get().thread();
                Background.await(() -> merge.get().done() || thread.getState() == Thread.State.BLOCKED);
            });
            try (Snapshot snapshot = inline.snapshot()) {
                assertEquals(List.of(1L), merge.get().join().inputs());
                List<Entry> entries = new ArrayList<>();
                snapshot.entries().forEachRemaining(entries::add);
                assertEquals(5, entries.size());
            }
        }
        assertEquals(List.of(), other.leaks());
    }

    private long segmentsOnDisk() {
        try {
            return directory.list().stream().filter(GateDirectory::segment).count();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Opening waits neither for a merge that copies nor for one that swings. */
    @Test
    void openingWaitsForNoMerge() throws Exception {
        for (int i = 0; i < KEYS; i++) {
            put(i % 10, 400);
        }
        Gate copying = directory.hold(Act.FORCE_NAMES, name -> true);
        Background<MergeReport> merge = Background.run(store::merge);
        copying.awaitArrivals(1);
        snapshot();
        compare();
        directory.open(copying);
        merge.join();
        compare();
        snapshots.forEach(Snapshot::close);
    }
}
