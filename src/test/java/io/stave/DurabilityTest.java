package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DurabilityTest {
    @Test
    void eachModeIsItselfAndNoOther() {
        Durability interval = Durability.interval(Duration.ofMillis(50));

        assertTrue(Durability.SYNC.isSync() && !Durability.SYNC.isInterval() && !Durability.SYNC.isOs());
        assertTrue(Durability.OS.isOs() && !Durability.OS.isSync() && !Durability.OS.isInterval());
        assertTrue(interval.isInterval() && !interval.isSync() && !interval.isOs());
        assertNotEquals(Durability.SYNC, Durability.OS);
        assertNotEquals(Durability.SYNC, interval);
    }

    @Test
    void intervalsAreEqualIfTheirWindowsAre() {
        Durability half = Durability.interval(Duration.ofMillis(500));

        assertEquals(half, Durability.interval(Duration.ofNanos(500_000_000)));
        assertEquals(
                half.hashCode(),
                Durability.interval(Duration.ofNanos(500_000_000)).hashCode());
        assertNotEquals(half, Durability.interval(Duration.ofMillis(501)));
        assertEquals(Duration.ofMillis(500), half.interval());
        assertEquals(Duration.ZERO, Durability.OS.interval());
    }

    @Test
    void windowsFromOneMillisecondToOneHourAreAccepted() {
        for (Duration window : List.of(Duration.ofMillis(1), Duration.ofHours(1))) {
            assertEquals(window, Durability.interval(window).interval());
        }
        for (Duration window : List.of(
                Duration.ZERO,
                Duration.ofMillis(-5),
                Duration.ofNanos(999_999),
                Duration.ofHours(1).plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            String message = assertThrows(IllegalArgumentException.class, () -> Durability.interval(window))
                    .getMessage();
            assertTrue(message.contains(window.toString()), message);
        }
    }

    @Test
    void namesThePromise() {
        assertEquals("SYNC", Durability.SYNC.toString());
        assertEquals("OS", Durability.OS.toString());
        assertEquals(
                "INTERVAL(PT0.05S)", Durability.interval(Duration.ofMillis(50)).toString());
        assertFalse(Durability.SYNC.equals("SYNC"));
    }
}
