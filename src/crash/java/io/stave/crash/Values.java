package io.stave.crash;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Keys, and values that describe themselves, so that a mixed-up, torn or foreign value is recognised without knowing what was
 * written.
 *
 * <pre>
 *   value = key number u32 | count u64 | length u32 | CRC-32 of all other bytes u32 | noise
 * </pre>
 *
 * An empty value describes nothing; it is known by its version.
 */
final class Values {

    /** Length of the part that describes; a value is empty or at least this long. */
    static final int HEADER_LENGTH = 4 + 8 + 4 + 4;

    /** The count that an empty value stands for. */
    static final long UNKNOWN = -1;

    private static final int CRC_AT = 4 + 8 + 4;

    private Values() {}

    /** The key of a number; lengths differ from 8 to 71 bytes. */
    static byte[] key(int number) {
        byte[] digits = String.format("%08d", number).getBytes(StandardCharsets.US_ASCII);
        byte[] key = Arrays.copyOf(digits, digits.length + Math.floorMod(number * 31, 64));
        Arrays.fill(key, digits.length, key.length, (byte) '.');
        return key;
    }

    /** The value that the {@code count}th write puts under a key. */
    static byte[] value(int key, long count, int length) {
        byte[] value = new byte[length];
        if (length == 0) {
            return value;
        }
        ByteBuffer.wrap(value).putInt(key).putLong(count).putInt(length);
        long noise = count * 0x9E3779B97F4A7C15L + key;
        for (int i = HEADER_LENGTH; i < length; i++) {
            noise ^= noise << 13;
            noise ^= noise >>> 7;
            noise ^= noise << 17;
            value[i] = (byte) noise;
        }
        ByteBuffer.wrap(value).putInt(CRC_AT, crc(value));
        return value;
    }

    /**
     * The count of a value found under a key, or {@link #UNKNOWN} for an empty one.
     *
     * @throws IllegalArgumentException if the value is not whole or not this key's
     */
    static long count(int key, byte[] value) {
        if (value.length == 0) {
            return UNKNOWN;
        }
        if (value.length < HEADER_LENGTH) {
            throw new IllegalArgumentException("a value of " + value.length + " bytes was never written");
        }
        ByteBuffer fields = ByteBuffer.wrap(value);
        int ownKey = fields.getInt();
        long count = fields.getLong();
        int length = fields.getInt();
        if (ownKey != key || length != value.length || fields.getInt() != crc(value)) {
            throw new IllegalArgumentException("not whole: says key " + ownKey + ", count " + count + ", length "
                    + length + "; has length " + value.length + " under key " + key);
        }
        return count;
    }

    private static int crc(byte[] value) {
        CRC32 crc = new CRC32();
        crc.update(value, 0, CRC_AT);
        crc.update(value, CRC_AT + 4, value.length - CRC_AT - 4);
        return (int) crc.getValue();
    }
}
