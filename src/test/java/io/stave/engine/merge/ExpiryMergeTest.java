package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePlan;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.Silence;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A merge gives back the space of what has expired, and never brings back what that had hidden (I6). */
class ExpiryMergeTest {

    private static final long START = 1_700_000_000_000L;
    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final WriteOptions SECOND = WriteOptions.defaults().timeToLive(Duration.ofSeconds(1));
    private static final byte[] OLD = new byte[50];
    private static final byte[] NEW = new byte[60];

    private final TestClock clock = new TestClock(START);
    private Options options = Options.defaults().segmentLength(4096).clock(clock);
    private SimulatedDirectory directory = new SimulatedDirectory();
    private Stave store = Engine.open(directory, options, true);

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @AfterEach
    void close() {
        store.close();
        assertEquals(List.of(), directory.leaks());
    }

    private static byte[] key(String key) {
        return key.getBytes();
    }

    private void fill(String key) {
        store.put(key(key), new byte[4000]);
    }

    private void powerCut() {
        directory = directory.crash(CrashState.syncedOnly());
        store = Engine.open(directory, options, true);
    }

    /** Segment 1 holds an old value of "k" and segment 3 a newer one that expires; segments 2 and 4 are full of something else. */
    private void hideAnOldValue() {
        store.put(key("k"), OLD);
        fill("f1");
        store.put(key("k"), NEW, SECOND);
        fill("f2");
    }

    /** Whatever the clock shows, and however often the store is opened. */
    private void assertOldValueNeverReturns() {
        for (long time : new long[] {START, START + 999, START + 1000, Long.MAX_VALUE, 0, Long.MIN_VALUE}) {
            clock.set(time);
            byte[] found = store.get(key("k"));
            assertTrue(found == null || found.length == NEW.length, "the old value is back at " + time);
            powerCut();
            found = store.get(key("k"));
            assertTrue(found == null || found.length == NEW.length, "the old value is back at " + time);
        }
    }

    // ---- space

    @Test
    void mergeDropsWhatHasExpired() {
        for (int i = 0; i < 100; i++) {
            store.put(key("k" + i), new byte[100], SECOND);
        }
        store.put(key("stays"), OLD);
        clock.advance(1000);
        MergePlan plan = store.planMerge();
        assertEquals(
                store.stats().space().diskBytes()
                        - 64L * store.stats().segments().size()
                        - (20 + 5 + 50),
                plan.reclaimableBytes());
        MergeReport report = store.merge();
        assertEquals(100, report.recordsDropped());
        assertEquals(1, report.recordsCopied());
        assertEquals(0, report.tombstonesKept());
        assertEquals(64 + 20 + 5 + 50, store.stats().space().diskBytes());
        assertEquals(1, store.stats().keys());
        assertArrayEquals(OLD, store.get(key("stays")));
        assertTrue(store.planMerge().isEmpty());
    }

    @Test
    void planSeesWhatHasExpiredInTheSegmentThatIsWrittenTo() {
        store.put(key("a"), OLD, SECOND);
        store.put(key("b"), OLD);
        long dead = store.stats().space().deadBytes();
        clock.advance(1000);
        assertEquals(List.of(1L), store.planMerge().segmentIds());
        long operations = directory.operations();
        assertEquals(20 + 8 + 1 + 50, store.stats().space().expiredBytes());
        assertEquals(dead + 20 + 8 + 1 + 50, store.stats().space().deadBytes());
        assertEquals(operations, directory.operations(), "a plan changes nothing on disk");
    }

    @Test
    void mergeKeepsAValueInItsLastMillisecond() {
        store.put(key("a"), OLD, SECOND);
        store.put(key("dead"), OLD);
        store.put(key("dead"), OLD);
        clock.advance(999);
        assertEquals(2, store.merge().recordsCopied());
        assertArrayEquals(OLD, store.get(key("a")));
        powerCut();
        assertArrayEquals(OLD, store.get(key("a")));
    }

    @Test
    void mergeKeepsExpiriesThatAreToCome() {
        store.put(key("a"), OLD, SECOND);
        store.put(key("dead"), OLD);
        store.put(key("dead"), OLD);
        assertEquals(2, store.merge().recordsCopied());
        assertEquals(
                Instant.ofEpochMilli(START + 1000), store.getEntry(key("a")).expiry());
        powerCut();
        clock.advance(999);
        assertEquals(
                Instant.ofEpochMilli(START + 1000), store.getEntry(key("a")).expiry());
        clock.advance(1);
        assertNull(store.get(key("a")));
        assertEquals(1, store.merge().recordsDropped());
    }

