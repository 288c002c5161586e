package io.stave.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.engine.Engine;
import io.stave.engine.recovery.KeydirFile;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A disk in memory: power cuts leave anything a disk may leave, at any operation. Background work runs inline, or the sealer comes late:
 * then it seals only what a merge or a close has it seal.
 */
public final class SimulatedModelDisk implements ModelDisk {

    private final Options options;
    private final boolean sealsLate;
    private SimulatedDirectory directory = new SimulatedDirectory();
    private SimulatedProcess process = new SimulatedProcess(directory);

    SimulatedModelDisk(Options options, boolean sealsLate) {
        this.options = options;
        this.sealsLate = sealsLate;
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public Stave open() {
        process = new SimulatedProcess(directory);
        process.holdSealing(sealsLate);
        return Engine.open(process, options, !sealsLate);
    }

    @Override
    public boolean inBackground() {
        return sealsLate;
    }

    @Override
    public void holdSealing(boolean hold) {
        process.holdSealing(hold && sealsLate);
    }

    @Override
    public void kill(Stave store) throws IOException {
        process.kill();
        abandon(store);
    }

    @Override
    public boolean keepsWhatWasAppended() {
        return false;
    }

    @Override
    public boolean crashAfter(int operations) {
        directory.dieAt(directory.operations() + operations);
        return true;
    }

    @Override
    public boolean failNextWrite(int bytes) {
        directory.failAt(1, Fault.shortWrite(bytes));
        return true;
    }

    @Override
    public void failNoWrite() {
        directory.heal();
    }

    @Override
    public void crash(Stave store, long seed) {
        SimulatedDirectory after = directory.crash(CrashState.random(seed));
        process.holdSealing(false);
        abandon(store);
        directory = after;
    }

    /** Closing a store whose disk is dead fails, and must give everything back all the same. */
    private void abandon(Stave store) {
        try {
            store.close();
        } catch (StaveException e) {
            // The disk is dead.
        }
        assertEquals(List.of(), directory.leaks(), "what a closed store has not given back");
    }

    @Override
    public void closed(long seed) {
        assertEquals(List.of(), directory.leaks(), "what a closed store has not given back");
        directory = directory.crash(CrashState.random(seed));
    }

    @Override
    public void compareRecoveries() throws IOException {
        SimulatedDirectory asLeft = directory.afterCrash(CrashState.everything());
        SimulatedDirectory withHints = without(List.of(KeydirFile.NAME));
        SimulatedDirectory without = without(
                directory.list().stream().filter(SimulatedModelDisk::isShortcut).toList());
        try (Stave restored = Engine.open(asLeft, options, true);
                Stave hinted = Engine.open(withHints, options, true);
                Stave scanned = Engine.open(without, options, true)) {
            assertEquals(StoreModel.contents(scanned), StoreModel.contents(hinted));
            assertEquals(liveBytes(scanned), liveBytes(hinted));
            Map<Integer, Held> contents = StoreModel.contents(restored);
            Map<Integer, Held> swept = new TreeMap<>(StoreModel.contents(scanned));
            swept.entrySet().removeAll(contents.entrySet());
            assertTrue(swept.values().stream().allMatch(held -> held.expiry() != 0), swept::toString);
            if (swept.isEmpty()) {
                // Else the clock was set back since the close, and what was swept before stays so.
                assertEquals(StoreModel.contents(scanned), contents);
                assertEquals(liveBytes(scanned), liveBytes(restored));
            }
            assertEquals(0, scanned.recoveryReport().segmentsFromHints());
            assertFalse(hinted.recoveryReport().keydirRestored());
        }
    }

    /** What saves an open from reading the segments. */
    private static boolean isShortcut(String name) {
        return name.endsWith(".hint") || name.equals(KeydirFile.NAME);
    }

    private SimulatedDirectory without(List<String> names) throws IOException {
        SimulatedDirectory copy = directory.afterCrash(CrashState.everything());
        for (String name : names) {
            copy.delete(name);
        }
        return copy;
    }

    /** What there is of each segment when all that has expired is swept, as it may have been before the close. */
    private static Map<String, String> liveBytes(Stave store) {
        store.planMerge();
        return store.stats().segments().stream()
                .collect(Collectors.toMap(
                        SegmentStats::fileName,
                        s -> s.length() + " bytes, live " + s.liveBytes() + ", rest "
                                + (s.deadBytes() + s.tombstoneBytes())));
    }

    @Override
    public void close() {
        // Memory only.
    }
}
