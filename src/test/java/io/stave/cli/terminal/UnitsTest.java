package io.stave.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class UnitsTest {
    @Test
    void bytesHaveABinaryUnit() {
        assertEquals("0 B", Units.bytes(0));
        assertEquals("1023 B", Units.bytes(1023));
        assertEquals("1.0 KiB", Units.bytes(1024));
        assertEquals("1.5 KiB", Units.bytes(1536));
        assertEquals("16.0 MiB", Units.bytes(16 << 20));
        assertEquals("8.0 EiB", Units.bytes(Long.MAX_VALUE));
    }

    @Test
    void bytesNeverShow1024OfAUnit() {
        assertEquals("1.0 MiB", Units.bytes((1 << 20) - 1));
        assertEquals("1.0 GiB", Units.bytes((1L << 30) - 1));
    }

    @Test
    void durationsHaveAboutThreeDigits() {
        assertEquals("0.0 ms", Units.duration(Duration.ZERO));
        assertEquals("3.4 ms", Units.duration(Duration.ofNanos(3_412_345)));
        assertEquals("10 ms", Units.duration(Duration.ofNanos(9_960_000)));
        assertEquals("412 ms", Units.duration(Duration.ofMillis(412)));
        assertEquals("1.00 s", Units.duration(Duration.ofNanos(999_600_000)));
        assertEquals("59.99 s", Units.duration(Duration.ofMillis(59_990)));
        assertEquals("1 min 00 s", Units.duration(Duration.ofMillis(59_996)));
        assertEquals("2 min 05 s", Units.duration(Duration.ofSeconds(125)));
    }

    @Test
    void aRateOfNoTimeIsNotADivisionByZero() {
        assertEquals("2.0 KiB/s", Units.rate(1024, Duration.ofMillis(500)));
        assertEquals("0 B/s", Units.rate(0, Duration.ZERO));
    }

    @Test
    void countsSetThousandsApartAndKnowOneFromMany() {
        assertEquals("1,234,567", Units.count(1_234_567));
        assertEquals("1 file", Units.counted(1, "file"));
        assertEquals("0 files", Units.counted(0, "file"));
        assertEquals("1,000 files", Units.counted(1000, "file"));
    }

    @Test
    void onlyNothingIsZeroPercentAndOnlyEverythingAHundred() {
        assertEquals("0 %", Units.percent(0, 1000));
        assertEquals("<1 %", Units.percent(1, 1000));
        assertEquals("50 %", Units.percent(500, 1000));
        assertEquals("99 %", Units.percent(999, 1000));
        assertEquals("100 %", Units.percent(1000, 1000));
        assertEquals("0 %", Units.percent(0, 0));
    }

    @Test
    void numbersLookTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals("1.5 KiB", Units.bytes(1536));
            assertEquals("1,000", Units.count(1000));
            assertEquals("1.25 s", Units.duration(Duration.ofMillis(1250)));
        } finally {
            Locale.setDefault(before);
        }
    }
}
