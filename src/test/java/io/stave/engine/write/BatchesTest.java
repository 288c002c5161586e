package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch does to a store, one call at a time. */
class BatchesTest {

    private static final Options OPTIONS = Options.defaults().mergePolicy(MergePolicy.manual());

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        open(OPTIONS);
    }

    private void open(Options options) throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, options, false);
    }

    private void reopen(Options options) throws Exception {
        close();
        open(options);
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private static byte[] value(int i) {
        return ("value " + i).getBytes(UTF_8);
    }

    private static byte[] filled(int length, int with) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) with);
        return value;
    }

    private static Batch puts(int from, int to) {
        Batch batch = new Batch();
        for (int i = from; i < to; i++) {
            batch.put(key(i), value(i));
        }
        return batch;
    }

    private void assertRefused(int condition, BatchResult result) {
        assertEquals(new BatchResult(false, condition, Stave.NO_VERSION, 0), result);
    }

    @Test
    void allWritesAreAppliedWithVersionsThatFollowEachOther() throws Exception {
        store.put(key(2), value(9));
        long last = store.put(key(3), value(9));
        BatchResult result = store.apply(puts(0, 3).delete(key(3)));
        assertEquals(new BatchResult(true, BatchResult.NONE, last + 1, 4), result);
        for (int reopened = 0; reopened < 2; reopened++) {
            for (int i = 0; i < 3; i++) {
                assertEquals(result.version(i), store.getEntry(key(i)).version());
                assertArrayEquals(value(i), store.get(key(i)));
            }
            assertNull(store.get(key(3)));
            assertEquals(3, store.stats().keys());
            reopen(OPTIONS);
        }
        assertTrue(store.put(key(5), value(5)) > result.version(3));
    }

    @Test
    void theLastOfSeveralWritesToOneKeyStays() throws Exception {
        BatchResult result = store.apply(new Batch()
                .put(key(1), value(1))
                .put(key(2), value(1))
                .delete(key(1))
                .put(key(1), value(2))
                .put(key(2), value(3))
                .delete(key(2)));
        for (int reopened = 0; reopened < 2; reopened++) {
            assertEquals(result.version(3), store.getEntry(key(1)).version());
            assertArrayEquals(value(2), store.get(key(1)));
            assertFalse(store.contains(key(2)));
            reopen(OPTIONS);
        }
    }

    /** It stands in for the versions of the batch, and whoever reads the log finds the whole of it. */
    @Test
    void aDeleteOfAnAbsentKeyHasAVersionToo() {
        BatchResult result = store.apply(new Batch().delete(key(1)).put(key(2), value(2)));
        assertTrue(result.applied());
        assertEquals(2, result.count());
        assertEquals(result.version(1), store.getEntry(key(2)).version());
        assertTrue(store.stats().space().tombstoneBytes() > 0);
    }

    @Test
    void aBatchCanBeAppliedAgainAndToAnotherStore(@TempDir Path elsewhere) {
        Batch batch = puts(0, 5).delete(key(9));
        BatchResult first = store.apply(batch);
        BatchResult second = store.apply(batch);
        assertEquals(first.version(0) + 6, second.version(0));
        try (Stave other = Stave.open(elsewhere)) {
            assertTrue(other.apply(batch).applied());
            assertArrayEquals(value(4), other.get(key(4)));
        }
    }

    @Test
    void nothingIsWrittenUnlessAllConditionsHold() {
        long one = store.put(key(1), value(1));
        long two = store.put(key(2), value(2));
        long writes = store.stats().operations().puts();
        Batch writing = puts(5, 8).delete(key(1));
        assertRefused(0, store.apply(writing.require(key(1), one + 1)));
        assertRefused(0, store.apply(writing.require(key(2), two)));
        writing = new Batch()
                .require(key(1), one)
                .put(key(5), value(5))
                .require(key(2), two)
                .require(key(3), Stave.NO_VERSION);
        assertRefused(3, store.apply(writing.require(key(2), one).require(key(1), two)));
        assertRefused(0, store.apply(new Batch().put(key(5), value(5)).require(key(1), Stave.NO_VERSION)));
        assertRefused(0, store.apply(new Batch().put(key(5), value(5)).require(key(4), 1)));
        assertEquals(writes, store.stats().operations().puts());
        assertFalse(store.contains(key(5)));
        BatchResult applied = store.apply(new Batch()
                .delete(key(1))
                .put(key(2), value(3))
                .put(key(3), value(3))
                .require(key(1), one)
                .require(key(2), two)
                .require(key(2), two)
                .require(key(3), Stave.NO_VERSION));
        assertTrue(applied.applied());
        assertEquals(applied.version(2), store.getEntry(key(3)).version());
        assertArrayEquals(value(3), store.get(key(2)));
        assertFalse(store.contains(key(1)));
        assertRefused(0, store.apply(new Batch().require(key(3), Stave.NO_VERSION)));
    }

    /** Conditions are about the state before the batch, wherever they stand in it. */
    @Test
    void conditionsDoNotSeeTheWritesOfTheirBatch() {
        assertTrue(store.apply(new Batch().put(key(1), value(1)).require(key(1), Stave.NO_VERSION))
                .applied());
        long version = store.getEntry(key(1)).version();
        assertTrue(
                store.apply(new Batch().delete(key(1)).require(key(1), version)).applied());
        assertFalse(store.apply(new Batch().put(key(1), value(1)).require(key(1), version + 1))
                .applied());
    }

    @Test
    void conditionsAloneTellWhetherTheyHold() {
        long version = store.put(key(1), value(1));
        long segments = store.stats().segments().stream()
                .mapToLong(SegmentStats::length)
                .sum();
        BatchResult holds = store.apply(new Batch().require(key(1), version).require(key(2), Stave.NO_VERSION));
        assertEquals(new BatchResult(true, BatchResult.NONE, Stave.NO_VERSION, 0), holds);
        assertRefused(1, store.apply(new Batch().require(key(1), version).require(key(2), 5)));
        assertEquals(
                segments,
                store.stats().segments().stream()
                        .mapToLong(SegmentStats::length)
                        .sum());
    }

    @Test
    void anEmptyBatchDoesNothing() throws Exception {
        store.put(key(1), value(1), OS);
        int forces = directory.count(Act.FORCE, name -> true);
        BatchResult nothing = new BatchResult(true, BatchResult.NONE, Stave.NO_VERSION, 0);
        assertEquals(nothing, store.apply(new Batch()));
        assertEquals(nothing, store.applyAsync(new Batch()).get(60, TimeUnit.SECONDS));
        assertEquals(forces, directory.count(Act.FORCE, name -> true));
        store.close();
        assertThrows(StoreClosedException.class, () -> store.apply(new Batch()));
        assertThrows(StoreClosedException.class, () -> store.applyAsync(puts(0, 1)));
    }

    @Test
    void theDurabilityIsThatOfTheBatch() {
        store.put(key(0), value(0));
        int forces = directory.count(Act.FORCE, GateDirectory::segment);
        assertTrue(store.apply(puts(0, 100), OS).applied());
        assertEquals(forces, directory.count(Act.FORCE, GateDirectory::segment));
        assertTrue(store.apply(puts(0, 100)).applied());
        assertEquals(forces + 1, directory.count(Act.FORCE, GateDirectory::segment), "one force for all");
    }

    @Test
    void oneAppendCarriesABatchOfAnyLength() {
        store.put(key(0), value(0));
        for (int length : new int[] {10, 2000, 40_000}) {
            Batch batch = new Batch();
            for (int i = 0; i < 20; i++) {
                batch.put(key(i), filled(length, i));
            }
            int writes = directory.count(Act.WRITE, GateDirectory::segment);
            BatchResult result = store.apply(batch);
            assertEquals(writes + 1, directory.count(Act.WRITE, GateDirectory::segment));
            for (int i = 0; i < 20; i++) {
                assertArrayEquals(filled(length, i), store.get(key(i)));
                assertEquals(result.version(i), store.getEntry(key(i)).version());
            }
        }
    }

    /** At the lengths where a batch becomes a group of its own, and where that no longer fits into a usual buffer. */
    @Test
    void lengthsAroundTheBordersAreAllTheSameToTheCaller() throws Exception {
        int overhead = 2 * (20 + key(1).length);
        for (int border : new int[] {BatchWrite.LARGE, Group.CAPACITY - Group.FIRST, Group.CAPACITY}) {
            for (int length = border - 2; length <= border + 2; length++) {
                Batch batch = new Batch()
                        .put(key(1), filled(1000, length))
                        .put(key(2), filled(length - 1000 - overhead, length));
                assertEquals(length, batch.bytes());
                BatchResult result = store.apply(batch, OS);
                assertEquals(result.version(1), store.getEntry(key(2)).version());
                assertArrayEquals(filled(1000, length), store.get(key(1)));
                assertArrayEquals(filled(length - 1000 - overhead, length), store.get(key(2)));
                store.put(key(3), filled(length, length), OS);
            }
        }
        reopen(OPTIONS);
        assertEquals(3, store.stats().keys());
    }

    @Test
    void aBatchLongerThanASegmentGetsASegmentOfItsOwn() throws Exception {
        Options shortSegments = OPTIONS.segmentLength(4096);
        reopen(shortSegments);
        for (int length : new int[] {300, 30_000}) {
            Batch batch = new Batch();
            for (int i = 0; i < 40; i++) {
                batch.put(key(i), filled(length, i));
            }
            store.put(key(99), value(1));
            BatchResult result = store.apply(batch);
            store.put(key(99), value(2));
            Stats stats = store.stats();
            SegmentStats holder = stats.segments().stream()
                    .filter(segment ->
                            segment.minVersion() <= result.version(0) && result.version(0) <= segment.maxVersion())
                    .findFirst()
                    .orElseThrow();
            assertTrue(holder.length() > batch.bytes() && holder.maxVersion() >= result.version(39));
            reopen(shortSegments);
            for (int i = 0; i < 40; i++) {
                assertArrayEquals(filled(length, i), store.get(key(i)));
            }
        }
        store.merge();
        reopen(shortSegments);
        for (int i = 0; i < 40; i++) {
            assertArrayEquals(filled(30_000, i), store.get(key(i)));
        }
        assertArrayEquals(value(2), store.get(key(99)));
    }

    @Test
    void theLongestBatchIsAppliedWhole() throws Exception {
        Batch batch = new Batch();
        byte[] value = filled(8 << 20, 1);
        int puts = 0;
        for (; batch.bytes() + value.length + 100 < Stave.MAX_BATCH_BYTES; puts++) {
            batch.put(key(puts), value);
        }
        int rest = (int) (Stave.MAX_BATCH_BYTES - batch.bytes()) - 20 - key(100).length;
        batch.put(key(100), filled(rest, 2));
        assertEquals(Stave.MAX_BATCH_BYTES, batch.bytes());
        BatchResult result = store.apply(batch, OS);
        assertEquals(puts + 1, result.count());
        for (int reopened = 0; reopened < 2; reopened++) {
            for (int i = 0; i < puts; i++) {
                assertArrayEquals(value, store.get(key(i)));
            }
            assertArrayEquals(filled(rest, 2), store.get(key(100)));
            assertEquals(result.version(puts), store.getEntry(key(100)).version());
            reopen(OPTIONS);
        }
    }

    @Test
    void aBatchOfVeryManyRecordsIsAppliedWhole() throws Exception {
        int count = 200_000;
        Batch batch = new Batch();
        for (int i = 0; i < count; i++) {
            batch.put(key(i % 150_000), value(i));
        }
        BatchResult result = store.apply(batch, OS);
        assertEquals(count, result.count());
        for (int reopened = 0; reopened < 2; reopened++) {
            assertEquals(150_000, store.stats().keys());
            for (int i = 50_000; i < count; i += 7) {
                assertArrayEquals(value(i), store.get(key(i % 150_000)));
                assertEquals(result.version(i), store.getEntry(key(i % 150_000)).version());
            }
            reopen(OPTIONS);
        }
    }

    /** What a batch leaves in the figures is what its writes would leave one by one. */
    @Test
    void figuresAreThoseOfTheWritesOneByOne(@TempDir Path elsewhere) {
        try (Stave other = Stave.open(elsewhere)) {
            for (int i = 0; i < 30; i++) {
                store.put(key(i), filled(50, i));
                other.put(key(i), filled(50, i));
            }
            Batch batch = new Batch();
            for (int i = 10; i < 40; i++) {
                batch.put(key(i), filled(70, i)).delete(key(i - 10)).put(key(i), filled(20, i));
                other.put(key(i), filled(70, i));
                other.delete(key(i - 10));
                other.put(key(i), filled(20, i));
            }
            store.apply(batch);
            Stats ours = store.stats();
            Stats theirs = other.stats();
            assertEquals(theirs.keys(), ours.keys());
            assertEquals(theirs.space().liveBytes(), ours.space().liveBytes());
            assertEquals(theirs.space().tombstoneBytes(), ours.space().tombstoneBytes());
            assertEquals(theirs.operations().puts(), ours.operations().puts());
            assertEquals(theirs.operations().deletes(), ours.operations().deletes());
            assertEquals(theirs.lastVersion(), ours.lastVersion());
        }
    }
}
