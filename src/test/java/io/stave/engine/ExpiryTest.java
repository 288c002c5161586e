package io.stave.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.CorruptionException;
import io.stave.Entry;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.Background;
import io.stave.engine.support.Silence;
import io.stave.engine.support.TestClock;
import io.stave.engine.write.Group;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Values expire in the millisecond they were told to, for every method, and what has expired is absent. */
class ExpiryTest {

    private static final long START = 1_700_000_000_000L;
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);
    private static final WriteOptions SECOND = WriteOptions.defaults().timeToLive(Duration.ofSeconds(1));

    private final TestClock clock = new TestClock(START);
    private final Options options = Options.defaults().segmentLength(4096).clock(clock);
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

    private void reopen() {
        store.close();
        directory = directory.afterCrash(CrashState.syncedOnly());
        store = Engine.open(directory, options, true);
    }

    /** Asks in every way there is. */
    private static boolean shows(Stave store, byte[] key) {
        List<Boolean> answers = new ArrayList<>();
        answers.add(store.get(key) != null);
        answers.add(store.get(ByteBuffer.wrap(key)) != null);
        answers.add(store.getAll(List.of(key)).get(0) != null);
        answers.add(store.getEntry(key) != null);
        answers.add(store.getEntry(ByteBuffer.wrap(key)) != null);
        answers.add(store.read(key, (value, version) -> version) != null);
        answers.add(store.read(ByteBuffer.wrap(key), (value, version) -> version) != null);
        answers.add(store.contains(key));
        answers.add(store.contains(ByteBuffer.wrap(key)));
        assertEquals(1, answers.stream().distinct().count(), answers::toString);
        return answers.get(0);
    }

    @Test
    void aValueIsVisibleUpToTheMillisecondBeforeItsExpiry() {
        store.put(KEY, VALUE, SECOND);
        store.put(OTHER, VALUE, WriteOptions.defaults().expiry(Instant.ofEpochMilli(START + 2000)));
        clock.set(START + 999);
        assertTrue(shows(store, KEY));
        assertArrayEquals(VALUE, store.get(KEY));
        clock.set(START + 1000);
        assertFalse(shows(store, KEY));
        clock.set(START + 1999);
        assertTrue(shows(store, OTHER));
        clock.set(START + 2000);
        assertFalse(shows(store, OTHER));
    }

    @Test
    void whatHasExpiredIsAMiss() {
        store.put(KEY, VALUE, SECOND);
        assertTrue(shows(store, KEY));
        assertEquals(9, store.stats().operations().hits());
        assertEquals(0, store.stats().operations().misses());
        clock.advance(1000);
        assertFalse(shows(store, KEY));
        assertEquals(9, store.stats().operations().hits());
        assertEquals(9, store.stats().operations().misses());
    }

    @Test
    void anEntrySaysWhenItExpires() {
        store.put(KEY, VALUE, SECOND);
        store.put(OTHER, VALUE);
        assertEquals(Instant.ofEpochMilli(START + 1000), store.getEntry(KEY).expiry());
        assertNull(store.getEntry(OTHER).expiry());
        reopen();
        assertEquals(Instant.ofEpochMilli(START + 1000), store.getEntry(KEY).expiry());
        assertNull(store.getEntry(OTHER).expiry());
    }

    @Test
    void aPutThatSaysNothingNeverExpires() {
        store.put(KEY, VALUE, SECOND);
        store.put(KEY, OTHER);
        clock.set(Long.MAX_VALUE);
        assertArrayEquals(OTHER, store.get(KEY));
        assertNull(store.getEntry(KEY).expiry());
    }

    @Test
    void largeValuesExpireToo() {
        byte[] large = new byte[Group.LARGE_VALUE + 1];
        store.put(KEY, large, SECOND);
        store.putAsync(OTHER, large, SECOND).join();
        reopen();
        clock.advance(999);
        assertArrayEquals(large, store.get(KEY));
        assertArrayEquals(large, store.get(OTHER));
        clock.advance(1);
        assertFalse(shows(store, KEY));
        assertFalse(shows(store, OTHER));
    }

    @Test
    void whatHasExpiredStaysHiddenAfterAnOpenFromHintsAndFromScans() throws IOException {
        store.put(KEY, VALUE, SECOND);
        store.put(OTHER, VALUE, SECOND.timeToLive(Duration.ofSeconds(3)));
        store.close();
        SimulatedDirectory scanned = directory.afterCrash(CrashState.syncedOnly());
        scanned.delete("0000000000000001.hint");
        scanned.delete(KeydirFile.NAME);
        for (SimulatedDirectory found : List.of(directory.afterCrash(CrashState.syncedOnly()), scanned)) {
            clock.set(START + 999);
            try (Stave reopened = Engine.open(found, options, true)) {
                assertTrue(shows(reopened, KEY));
                clock.set(START + 1000);
                assertFalse(shows(reopened, KEY));
                assertTrue(shows(reopened, OTHER));
            }
        }
    }

    @Test
    void instantsAndDurationsOfAnyLengthAreTaken() {
        store.put(KEY, VALUE, SECOND.timeToLive(Duration.ofSeconds(Long.MAX_VALUE)));
        store.put(OTHER, VALUE, SECOND.expiry(Instant.MAX));
        assertTrue(shows(store, KEY));
        assertTrue(shows(store, OTHER));
        assertEquals(Instant.ofEpochMilli(Long.MAX_VALUE), store.getEntry(OTHER).expiry());
        for (Instant past : List.of(Instant.MIN, Instant.EPOCH, Instant.ofEpochMilli(START))) {
            assertTrue(store.put(KEY, VALUE, SECOND.expiry(past)) > 0);
            assertFalse(shows(store, KEY));
        }
        clock.set(0);
        store.put(OTHER, VALUE, SECOND.expiry(Instant.EPOCH));
        assertFalse(shows(store, OTHER));
        store.put(OTHER, VALUE, SECOND);
        assertTrue(shows(store, OTHER));
    }

    @Test
    void aPutThatHasExpiredAlreadyOverwritesWhatWasThere() {
        store.put(KEY, VALUE);
        store.put(KEY, OTHER, SECOND.expiry(Instant.ofEpochMilli(START - 1)));
        assertFalse(shows(store, KEY));
        reopen();
        assertFalse(shows(store, KEY));
    }

    // ---- conditions

    @Test
    void conditionsFindWhatHasExpiredAbsent() {
        long version = store.put(KEY, VALUE, SECOND);
        clock.advance(999);
        assertEquals(0, store.putIfAbsent(KEY, OTHER));
        clock.advance(1);
        assertEquals(0, store.compareAndSet(KEY, version, OTHER));
        assertEquals(0, store.delete(KEY, version));
        assertTrue(store.putIfAbsent(KEY, OTHER, SECOND) > version);
        assertEquals(0, store.putIfAbsent(KEY, VALUE));
        assertArrayEquals(OTHER, store.get(KEY));
        clock.advance(1000);
        assertTrue(store.compareAndSet(KEY, Stave.NO_VERSION, VALUE) > version);
        clock.advance(100_000);
        assertArrayEquals(VALUE, store.get(KEY));
    }

    @Test
    void conditionsHoldOnWhatHasNotExpired() {
        long first = store.putIfAbsent(KEY, VALUE, SECOND);
        clock.advance(999);
        long second = store.compareAndSet(KEY, first, OTHER, SECOND);
        assertTrue(second > first);
        clock.advance(999);
        assertArrayEquals(OTHER, store.get(KEY));
        assertEquals(0, store.compareAndSet(KEY, first, VALUE));
        assertTrue(store.delete(KEY, second) > second);
        assertFalse(shows(store, KEY));
    }

    @Test
    void deletesAnswerThatWhatHasExpiredIsAbsent() {
        store.put(KEY, VALUE, SECOND);
        store.put(OTHER, VALUE, SECOND);
        clock.advance(999);
        assertTrue(store.delete(KEY) > 0);
        store.put(KEY, VALUE, SECOND.timeToLive(Duration.ofMillis(1)));
        clock.advance(1);
        assertEquals(0, store.delete(KEY));
        assertEquals(0, store.deleteAsync(OTHER).join());
        assertEquals(0, store.delete(KEY));
        assertEquals(0, store.deleteAsync(OTHER).join());
    }

    /** A clock that was ahead is mended: what was deleted meanwhile must not return. */
    @Test
    void whatWasDeletedAfterItsExpiryDoesNotReturnWithTheClock() {
        store.put(KEY, VALUE, SECOND);
        store.put(OTHER, VALUE, SECOND);
        store.put(VALUE, VALUE, SECOND);
        clock.advance(1000);
        assertEquals(0, store.delete(KEY));
        assertEquals(0, store.deleteAsync(OTHER).join());
        clock.advance(-1);
        assertFalse(shows(store, KEY));
        assertFalse(shows(store, OTHER));
        assertTrue(shows(store, VALUE), "nobody has deleted it");
        assertEquals(2, store.stats().operations().deletes());
        reopen();
        assertFalse(shows(store, KEY));
        assertFalse(shows(store, OTHER));
        assertTrue(shows(store, VALUE));
    }

    @Test
    void asynchronousDeletesOfWhatHasNotExpiredAreApplied() {
        store.putAsync(KEY, VALUE, SECOND).join();
        assertTrue(store.deleteAsync(KEY).join() > 0);
        assertFalse(shows(store, KEY));
    }

    /** Nothing says whether a record has expired that does not verify; a delete gets rid of it. */
    @Test
    void aDamagedRecordThatExpiresCanBeDeletedAndIsNotHidden() throws IOException {
        long version = store.put(KEY, VALUE, SECOND);
        store.close();
        byte[] segment = directory.content("0000000000000001.seg");
        segment[64 + 20 + 8 + 3] ^= 1;
        directory = directory.afterCrash(CrashState.syncedOnly());
        directory.damage("0000000000000001.seg", segment);
        clock.advance(100_000);
        store = Engine.open(directory, options, true);
        assertThrows(CorruptionException.class, () -> store.get(KEY));
        assertThrows(CorruptionException.class, () -> store.contains(KEY));
        assertThrows(CorruptionException.class, () -> store.putIfAbsent(KEY, VALUE));
        assertThrows(CorruptionException.class, () -> store.setExpiry(KEY, null));
        assertTrue(store.delete(KEY) > version);
        assertFalse(shows(store, KEY));
    }

    // ---- batches

    @Test
    void putsOfABatchExpireEachInItsTime() {
        store.put(OTHER, VALUE, SECOND.timeToLive(Duration.ofDays(1)));
        store.apply(new Batch()
                .put(KEY, VALUE, SECOND)
                .put(VALUE, KEY, WriteOptions.defaults().expiry(Instant.ofEpochMilli(START + 5)))
                .put(OTHER, KEY));
        clock.set(START + 4);
        assertTrue(shows(store, VALUE));
        reopen();
        assertTrue(shows(store, VALUE));
        clock.set(START + 5);
        assertFalse(shows(store, VALUE));
        clock.set(START + 999);
        assertTrue(shows(store, KEY));
        clock.set(START + 1000);
        assertFalse(shows(store, KEY));
        clock.set(Long.MAX_VALUE);
        assertArrayEquals(KEY, store.get(OTHER));
    }

    @Test
    void conditionsOfABatchFindWhatHasExpiredAbsent() {
        long version = store.put(KEY, VALUE, SECOND);
        assertFalse(store.apply(new Batch().require(KEY, Stave.NO_VERSION).put(OTHER, VALUE))
                .applied());
        clock.advance(1000);
        assertFalse(
                store.apply(new Batch().require(KEY, version).put(OTHER, VALUE)).applied());
        assertFalse(store.contains(OTHER));
        assertTrue(store.apply(new Batch().require(KEY, Stave.NO_VERSION).put(OTHER, VALUE))
                .applied());
    }

    /** Two values that expire together are never one there and one not, however fast the clock goes. */
    @Test
    void aBatchIsJudgedByOneTimeAndLivesFromOneTime() {
        store.close();
        store = Engine.open(new SimulatedDirectory(), options.clock(hasty()), true);
        for (int i = 0; i < 20; i++) {
            WriteOptions together =
                    WriteOptions.defaults().expiry(clock.instant().plusMillis(10));
            long version = store.put(KEY, VALUE, together);
            store.put(OTHER, VALUE, together);
            clock.advance(i / 2 - 2);
            assertFalse(store.apply(new Batch()
                            .require(KEY, version)
                            .require(OTHER, Stave.NO_VERSION)
                            .put(VALUE, VALUE))
                    .applied());
            store.apply(new Batch().put(KEY, VALUE, SECOND).put(OTHER, new byte[Group.LARGE_VALUE], SECOND));
            assertEquals(store.getEntry(KEY).expiry(), store.getEntry(OTHER).expiry());
        }
    }

    /** A clock that goes on by a millisecond each time it is asked. */
    private InstantSource hasty() {
        return () -> {
            clock.advance(1);
            return clock.instant();
        };
    }

    // ---- setExpiry

    @Test
    void setExpiryChangesTheExpiryAndNothingElse() {
        long version = store.put(KEY, VALUE);
        long second = store.setExpiry(KEY, Instant.ofEpochMilli(START + 50));
        assertTrue(second > version);
        Entry entry = store.getEntry(KEY);
        assertEquals(new Entry(KEY, VALUE, second, Instant.ofEpochMilli(START + 50)), entry);
        long third = store.setExpiry(ByteBuffer.wrap(KEY), Instant.ofEpochMilli(START + 500));
        clock.advance(499);
        assertEquals(new Entry(KEY, VALUE, third, Instant.ofEpochMilli(START + 500)), store.getEntry(KEY));
        clock.advance(1);
        assertFalse(shows(store, KEY));
    }

    @Test
    void setExpiryToNullHasAValueLiveForEver() {
        store.put(KEY, VALUE, SECOND);
        long version = store.setExpiry(KEY, null, SECOND);
        clock.set(Long.MAX_VALUE);
        assertEquals(new Entry(KEY, VALUE, version), store.getEntry(KEY));
        reopen();
        assertEquals(new Entry(KEY, VALUE, version), store.getEntry(KEY));
    }

    @Test
    void setExpiryOfWhatIsAbsentDoesNothing() {
        assertEquals(0, store.setExpiry(KEY, null));
        store.put(KEY, VALUE, SECOND);
        clock.advance(1000);
        assertEquals(0, store.setExpiry(KEY, null));
        store.put(KEY, VALUE);
        store.delete(KEY);
        assertEquals(0, store.setExpiry(ByteBuffer.wrap(KEY), Instant.MAX));
        assertEquals(3, store.stats().lastVersion());
    }

    @Test
    void setExpiryToThePastHidesAtOnce() {
        store.put(KEY, VALUE);
        assertTrue(store.setExpiry(KEY, Instant.ofEpochMilli(START)) > 0);
        assertFalse(shows(store, KEY));
    }

    /** It rewrites what it has read only if nobody wrote in between. */
    @Test
    void setExpiryLosesNoWriteThatComesInBetween() throws Exception {
        store.close();
        store = Engine.open(new SimulatedDirectory(), options, false);
        store.put(KEY, ByteBuffer.allocate(4).array());
        int rounds = 400;
        Background<Boolean> expiries = Background.start(() -> {
            for (int i = 0; i < rounds; i++) {
                store.setExpiry(KEY, i % 2 == 0 ? null : Instant.MAX);
            }
        });
        for (int i = 0; i < rounds; ) {
            Entry entry = store.getEntry(KEY);
            byte[] next = ByteBuffer.allocate(4)
                    .putInt(ByteBuffer.wrap(entry.value()).getInt() + 1)
                    .array();
            i += store.compareAndSet(KEY, entry.version(), next) > 0 ? 1 : 0;
        }
        expiries.join();
        assertEquals(rounds, ByteBuffer.wrap(store.get(KEY)).getInt());
    }

    // ---- the clock and other threads

    /** Between finding a record and asking the clock a reader may be held up until after the record was replaced, and would have expired. */
    @Test
    void aValueThatWasRenewedInTimeIsNeverMissed() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>();
        InstantSource slow = () -> {
            Runnable action = meanwhile.getAndSet(null);
            if (action != null) {
                action.run();
            }
            return clock.instant();
        };
        store.close();
        store = Engine.open(new SimulatedDirectory(), options.clock(slow), true);
        List<Boolean> answers = new ArrayList<>();
        List<Runnable> reads = List.of(
                () -> answers.add(store.get(KEY) != null),
                () -> answers.add(store.getEntry(KEY) != null),
                () -> answers.add(store.contains(KEY)),
                () -> answers.add(store.read(KEY, (value, version) -> version) != null));
        for (Runnable read : reads) {
            store.put(KEY, VALUE, SECOND);
            WriteOptions renewed =
                    WriteOptions.defaults().expiry(clock.instant().plusSeconds(9));
            meanwhile.set(() -> {
                join(Background.run(() -> store.put(KEY, OTHER, renewed)));
                clock.advance(1000);
            });
            read.run();
            assertNull(meanwhile.get());
        }
        assertEquals(List.of(true, true, true, true), answers);
        assertEquals(4, store.stats().operations().hits());
        assertEquals(0, store.stats().operations().misses());
    }

    private static void join(Background<Long> write) {
        try {
            write.join();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The place where a reader found something expired means nothing to its next read, in whatever store. */
    @Test
    void whatOneReadFoundExpiredIsForgottenByTheNext() {
        TestClock otherClock = new TestClock(START);
        try (Stave other = Engine.open(new SimulatedDirectory(), options.clock(otherClock), true)) {
            store.put(KEY, VALUE, SECOND);
            other.put(KEY, VALUE, SECOND);
            otherClock.advance(1000);
            assertFalse(shows(other, KEY));
            assertTrue(shows(store, KEY));
            otherClock.advance(-1);
            assertTrue(shows(other, KEY));
        }
        assertNotNull(store.get(KEY));
    }
}
