package io.stave.engine.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Distribution;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class HistogramTest {

    @Property
    void aBucketHoldsItsLastValueAndNotTheNext(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE - 1) long value) {
        int bucket = Buckets.of(value);
        long last = Buckets.last(bucket);
        assertTrue(last >= value && last - value <= value / 8, last + " for " + value);
        assertEquals(bucket, Buckets.of(last));
        assertTrue(last == Long.MAX_VALUE || Buckets.of(last + 1) == bucket + 1);
    }

    @Test
    void percentilesAreUpperBoundsWithinAnEighth() {
        Histogram histogram = new Histogram();
        for (int i = 1; i <= 1000; i++) {
            histogram.add(i);
        }
        Distribution distribution = histogram.distribution();
        assertEquals(1000, distribution.count());
        assertEquals(500.5, distribution.mean());
        assertTrue(distribution.median() >= 500 && distribution.median() <= 562, distribution::toString);
        assertTrue(distribution.p99() >= 990 && distribution.p99() <= 1114, distribution::toString);
        assertTrue(distribution.max() >= 1000 && distribution.max() <= 1125, distribution::toString);
    }

    @Test
    void smallValuesAndTheLargestAreExact() {
        Histogram histogram = new Histogram();
        histogram.add(0);
        histogram.add(7);
        histogram.add(15);
        assertEquals(new Distribution(3, 22.0 / 3, 7, 15, 15), histogram.distribution());
        histogram.add(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, histogram.distribution().max());
    }

    @Test
    void aHundredthOfTheValuesMayExceedThe99thPercentile() {
        Histogram histogram = new Histogram();
        for (int i = 0; i < 198; i++) {
            histogram.add(1);
        }
        histogram.add(9);
        histogram.add(9);
        assertEquals(1, histogram.distribution().p99());
        histogram.add(9);
        assertEquals(9, histogram.distribution().p99());
    }

    @Test
    void nothingIsDistributedAsZeros() {
        assertEquals(Distribution.NONE, new Histogram().distribution());
    }
}
