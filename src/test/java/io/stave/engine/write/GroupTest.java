package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Stave;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.live.Overlay;
import io.stave.engine.support.Background;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GroupTest {

    private static final int NO_LIMIT = Group.CAPACITY;

    private final Group group = new Group();

    private static Write put(long high, int low, ByteBuffer value, Durability durability) {
        return Write.put(key(high), fingerprint(high, low), value, 0, Write.Condition.ALWAYS, 0, durability);
    }

    private static boolean hasRoom(Group group, int keyLength, int valueLength, int limit) {
        return group.hasRoom(RecordFormat.length(keyLength, valueLength, false), valueLength, limit);
    }

    private static Write put(long high) {
        return put(high, 0, ByteBuffer.wrap(new byte[] {1, 2, 3}), Durability.SYNC);
    }

    private static Write delete(long high) {
        return Write.delete(key(high), fingerprint(high, 0), Write.Condition.PRESENT, 0, Durability.OS);
    }

    private static KeyBytes key(long high) {
        return KeyBytes.of(ByteBuffer.allocate(8).putLong(0, high));
    }

    private static Fingerprint fingerprint(long high, int low) {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.high = high;
        fingerprint.low = low;
        return fingerprint;
    }

    private static ByteBuffer value(int length) {
        return ByteBuffer.allocate(length);
    }

    @Test
    void findsTheNewestRecordOfAKey() {
        group.add(put(7), 1);
        group.add(put(8), 2);
        group.add(delete(7), 3);
        assertEquals(3, group.sequence(group.find(7, 0)));
        assertTrue(group.isTombstone(group.find(7, 0)));
        assertEquals(2, group.sequence(group.find(8, 0)));
        assertEquals(-1, group.find(9, 0));
    }

    @Test
    void keysThatShareTheFirstHalfOfTheirFingerprintAreTwo() {
        group.add(put(7, 1, value(1), Durability.OS), 1);
        group.add(put(7, 2, value(1), Durability.OS), 2);
        assertEquals(0, group.find(7, 1));
        assertEquals(1, group.find(7, 2));
        assertEquals(-1, group.find(7, 3));
    }

    @Test
    void findsEveryKeyWhileItGrows() {
        for (int i = 0; i < 3000; i++) {
            // Every third one in the same bucket, every second key twice.
            group.add(put((i / 2) * (i % 3 == 0 ? 1L << 20 : 1)), i + 1);
            for (int j = 0; j <= i; j += 1 + i / 50) {
                assertNewest(j, i);
            }
        }
    }

    private void assertNewest(int j, int last) {
        long high = (j / 2) * (j % 3 == 0 ? 1L << 20 : 1);
        long newest = 0;
        for (int i = 0; i <= last; i++) {
            newest = (i / 2) * (i % 3 == 0 ? 1L << 20 : 1) == high ? i + 1 : newest;
        }
        int found = group.find(high, 0);
        assertEquals(newest, group.sequence(found));
        assertEquals(high, group.high(found));
    }

    /** Its buffer starts small and is copied when it grows. */
    @Test
    void keepsItsRecordsWhileItsBufferGrows() {
        for (int i = 0; hasRoom(group, 8, 1000, NO_LIMIT); i++) {
            byte[] value = new byte[1000];
            java.util.Arrays.fill(value, (byte) i);
            group.add(put(i, i, ByteBuffer.wrap(value), Durability.OS), i + 1);
        }
        assertEquals((Group.CAPACITY - Group.FIRST) / RecordFormat.length(8, 1000, false), group.count());
        byte[] value = new byte[1000];
        for (int i = 0; i < group.count(); i++) {
            assertEquals(i, group.find(i, i));
            assertEquals(i + 1, group.sequence(i));
            group.buffer().get(RecordFormat.valueOffset(group.at(i), 0, 8), value);
            assertEquals((byte) i, value[0]);
            assertEquals((byte) i, value[999]);
        }
    }

    @Test
    void forgetsEverythingWhenReset() {
        for (int i = 0; i < 100; i++) {
            group.add(put(i), i + 1);
        }
        group.requireForce();
        group.addTask(() -> {});
        group.addWaiter(Thread.currentThread());
        group.addAsync(new Group.AsyncWrite<>(new CompletableFuture<>(), 1L, 10));
        Outcome outcome = group.outcome();
        List<Thread> waiters = group.waiters();
        group.reset();
        assertTrue(group.isEmpty());
        for (int i = 0; i < 100; i++) {
            assertEquals(-1, group.find(i, 0));
        }
        assertFalse(group.force());
        assertTrue(group.tasks().isEmpty());
        assertEquals(0, group.bytes());
        assertEquals(Long.MAX_VALUE, group.intervalNanos());
        assertNotSame(outcome, group.outcome(), "the waiters keep the outcome they wait for");
        assertEquals(1, waiters.size(), "the list belongs to whoever took it");
    }

    /** A failed write to the file leaves the limit of the buffer anywhere. */
    @Test
    void canBeFilledAgainWhateverWasDoneToItsBuffer() {
        group.add(put(1), 1);
        group.buffer().limit(group.end()).position(3);
        group.reset();
        group.add(put(2, 0, value(1000), Durability.SYNC), 2);
        assertEquals(2, group.sequence(group.find(2, 0)));
        assertEquals(8 + 1000 + RecordFormat.HEADER_LENGTH, group.bytes());
    }

    /** The leader fills in checksums, which moves the limit of the buffer, while others decide conditions against the group. */
    @Test
    void recordsCanBeLookedAtWhileTheLeaderSealsThem() throws Exception {
        for (int i = 0; i < 50; i++) {
            group.add(put(i), i + 1);
        }
        AtomicBoolean sealed = new AtomicBoolean();
        Background<Boolean> leader = Background.start(() -> {
            for (int round = 0; round < 5000; round++) {
                for (int i = 0; i < group.count(); i++) {
                    RecordFormat.seal(group.buffer(), group.at(i), group.inBuffer(i), i);
                }
            }
            sealed.set(true);
        });
        while (!sealed.get() && !leader.done()) {
            int i = group.find(49, 0);
            assertEquals(50, group.sequence(i));
            assertFalse(group.isTombstone(i));
        }
        leader.join();
    }

    @Test
    void takesRecordsUpToTheLimit() {
        int record = RecordFormat.length(8, 3, false);
        int limit = Group.FIRST + 3 * record;
        for (int i = 0; i < 3; i++) {
            assertTrue(hasRoom(group, 8, 3, limit));
            group.add(put(i), i + 1);
        }
        assertFalse(hasRoom(group, 8, 3, limit));
        assertTrue(hasRoom(group, 8, 3, limit + record));
        assertEquals(limit, group.end());
    }

    @Test
    void theFirstRecordMayBeLongerThanTheLimit() {
        assertTrue(hasRoom(group, 8, 10_000, 4032));
        group.add(put(1, 0, value(10_000), Durability.SYNC), 1);
        assertFalse(hasRoom(group, 1, 0, 4032));
    }

    @Test
    void fitsAnyFirstRecordThereMayBe() {
        assertTrue(hasRoom(group, Stave.MAX_KEY_LENGTH, Group.LARGE_VALUE, NO_LIMIT));
        assertTrue(hasRoom(group, Stave.MAX_KEY_LENGTH, Stave.MAX_VALUE_LENGTH, NO_LIMIT));
        byte[] longest = new byte[Stave.MAX_KEY_LENGTH];
        ByteBuffer largest = value(Stave.MAX_VALUE_LENGTH);
        group.add(
                Write.put(
                        KeyBytes.of(longest),
                        fingerprint(1, 1),
                        largest,
                        0,
                        Write.Condition.ALWAYS,
                        0,
                        Durability.SYNC),
                1);
        assertEquals(RecordFormat.MAX_LENGTH - RecordFormat.EXPIRY_LENGTH, group.bytes());
        assertEquals(group.bytes(), group.length(0));
        assertEquals(group.bytes() - Stave.MAX_VALUE_LENGTH, group.inBuffer(0));
    }

    @Test
    void aLargeValueIsTheLastAndNotCopied() {
        group.add(put(1), 1);
        ByteBuffer large = value(Group.LARGE_VALUE + 1);
        assertTrue(hasRoom(group, 8, large.remaining(), NO_LIMIT));
        group.add(put(2, 0, large, Durability.SYNC), 2);
        assertFalse(hasRoom(group, 1, 0, NO_LIMIT));
        ByteBuffer kept = group.largeValue();
        assertNotNull(kept);
        assertNotSame(large, kept, "the caller's position is not ours to move");
        assertEquals(RecordFormat.length(8, 3, false), group.length(0));
        assertEquals(RecordFormat.length(8, Group.LARGE_VALUE + 1, false), group.length(1));
        assertEquals(RecordFormat.length(8, 0, false), group.inBuffer(1));
        group.reset();
        assertNull(group.largeValue());
        assertTrue(hasRoom(group, 8, 3, NO_LIMIT));
    }

    @Test
    void aLargeValueMustStayBelowTheLimitUnlessItIsAlone() {
        assertTrue(hasRoom(group, 8, Stave.MAX_VALUE_LENGTH, NO_LIMIT));
        group.add(put(1), 1);
        assertFalse(hasRoom(group, 8, Stave.MAX_VALUE_LENGTH, NO_LIMIT));
    }

    @Test
    void valuesAreReadWithoutMovingTheCallersBuffer() {
        List<ByteBuffer> values = new ArrayList<>();
        values.add(ByteBuffer.wrap("..value..".getBytes()).position(2).limit(7));
        values.add(ByteBuffer.wrap("..value..".getBytes(), 2, 5).slice());
        values.add(ByteBuffer.wrap("value".getBytes()).asReadOnlyBuffer());
        values.add(ByteBuffer.allocateDirect(9)
                .put("..value..".getBytes())
                .position(2)
                .limit(7));
        for (ByteBuffer value : values) {
            int position = value.position();
            int limit = value.limit();
            group.reset();
            group.add(put(1, 0, value, Durability.SYNC), 1);
            byte[] stored = new byte[5];
            group.buffer().get(RecordFormat.valueOffset(group.at(0), 0, 8), stored);
            assertEquals("value", new String(stored));
            assertEquals(position, value.position());
            assertEquals(limit, value.limit());
        }
    }

    @Test
    void asksForTheStrongestDurabilityInIt() {
        group.add(put(1, 0, value(1), Durability.OS), 1);
        assertFalse(group.force());
        assertEquals(Long.MAX_VALUE, group.intervalNanos());
        group.add(put(2, 0, value(1), Durability.interval(Duration.ofMillis(50))), 2);
        group.add(put(3, 0, value(1), Durability.interval(Duration.ofMillis(20))), 3);
        group.add(put(4, 0, value(1), Durability.interval(Duration.ofMillis(30))), 4);
        assertEquals(Duration.ofMillis(20).toNanos(), group.intervalNanos());
        assertFalse(group.force());
        group.add(put(5), 5);
        assertTrue(group.force());
        group.add(put(6, 0, value(1), Durability.interval(Duration.ofHours(1))), 6);
        group.add(put(7, 0, value(1), Durability.OS), 7);
        assertTrue(group.force(), "a weaker write behind a stronger one takes nothing back");
        assertEquals(Duration.ofMillis(20).toNanos(), group.intervalNanos());
    }

    @Test
    void countsPutsAndDeletes() {
        group.add(delete(1), 1);
        assertTrue(group.onlyDeletes());
        group.add(put(2), 2);
        assertFalse(group.onlyDeletes());
        assertEquals(2, group.count());
        assertEquals(1, group.puts());
        assertEquals(2, group.lastSequence());
    }

    private int flags(int i) {
        return RecordFormat.flags(group.buffer(), group.at(i));
    }

    /** What the scanner goes by: all records of a batch but the last say that more follows. */
    @Test
    void aBatchIsMarkedInItsRecords() {
        group.add(put(1), 5);
        group.addBatch(List.of(put(2), delete(3), put(4)), 6);
        group.add(put(5), 9);
        assertTrue(group.hasBatch());
        int[] flags = {0, RecordFormat.CONTINUES, RecordFormat.CONTINUES, 0, 0};
        for (int i = 0; i < flags.length; i++) {
            assertEquals(flags[i], flags(i));
            assertEquals(5 + i, group.sequence(i));
        }
        assertEquals(9, group.lastSequence());
        assertEquals(4, group.puts());
        assertTrue(group.force());
        group.reset();
        assertFalse(group.hasBatch());
    }

    @Test
    void aBatchOfOneIsAPlainWrite() {
        group.addBatch(List.of(put(2)), 6);
        assertFalse(group.hasBatch());
        assertEquals(0, flags(0));
    }

    /** Other than that of a single write: the caller's batch may change once it has joined. */
    @Test
    void aLargeValueOfABatchIsCopied() {
        ByteBuffer large = value(Group.LARGE_VALUE + 1).put(7, (byte) 7);
        Write write = put(1, 0, large, Durability.SYNC);
        Group own = new Group(write.recordLength(), 1);
        own.addUnnumbered(write, true);
        assertNull(own.largeValue());
        assertEquals(write.recordLength(), own.bytes());
        assertEquals(7, own.buffer().get(RecordFormat.valueOffset(own.at(0), 0, 8) + 7));
        assertEquals(own.length(0), own.inBuffer(0));
    }

    @Test
    void aGroupOfOneBatchGetsItsSequencesAtTheEnd() {
        Group own = new Group(100 * put(1).recordLength(), 100);
        for (int i = 0; i < 100; i++) {
            own.addUnnumbered(put(i), i == 99);
        }
        own.number(1000);
        for (int i = 0; i < 100; i++) {
            assertEquals(1000 + i, own.sequence(i));
            assertEquals(i, own.find(i, 0));
            int flags = RecordFormat.flags(own.buffer(), own.at(i));
            assertEquals(i == 99 ? 0 : RecordFormat.CONTINUES, flags);
        }
        assertEquals(1099, own.lastSequence());
        assertTrue(own.hasBatch());
        assertTrue(own.ofOneBatch());
        assertFalse(group.ofOneBatch());
    }

    /** Readers look into the overlay for as long as they like. */
    @Test
    void keysThatWereLentAreNotUsedAgain() {
        group.addBatch(
                List.of(put(1), delete(2), put(3, 0, value(9), Durability.OS), put(1, 0, value(7), Durability.OS)), 1);
        Overlay overlay = new GroupOverlay(group.lendKeys(), 77, 1000);
        int last = group.at(3);
        group.reset();
        for (int i = 0; i < 200; i++) {
            group.add(delete(i), i + 1);
        }
        Location location = new Location();
        assertEquals(Overlay.Answer.PRESENT, overlay.find(1, 0, location));
        assertEquals(77, location.segment);
        assertEquals(1000 + last, location.offset);
        assertEquals(RecordFormat.length(8, 7, false), location.length);
        assertEquals(0, location.flags);
        location.segment = 5;
        assertEquals(Overlay.Answer.ABSENT, overlay.find(2, 0, location));
        assertEquals(Overlay.Answer.UNKNOWN, overlay.find(4, 0, location));
        assertEquals(Overlay.Answer.UNKNOWN, overlay.find(1, 1, location));
        assertEquals(5, location.segment, "left alone");
    }

    @Test
    void anOverlayKnowsWhatExpires() {
        Write expiring =
                Write.put(key(1), fingerprint(1, 0), value(3), 12345, Write.Condition.ALWAYS, 0, Durability.OS);
        group.addBatch(List.of(expiring, put(2)), 1);
        Location location = new Location();
        assertEquals(Overlay.Answer.PRESENT, new GroupOverlay(group.lendKeys(), 7, 0).find(1, 0, location));
        assertEquals(Location.EXPIRY, location.flags);
        assertEquals(RecordFormat.length(8, 3, true), location.length);
        assertEquals(12345, group.expiry(0));
    }

    /** A reader must not walk over all records of a key that a batch writes over and over (I11). */
    @Test
    @Timeout(20)
    void aKeyIsFoundAtOnceHoweverOftenOneInItsBucketWasWritten() {
        int count = 400_000;
        Group own = new Group(count * put(1).recordLength(), count);
        own.addUnnumbered(put(1L << 40), false);
        for (int i = 1; i < count; i++) {
            own.addUnnumbered(put(1L << 41), i == count - 1);
        }
        for (int i = 0; i < count; i++) {
            assertEquals(0, own.find(1L << 40, 0));
        }
        assertEquals(count - 1, own.find(1L << 41, 0));
    }
}
