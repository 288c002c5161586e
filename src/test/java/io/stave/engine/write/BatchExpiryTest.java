package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.TestClock;
import io.stave.io.SimulatedDirectory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values of a batch expire as others do; what is judged or put together is so at one time, though the clock goes on. */
class BatchExpiryTest {

    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);
    private static final byte[] LARGE = new byte[BatchWrite.LARGE];
    private static final long START = 1_700_000_000_000L;
    private static final WriteOptions SECOND = WriteOptions.defaults().timeToLive(Duration.ofSeconds(1));

    private final TestClock clock = new TestClock(START);

    /** Moves on by so much whenever it is asked. */
    private long tick;

    private final Stave store = Engine.open(
            new SimulatedDirectory(),
            Options.defaults().clock((InstantSource) () -> {
                clock.advance(tick);
                return clock.instant();
            }),
            true);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void valuesWithTheSameTimeToLiveExpireTogether() {
        tick = 1;
        for (byte[] value : new byte[][] {VALUE, LARGE}) {
            Instant instant = Instant.ofEpochMilli(START + 100_000);
            store.apply(new Batch()
                    .put(KEY, value, SECOND)
                    .put("for ever".getBytes(UTF_8), value)
                    .put(
                            "at an instant".getBytes(UTF_8),
                            value,
                            WriteOptions.defaults().expiry(instant))
                    .put(OTHER, value, SECOND));
            Instant expiry = store.getEntry(KEY).expiry();
            assertEquals(expiry, store.getEntry(OTHER).expiry());
            assertNotEquals(instant, expiry);
            assertEquals(
                    instant, store.getEntry("at an instant".getBytes(UTF_8)).expiry());
            assertNull(store.getEntry("for ever".getBytes(UTF_8)).expiry());
            tick = 0;
            clock.set(expiry.toEpochMilli() - 1);
            assertArrayEquals(value, store.get(KEY));
            clock.set(expiry.toEpochMilli());
            assertFalse(store.contains(KEY));
            assertNull(store.get(OTHER));
            assertTrue(store.contains("for ever".getBytes(UTF_8)));
            tick = 1;
        }
    }

    @Test
    void aKeyThatHasExpiredIsAbsentForConditions() {
        long version = store.put(KEY, VALUE, SECOND);
        assertTrue(store.apply(new Batch().require(KEY, version)).applied());
        clock.advance(1000);
        assertFalse(
                store.apply(new Batch().put(KEY, VALUE).require(KEY, version)).applied());
        assertTrue(store.apply(new Batch().put(KEY, VALUE).require(KEY, Stave.NO_VERSION))
                .applied());
        assertArrayEquals(VALUE, store.get(KEY));
    }

    /** Two values that expire together: at no time is one of them there without the other. */
    @Test
    void conditionsAreJudgedAtOneTime() {
        int held = 0;
        int failed = 0;
        for (int late = 0; late < 8; late++) {
            tick = 0;
            clock.set(START);
            long first = store.apply(new Batch().put(KEY, VALUE, SECOND).put(OTHER, VALUE, SECOND))
                    .firstVersion();
            clock.set(START + 1000 - late);
            tick = 1;
            int condition = store.apply(new Batch().require(KEY, first).require(OTHER, first + 1))
                    .failedCondition();
            assertNotEquals(1, condition);
            held += condition < 0 ? 1 : 0;
            failed += condition == 0 ? 1 : 0;
        }
        assertTrue(held > 0 && failed > 0, held + " held, " + failed + " failed");
    }

    @Test
    void anExpiryForAllIsRefused() {
        Batch batch = new Batch().put(KEY, VALUE);
        assertThrows(IllegalArgumentException.class, () -> store.apply(batch, SECOND));
        assertThrows(
                IllegalArgumentException.class,
                () -> store.applyAsync(batch, WriteOptions.defaults().expiry(Instant.EPOCH)));
        assertNull(store.get(KEY));
    }
}
