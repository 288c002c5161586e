package io.stave.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/** Ways in which the hint of the second golden segment can be wrong: the files of {@code hints/damaged}. */
final class DamagedHints {

    private static final int LENGTH = 36;
    private static final int CHECKSUM = 60;
    private static final int FIRST_BLOCK = 64;

    private DamagedHints() {}

    /** Returns what is done to the bytes, by name. */
    static Map<String, UnaryOperator<byte[]>> all() {
        Map<String, UnaryOperator<byte[]>> damages = new LinkedHashMap<>();
        damages.put("empty", hint -> new byte[0]);
        damages.put("header-cut-off", hint -> Arrays.copyOf(hint, 40));
        damages.put("no-hint-at-all", hint -> flip(hint, 0));
        damages.put("header-bit-flipped", hint -> flip(hint, 50));
        damages.put("newer-version", hint -> header(hint, 8, 2));
        damages.put("of-another-store", hint -> header(hint, 12, 0x77777777));
        damages.put("of-another-segment", hint -> header(hint, 28, 3));
        damages.put("segment-of-another-length", hint -> header(hint, LENGTH, 4096));
        damages.put("segment-with-another-digest", hint -> header(hint, LENGTH + 8, 0x12345678));
        damages.put("one-entry-too-many", hint -> header(hint, LENGTH + 16, 4));
        damages.put("block-bit-flipped", hint -> flip(hint, FIRST_BLOCK + 30));
        damages.put("block-length-wild", hint -> put(hint, FIRST_BLOCK, 0x7FFFFFFF));
        damages.put("filter-bit-flipped", hint -> flip(hint, hint.length - 10));
        damages.put("end-cut-off", hint -> Arrays.copyOf(hint, hint.length - 20));
        damages.put("zeros", hint -> new byte[hint.length]);
        return damages;
    }

    private static byte[] flip(byte[] hint, int at) {
        byte[] changed = hint.clone();
        changed[at] ^= 4;
        return changed;
    }

    private static byte[] put(byte[] hint, int at, int value) {
        byte[] changed = hint.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return changed;
    }

    /** Changes a field of the header, and its checksum with it. */
    private static byte[] header(byte[] hint, int at, int value) {
        byte[] changed = put(hint, at, value);
        CRC32C crc = new CRC32C();
        crc.update(changed, 0, CHECKSUM);
        return put(changed, CHECKSUM, (int) crc.getValue());
    }
}
