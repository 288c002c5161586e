package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The histogram says when enough will have expired: never too early, and hardly too late. */
class ExpiryHistogramProperties {

    private static final int LENGTH = 10;

    @Example
    void nothingThatExpiresIsNeverEnough() {
        assertEquals(0, new ExpiryHistogram().delayUntil(1));
    }

    @Property
    void enoughHasExpiredAfterTheDelayAndNotMuchEarlier(
            @ForAll("delays") List<Long> delays, @ForAll @IntRange(min = 1, max = 300) int enough) {
        ExpiryHistogram histogram = new ExpiryHistogram();
        delays.forEach(delay -> histogram.add(delay, LENGTH));
        long due = histogram.delayUntil(enough);
        long latest = delays.stream().mapToLong(Long::longValue).max().orElse(0);
        assertTrue(due >= 1 && due <= latest, "due after " + due);
        if (due < latest) {
            assertTrue(expired(delays, due) >= enough);
        }
        assertTrue(expired(delays, due - due / 8 - 1) < enough, "an eighth earlier there was enough");
    }

    private static long expired(List<Long> delays, long after) {
        return delays.stream().filter(delay -> delay <= after).count() * LENGTH;
    }

    @Provide
    Arbitrary<List<Long>> delays() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(1, 40),
                        Arbitraries.longs().between(1, 100_000),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.just(Long.MAX_VALUE))
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }
}
