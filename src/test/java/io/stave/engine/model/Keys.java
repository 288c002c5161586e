package io.stave.engine.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** The few keys of a model, chosen to be awkward, and values that no two writes share. */
public final class Keys {

    /** How many keys there are. */
    public static final int COUNT = 12;

    private static final byte[][] KEYS = new byte[COUNT][];

    static {
        byte[][] awkward = {{0}, {1}, {0, 0}, {(byte) 0xFF}, "key".getBytes(), "key1".getBytes(), "TOMBSTONE".getBytes()
        };
        for (int i = 0; i < COUNT; i++) {
            KEYS[i] = i < awkward.length ? awkward[i] : filled(i, i == COUNT - 1 ? 700 : 16);
        }
    }

    private Keys() {}

    /** The bytes of key {@code i}. */
    public static byte[] key(int i) {
        return KEYS[i].clone();
    }

    /** A value of so many bytes; with eight or more it is different for each {@code number}. */
    public static byte[] value(int number, int length) {
        byte[] value = filled(number, length);
        if (length >= Long.BYTES) {
            ByteBuffer.wrap(value).putLong(0, number);
        }
        return value;
    }

    private static byte[] filled(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A short name for messages. */
    static String show(byte[] value) {
        return value.length + " bytes " + HexFormat.of().formatHex(Arrays.copyOf(value, Math.min(8, value.length)));
    }
}
