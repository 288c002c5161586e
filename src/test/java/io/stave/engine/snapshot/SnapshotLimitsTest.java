package io.stave.engine.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Snapshot;
import io.stave.Snapshot.Cursor;
import io.stave.SnapshotOverflowException;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of a snapshot that takes too much, or that nobody closes. */
@ExtendWith(QuietLog.class)
class SnapshotLimitsTest {

    private static final int LIMIT = 1 << 20;
    private static final Options OPTIONS = Options.defaults()
            .segmentLength(1 << 20)
            .durability(Durability.OS)
            .mergePolicy(MergePolicy.manual())
            .snapshotBytes(LIMIT);

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(disk);
    private final Stave store = Engine.open(directory, OPTIONS, true);

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
        assertEquals(List.of(), disk.leaks());
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private void put(int from, int to, int length) {
        for (int i = from; i < to; i++) {
            store.put(key(i), new byte[length]);
        }
    }

    private static int count(Cursor<?> cursor) {
        int count = 0;
        while (cursor.hasNext()) {
            Object unused = cursor.next();
            count++;
        }
        return count;
    }

    /** Counts allocations that are in use: tables of the keydir, and of what snapshots remember. What is noted for hints comes in pieces of one size. */
    private AtomicInteger countTables() {
        AtomicInteger tables = new AtomicInteger();
        directory.rule((act, name, position, length) -> {
            boolean table = name.isEmpty() && length != 128 << 10;
            if (table && act == Act.ALLOCATE) {
                tables.incrementAndGet();
            } else if (table && act == Act.RELEASE) {
                tables.decrementAndGet();
            }
        });
        return tables;
    }

    private long segments() throws IOException {
        return directory.list().stream().filter(GateDirectory::segment).count();
    }

    @Test
    void undoGrowsWithWhatIsOverwrittenAndWithNothingElse() {
        put(0, 20_000, 20);
        try (Snapshot snapshot = store.snapshot()) {
            assertEquals(0, snapshot.undoBytes());
            put(20_000, 30_000, 20);
            assertEquals(20_000, count(snapshot.entries()));
            assertEquals(0, snapshot.undoBytes(), "new keys, and walks");
            put(0, 5_000, 30);
            long bytes = snapshot.undoBytes();
            assertTrue(bytes >= 24 * 5_000 && bytes <= 52 * 5_000, bytes + " bytes for 5000 keys");
            for (int i = 0; i < 10; i++) {
                put(0, 5_000, i);
            }
            put(20_000, 30_000, 30);
            store.merge();
            put(0, 5_000, 7);
            assertEquals(bytes, snapshot.undoBytes(), "again, and what came later, and merges");
        }
    }

    @Test
    void snapshotBeyondItsLimitEndsAndNobodyElseNotices() throws IOException {
        put(0, 40_000, 20);
        AtomicInteger tables = countTables();
        Snapshot snapshot = store.snapshot();
        Cursor<Entry> begun = snapshot.entries();
        begun.next();
        put(0, 20_000, 30);
        store.merge();
        assertTrue(directory.exists(SegmentNames.segment(1)));
        assertNotEquals(0, snapshot.pinnedBytes());
        Snapshot other = store.snapshot();
        put(20_000, 39_000, 30);
        for (int again = 0; again < 2; again++) {
            SnapshotOverflowException overflow = assertThrows(SnapshotOverflowException.class, snapshot::entries);
            assertEquals(40_000, overflow.version());
            assertEquals(LIMIT, overflow.limit());
            assertTrue(overflow.overwritten() > LIMIT / 52 && overflow.overwritten() < LIMIT / 24);
            assertThrows(SnapshotOverflowException.class, begun::hasNext);
        }
        assertTrue(other.undoBytes() >= 24 * 19_000);
        assertEquals(40_000, count(other.entries()));
        put(0, 1, 1);
        assertEquals(40_000, count(other.keys()));
        other.close();
        assertEquals(0, tables.get(), "their memory is free");
        assertFalse(directory.exists(SegmentNames.segment(1)), "and the files that it kept");
        snapshot.close();
        assertThrows(SnapshotOverflowException.class, snapshot::keys, "why it ended is still what it says");
        try (Snapshot next = store.snapshot()) {
            assertEquals(40_000, count(next.entries()));
        }
    }

    @Test
    void snapshotEndsWhenThereIsNoMemoryForItAndTheWriterGoesOn() {
        put(0, 40_000, 20);
        Snapshot snapshot = store.snapshot();
        directory.fail(Act.ALLOCATE, name -> true, new IOException("Cannot allocate memory"));
        put(0, 35_000, 20);
        assertThrows(StoreIOException.class, snapshot::entries);
        assertEquals(40_000, store.stats().keys());
    }

