package io.stave.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.support.Silence;
import io.stave.engine.support.TestClock;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.ChosenKeydir;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever is written, merged and rolled, every open snapshot shows the moment it was opened at, entry by entry. */
class SnapshotModelProperties {

    private static final Options OPTIONS = ChosenKeydir.in(
            Options.defaults().segmentLength(4096).durability(Durability.OS).mergePolicy(MergePolicy.manual()));

    static {
        Silence.please();
    }

    @Property(tries = 400, shrinking = ShrinkingMode.OFF)
    void snapshotsShowTheirMoment(@ForAll long seed) throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        TestClock clock = new TestClock(1000);
        try (Stave store = Engine.open(directory, OPTIONS.clock(clock), true)) {
            new SnapshotModel(store, clock, true, seed).run(200);
            store.merge();
            store.put(new byte[] {1}, new byte[0]); // in the segment that was created ahead, if there is one
            long segments = directory.list().stream()
                    .filter(name -> name.endsWith(".seg"))
                    .count();
            assertEquals(store.stats().segments().size(), segments, "what closed snapshots had pinned is gone");
        }
        assertEquals(List.of(), directory.leaks());
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void snapshotsShowTheirMomentWhileThreadsOfTheStoreWork(@ForAll long seed) {
        SimulatedDirectory directory = new SimulatedDirectory();
        TestClock clock = new TestClock(1000);
        try (Stave store = Engine.open(directory, OPTIONS.clock(clock), false)) {
            new SnapshotModel(store, clock, false, seed).run(300);
        }
        assertEquals(List.of(), directory.leaks());
    }
}
