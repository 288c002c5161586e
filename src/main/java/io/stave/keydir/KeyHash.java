package io.stave.keydir;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * SipHash-2-4 with 128 bits of output, keyed with the store's secret, of which a {@link Fingerprint} keeps 96.
 *
 * <p>A pseudo-random function with a secret key, and not just a good hash, because two things rest on it: that nobody who chooses keys can
 * choose fingerprints that collide (a put goes by the fingerprint alone and would take another key's place), and that nobody can make long
 * runs of slots. SipHash is by Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012); the 128-bit form is the one of their
 * reference implementation.
 *
 * <p>Immutable and safe for use by any thread.
 *
 * @since 0.1
 */
public final class KeyHash {

    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BUFFER_LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long k0;
    private final long k1;

    /**
     * A hash function of its own for every secret.
     *
     * @param k0 the first 8 bytes of the secret, read as a little-endian number
     * @param k1 the last 8 bytes of the secret, likewise
     */
    public KeyHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /**
     * Hashes a range of an array.
     *
     * @param key holds the key; it is only read, and not kept
     * @param offset of the key's first byte
     * @param length of the key in bytes; 0 is allowed
     * @param out receives the fingerprint
     * @throws IndexOutOfBoundsException if the range does not lie in the array
     */
    public void hash(byte[] key, int offset, int length, Fingerprint out) {
        Objects.checkFromIndexSize(offset, length, key.length);
        Sip sip = new Sip(k0, k1);
        int whole = length & -Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) {
            sip.absorb((long) ARRAY_LONG.get(key, offset + i));
        }
        long last = (long) length << 56;
        for (int i = whole; i < length; i++) {
            last |= (key[offset + i] & 0xffL) << (i - whole) * Byte.SIZE;
        }
        sip.absorb(last);
        sip.finish(out);
    }

    /**
     * Hashes a range of a buffer, by absolute index: position, limit and byte order of the buffer are neither used nor changed, but the range
     * must lie below the limit.
     *
     * @param key holds the key; it is only read, and not kept
     * @param offset absolute index of the key's first byte
     * @param length of the key in bytes; 0 is allowed
     * @param out receives the fingerprint
     * @throws IndexOutOfBoundsException if the range does not lie in the buffer
     */
    public void hash(ByteBuffer key, int offset, int length, Fingerprint out) {
        Objects.checkFromIndexSize(offset, length, key.limit());
        Sip sip = new Sip(k0, k1);
        int whole = length & -Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) {
            sip.absorb((long) BUFFER_LONG.get(key, offset + i));
        }
        long last = (long) length << 56;
        for (int i = whole; i < length; i++) {
            last |= (key.get(offset + i) & 0xffL) << (i - whole) * Byte.SIZE;
        }
        sip.absorb(last);
        sip.finish(out);
    }

    /** The four words of state; it never leaves a call of {@code hash}, so the compiler keeps it in registers. */
    private static final class Sip {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        Sip(long k0, long k1) {
            v0 = k0 ^ 0x736f6d6570736575L;
            v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee; // 0xee and 0xdd tell the 128-bit form from the 64-bit one
            v2 = k0 ^ 0x6c7967656e657261L;
            v3 = k1 ^ 0x7465646279746573L;
        }

        void absorb(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        void finish(Fingerprint out) {
            v2 ^= 0xee;
            round();
            round();
            round();
            round();
            out.high = v0 ^ v1 ^ v2 ^ v3;
            v1 ^= 0xdd;
            round();
            round();
            round();
            round();
            out.low = (int) (v0 ^ v1 ^ v2 ^ v3);
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
