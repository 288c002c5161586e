package io.stave.compare.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys and values are the same for everybody, and a wrong value is seen. */
class DataTest {
    @Test
    void noTwoNumbersShareAKey() {
        Keys keys = new Keys(false);
        byte[] key = new byte[Keys.BYTES];
        Set<ByteBuffer> seen = new HashSet<>();
        for (long number = 0; number < 10_000; number++) {
            keys.fill(key, number);
            assertTrue(seen.add(ByteBuffer.wrap(key.clone())));
            keys.fill(key, Keys.ABSENT + number);
            assertTrue(seen.add(ByteBuffer.wrap(key.clone())));
        }
    }

    @Test
    void sortedKeysAreInOrder() {
        Keys keys = new Keys(true);
        byte[] before = new byte[Keys.BYTES];
        byte[] key = new byte[Keys.BYTES];
        keys.fill(before, 0);
        for (long number = 1; number < 1_000; number++) {
            keys.fill(key, number);
            assertTrue(Arrays.compareUnsigned(before, key) < 0);
            keys.fill(before, number);
        }
    }

    @Test
    void everyByteOfAValueIsChecked() {
        Values values = new Values(1, 100);
        byte[] value = new byte[100];
        values.fill(value, 7, 3);
        assertTrue(values.whole(value, 7));
        assertEquals(3, Values.revision(value));
        assertFalse(values.belongs(value, 8));
        assertFalse(values.belongs(null, 7));
        assertFalse(values.belongs(Arrays.copyOf(value, 99), 7));
        for (int i = 0; i < value.length; i++) {
            value[i] ^= 1;
            assertFalse(values.whole(value, 7), "a wrong byte at " + i);
            value[i] ^= 1;
        }
    }

    @Test
    void everyProcessMakesTheSameValues() {
        byte[] one = new byte[64];
        byte[] other = new byte[64];
        new Values(5, 64).fill(one, 9, 2);
        new Values(5, 64).fill(other, 9, 2);
        assertArrayEquals(one, other);
        new Values(6, 64).fill(other, 9, 2);
        assertFalse(Arrays.equals(one, other));
    }

    @Test
    void ycsbChoosesTheOperations() throws Exception {
        Properties half = new Properties();
        half.setProperty("readproportion", "0.5");
        half.setProperty("readmodifywriteproportion", "0.25");
        half.setProperty("updateproportion", "0");
        half.setProperty("insertproportion", "0.25");
        half.setProperty("scanproportion", "0");
        half.setProperty("requestdistribution", "zipfian");
        Trace[] traces = Trace.record(half, 1_000, 2, 4_000);
        int[] kinds = new int[4];
        Set<Long> inserted = new HashSet<>();
        for (Trace trace : traces) {
            for (int i = 0; i < trace.length(); i++) {
                kinds[trace.kind(i)]++;
                if (trace.kind(i) == Trace.INSERT) {
                    assertTrue(trace.number(i) >= 1_000, "inserts are of new keys");
                    assertTrue(inserted.add(trace.number(i)), "no key is inserted twice");
                }
            }
        }
        assertEquals(4_000, kinds[Trace.READ], 300);
        assertEquals(2_000, kinds[Trace.READ_MODIFY_WRITE], 300);
        assertEquals(2_000, kinds[Trace.INSERT], 300);
        assertEquals(0, kinds[Trace.UPDATE]);
    }
}
