package io.stave.hint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A filter over the keys of one segment: it says "certainly not" or "perhaps" for a key's 64-bit fingerprint.
 *
 * <p>A split block Bloom filter as in Apache Parquet ("Parquet Bloom Filter" in its format documentation): blocks of 256 bits, of which a
 * key sets eight, one in each 32-bit word, so that a question touches one cache line. With 12 bits a key about one absent key in 160 gets a
 * "perhaps". The fingerprints are keyed with the store's secret: a filter means nothing to another store.
 *
 * <p>Immutable once read; while it is built, one thread adds.
 */
public final class KeyFilter {

    private static final int WORDS = 8;
    private static final int BLOCK_LENGTH = WORDS * 4;
    private static final int BITS_PER_KEY = 12;

    /** Beyond this length, which 22 million keys reach, the filter gets less sharp instead of longer. */
    static final int MAX_LENGTH = 32 * 1024 * 1024;

    /** Odd numbers that spread 32 bits over the words; from Parquet's specification. */
    private static final int[] SALT = {
        0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31
    };

    private final ByteBuffer words;
    private final long blocks;

    /** Takes {@code words}, whole blocks from position 0 to the limit, for its own. */
    KeyFilter(ByteBuffer words) {
        this.words = words.order(ByteOrder.LITTLE_ENDIAN);
        this.blocks = words.limit() / BLOCK_LENGTH;
    }

    /** Returns an empty filter with room for {@code keys}. */
    static KeyFilter forKeys(long keys) {
        return new KeyFilter(ByteBuffer.allocate(length(keys)));
    }

    /** Whether a filter can have this length. */
    static boolean legalLength(long length) {
        return length >= BLOCK_LENGTH && length <= MAX_LENGTH && length % BLOCK_LENGTH == 0;
    }

    private static int length(long keys) {
        long bits = Math.max(1, Math.min(keys, MAX_LENGTH)) * BITS_PER_KEY;
        long length = (bits + BLOCK_LENGTH * 8 - 1) / (BLOCK_LENGTH * 8) * BLOCK_LENGTH;
        return (int) Math.min(length, MAX_LENGTH);
    }

    void add(long fingerprint) {
        int block = block(fingerprint);
        for (int i = 0; i < WORDS; i++) {
            int at = block + 4 * i;
            words.putInt(at, words.getInt(at) | bit(fingerprint, i));
        }
    }

    /** Returns false if no key with this fingerprint is in the segment; true if there may be one. */
    public boolean mayContain(long fingerprint) {
        int block = block(fingerprint);
        for (int i = 0; i < WORDS; i++) {
            if ((words.getInt(block + 4 * i) & bit(fingerprint, i)) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The memory it takes, in bytes. */
    public int length() {
        return words.limit();
    }

    /** The words, to be written. */
    ByteBuffer words() {
        return words.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The upper half chooses the block, the lower half the bits in it. */
    private int block(long fingerprint) {
        return (int) (((fingerprint >>> 32) * blocks) >>> 32) * BLOCK_LENGTH;
    }

    private static int bit(long fingerprint, int word) {
        return 1 << (((int) fingerprint * SALT[word]) >>> 27);
    }
}
