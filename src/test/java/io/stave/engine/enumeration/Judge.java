package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Opens what a crash has left, again and again, and demands what must hold of any state that a crash may leave, whatever was done before:
 * that it opens at all, that all ways to recover it agree, and that the store works on.
 */
final class Judge {

    /** A value that no script writes. */
    private static final int FRESH_VALUE = 1_000_000;

    private static final int FRESH_LENGTH = 40;

    /** Later than anything expires that a script puts. */
    private static final long LATER = 1_000_000;

    private static final String RESERVE = "RESERVE";

    /** No file takes less. */
    private static final long A_BLOCK = 4096;

    /** Room for everything. */
    private static final long ROOMY = 1L << 40;

    private final SimulatedDirectory left;
    private final long now;
    private final TestClock clock;

    /** Whether the disk is so small that it may be full. */
    private final boolean tight;

    private Judge(SimulatedDirectory left, long now) {
        this.left = left;
        this.now = now;
        this.tight = left.free() < ROOMY / 2;
        this.clock = new TestClock(now);
    }

    /** Judges what a crash has left when the clock showed {@code now}; nothing is done to the directory itself. */
    static Outcome judge(SimulatedDirectory left, long now) {
        try {
            return new Judge(left, now).judge();
        } catch (IOException e) {
            throw new AssertionError("a file that must be there cannot be read", e);
        }
    }

    private Outcome judge() throws IOException {
        SimulatedDirectory directory = copyThatOpens();
        SimulatedDirectory crashed;
        Map<Integer, Held> contents;
        try (Stave store = open(directory)) {
            directory.capacity(ROOMY);
            contents = StoreModel.contents(store);
            crashed = directory.afterCrash(CrashState.syncedOnly());
            recoverAgain(crashed, store, contents);
            recoverByScan(store, contents);
        }
        assertEquals(List.of(), directory.leaks());
        SimulatedDirectory closed = copy(directory);
        checkSameFiles(closed, copy(crashed));
        return workOn(closed, contents);
    }

    /** Recovery has no more room than the script had; it may be refused for want of that, and then there is more for the next. */
    private SimulatedDirectory copyThatOpens() {
        SimulatedDirectory first = copy(left);
        if (!tight) {
            return first;
        }
        try (Stave store = open(first)) {
            assert store != null;
            return copy(left);
        } catch (StoreFullException e) {
            assertTrue(first.free() < A_BLOCK, () -> first.free() + " bytes are free: " + e);
            assertEquals(List.of(), first.leaks());
            SimulatedDirectory next = copy(first);
            next.capacity(ROOMY);
            return next;
        }
    }

    private Stave open(SimulatedDirectory directory) {
        return Engine.open(directory, Life.OPTIONS.clock(clock), true);
    }

    private static SimulatedDirectory copy(SimulatedDirectory directory) {
        return directory.afterCrash(CrashState.everything());
    }

    /** What recovery made of it is durable when it returns, and is found by hints alone (I10). */
    private void recoverAgain(SimulatedDirectory crashed, Stave recovered, Map<Integer, Held> contents) {
        try (Stave store = open(crashed)) {
            assertEquals(contents, StoreModel.contents(store), "after a crash right after recovery");
            assertEquals(figures(recovered), figures(store), "after a crash right after recovery");
            checkClean(store);
        }
        assertEquals(List.of(), crashed.leaks());
    }

    /** On a full disk recovery makes no hints, and what has none is scanned. */
    private void checkClean(Stave store) {
        RecoveryReport report = store.recoveryReport();
        assertTrue(report.clean() && (report.segmentsScanned() == 0 || tight), report::describe);
    }

    /** Recovery by hints, as far as there are any, equals recovery by scanning everything, and the keydir as it was closed. */
    private void recoverByScan(Stave recovered, Map<Integer, Held> contents) throws IOException {
        List<String> hints = new ArrayList<>(
                left.list().stream().filter(name -> name.endsWith(".hint")).toList());
        if (recovered.recoveryReport().keydirRestored()) {
            recoverWithout(List.of(KeydirFile.NAME), recovered, contents);
        }
        if (!hints.isEmpty()) { // else it was done so
            if (left.exists(KeydirFile.NAME)) {
                hints.add(KeydirFile.NAME); // with which nothing would be scanned
            }
            recoverWithout(hints, recovered, contents);
        }
    }

    private void recoverWithout(List<String> names, Stave recovered, Map<Integer, Held> contents) throws IOException {
        SimulatedDirectory without = copy(left);
        without.capacity(ROOMY);
        for (String name : names) {
            without.delete(name);
        }
        try (Stave store = open(without)) {
            assertEquals(contents, StoreModel.contents(store), () -> "without " + names);
            assertEquals(figures(recovered), figures(store), () -> "without " + names);
        }
        assertEquals(List.of(), without.leaks());
    }