    @Test
    void mergeOfEverythingLeavesNothingOfWhatHasExpired() {
        hideAnOldValue();
        clock.advance(1000);
        MergeReport report = store.merge();
        assertEquals(0, report.tombstonesKept());
        assertEquals(2, report.recordsDropped());
        assertOldValueNeverReturns();
        assertNull(store.get(key("k")));
    }

    /** Endless overwriting, deleting and expiring needs no more room than what is alive and a little more. */
    @Test
    void spaceConverges() {
        Random random = new Random(1);
        options = options.durability(Durability.OS);
        powerCut();
        long most = 0;
        for (int i = 0; i < 6000; i++) {
            byte[] key = key("k" + (random.nextInt(4) == 0 ? random.nextInt(40) : 100 + i));
            switch (random.nextInt(6)) {
                case 0 -> store.delete(key, OS);
                case 1 -> store.put(key("k" + random.nextInt(40)), new byte[random.nextInt(200)], OS);
                case 2 ->
                    store.setExpiry(
                            key("k" + random.nextInt(40)), clock.instant().plusMillis(30));
                default ->
                    store.put(
                            key,
                            new byte[random.nextInt(200)],
                            OS.timeToLive(Duration.ofMillis(1 + random.nextInt(300))));
            }
            clock.advance(random.nextInt(3));
            if (i % 200 == 199) {
                store.merge();
                assertEquals(0, store.stats().space().deadBytes());
                most = Math.max(
                        most,
                        store.stats().space().diskBytes()
                                - store.stats().space().liveBytes());
            }
        }
        // Of 6,000 writes 200 to 300 are alive at a time, with some 150 bytes each.
        assertTrue(most < 3000, "so many bytes are left beside the live ones: " + most);
        clock.advance(1000);
        for (int i = 0; i < 40; i++) {
            store.delete(key("k" + i), OS);
        }
        store.merge();
        assertEquals(0, store.stats().space().diskBytes());
        assertEquals(0, store.stats().keys());
    }

    /** Nothing tells by the earliest expiry that there ever was one: it is never to come, or all of it was swept or overwritten. */
    @Test
    void mergeOfEverythingLeavesNothingOfWhatWasDeletedBeforeItExpired() {
        store.put(key("k"), OLD);
        store.put(key("k"), NEW, SECOND.expiry(Instant.MAX));
        store.put(key("l"), OLD, SECOND);
        fill("f1");
        store.put(key("l"), OLD);
        clock.advance(1000);
        store.planMerge();
        for (String key : List.of("k", "l", "f1")) {
            store.delete(key(key));
        }
        MergeReport report = store.merge();
        assertEquals(0, report.tombstonesKept());
        assertEquals(0, store.stats().space().diskBytes());
    }

    /** A put with an expiry that was overwritten in its segment is not in the hint, so after an open nobody knows of it. */
    @Test
    void whatAMergeFindsUnexpectedlyIsJudgedAllTheSame() {
        store.put(key("k"), OLD, SECOND);
        store.put(key("k"), OLD);
        fill("f1");
        store.close();
        powerCut();
        store.delete(key("k"));
        store.put(key("stays"), OLD);
        fill("f2");
        assertEquals(0, store.merge().tombstonesKept());
        assertEquals(List.of(), tombstoneBytes());
        assertTrue(store.planMerge().isEmpty());
    }

    /** A tombstone that was overwritten in its segment is not in the hint either, and counts as dead bytes. */
    @Test
    void anOverwrittenTombstoneThatNoHintTellsOfGoesInOneMerge() throws IOException {
        store.put(key("k"), OLD);
        store.delete(key("k"));
        store.put(key("k"), OLD);
        fill("f1");
        store.close();
        directory = directory.crash(CrashState.syncedOnly());
        directory.delete("KEYDIR");
        store = Engine.open(directory, options, true);
        assertEquals(List.of(), tombstoneBytes());
        MergeReport report = store.merge();
        assertEquals(0, report.tombstonesKept());
        assertEquals(1, report.tombstonesDropped());
        assertTrue(store.planMerge().isEmpty());
    }

