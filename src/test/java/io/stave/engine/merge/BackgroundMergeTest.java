package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePlan;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.base.Worker;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The background merge, driven by the test: with the store inline nothing runs by itself. */
@ExtendWith(QuietLog.class)
class BackgroundMergeTest {

    private static final int SEGMENT = 16 << 10;
    private static final Options OPTIONS =
            Options.defaults().segmentLength(SEGMENT).durability(Durability.OS);

    private static final MergePolicy THRIFTY = MergePolicy.automatic().deadRatio(0.05);

    private SimulatedDirectory directory = new SimulatedDirectory();
    private final Map<Integer, byte[]> expected = new HashMap<>();

    private static Stave open(SimulatedDirectory directory, MergePolicy policy) {
        return Engine.open(directory, OPTIONS.mergePolicy(policy), true);
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(8).putInt(i).putInt(~i).array();
    }

    private static BackgroundMerge merge(Stave store) {
        return ((Engine) store).backgroundMerge();
    }

    /** Lets the background do all that it wants to do now; returns how many rounds that took. */
    private static int settle(Stave store) {
        int rounds = 0;
        while (merge(store).work() == 0) {
            rounds++;
            assertTrue(rounds < 10_000, () -> "it never ends: " + store.stats());
        }
        return rounds;
    }

    private void put(Stave store, int key, int version, int length) {
        byte[] value = Keys.value(version, length);
        store.put(key(key), value);
        expected.put(key, value);
    }

    private void delete(Stave store, int key) {
        store.delete(key(key));
        expected.remove(key);
    }

    private void assertContents(Stave store) {
        assertEquals(expected.size(), store.stats().keys());
        expected.forEach((key, value) -> assertArrayEquals(value, store.get(key(key))));
    }

    /** The bytes that all files of the store take on the disk. */
    private long onDisk() throws IOException {
        return directory.totalBytes() - directory.usableBytes();
    }

    private void assertContentsAfterReopen(Stave store) {
        store.close();
        assertEquals(List.of(), directory.leaks());
        try (Stave reopened = open(directory.afterCrash(CrashState.syncedOnly()), MergePolicy.manual())) {
            assertContents(reopened);
        }
    }