    /** What there is of each segment when all that has expired is swept, as it may have been before the crash. */
    private static List<String> figures(Stave store) {
        store.planMerge();
        List<String> figures = new ArrayList<>();
        for (SegmentStats segment : store.stats().segments()) {
            figures.add(segment.fileName() + ": " + segment.length() + " bytes, live " + segment.liveBytes() + ", rest "
                    + (segment.deadBytes() + segment.tombstoneBytes()));
        }
        return figures;
    }

    /** One recovery more changes nothing, but for the MANIFEST, which counts them, KEYDIR, which names it, and what depends on the room there is. */
    private void checkSameFiles(SimulatedDirectory once, SimulatedDirectory twice) throws IOException {
        assertEquals(sameEachTime(once), sameEachTime(twice), "files after one recovery more");
        for (String name : sameEachTime(once)) {
            if (!name.equals(ManifestFile.NAME) && !name.equals(KeydirFile.NAME)) {
                assertTrue(Arrays.equals(once.content(name), twice.content(name)), name + " has changed");
            }
        }
        assertEquals(
                ManifestFile.read(once).segments(), ManifestFile.read(twice).segments());
    }

    private List<String> sameEachTime(SimulatedDirectory directory) throws IOException {
        return directory.list().stream()
                .filter(name ->
                        !name.equals(RESERVE) && !(tight && (name.endsWith(".hint") || name.equals(KeydirFile.NAME))))
                .toList();
    }

    /** Puts, deletes, merges and closes: all else stays as it was, what was deleted does not come back, and what has expired hides what is older. */
    private Outcome workOn(SimulatedDirectory directory, Map<Integer, Held> contents) {
        Map<Integer, Held> expected = new TreeMap<>(contents);
        long version;
        long segmentId;
        try (Stave store = open(directory)) {
            assertEquals(contents, StoreModel.contents(store), "opened after a clean close");
            checkClean(store);
            byte[] value = Keys.value(FRESH_VALUE, FRESH_LENGTH);
            version = store.put(Keys.key(Life.FRESH), value);
            expected.put(Life.FRESH, new Held(version, value));
            segmentId = store.stats().segments().stream()
                    .mapToLong(SegmentStats::id)
                    .max()
                    .orElseThrow();
            if (!contents.isEmpty()) {
                int victim = contents.keySet().iterator().next();
                store.delete(Keys.key(victim));
                expected.remove(victim);
            }
            store.merge();
            assertEquals(expected, StoreModel.contents(store), "after a merge of everything");
        }
        assertEquals(List.of(), directory.leaks());
        SimulatedDirectory merged = copy(directory);
        try (Stave store = open(merged)) {
            assertEquals(expected, StoreModel.contents(store), "opened after a merge of everything");
            expireAll(store, expected);
        }
        assertEquals(List.of(), merged.leaks());
        mayHaveExpired(merged, expected);
        return new Outcome(contents, version, segmentId);
    }

    private static boolean anyExpires(Map<Integer, Held> contents) {
        return contents.values().stream().anyMatch(held -> held.expiry() != 0);
    }

    /** Time passes: what expires is gone, and a merge of everything brings nothing to light. */
    private void expireAll(Stave store, Map<Integer, Held> contents) {
        if (!anyExpires(contents)) {
            return;
        }
        clock.advance(LATER);
        Map<Integer, Held> expected = new TreeMap<>(contents);
        expected.values().removeIf(held -> held.expired(clock.millis()));
        assertEquals(expected, StoreModel.contents(store), "after everything has expired");
        store.merge();
        assertEquals(expected, StoreModel.contents(store), "after a merge of what has expired");
    }

    /** The clock is set back: of what had expired, each may be there again or not, and nothing older is. */
    private void mayHaveExpired(SimulatedDirectory closed, Map<Integer, Held> contents) {
        if (!anyExpires(contents)) {
            return;
        }
        clock.set(now);
        Map<Integer, Held> found;
        try (Stave store = open(copy(closed))) {
            found = StoreModel.contents(store);
        }
        Map<Integer, Held> missing = new TreeMap<>(contents);
        missing.entrySet().removeAll(found.entrySet());
        boolean nothingElse = contents.entrySet().containsAll(found.entrySet());
        boolean nothingLost = missing.values().stream().allMatch(held -> held.expiry() != 0);
        assertTrue(
                nothingElse && nothingLost,
                () -> "the clock was set back:\nfound    " + found + "\nexpected " + contents);
    }
}
