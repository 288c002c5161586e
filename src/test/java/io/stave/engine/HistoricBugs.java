package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.Durability;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;

/** A store that a test of an old bug runs on. */
abstract class HistoricBugs {

    static final Options OPTIONS = Options.defaults().segmentLength(4096);
    static final WriteOptions UNFORCED = WriteOptions.defaults().durability(Durability.OS);

    SimulatedDirectory directory = new SimulatedDirectory();
    Stave store = Engine.open(directory, OPTIONS, true);

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    void reopen() {
        store.close();
        assertEquals(List.of(), directory.leaks());
        powerCut();
    }

    /** Only what was forced is left. */
    void powerCut() {
        directory = directory.crash(CrashState.syncedOnly());
        store = Engine.open(directory, OPTIONS, true);
    }

    /** Fills what is left of the active segment with a record of its own, so that the next write goes to a new one. */
    void fill(String key) {
        store.put(key(key), new byte[4000]);
    }

    static byte[] key(String key) {
        return key.getBytes();
    }

    Map<Long, Long> liveBytes() {
        return store.stats().segments().stream()
                .collect(Collectors.toMap(SegmentStats::id, SegmentStats::liveBytes, (a, b) -> a, TreeMap::new));
    }
}
