package io.stave.engine.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Snapshot;
import io.stave.Snapshot.Cursor;
import io.stave.Snapshot.Position;
import io.stave.SnapshotClosedException;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A walk that meets damage says where, hides nothing, and goes on behind it when told to. */
@ExtendWith(QuietLog.class)
class SnapshotDamageTest {

    private static final int RECORD = 20 + "key 00".length() + 500;
    private static final int IN_A_SEGMENT = 7;

    /** All but the first segment begin with one. */
    private static final int LINK = 20;

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(disk);
    private final Stave store = Engine.open(
            directory,
            Options.defaults().segmentLength(4096).durability(Durability.OS).mergePolicy(MergePolicy.manual()),
            true);

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
        assertEquals(List.of(), disk.leaks());
    }

    private static String key(int i) {
        return String.format("key %02d", i);
    }

    private void put(int i) {
        store.put(key(i).getBytes(UTF_8), new byte[500]);
    }

    /** Two sealed segments of seven records, and an active one of six. */
    private void fill() {
        IntStream.range(0, 20).forEach(this::put);
        assertEquals(3, store.stats().segments().size());
    }

    /** There may be no memory for an entry: it is shown when there is. */
    @Test
    void whatCouldNotBeShownIsNotPassedOver() {
        fill();
        try (Snapshot snapshot = store.snapshot()) {
            AtomicInteger shown = new AtomicInteger();
            Cursor<String> cursor = ((SnapshotHandle) snapshot)
                    .cursor(
                            false,
                            candidate -> {
                                if (shown.getAndIncrement() % 2 == 0) {
                                    throw new OutOfMemoryError("of a test");
                                }
                                return new String(candidate.key(), UTF_8);
                            },
                            new byte[0],
                            Position.START);
            for (int i = 0; i < 20; i++) {
                assertThrows(OutOfMemoryError.class, cursor::hasNext);
                assertEquals(key(i), cursor.next());
            }
        }
    }

    private static String segment(int id) {
        return String.format("%016x.seg", id);
    }

    private void damage(String file, int offset) throws IOException {
        byte[] content = disk.content(file);
        content[offset] ^= 8;
        disk.damage(file, content);
    }

    private static int offset(int recordInItsSegment) {
        return 64 + 20 + recordInItsSegment * RECORD; // header, and the certificate of its force
    }

    private static List<String> keys(int... but) {
        return IntStream.range(0, 20)
                .filter(i -> IntStream.of(but).noneMatch(b -> b == i))
                .mapToObj(SnapshotDamageTest::key)
                .toList();
    }

    /** What is shown, skipping damage; and how many bytes each skip left out. */
    private static List<String> walk(Cursor<?> cursor, List<Long> skipped) {
        List<String> shown = new ArrayList<>();
        while (true) {
            try {
                if (!cursor.hasNext()) {
                    return shown;
                }
                Object next = cursor.next();
                shown.add(new String(next instanceof Entry entry ? entry.key() : (byte[]) next, UTF_8));
            } catch (CorruptionException e) {
                skipped.add(cursor.skipDamage());
            }
        }
    }

    @Test
    void damageIsNamedEachTimeAndCanBeSkipped() throws IOException {
        fill();
        damage(segment(1), offset(3) + 100);
        try (Snapshot snapshot = store.snapshot()) {
            Cursor<Entry> entries = snapshot.entries();
            for (int i = 0; i < 3; i++) {
                assertEquals(key(i), new String(entries.next().key(), UTF_8));
            }
            for (int again = 0; again < 3; again++) {
                CorruptionException found = assertThrows(CorruptionException.class, entries::hasNext);
                assertEquals(segment(1), found.file());
                assertEquals(offset(3), found.offset());
                assertEquals(new Position(20, 1, offset(3)), entries.position());
            }
            assertThrows(
                    CorruptionException.class,
                    snapshot.entries(new byte[0], entries.position())::next,
                    "resumed in another cursor it is still there");
            assertThrows(CorruptionException.class, entries::next);
            assertEquals(RECORD, entries.skipDamage());
            assertThrows(IllegalStateException.class, entries::skipDamage);
            List<Long> skipped = new ArrayList<>();
            assertEquals(keys(0, 1, 2, 3), walk(entries, skipped));
            assertEquals(List.of(), skipped);
            assertEquals(keys(), walk(snapshot.keys(), skipped), "the hint knows all keys");
            assertEquals(List.of(), skipped);
        }
    }

    @Test
    void severalDamagedRecordsInARowAreSkippedOneByOne() throws IOException {
        fill();
        damage(segment(2), LINK + offset(0));
        damage(segment(2), LINK + offset(1) + 5);
        damage(segment(2), LINK + offset(6) + RECORD - 1);
        try (Snapshot snapshot = store.snapshot()) {
            List<Long> skipped = new ArrayList<>();
            assertEquals(keys(7, 8, 13), walk(snapshot.entries(), skipped));
            assertEquals(List.of((long) RECORD, (long) RECORD, (long) RECORD), skipped);
        }
    }

    @Test
    void withoutAHintTheRestOfTheSegmentIsLeftOut() throws IOException {
        fill();
        damage(segment(1), offset(3));
        directory.delete("0000000000000001.hint");
        try (Snapshot snapshot = store.snapshot()) {
            for (Cursor<?> cursor : List.of(snapshot.keys(), snapshot.entries())) {
                List<Long> skipped = new ArrayList<>();
                assertEquals(keys(3, 4, 5, 6), walk(cursor, skipped));
                assertEquals(List.of((long) (IN_A_SEGMENT - 3) * RECORD), skipped);
            }
        }
    }

    @Test
    void ofTheSegmentThatWasActiveTheRestIsLeftOut() throws IOException {
        fill();
        damage(segment(3), LINK + offset(2));
        try (Snapshot snapshot = store.snapshot()) {
            List<Long> skipped = new ArrayList<>();
            assertEquals(keys(16, 17, 18, 19), walk(snapshot.entries(), skipped));
            assertEquals(List.of(4L * RECORD), skipped);
        }
    }

    @Test
    void withoutDamageThereIsNothingToSkip() {
        fill();
        try (Snapshot snapshot = store.snapshot()) {
            Cursor<Entry> entries = snapshot.entries();
            assertThrows(IllegalStateException.class, entries::skipDamage);
            entries.next();
            assertThrows(IllegalStateException.class, entries::skipDamage);
        }
    }

    /**
     * An old record of a key whose newest one a merge has copied: which of them was live is told by the copy's header. If that is damaged
     * nobody may guess, and only that one record is in doubt.
     */
    @Test
    void damagedCopyIsNamedAndOnlyTheRecordInDoubtIsLeftOut() throws IOException {
        fill();
        put(1);
        try (Snapshot snapshot = store.snapshot()) {
            put(2);
            List<Long> inputs = store.merge().inputs();
            assertTrue(inputs.contains(1L));
            int[] copy = copyOf(key(1));
            damage(segment(copy[0]), copy[1] + 300);
            Cursor<Entry> entries = snapshot.entries();
            assertEquals(key(0), new String(entries.next().key(), UTF_8));
            for (int again = 0; again < 3; again++) {
                CorruptionException found = assertThrows(CorruptionException.class, entries::hasNext);
                assertEquals(segment(copy[0]), found.file());
                assertEquals(copy[1], found.offset());
            }
            assertEquals(RECORD, entries.skipDamage());
            List<String> rest = walk(entries, new ArrayList<>());
            assertEquals(keys(0), rest.stream().sorted().toList(), "the original of the copy is sound");
        }
    }

    /** Segment and offset of the record of a key that a merge has just written. */
    private int[] copyOf(String key) {
        try (Snapshot now = store.snapshot();
                Cursor<byte[]> keys = now.keys()) {
            while (keys.hasNext()) {
                Position at = keys.position();
                if (new String(keys.next(), UTF_8).equals(key)) {
                    return new int[] {(int) at.segmentId(), (int) at.offset()};
                }
            }
        }
        throw new AssertionError(key + " is gone");
    }

    @Test
    void readThatFailsIsTriedAgainByTheNextCall() {
        fill();
        try (Snapshot snapshot = store.snapshot()) {
            for (Cursor<?> cursor : List.of(snapshot.entries(), snapshot.keys())) {
                List<String> shown = new ArrayList<>();
                IOException cause = new IOException("Input/output error");
                for (int i = 0; i < 20; i++) {
                    GateDirectory.Rule failing = directory.fail(Act.READ, GateDirectory::segment, cause);
                    try {
                        shown.addAll(first(cursor));
                    } catch (StoreIOException e) {
                        assertEquals(cause, e.getCause());
                        directory.remove(failing);
                        shown.addAll(first(cursor));
                    }
                    directory.remove(failing);
                }
                assertEquals(keys(), shown);
            }
        }
    }

    private static List<String> first(Cursor<?> cursor) {
        Object next = cursor.next();
        return List.of(new String(next instanceof Entry entry ? entry.key() : (byte[]) next, UTF_8));
    }

    @Test
    void closeWhileAWalkReadsIsNoDamage() {
        fill();
        Snapshot snapshot = store.snapshot();
        Cursor<Entry> entries = snapshot.entries();
        directory.rule((act, name, position, length) -> {
            if (act == Act.READ && GateDirectory.segment(name)) {
                snapshot.close();
            }
        });
        assertThrows(SnapshotClosedException.class, entries::next);
    }
}
