package io.stave.crash;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * A value that is longer than memory: any part of it can be made from its seed at any time.
 *
 * @param seed decides its bytes
 * @param length in bytes
 */
record LargeValue(long seed, long length) {

    /** Bytes that are made at a time. */
    private static final int PIECE = 1 << 16;

    /** How many chunks of so many bytes it has; the last one may be shorter. */
    int chunks(int chunkLength) {
        return Math.toIntExact((length + chunkLength - 1) / chunkLength);
    }

    /** The bytes of one chunk. */
    ByteBuffer chunk(int index, int chunkLength) {
        long from = (long) index * chunkLength;
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(chunkLength, length - from));
        fill(from, chunk);
        return chunk.flip();
    }

    /** Fills a buffer with the bytes from {@code from} on, which is a multiple of 8. */
    private void fill(long from, ByteBuffer target) {
        ByteBuffer words = target.order(ByteOrder.LITTLE_ENDIAN);
        long word = from / Long.BYTES;
        while (words.remaining() >= Long.BYTES) {
            words.putLong(word(word++));
        }
        for (long rest = word(word); words.hasRemaining(); rest >>>= Byte.SIZE) {
            words.put((byte) rest);
        }
    }

    /** As SplittableRandom mixes: each word on its own, so that no part needs the one before it. */
    private long word(long index) {
        long z = seed + index * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** All of it from front to back; tells how many bytes have been read whenever it goes to make more. */
    InputStream stream(LongConsumer read) {
        return new InputStream() {
            private final ByteBuffer piece = ByteBuffer.allocate(PIECE).limit(0);
            private long made;

            @Override
            public int read() {
                return ready() ? piece.get() & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int count) {
                if (!ready()) {
                    return -1;
                }
                int more = Math.min(count, piece.remaining());
                piece.get(target, offset, more);
                return more;
            }

            private boolean ready() {
                if (!piece.hasRemaining()) {
                    read.accept(made);
                    piece.clear().limit((int) Math.min(PIECE, length - made));
                    fill(made, piece);
                    made += piece.flip().limit();
                }
                return piece.hasRemaining();
            }
        };
    }

    /** The digest of all of it. */
    String digest() throws IOException {
        return digest(stream(read -> {}));
    }

    /** The SHA-256 of a stream. */
    static String digest(InputStream in) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
