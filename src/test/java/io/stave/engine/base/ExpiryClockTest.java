package io.stave.engine.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.WriteOptions;
import io.stave.engine.support.TestClock;
import io.stave.segment.RecordFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What time it is for values that expire: when the clock jumps, and at the ends of the calendar. */
class ExpiryClockTest {

    private static final WriteOptions DEFAULTS = WriteOptions.defaults();

    private final TestClock wall = new TestClock(1_000_000);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000);
    private final ExpiryClock guarded = new ExpiryClock(wall, true, nanos::get);
    private final ExpiryClock brought = new ExpiryClock(wall, false, nanos::get);

    private void pass(long millis) {
        wall.advance(millis);
        nanos.addAndGet(millis * 1_000_000);
    }

    @Test
    void bothTimesGoOnTogetherWhileNobodySetsTheClock() {
        pass(7000);
        assertEquals(1_007_000, guarded.now());
        assertEquals(1_007_000, guarded.forDropping());
    }

    @Test
    void aSystemClockThatIsSetAheadHidesButDropsNothing() {
        wall.advance(365L * 24 * 3600 * 1000);
        assertTrue(guarded.expired(1_000_001));
        assertEquals(1_000_000, guarded.forDropping());
        pass(500);
        assertEquals(1_000_500, guarded.forDropping());
        wall.set(1_000_500);
        assertFalse(guarded.expired(1_000_501));
        assertEquals(1_000_500, guarded.forDropping());
    }

    @Test
    void aSystemClockThatIsSetBackDropsNothingEarlier() {
        pass(1000);
        wall.set(400_000);
        assertEquals(400_000, guarded.now());
        assertEquals(400_000, guarded.forDropping());
        pass(1000);
        assertEquals(401_000, guarded.forDropping());
    }

    @Test
    void aClockThatWasBroughtIsTakenAtItsWord() {
        wall.set(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, brought.forDropping());
        wall.set(5);
        assertEquals(5, brought.forDropping());
    }

    @Test
    void onlyTheClockOfTheSystemIsGuarded() {
        assertTrue(ExpiryClock.isSystem(InstantSource.system()));
        assertTrue(ExpiryClock.isSystem(Clock.systemUTC()));
        assertTrue(ExpiryClock.isSystem(Clock.systemDefaultZone()));
        assertTrue(ExpiryClock.isSystem(Clock.system(ZoneId.of("Asia/Tokyo"))));
        assertFalse(ExpiryClock.isSystem(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)));
        assertFalse(ExpiryClock.isSystem(Clock.offset(Clock.systemUTC(), Duration.ofDays(1))));
        assertFalse(ExpiryClock.isSystem(wall));
        assertFalse(ExpiryClock.isSystem(Instant::now));
    }

    @Test
    void aValueExpiresInTheMillisecondOfItsExpiry() {
        assertFalse(brought.expired(1_000_001));
        assertTrue(brought.expired(1_000_000));
        assertTrue(brought.expired(Long.MIN_VALUE));
        assertFalse(brought.expired(Long.MAX_VALUE));
        assertFalse(brought.expired(RecordFormat.NO_EXPIRY));
    }

    @Test
    void timesToLiveCountFromNowAndAreRoundedUp() {
        assertEquals(RecordFormat.NO_EXPIRY, brought.expiry(DEFAULTS));
        assertEquals(1_000_001, brought.expiry(DEFAULTS.timeToLive(Duration.ofNanos(1))));
        assertEquals(1_000_001, brought.expiry(DEFAULTS.timeToLive(Duration.ofMillis(1))));
        assertEquals(1_000_002, brought.expiry(DEFAULTS.timeToLive(Duration.ofNanos(1_000_001))));
        assertEquals(1_060_000, brought.expiry(DEFAULTS.timeToLive(Duration.ofMinutes(1))));
    }

    @Test
    void timesToLiveBeyondTheCalendarLastForEver() {
        for (Duration duration : new Duration[] {
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
            Duration.ofMillis(Long.MAX_VALUE),
            Duration.ofMillis(Long.MAX_VALUE).plusNanos(1),
            Duration.ofMillis(Long.MAX_VALUE - 1_000_000 + 1)
        }) {
            assertEquals(Long.MAX_VALUE, brought.expiry(DEFAULTS.timeToLive(duration)));
        }
        assertEquals(
                Long.MAX_VALUE - 1,
                brought.expiry(DEFAULTS.timeToLive(Duration.ofMillis(Long.MAX_VALUE - 1_000_000 - 1))));
    }

    @Test
    void instantsAreRoundedDownAndMovedIntoTheCalendar() {
        assertEquals(5, ExpiryClock.millis(Instant.ofEpochMilli(5).plusNanos(999_999)));
        assertEquals(-5, ExpiryClock.millis(Instant.ofEpochMilli(-5)));
        assertEquals(Long.MAX_VALUE, ExpiryClock.millis(Instant.MAX));
        assertEquals(Long.MIN_VALUE, ExpiryClock.millis(Instant.MIN));
        assertEquals(RecordFormat.NO_EXPIRY, ExpiryClock.millis(null));
    }

    /** Zero says in a record that there is no expiry, so it must not come from an instant or a sum. */
    @Test
    void theFirstMomentOf1970IsAnExpiryLikeAnyOther() {
        assertEquals(-1, ExpiryClock.millis(Instant.EPOCH));
        wall.set(-1000);
        assertEquals(-1, brought.expiry(DEFAULTS.timeToLive(Duration.ofSeconds(1))));
    }

    @Test
    void whatIsKeptIsGivenBack() {
        assertEquals(Instant.ofEpochMilli(77), ExpiryClock.instant(77));
        assertNull(ExpiryClock.instant(RecordFormat.NO_EXPIRY));
        assertEquals(Long.MAX_VALUE, ExpiryClock.millis(ExpiryClock.instant(Long.MAX_VALUE)));
    }

    @Test
    void theLastOfTwoWaysToSetAnExpiryCounts() {
        WriteOptions instant = DEFAULTS.timeToLive(Duration.ofDays(1)).expiry(Instant.ofEpochMilli(9));
        assertEquals(9, brought.expiry(instant));
        assertEquals(1_000_003, brought.expiry(instant.timeToLive(Duration.ofMillis(3))));
    }
}
