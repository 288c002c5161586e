package io.stave.io;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The identity of a store: 128 random bits, drawn when the store is created and written into every file of it.
 *
 * <p>It also seeds the checksums ({@link ChecksumMask}), so that no bytes of one store verify in another.
 *
 * @param high the first eight bytes on disk, as a little-endian number
 * @param low the next eight bytes on disk, as a little-endian number
 */
public record StoreId(long high, long low) {

    /** Bytes on disk. */
    public static final int LENGTH = 8 + 8;

    /** Draws a new identity. */
    public static StoreId random() {
        SecureRandom random = new SecureRandom();
        return new StoreId(random.nextLong(), random.nextLong());
    }

    /** Reads the identity at {@code at} of a little-endian buffer, which keeps its position. */
    public static StoreId get(ByteBuffer source, int at) {
        return new StoreId(source.getLong(at), source.getLong(at + 8));
    }

    /** Writes the identity at {@code at} of a little-endian buffer, which keeps its position. */
    public void put(ByteBuffer target, int at) {
        target.putLong(at, high).putLong(at + 8, low);
    }

    /** The bytes on disk as 32 hexadecimal digits. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(Long.reverseBytes(high)) + hex.toHexDigits(Long.reverseBytes(low));
    }
}