    private List<Long> tombstoneBytes() {
        return store.stats().segments().stream()
                .map(SegmentStats::tombstoneBytes)
                .filter(bytes -> bytes > 0)
                .toList();
    }

    // ---- I6

    @Test
    void olderPutInASegmentThatIsNotAnInputNeverComesBack() {
        hideAnOldValue();
        clock.advance(1000);
        MergeReport report = store.merge(List.of(3L));
        assertEquals(1, report.tombstonesKept());
        assertEquals(0, report.recordsDropped());
        assertEquals(64 + 20 + 1, store.stats().segments().get(3).length(), "a tombstone took its place");
        assertOldValueNeverReturns();
    }

    /** As above, but it expires after the sweep that a merge begins with, and so the merge itself meets it. */
    @Test
    void whatExpiresDuringAMergeHidesOlderPutsToo() {
        hideAnOldValue();
        store.put(key("f1"), OLD);
        reopenWithAClockThatGoesOnWhenItWasAskedOnce();
        MergeReport report = store.merge(List.of(3L, 2L));
        assertEquals(1, report.tombstonesKept());
        assertEquals(2, store.stats().keys());
        assertOldValueNeverReturns();
    }

    @Test
    void whatExpiresDuringAMergeIsDroppedWhereItHidesNothing() {
        store.put(key("k"), NEW, SECOND);
        store.put(key("f1"), OLD);
        store.put(key("f1"), OLD);
        reopenWithAClockThatGoesOnWhenItWasAskedOnce();
        MergeReport report = store.merge();
        assertEquals(0, report.tombstonesKept());
        assertEquals(2, report.recordsDropped());
        assertEquals(64 + 20 + 2 + 50, store.stats().space().diskBytes());
    }

    /** A merge asks once for its sweep, and then for itself. */
    private void reopenWithAClockThatGoesOnWhenItWasAskedOnce() {
        AtomicInteger asked = new AtomicInteger();
        InstantSource hasty = () -> Instant.ofEpochMilli(asked.getAndIncrement() == 0 ? START : START + 1000);
        store.close();
        directory = directory.afterCrash(CrashState.syncedOnly());
        store = Engine.open(directory, options.clock(hasty), true);
        asked.set(0);
    }

    /** Once it was swept by a clock that was ahead, the keydir knows nothing of it, and the merge cannot see that it ever counted. */
    @Test
    void whatWasSweptByAClockThatWasAheadHidesOlderPuts() {
        hideAnOldValue();
        clock.set(Long.MAX_VALUE);
        store.planMerge();
        clock.set(START);
        assertNull(store.get(key("k")));
        assertEquals(1, store.merge(List.of(3L)).tombstonesKept());
        assertOldValueNeverReturns();
    }

    @Test
    void mergeOfTheSegmentWithTheOldValueBringsNothingBack() {
        hideAnOldValue();
        clock.advance(1000);
        MergeReport report = store.merge(List.of(1L));
        assertEquals(1, report.recordsDropped());
        assertOldValueNeverReturns();
        clock.set(START + 1000);
        assertEquals(0, store.merge().tombstonesKept(), "there is nothing to hide any more");
        assertEquals(2, store.stats().keys());
    }

    @Test
    void tombstoneThatTookThePlaceOfAPutGoesWhenNothingNeedsIt() {
        hideAnOldValue();
        clock.advance(1000);
        store.merge(List.of(3L));
        assertTrue(store.stats().space().tombstoneBytes() > 0);
        MergeReport report = store.merge();
        assertEquals(1, report.tombstonesDropped());
        assertEquals(0, store.stats().space().tombstoneBytes());
        assertOldValueNeverReturns();
    }

    /** A newer value hides the older ones itself, for as long as there is a record of it. */
    @Test
    void whatHasExpiredAndWasReplacedNeedsNoTombstone() {
        hideAnOldValue();
        clock.advance(1000);
        store.planMerge();
        store.put(key("k"), NEW, SECOND);
        fill("f3");
        MergeReport report = store.merge(List.of(3L));
        assertEquals(0, report.tombstonesKept());
        assertEquals(1, report.recordsDropped());
        clock.advance(1000);
        assertEquals(1, store.merge(List.of(5L)).tombstonesKept());
        assertOldValueNeverReturns();
    }