    @Test
    void overwritingForEverStaysWithinOneAndAHalfTimesTheLiveData() throws IOException {
        Stave store = open(directory, MergePolicy.automatic());
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 700; i++) {
            put(store, i, i, 500);
        }
        double live = 700 * 508;
        DiskUse use = use(store, 8000, i -> put(store, random.nextInt(700), i, 500));
        assertTrue(use.most > 1.2 * live && use.most < 1.5 * live, () -> use + " for " + live);
        assertContentsAfterReopen(store);
    }

    /** The mean of what is on the disk during the second fifth of the steps and during the last one; the most of all steps after the first fifth. */
    private record DiskUse(double early, double late, long most) {}

    private interface Step {
        void run(int i);
    }

    private DiskUse use(Stave store, int steps, Step step) throws IOException {
        double[] sums = new double[5];
        long most = 0;
        for (int i = 0; i < steps; i++) {
            step.run(i);
            settle(store);
            long now = onDisk();
            int fifth = 5 * i / steps;
            sums[fifth] += now * 5.0 / steps;
            most = fifth == 0 ? 0 : Math.max(most, now);
        }
        return new DiskUse(sums[1], sums[4], most);
    }

    /** A new key for each that goes: half of all records are tombstones. */
    @Test
    void churnForEverReachesAFixedPoint() throws IOException {
        Stave store = open(directory, MergePolicy.automatic());
        int live = 700;
        DiskUse use = use(store, 15_000, i -> {
            put(store, i, i, 100);
            if (i >= live) {
                delete(store, i - live);
            }
        });
        long atLeast = live * (128L + 38);
        assertTrue(use.most < 2 * atLeast, () -> use + " for " + atLeast);
        assertTrue(use.late < 1.05 * use.early, () -> "it still grows: " + use);
        assertContentsAfterReopen(store);
    }

    /** Random keys put and deleted, so that tombstones, puts and older puts of a key lie everywhere. */
    @Test
    void randomPutsAndDeletesReachAFixedPoint() throws IOException {
        Stave store = open(directory, MergePolicy.automatic());
        SplittableRandom random = new SplittableRandom(2);
        DiskUse use = use(store, 20_000, i -> {
            int key = random.nextInt(2000);
            if (random.nextInt(3) == 0) {
                put(store, key, i, random.nextInt(150));
            } else {
                delete(store, key);
            }
        });
        assertTrue(use.late < 1.05 * use.early, () -> "it still grows: " + use);
        assertContentsAfterReopen(store);
    }

    @Test
    void nothingIsLeftOfWhatWasDeleted() throws IOException {
        Stave store = open(directory, MergePolicy.automatic());
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 5000; i++) {
            put(store, random.nextInt(2000), i, 200);
        }
        for (int i = 0; i < 2000; i++) {
            delete(store, i);
            settle(store);
        }
        // What the active segment holds cannot be merged before it is full; and a little is not worth a merge.
        for (int i = 0; store.stats().segments().size() > 2 || i < 300; i++) {
            put(store, 0, i, 200);
            delete(store, 0);
            settle(store);
            assertTrue(i < 10_000, () -> store.stats().toString());
        }
        Stats stats = store.stats();
        assertEquals(0, stats.keys());
        assertTrue(stats.space().tombstoneBytes() <= SEGMENT / 4, stats::toString);
        assertTrue(stats.space().diskBytes() <= SEGMENT + SEGMENT / 4, stats::toString);
        assertContentsAfterReopen(store);
    }

    @Test
    void aSettledStoreIsLeftAlone() {
        try (Stave store = open(directory, MergePolicy.automatic())) {
            SplittableRandom random = new SplittableRandom(4);
            for (int i = 0; i < 3000; i++) {
                int key = random.nextInt(500);
                if (random.nextInt(4) > 0) {
                    put(store, key, i, 200);
                } else {
                    delete(store, key);
                }
            }
            assertTrue(settle(store) > 3);
            long operations = directory.operations();
            assertEquals(Worker.NOT_BEFORE_WOKEN, merge(store).work());
            assertEquals(operations, directory.operations());
        }
    }

    @Test
    void everyRoundMakesTheStoreShorterOrLearnsThatTombstonesMustStay() {
        try (Stave store = open(directory, MergePolicy.automatic())) {
            SplittableRandom random = new SplittableRandom(5);
            int rounds = 0;
            for (int i = 0; i < 6000; i++) {
                int key = random.nextInt(900);
                if (random.nextInt(2) > 0) {
                    put(store, key, i, 60);
                } else {
                    delete(store, key);
                }
                long before = store.stats().space().diskBytes();
                long merged = store.stats().merges().count();
                if (merge(store).work() == 0) {
                    rounds++;
                    assertTrue(store.stats().space().diskBytes() < before
                            || store.stats().merges().count() == merged);
                }
            }
            assertTrue(rounds > 20, rounds + " rounds");
        }
    }

    @Test
    void aRoundCopiesAboutOneSegmentAtTheMost() {
        try (Stave store = open(directory, MergePolicy.automatic())) {
            for (int i = 0; i < 2000; i++) {
                put(store, i, i, 500);
            }
            for (int i = 0; i < 2000; i += 2) {
                put(store, i, i, 500);
            }
            long written = 0;
            while (merge(store).work() == 0) {
                long now = store.stats().merges().bytesWritten();
                assertTrue(now - written <= SEGMENT, () -> now + " bytes in one round");
                written = now;
            }
            assertTrue(written > 10 * SEGMENT);
            assertContents(store);
        }
    }

    @Test
    void manySmallSegmentsBecomeOne() {
        for (int i = 0; i < 12; i++) {
            try (Stave store = open(directory, MergePolicy.automatic())) {
                put(store, i, i, 100);
            }
            directory = directory.afterCrash(CrashState.syncedOnly());
        }
        Stave store = open(directory, MergePolicy.automatic());
        assertEquals(12, store.stats().segments().size());
        assertEquals(1, settle(store));
        assertEquals(1, store.stats().segments().size());
        assertContentsAfterReopen(store);
    }

    @Test
    void underTheManualPolicyNothingIsMerged() {
        try (Stave store = open(directory, MergePolicy.manual())) {
            for (int i = 0; i < 1000; i++) {
                put(store, i % 10, i, 500);
            }
            long operations = directory.operations();
            assertEquals(Worker.NOT_BEFORE_WOKEN, merge(store).work());
            assertEquals(operations, directory.operations());
            assertEquals(0, store.stats().backPressure().totalNanos());
            assertFalse(store.merge().isEmpty(), "by hand it goes on working");
        }
    }

    @Test
    void withTheStoreInlineNothingRunsByItself() {
        try (Stave store = open(directory, MergePolicy.automatic())) {
            for (int i = 0; i < 1000; i++) {
                put(store, i % 10, i, 500);
            }
            assertEquals(0, store.stats().merges().count());
        }
    }

    @Test
    void outsideItsHoursItWaitsForThem() {
        LocalTime now = LocalTime.now();
        MergePolicy later = MergePolicy.automatic().within(now.plusHours(2), now.plusHours(3));
        try (Stave store = open(directory, later)) {
            for (int i = 0; i < 1000; i++) {
                put(store, i % 10, i, 500);
            }
            long wait = merge(store).work();
            assertTrue(wait > TimeUnit.MINUTES.toNanos(100) && wait <= TimeUnit.HOURS.toNanos(2), () -> "" + wait);
            assertEquals(0, store.stats().merges().count());
        }
        directory = directory.afterCrash(CrashState.everything());
        try (Stave store = open(directory, MergePolicy.automatic().within(now.minusHours(1), now.plusHours(1)))) {
            assertTrue(settle(store) > 0);
        }
    }

    @Test
    void hoursMayReachOverMidnight() {
        LocalTime at10 = LocalTime.of(22, 0);
        LocalTime at4 = LocalTime.of(4, 0);
        assertEquals(0, BackgroundMerge.untilOpen(at10, at4, LocalTime.of(23, 0)));
        assertEquals(0, BackgroundMerge.untilOpen(at10, at4, LocalTime.of(3, 59)));
        assertEquals(TimeUnit.HOURS.toNanos(18), BackgroundMerge.untilOpen(at10, at4, at4));
        assertEquals(0, BackgroundMerge.untilOpen(at4, at10, LocalTime.of(8, 0)));
        assertEquals(TimeUnit.HOURS.toNanos(5), BackgroundMerge.untilOpen(at4, at10, LocalTime.of(23, 0)));
        assertEquals(0, BackgroundMerge.untilOpen(at4, at4, at10));
    }

    /** The name of a segment with much to gain. */
    private String deadest(Stave store) {
        SegmentStats deadest = store.stats().segments().get(0);
        for (SegmentStats segment : store.stats().segments()) {
            if (segment.state() == SegmentStats.State.SEALED
                    && segment.deadBytes() * deadest.length() > deadest.deadBytes() * segment.length()) {
                deadest = segment;
            }
        }
        return deadest.fileName();
    }

    private Stave halfDead(io.stave.io.StoreDirectory where) {
        Stave store = Engine.open(where, OPTIONS.mergePolicy(THRIFTY), true);
        for (int i = 0; i < 400; i++) {
            put(store, i, i, 500);
        }
        for (int i = 0; i < 400; i += 2) {
            put(store, i, i, 500);
        }
        return store;
    }

    @Test
    void segmentThatCannotBeReadStopsNeitherTheOthersNorTheStore() {
        GateDirectory gate = new GateDirectory(directory);
        Stave store = halfDead(gate);
        String bad = deadest(store);
        GateDirectory.Rule rule = gate.fail(GateDirectory.Act.READ, bad::equals, new IOException("Input/output error"));
        assertTrue(settle(store) > 3);
        List<String> left =
                store.stats().segments().stream().map(SegmentStats::fileName).toList();
        assertTrue(left.contains(bad));
        assertTrue(store.stats().space().deadBytes() < 2 * SEGMENT, () -> store.stats()
                .toString());
        int reads = gate.count(GateDirectory.Act.READ, bad::equals);
        settle(store);
        assertEquals(reads, gate.count(GateDirectory.Act.READ, bad::equals), "it is not tried again and again");
        assertTrue(merge(store).work() <= TimeUnit.MINUTES.toNanos(1), "but some time later");
        assertFalse(store.stats().segments().get(0).damaged(), "an error is not damage");
        gate.remove(rule);
        assertEquals(List.of(), store.merge().unreadableSegments());
        assertContentsAfterReopen(store);
    }

    @Test
    void damagedSegmentDoesNotStopTheOthers() throws IOException {
        Stave store = halfDead(directory);
        String bad = deadest(store);
        store.close();
        SimulatedDirectory damaged = directory.afterCrash(CrashState.everything());
        byte[] content = damaged.content(bad);
        content[5000] ^= 1;
        damaged.damage(bad, content);
        try (Stave again = open(damaged, THRIFTY)) {
            assertTrue(settle(again) > 3);
            SegmentStats segment = again.stats().segments().stream()
                    .filter(s -> s.fileName().equals(bad))
                    .findAny()
                    .orElseThrow();
            assertTrue(segment.damaged());
            assertTrue(again.stats().space().deadBytes() - segment.deadBytes() < 2 * SEGMENT);
        }
    }

    @Test
    void failureOfAMergeIsTriedAgainLaterAndHarmsNothing() {
        Stave store = halfDead(directory);
        directory.failFrom(1, Fault.EIO.on(Fault.Call.CREATE));
        long wait = merge(store).work();
        assertTrue(wait > 0 && wait <= TimeUnit.SECONDS.toNanos(1), "" + wait);
        assertTrue(merge(store).work() > 0, "not before then");
        assertFalse(store.stats().backPressure().engaged());
        directory.heal();
        put(store, 1, 1, 10);
        Background.await(() -> merge(store).work() == 0);
        settle(store);
        assertContentsAfterReopen(store);
    }

    @Test
    void planOfTheBackgroundSaysWhyTheRestIsLeftAlone() throws IOException {
        try (Stave store = halfDead(directory)) {
            MergePlan plan = merge(store).choose(1);
            Set<Long> ids = new HashSet<>(plan.segmentIds());
            plan.excluded().forEach(exclusion -> ids.add(exclusion.segmentId()));
            assertEquals(store.stats().segments().size(), ids.size());
            assertTrue(plan.excluded().stream().anyMatch(e -> e.reason().contains("others come first")));
            assertTrue(plan.reclaimableBytes() > 0);
        }
    }
}
