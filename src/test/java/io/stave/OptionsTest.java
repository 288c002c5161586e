package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void defaultsAreWhatTheJavadocSays() {
        Options options = Options.defaults();

        assertEquals(Durability.SYNC, options.durability());
        assertEquals(256L << 20, options.segmentLength());
        assertEquals(8 << 20, options.asyncBytes());
        assertTrue(options.createIfMissing());
        assertSame(RecoveryProgress.NONE, options.recoveryProgress());
        assertSame(InstantSource.system(), options.clock());
        assertEquals(64L << 20, options.snapshotBytes());
        assertSame(StoreListener.NONE, options.listener());
    }

    @Test
    void eachSetterChangesItsOwnSettingAndNoOther() {
        RecoveryProgress listener = (phase, done, total) -> {};
        StoreListener heard = new StoreListener() {};
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        Options changed = Options.defaults()
                .durability(Durability.OS)
                .segmentLength(4096)
                .asyncBytes(65_536)
                .createIfMissing(false)
                .recoveryProgress(listener)
                .clock(clock)
                .snapshotBytes(65_536)
                .listener(heard);

        assertEquals(Durability.OS, changed.durability());
        assertEquals(4096, changed.segmentLength());
        assertEquals(65_536, changed.asyncBytes());
        assertEquals(false, changed.createIfMissing());
        assertSame(listener, changed.recoveryProgress());
        assertSame(clock, changed.clock());
        assertEquals(65_536, changed.snapshotBytes());
        assertSame(heard, changed.listener());
        // The same in the opposite order: no setter may forget what another one set.
        assertEquals(
                changed,
                Options.defaults()
                        .listener(heard)
                        .snapshotBytes(65_536)
                        .clock(clock)
                        .recoveryProgress(listener)
                        .createIfMissing(false)
                        .asyncBytes(65_536)
                        .segmentLength(4096)
                        .durability(Durability.OS));
    }

    @Test
    void settersLeaveTheOriginalAlone() {
        Options.defaults().segmentLength(4096).createIfMissing(false);

        assertEquals(256L << 20, Options.defaults().segmentLength());
        assertTrue(Options.defaults().createIfMissing());
    }

    @Test
    void optionsDifferIfAnySettingDoes() {
        Options options = Options.defaults();
        List<Options> others = List.of(
                options.durability(Durability.OS),
                options.segmentLength(4096),
                options.asyncBytes(65_536),
                options.createIfMissing(false),
                options.recoveryProgress((phase, done, total) -> {}),
                options.clock(InstantSource.fixed(Instant.EPOCH)),
                options.snapshotBytes(65_536),
                options.listener(new StoreListener() {}));

        for (Options other : others) {
            assertNotEquals(options, other);
        }
        assertEquals(
                options.hashCode(), options.asyncBytes(options.asyncBytes()).hashCode());
    }

    @Test
    void lengthsOutOfRangeAreRefusedWithTheNumbers() {
        Options options = Options.defaults();

        for (long length : new long[] {Long.MIN_VALUE, 0, 4095, (1L << 30) + 1, Long.MAX_VALUE}) {
            String message = assertThrows(IllegalArgumentException.class, () -> options.segmentLength(length))
                    .getMessage();
            assertEquals("segmentLength must be from 4096 to 1073741824 bytes: " + length, message);
        }
        for (int bytes : new int[] {Integer.MIN_VALUE, -1, 0, 65_535}) {
            String message = assertThrows(IllegalArgumentException.class, () -> options.asyncBytes(bytes))
                    .getMessage();
            assertEquals("asyncBytes must be from 65536 to 2147483647 bytes: " + bytes, message);
        }
        for (long bytes : new long[] {Long.MIN_VALUE, 0, 65_535}) {
            String message = assertThrows(IllegalArgumentException.class, () -> options.snapshotBytes(bytes))
                    .getMessage();
            assertEquals("snapshotBytes must be from 65536 to " + Long.MAX_VALUE + " bytes: " + bytes, message);
        }
        assertEquals(1L << 30, options.segmentLength(1L << 30).segmentLength());
        assertEquals(Integer.MAX_VALUE, options.asyncBytes(Integer.MAX_VALUE).asyncBytes());
    }

    @Test
    void writeOptionsAskForNothingUnlessTold() {
        assertNull(WriteOptions.defaults().durability());
        assertEquals(Overflow.BLOCK, WriteOptions.defaults().overflow());
        assertNull(WriteOptions.defaults().timeToLive());
        assertNull(WriteOptions.defaults().expiry());
    }

    @Test
    void writeOptionsKeepWhatTheOtherSetterSet() {
        Durability soon = Durability.interval(Duration.ofMillis(5));
        WriteOptions options = WriteOptions.defaults().overflow(Overflow.REFUSE).durability(soon);

        assertEquals(soon, options.durability());
        assertEquals(Overflow.REFUSE, options.overflow());
        assertEquals(options, WriteOptions.defaults().durability(soon).overflow(Overflow.REFUSE));
        assertNotEquals(options, options.overflow(Overflow.BLOCK));
        assertNotEquals(options, options.durability(Durability.SYNC));
    }

    @Test
    void expiryAndTimeToLiveTakeEachOthersPlaceAndLeaveTheRestAlone() {
        Duration hour = Duration.ofHours(1);
        WriteOptions options = WriteOptions.defaults().durability(Durability.OS).overflow(Overflow.REFUSE);
        WriteOptions living = options.timeToLive(hour);
        WriteOptions expiring = living.expiry(Instant.EPOCH);

        assertEquals(hour, living.timeToLive());
        assertNull(living.expiry());
        assertEquals(Instant.EPOCH, expiring.expiry());
        assertNull(expiring.timeToLive());
        assertEquals(living, expiring.timeToLive(hour));
        assertEquals(living.hashCode(), expiring.timeToLive(hour).hashCode());
        assertNotEquals(living, expiring);
        assertNotEquals(living, options);
        assertNotEquals(expiring, options);
        assertEquals(
                living,
                WriteOptions.defaults()
                        .timeToLive(hour)
                        .overflow(Overflow.REFUSE)
                        .durability(Durability.OS));
        assertEquals(
                expiring,
                WriteOptions.defaults()
                        .expiry(Instant.EPOCH)
                        .overflow(Overflow.REFUSE)
                        .durability(Durability.OS));
        assertTrue(living.toString().contains("timeToLive=PT1H"), living.toString());
        assertTrue(expiring.toString().contains("expiry=1970-01-01T00:00:00Z"), expiring.toString());
    }

    @Test
    void aTimeToLiveThatIsNoneIsRefused() {
        for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(-1))) {
            String message = assertThrows(IllegalArgumentException.class, () -> WriteOptions.defaults()
                            .timeToLive(none))
                    .getMessage();
            assertEquals("a time to live must be more than zero: " + none, message);
        }
        assertEquals(
                Duration.ofNanos(1),
                WriteOptions.defaults().timeToLive(Duration.ofNanos(1)).timeToLive());
    }
}
