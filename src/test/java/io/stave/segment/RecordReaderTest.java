package io.stave.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.KeyCollisionException;
import io.stave.StaveException;
import io.stave.StoreIOException;
import io.stave.io.Mapping;
import io.stave.io.StoreId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RecordReaderTest {

    private static final StoreId STORE = new StoreId(3, 4);
    private static final long ID = 5;
    private static final byte[] KEY = "the key".getBytes(UTF_8);
    private static final byte[] VALUE = "the value".getBytes(UTF_8);
    private static final int AT = SegmentHeader.LENGTH + 11;

    private final ByteBuffer memory = ByteBuffer.allocate(128 * 1024).order(ByteOrder.LITTLE_ENDIAN);
    private final Segment segment = Segment.sealed(STORE, ID, new HeapMapping(memory), memory.limit(), 0, 1, 1, false);
    private final RecordReader reader = new RecordReader();

    private record HeapMapping(ByteBuffer buffer) implements Mapping {
        @Override
        public int length() {
            return buffer.capacity();
        }

        @Override
        public ByteBuffer lend(int offset, int length) {
            return buffer.slice(offset, length).asReadOnlyBuffer();
        }

        @Override
        public void giveBack() {
            // The collector frees it.
        }

        @Override
        public void release() {
            // The collector frees it.
        }
    }

    private int put(int at, byte[] key, byte[] value, long sequence, long expiry) {
        int flags = expiry == 0 ? 0 : RecordFormat.EXPIRY;
        int length = RecordFormat.length(key.length, value.length, expiry != 0);
        RecordFormat.putHeader(memory, at, RecordFormat.PUT, flags, sequence, key.length, value.length);
        if (expiry != 0) {
            RecordFormat.putExpiry(memory, at, expiry);
        }
        memory.put(RecordFormat.keyOffset(at, flags), key);
        memory.put(RecordFormat.valueOffset(at, flags, key.length), value);
        RecordFormat.seal(memory, at, length, RecordFormat.mask(STORE, ID, at));
        return length;
    }

    private byte[] value(int offset, int length, byte[] key) {
        return reader.value(segment, offset, length, key, 0, key.length);
    }

    private void verify(int offset, int length, byte[] key) {
        reader.verify(segment, offset, length, key, 0, key.length);
    }

    private RecordReader.Loan lend(int offset, int length, byte[] key) {
        return reader.lend(segment, offset, length, key, 0, key.length);
    }

    @Test
    void readsWhatWasWritten() {
        int length = put(AT, KEY, VALUE, 42, 0);
        assertArrayEquals(VALUE, value(AT, length, KEY));
        assertEquals(42, reader.sequence());
        verify(AT, length, KEY);
        try (RecordReader.Loan loan = lend(AT, length, KEY)) {
            assertEquals(ByteBuffer.wrap(VALUE), loan.value());
            assertEquals(42, loan.sequence());
        }
    }

    @Test
    void readsRecordsWithAnExpiry() {
        int length = put(AT, KEY, VALUE, 43, 1_800_000_000_000L);
        assertArrayEquals(VALUE, value(AT, length, KEY));
        assertEquals(ByteBuffer.wrap(VALUE), lend(AT, length, KEY).value());
    }

    @Test
    void readsAKeyFromTheMiddleOfAnArray() {
        int length = put(AT, KEY, VALUE, 42, 0);
        byte[] around = ("__the key__").getBytes(UTF_8);
        assertArrayEquals(VALUE, reader.value(segment, AT, length, around, 2, KEY.length));
    }

    @Test
    void readsEveryLength() {
        Random random = new Random(1);
        for (int keyLength : new int[] {1, 400, 484, 485, 486, 1000, 65_535}) {
            for (int valueLength : new int[] {0, 1, 4000, 4096, 8191, 8192, 8193, 40_000}) {
                byte[] key = new byte[keyLength];
                byte[] value = new byte[valueLength];
                random.nextBytes(key);
                random.nextBytes(value);
                int length = put(AT, key, value, 7, 0);
                assertArrayEquals(value, value(AT, length, key));
                verify(AT, length, key);
                assertEquals(ByteBuffer.wrap(value), lend(AT, length, key).value());
            }
        }
    }

    @Test
    void readsARecordThatEndsWithTheMapping() {
        int length = RecordFormat.length(KEY.length, VALUE.length, false);
        int at = memory.limit() - length;
        put(at, KEY, VALUE, 8, 0);
        assertArrayEquals(VALUE, value(at, length, KEY));
    }

    @Test
    void aLocationThatLeavesTheMappingIsCorruptionAndNotACrash() {
        int length = put(AT, KEY, VALUE, 42, 0);
        int[][] locations = {
            {memory.limit() - length + 1, length},
            {memory.limit(), length},
            {Integer.MAX_VALUE, length},
            {AT, Integer.MAX_VALUE},
            {Integer.MAX_VALUE, Integer.MAX_VALUE},
            {0, length},
            {-1, length},
            {SegmentHeader.LENGTH - 1, length},
            {AT, RecordFormat.HEADER_LENGTH - 1},
            {AT, 0},
            {AT, -1},
        };
        for (int[] at : locations) {
            everyWayThrows(CorruptionException.class, at[0], at[1], KEY);
        }
    }

    private void everyWayThrows(Class<? extends StaveException> type, int offset, int length, byte[] key) {
        String what = "offset " + offset + ", length " + length;
        for (Executable way : new Executable[] {
            () -> value(offset, length, key), () -> verify(offset, length, key), () -> lend(offset, length, key)
        }) {
            StaveException thrown = assertThrows(type, way, what);
            assertTrue(thrown.getMessage().contains(segment.name()), thrown.getMessage());
        }
    }

    /** The record is whole, so the fingerprints of two keys must be the same. */
    @Test
    void anotherKeyIsACollision() {
        int length = put(AT, KEY, VALUE, 42, 0);
        everyWayThrows(KeyCollisionException.class, AT, length, "the kex".getBytes(UTF_8));
        everyWayThrows(KeyCollisionException.class, AT, length, "the ke".getBytes(UTF_8));
        everyWayThrows(KeyCollisionException.class, AT, length, "the key, and more".getBytes(UTF_8));
        everyWayThrows(KeyCollisionException.class, AT, length, new byte[60_000]);
    }

    /** Never a wrong value, and never taken for a collision: another key's fault would be blamed. */
    @Test
    void everyFlippedBitIsCorruption() {
        for (long expiry : new long[] {0, 1_800_000_000_000L}) {
            int length = put(AT, KEY, VALUE, 42, expiry);
            for (int bit = 0; bit < 8 * length; bit++) {
                flip(bit);
                everyWayThrows(CorruptionException.class, AT, length, KEY);
                flip(bit);
            }
            assertArrayEquals(VALUE, value(AT, length, KEY));
        }
    }

    /** Up to 4 KiB a record is copied as a whole, from there on in pieces. */
    @Test
    void whereCopiesAreInPiecesTheyAreCheckedAsWell() {
        Random random = new Random(3);
        for (int length : new int[] {20_000, 4095, 4096, 4097, 20_000, 100}) {
            for (long expiry : new long[] {0, 1_800_000_000_000L}) {
                byte[] value = new byte[length - RecordFormat.length(KEY.length, 0, expiry != 0)];
                random.nextBytes(value);
                assertEquals(length, put(AT, KEY, value, 42, expiry));
                for (int bit = 0; bit < 8 * length; bit += bit < 8 * 64 ? 1 : 501) {
                    flip(bit);
                    everyWayThrows(CorruptionException.class, AT, length, KEY);
                    flip(bit);
                }
                everyWayThrows(CorruptionException.class, AT, length - 1, KEY);
                everyWayThrows(CorruptionException.class, AT, length + 1, KEY);
                everyWayThrows(KeyCollisionException.class, AT, length, "the kex".getBytes(UTF_8));
                assertArrayEquals(value, value(AT, length, KEY));
                assertEquals(ByteBuffer.wrap(value), lend(AT, length, KEY).value());
            }
        }
    }

    private void flip(int bit) {
        int at = AT + bit / 8;
        memory.put(at, (byte) (memory.get(at) ^ 1 << bit % 8));
    }

    /** Beyond 4 KiB a value's memory is as long as the lengths say: what they leave of it must not be less than nothing. */
    @Test
    void aLengthThatEndsWithinTheKeyIsCorruption() {
        byte[] key = new byte[6000];
        put(AT, key, VALUE, 42, 0);
        for (int wrong = 4097; wrong < 6000; wrong += 97) {
            everyWayThrows(CorruptionException.class, AT, wrong, key);
        }
    }

    @Test
    void aWrongLengthIsCorruption() {
        int length = put(AT, KEY, VALUE, 42, 0);
        for (int wrong = RecordFormat.HEADER_LENGTH; wrong < length + 100; wrong++) {
            if (wrong != length) {
                everyWayThrows(CorruptionException.class, AT, wrong, KEY);
            }
        }
    }

    @Test
    void noiseIsCorruption() {
        Random random = new Random(2);
        byte[] noise = new byte[200];
        for (int i = 0; i < 2000; i++) {
            random.nextBytes(noise);
            memory.put(AT, noise);
            everyWayThrows(CorruptionException.class, AT, 20 + random.nextInt(180), KEY);
        }
        Arrays.fill(noise, (byte) 0);
        memory.put(AT, noise);
        everyWayThrows(CorruptionException.class, AT, 36, KEY);
    }

    /** Lengths that add up, although the value's is negative. */
    @Test
    void aNegativeValueLengthIsCorruption() {
        int length = RecordFormat.HEADER_LENGTH + KEY.length + 2;
        RecordFormat.putHeader(memory, AT, RecordFormat.PUT, RecordFormat.EXPIRY, 42, KEY.length, 0);
        int valueLengthAt = AT + 4;
        memory.putInt(valueLengthAt, 2 - RecordFormat.EXPIRY_LENGTH);
        everyWayThrows(CorruptionException.class, AT, length, KEY);
    }

    @Test
    void theImageOfARecordElsewhereIsCorruption() {
        int length = put(AT, KEY, VALUE, 42, 0);
        byte[] image = new byte[length];
        memory.get(AT, image);
        memory.put(AT + 1000, image);
        everyWayThrows(CorruptionException.class, AT + 1000, length, KEY);
    }

    /** The page is gone: the disk failed, or somebody cut the file. */
    @Test
    void aPageThatCannotBeReadIsReportedAsSuch() {
        Mapping broken = new Mapping() {
            @Override
            public ByteBuffer buffer() {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }

            @Override
            public int length() {
                return 4096;
            }

            @Override
            public ByteBuffer lend(int offset, int length) {
                throw new AssertionError("nothing was verified");
            }

            @Override
            public void giveBack() {
                throw new AssertionError("nothing was lent");
            }

            @Override
            public void release() {
                // Nothing to free.
            }
        };
        Segment cut = Segment.sealed(STORE, ID, broken, 1000, 0, 1, 1, false);
        StoreIOException failure =
                assertThrows(StoreIOException.class, () -> reader.value(cut, AT, 36, KEY, 0, KEY.length));
        assertTrue(failure.getMessage().contains(cut.name())
                && failure.getMessage().contains("" + AT));
    }
}
