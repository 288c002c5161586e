package io.stave.compare.work;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The values: all of one length, the same for every peer, and they do not compress. Each begins with its key's number and a revision;
 * the rest is a piece of random bytes, which those two choose. So a value can be checked without knowing what was written last.
 */
final class Values {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int POOL = 16 << 20;
    private static final int HEADER = 2 * Long.BYTES;

    private final int length;
    private final byte[] pool;

    Values(long seed, int length) {
        if (length < HEADER) {
            throw new IllegalArgumentException("values have at least " + HEADER + " bytes: " + length);
        }
        this.length = length;
        pool = new byte[POOL];
        new SplittableRandom(seed).nextBytes(pool);
    }

    int length() {
        return length;
    }

    void fill(byte[] value, long number, long revision) {
        LONG.set(value, 0, number);
        LONG.set(value, Long.BYTES, revision);
        System.arraycopy(pool, offset(number, revision), value, HEADER, length - HEADER);
    }

    /** What every get is checked for while the clock runs: the length and whose value it is. */
    boolean belongs(byte[] value, long number) {
        return value != null && value.length == length && (long) LONG.get(value, 0) == number;
    }

    /** Whether every byte is right. */
    boolean whole(byte[] value, long number) {
        if (!belongs(value, number)) {
            return false;
        }
        int offset = offset(number, revision(value));
        return Arrays.equals(value, HEADER, length, pool, offset, offset + length - HEADER);
    }

    static long revision(byte[] value) {
        return (long) LONG.get(value, Long.BYTES);
    }

    /** Values of numbers that follow each other lie side by side: a load is to measure the peer, not this machine's way to random memory. */
    private int offset(long number, long revision) {
        return (int) Long.remainderUnsigned(number * length + Keys.mix(revision), POOL - length);
    }
}