    /** Whether it was swept or deleted cannot be told any more, so it is taken for the worse. */
    @Test
    void aDeletedPutWithAnExpiryHidesOlderPuts() {
        hideAnOldValue();
        assertTrue(store.delete(key("k")) > 0); // segment 5
        fill("f3");
        assertEquals(1, store.merge(List.of(3L)).tombstonesKept());
        store.merge(List.of(5L));
        assertOldValueNeverReturns();
        assertNull(store.get(key("k")));
    }

    @Test
    void aPutThatOvertakesTheMergeStays() throws IOException {
        hideAnOldValue();
        store.close();
        directory = directory.afterCrash(CrashState.syncedOnly());
        GateDirectory gated = new GateDirectory(directory);
        store = Engine.open(gated, options, true);
        clock.advance(1000);
        boolean[] put = {false};
        gated.rule((act, name, position, length) -> {
            if (act == GateDirectory.Act.CREATE && name.endsWith(".hint.tmp") && !put[0]) {
                put[0] = true;
                store.put(key("k"), new byte[70]);
            }
        });
        assertEquals(1, store.merge(List.of(3L)).tombstonesKept());
        assertTrue(put[0]);
        assertEquals(70, store.get(key("k")).length);
        close();
        powerCut();
        assertEquals(70, store.get(key("k")).length);
    }

    /** Wherever the machine goes down in a merge, and whatever the clock shows at the next open. */
    @Test
    void crashInAMergeBringsNoOlderPutBack() {
        for (List<Long> inputs : List.of(List.of(3L), List.of(1L), List.of(1L, 3L), List.of(2L, 3L))) {
            for (boolean sweptLongBefore : new boolean[] {true, false}) {
                directory = new SimulatedDirectory();
                clock.set(START);
                store.close();
                store = Engine.open(directory, options, true);
                hideAnOldValue();
                store.put(key("f1"), OLD);
                store.close();
                SimulatedDirectory recording =
                        directory.afterCrash(CrashState.everything()).keepHistory();
                store = Engine.open(recording, options, true);
                clock.set(START + 1000);
                if (sweptLongBefore) {
                    store.planMerge();
                    clock.set(START);
                }
                assertFalse(store.merge(inputs).isEmpty());
                int tried = crashEverywhere(recording.replay());
                assertTrue(tried > 20, "tried " + tried);
                directory = recording;
            }
        }
    }

    private int crashEverywhere(Replay replay) {
        int tried = 0;
        for (; replay.hasNext(); replay.step()) {
            for (CrashState state :
                    List.of(CrashState.syncedOnly(), CrashState.everything(), CrashState.random(tried))) {
                for (long time : new long[] {START, START + 1000}) {
                    clock.set(time);
                    try (Stave recovered = Engine.open(replay.afterCrash(state), options, true)) {
                        byte[] found = recovered.get(key("k"));
                        assertTrue(
                                found == null || (found.length == NEW.length && time == START),
                                "after " + tried + " crashes");
                        assertNotNull(recovered.get(key("f2")));
                        assertArrayEquals(OLD, recovered.get(key("f1")));
                    }
                    tried++;
                }
            }
        }
        return tried;
    }

    /** A tombstone in the place of a put has a hint and a digest like any record, and what is recovered from them is the same. */
    @Test
    void recoveryFromHintsAndFromScansAgreeOnWhatTookThePlaceOfExpiredPuts() throws IOException {
        hideAnOldValue();
        clock.advance(1000);
        List<Long> outputs = store.merge(List.of(3L)).outputs();
        store.close();
        SimulatedDirectory hinted = directory.afterCrash(CrashState.syncedOnly());
        SimulatedDirectory scanned = directory.afterCrash(CrashState.syncedOnly());
        for (String name : scanned.list()) {
            if (name.endsWith(".hint") || name.equals(KeydirFile.NAME)) {
                scanned.delete(name);
            }
        }
        clock.set(START);
        for (SimulatedDirectory found : List.of(hinted, scanned)) {
            try (Stave reopened = Engine.open(found, options, true)) {
                assertEquals(found == hinted ? 0 : 4, reopened.recoveryReport().segmentsScanned());
                assertNull(reopened.get(key("k")));
                assertEquals(outputs, List.of(reopened.stats().segments().get(3).id()));
                assertEquals(20 + 1, reopened.stats().segments().get(3).tombstoneBytes());
            }
        }
    }
}
