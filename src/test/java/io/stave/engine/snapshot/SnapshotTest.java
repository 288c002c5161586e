package io.stave.engine.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Snapshot;
import io.stave.Snapshot.Cursor;
import io.stave.Snapshot.Position;
import io.stave.SnapshotClosedException;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.engine.support.TestClock;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a snapshot and its cursors answer; whether it is right while the store changes is for the models to say. */
@ExtendWith(QuietLog.class)
class SnapshotTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).durability(Durability.OS).mergePolicy(MergePolicy.manual());
    private static final byte[] NONE = {};

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(disk);
    private final TestClock clock = new TestClock(1);
    private final Stave store = Engine.open(directory, OPTIONS.clock(clock), true);

    @AfterEach
    void everythingIsGivenBack() {
        try {
            store.close();
        } catch (StoreFailedException e) {
            // A test has stopped it.
        }
        assertEquals(List.of(), disk.leaks());
    }

    private static byte[] key(String key) {
        return key.getBytes(UTF_8);
    }

    /** So many keys with values of 500 bytes, over several segments. */
    private void fill(int keys) {
        for (int i = 0; i < keys; i++) {
            store.put(key("key" + i), new byte[500]);
        }
    }

    private static List<String> rest(Cursor<?> cursor) {
        List<String> rest = new ArrayList<>();
        cursor.forEachRemaining(next -> rest.add(text(next)));
        return rest;
    }

    private static String text(Object next) {
        return next instanceof Entry entry ? new String(entry.key(), UTF_8) : new String((byte[]) next, UTF_8);
    }

    private static TreeSet<String> keys(Snapshot snapshot, String prefix) {
        TreeSet<String> keys = new TreeSet<>(rest(snapshot.keys(key(prefix))));
        assertEquals(keys, new TreeSet<>(rest(snapshot.entries(key(prefix)))));
        return keys;
    }

    @Test
    void emptyStoreHasNothingToShow() {
        try (Snapshot snapshot = store.snapshot()) {
            store.put(key("later"), NONE);
            assertEquals(0, snapshot.version());
            Cursor<byte[]> keys = snapshot.keys();
            assertEquals(Position.START, keys.position());
            assertFalse(keys.hasNext());
            assertThrows(NoSuchElementException.class, keys::next);
            assertEquals(Position.START, keys.position());
            assertFalse(snapshot.entries(NONE, keys.position()).hasNext());
        }
    }

    @Test
    void seesWhatWasWrittenBeforeAndNothingAfter() {
        long first = store.put(key("a"), key("1"));
        store.put(key("b"), key("2"));
        long last = store.delete(key("b"));
        try (Snapshot snapshot = store.snapshot()) {
            store.put(key("a"), key("3"));
            store.put(key("c"), key("4"));
            assertEquals(last, snapshot.version());
            assertEquals(List.of(new Entry(key("a"), key("1"), first)), entries(snapshot));
        }
    }

    @Test
    void seesWhatWasDeletedAfterwards() {
        long first = store.put(key("a"), key("1"));
        store.put(key("b"), key("2"));
        store.delete(key("b"));
        try (Snapshot snapshot = store.snapshot()) {
            store.delete(key("a"));
            store.delete(key("a"));
            assertEquals(List.of(new Entry(key("a"), key("1"), first)), entries(snapshot));
            store.put(key("a"), key("3"));
            store.delete(key("a"));
            assertEquals(List.of(new Entry(key("a"), key("1"), first)), entries(snapshot));
        }
    }

    private static List<Entry> entries(Snapshot snapshot) {
        List<Entry> entries = new ArrayList<>();
        snapshot.entries().forEachRemaining(entries::add);
        return entries;
    }

    @Test
    void prefixSelectsKeys() {
        for (String key : List.of("a", "ab", "abc", "abd", "b", "aÿ")) {
            store.put(key(key), NONE);
        }
        try (Snapshot snapshot = store.snapshot()) {
            assertEquals(new TreeSet<>(List.of("ab", "abc", "abd")), keys(snapshot, "ab"));
            assertEquals(new TreeSet<>(List.of("abc")), keys(snapshot, "abc"));
            assertEquals(new TreeSet<>(), keys(snapshot, "abcd"));
            assertEquals(new TreeSet<>(List.of("aÿ")), keys(snapshot, "aÿ"));
            assertEquals(6, keys(snapshot, "").size());
        }
    }

    @Test
    void prefixMayBeChangedAfterTheCall() {
        store.put(key("a"), NONE);
        try (Snapshot snapshot = store.snapshot()) {
            byte[] prefix = key("a");
            Cursor<byte[]> keys = snapshot.keys(prefix);
            Arrays.fill(prefix, (byte) 'b');
            assertTrue(keys.hasNext());
        }
    }

    /** Whether asked before or after the next one was looked for, over keys or entries, as text or not. */
    @Test
    void everyPositionCanBeResumed() {
        fill(20);
        store.delete(key("key3"));
        store.put(key("key5"), new byte[600]);
        try (Snapshot snapshot = store.snapshot()) {
            fill(8);
            store.merge();
            List<String> all = rest(snapshot.entries());
            assertEquals(19, all.size());
            assertEquals(all, rest(snapshot.keys()), "keys come in the same order");
            for (Iterator<?> walked : List.of(snapshot.entries(), snapshot.keys())) {
                Cursor<?> cursor = (Cursor<?>) walked;
                for (int i = 0; i <= all.size(); i++) {
                    List<String> expected = all.subList(i, all.size());
                    assertResumes(snapshot, cursor.position(), expected);
                    assertEquals(!expected.isEmpty(), cursor.hasNext());
                    assertResumes(snapshot, cursor.position(), expected);
                    if (cursor.hasNext()) {
                        assertEquals(all.get(i), text(cursor.next()));
                    }
                }
            }
        }
    }

    private static void assertResumes(Snapshot snapshot, Position position, List<String> expected) {
        Position handed = Position.parse(position.toString());
        assertEquals(position, handed);
        assertEquals(expected, rest(snapshot.entries(NONE, handed)));
        assertEquals(expected, rest(snapshot.keys(NONE, position)));
    }

    @Test
    void positionsThatAreNotOfThisSnapshotAreRefused() {
        fill(20);
        try (Snapshot snapshot = store.snapshot()) {
            Cursor<byte[]> keys = snapshot.keys();
            keys.next();
            Position here = keys.position();
            store.put(key("a"), NONE);
            try (Snapshot later = store.snapshot()) {
                assertThrows(IllegalArgumentException.class, () -> later.keys(NONE, here));
            }
            List<Position> others = List.of(
                    new Position(here.version(), 99, here.offset()),
                    new Position(here.version(), here.segmentId(), 63),
                    new Position(here.version(), here.segmentId(), 1 << 20),
                    new Position(here.version(), 0, 0),
                    new Position(0, here.segmentId(), here.offset()));
            for (Position other : others) {
                assertThrows(IllegalArgumentException.class, () -> snapshot.keys(NONE, other), other::toString);
                assertThrows(IllegalArgumentException.class, () -> snapshot.entries(NONE, other), other::toString);
            }
        }
    }

    @Test
    void usedAfterTheCloseItSaysSo() {
        fill(20);
        Snapshot snapshot = store.snapshot();
        Cursor<Entry> fresh = snapshot.entries();
        Cursor<Entry> begun = snapshot.entries();
        begun.next();
        Cursor<Entry> ahead = snapshot.entries();
        assertTrue(ahead.hasNext());
        snapshot.close();
        snapshot.close();
        assertEnded(SnapshotClosedException.class, snapshot, List.of(fresh, begun, ahead));
        assertEquals(20, snapshot.version());
        assertNotEquals(0, snapshot.time().toEpochMilli());
        begun.close();
        assertEquals(20, store.stats().keys());
    }

    @Test
    void closeOfTheStoreEndsSnapshots() {
        fill(20);
        Snapshot snapshot = store.snapshot();
        Cursor<Entry> cursor = snapshot.entries();
        cursor.next();
        store.close();
        assertEquals(List.of(), disk.leaks());
        assertEnded(StoreClosedException.class, snapshot, List.of(cursor));
        snapshot.close();
        assertEnded(StoreClosedException.class, snapshot, List.of(cursor));
        assertThrows(StoreClosedException.class, store::snapshot);
    }

    private static void assertEnded(Class<? extends Throwable> how, Snapshot snapshot, List<Cursor<Entry>> cursors) {
        List<Consumer<Snapshot>> calls = List.of(
                Snapshot::keys,
                Snapshot::entries,
                s -> s.keys(NONE, Position.START),
                Snapshot::pinnedBytes,
                Snapshot::undoBytes);
        for (Consumer<Snapshot> call : calls) {
            assertThrows(how, () -> call.accept(snapshot));
        }
        for (Cursor<Entry> cursor : cursors) {
            assertThrows(how, cursor::hasNext);
            assertThrows(how, cursor::next);
            assertThrows(how, cursor::position);
            assertThrows(how, cursor::skipDamage);
        }
    }

    @Test
    void closedCursorSaysSoAndLetsGoOfItsFile() {
        fill(20);
        try (Snapshot snapshot = store.snapshot()) {
            List<String> before = disk.leaks();
            Cursor<Entry> cursor = snapshot.entries();
            cursor.next();
            assertEquals(before.size() + 1, disk.leaks().size());
            cursor.close();
            cursor.close();
            assertEquals(before, disk.leaks());
            assertThrows(SnapshotClosedException.class, cursor::hasNext);
            assertEquals(20, rest(snapshot.entries()).size());
            assertEquals(before, disk.leaks(), "one that has come to its end holds none");
        }
    }

    @Test
    void openingForcesNothing() {
        fill(20);
        int forces = directory.count(Act.FORCE, name -> true);
        int written = directory.count(Act.WRITE, name -> true);
        store.snapshot().close();
        assertEquals(forces, directory.count(Act.FORCE, name -> true));
        assertEquals(written, directory.count(Act.WRITE, name -> true));
    }

    /** A store that has stopped goes on being read; so it can be saved key by key. */
    @Test
    void storeThatHasStoppedCanBeWalkedOver() {
        fill(20);
        try (Snapshot before = store.snapshot()) {
            directory.fail(Act.FORCE, GateDirectory::segment, new IOException("Input/output error"));
            assertThrows(StoreFailedException.class, store::sync);
            assertThrows(StoreFailedException.class, () -> store.put(key("key1"), NONE));
            try (Snapshot after = store.snapshot()) {
                assertEquals(20, keys(after, "").size());
                assertEquals(20, keys(before, "").size());
            }
        }
    }

    /** It stops in the middle of a batch, when the keydir cannot grow. Readers see the batch as a whole, and so does a snapshot (I5). */
    @Test
    void storeThatStoppedInTheMiddleOfABatchShowsAllOfIt() {
        fill(20);
        int count = 60_000;
        Batch batch = new Batch();
        for (int i = 0; i < count; i++) {
            batch.put(key("batch" + i), new byte[8]);
        }
        try (Snapshot before = store.snapshot()) {
            directory.fail(Act.ALLOCATE, name -> true, new IOException("Cannot allocate memory"));
            assertThrows(StoreFailedException.class, () -> store.apply(batch));
            assertTrue(store.contains(key("batch" + (count - 1))));
            try (Snapshot after = store.snapshot()) {
                assertEquals(count, keys(after, "batch").size());
                assertEquals(count + 20, keys(after, "").size());
                assertEquals(count + 20, after.version(), "that of the last write that it shows");
            }
            assertEquals(20, keys(before, "").size());
            assertEquals(20, before.version());
        }
    }

    @Test
    void seesWhatHadNotExpiredAtItsTime() {
        clock.set(1000);
        store.put(key("soon"), NONE, WriteOptions.defaults().expiry(Instant.ofEpochMilli(1001)));
        store.put(key("past"), NONE, WriteOptions.defaults().expiry(Instant.ofEpochMilli(1000)));
        store.put(key("never"), NONE);
        try (Snapshot snapshot = store.snapshot()) {
            assertEquals(Instant.ofEpochMilli(1000), snapshot.time());
            assertEquals(new TreeSet<>(List.of("never", "soon")), keys(snapshot, ""));
            clock.set(2000);
            store.setExpiry(key("never"), Instant.ofEpochMilli(1));
            assertFalse(store.merge().isEmpty());
            assertEquals(0, store.stats().keys());
            assertEquals(new TreeSet<>(List.of("never", "soon")), keys(snapshot, ""));
            snapshot.entries(key("soon")).forEachRemaining(e -> assertEquals(Instant.ofEpochMilli(1001), e.expiry()));
            snapshot.entries(key("never")).forEachRemaining(e -> assertNull(e.expiry()));
            try (Snapshot later = store.snapshot()) {
                assertEquals(new TreeSet<>(), keys(later, ""));
            }
        }
    }
}
