package io.stave.compare.work;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The keys: 16 bytes each, the same for every peer. In random order a key says nothing of its number; sorted, it begins with it. */
final class Keys {
    /** Length of every key. */
    static final int BYTES = 16;

    /** From here on numbers are never loaded. */
    static final long ABSENT = 1L << 40;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final boolean sorted;

    Keys(boolean sorted) {
        this.sorted = sorted;
    }

    /** Writes the key of a number. Both halves are one-to-one, so no two numbers share a key. */
    void fill(byte[] key, long number) {
        LONG.set(key, 0, sorted ? number : mix(number + GOLDEN));
        LONG.set(key, Long.BYTES, sorted ? GOLDEN : mix(number ^ GOLDEN));
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014): one-to-one, and its output looks random. */
    static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }
}
