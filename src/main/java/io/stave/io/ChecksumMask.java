package io.stave.io;

/**
 * What is XORed onto a stored checksum to bind it to its place: 32 bits that depend on the kind of file, the store, the file's id and the
 * offset.
 *
 * <p>Bytes copied to another place, in the same store or from another one, carry a right checksum and a wrong mask and do not verify: a
 * stale record, or a value that holds the image of a record, is never taken for a record. For messages of equal length the XOR is the same
 * as another initial value of the CRC, but one that need not be known before the checksum is computed.
 */
public final class ChecksumMask {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private ChecksumMask() {}

    /** Returns what all masks of one file have in common: pass it to {@link #at}. */
    public static long seed(long magic, StoreId storeId, long fileId) {
        return mix(mix(mix(mix(magic) ^ storeId.high()) ^ storeId.low()) ^ fileId);
    }

    /** Returns the mask for a checksum over what starts at {@code offset}. */
    public static int at(long seed, long offset) {
        return (int) mix(seed + offset * GOLDEN);
    }

    /** Stafford's "variant 13" of the 64-bit finalizer of MurmurHash3, as in SplitMix64: a bijection that scatters every bit. */
    private static long mix(long bits) {
        long z = bits;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