    /** The copy that a merge made of a record must be read when it is overwritten for the first time; should that fail, the writer goes on. */
    @Test
    void writerDoesNotFailForASnapshotThatNeedsACopyWhichCannotBeRead() {
        Snapshot snapshot = snapshotOfMergedKeys();
        directory.rule((act, name, position, length) -> {
            if (act == Act.TOUCH && GateDirectory.segment(name)) {
                throw new IOException("Input/output error");
            }
        });
        put(50, 51, 10);
        assertThrows(StoreIOException.class, snapshot::entries);
    }

    @Test
    void writerDoesNotFailForASnapshotThatNeedsACopyWhichIsDamaged() throws IOException {
        Snapshot snapshot = snapshotOfMergedKeys();
        for (SegmentStats segment : store.stats().segments()) {
            byte[] content = disk.content(segment.fileName());
            for (int at = 64; at < content.length; at += 100) {
                content[at] ^= 1;
            }
            disk.damage(segment.fileName(), content);
        }
        put(50, 51, 10);
        CorruptionException damage = assertThrows(CorruptionException.class, snapshot::entries);
        assertEquals(
                damage.getMessage(),
                assertThrows(CorruptionException.class, snapshot::keys).getMessage());
    }

    private Snapshot snapshotOfMergedKeys() {
        put(0, 100, 2000);
        put(0, 1, 2000);
        Snapshot snapshot = store.snapshot();
        assertFalse(store.merge().isEmpty());
        return snapshot;
    }

    /** A handler that keeps what is logged of snapshots that this class has opened: other tests have forgotten theirs. */
    private static final class Heard extends Handler {
        final List<LogRecord> records = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            Throwable opened = record.getThrown();
            if (opened != null
                    && List.of(opened.getStackTrace()).stream()
                            .anyMatch(frame -> frame.getClassName().equals(SnapshotLimitsTest.class.getName()))) {
                records.add(record);
            }
        }

        @Override
        public void flush() {
            // Keeps no buffer.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    @Test
    void forgottenSnapshotIsReportedAndFreed() throws Exception {
        Logger log = Logger.getLogger("io.stave");
        Heard heard = new Heard();
        log.addHandler(heard);
        log.setUseParentHandlers(false);
        Level before = log.getLevel();
        log.setLevel(Level.WARNING);
        Stave concurrent = Engine.open(new GateDirectory(new SimulatedDirectory()), OPTIONS, false);
        try {
            for (int i = 0; i < 100; i++) {
                concurrent.put(key(i), new byte[20]);
            }
            Cursor<byte[]> cursor = openAndForget(concurrent);
            for (int i = 0; i < 20; i++) {
                System.gc();
                byte[] unused = cursor.next();
            }
            assertEquals(List.of(), heard.records, "its cursor is still in use");
            cursor = null;
            Background.await(() -> {
                System.gc();
                return !heard.records.isEmpty();
            });
            LogRecord report = heard.records.get(0);
            assertEquals(Level.WARNING, report.getLevel());
            assertTrue(
                    report.getMessage().startsWith("simulated: a snapshot of version 100 was never closed"),
                    report::getMessage);
            assertTrue(
                    List.of(report.getThrown().getStackTrace()).stream()
                            .anyMatch(frame -> frame.getMethodName().equals("openAndForget")),
                    "it says where it was opened");
            openAndClose(concurrent);
            concurrent.close();
            for (int i = 0; i < 5; i++) {
                System.gc();
            }
            assertEquals(1, heard.records.size());
        } finally {
            concurrent.close();
            log.removeHandler(heard);
            log.setUseParentHandlers(true);
            log.setLevel(before);
        }
    }

    private static Cursor<byte[]> openAndForget(Stave store) {
        return store.snapshot().keys();
    }

    private static void openAndClose(Stave store) {
        store.snapshot().close();
        assertFalse(store.snapshot().keys().next().length == 0);
    }

    private @Nullable Snapshot toBeForgotten;

    @Test
    void whatAForgottenSnapshotPinnedIsFreed() throws IOException {
        put(0, 100, 20_000);
        toBeForgotten = store.snapshot();
        assertEquals(100, count(toBeForgotten.keys()));
        put(0, 100, 20_000);
        long before = segments();
        store.merge();
        put(0, 1, 1); // in the segment that was created ahead
        assertTrue(segments() > store.stats().segments().size());
        toBeForgotten = null;
        Background.await(() -> {
            System.gc();
            // The inline reclaimer works only when it is given something.
            store.snapshot().close();
            try {
                return segments() == store.stats().segments().size();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(segments() < before);
    }
}
