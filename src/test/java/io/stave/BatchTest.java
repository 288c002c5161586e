package io.stave;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    private final Batch batch = new Batch();

    /** What a batch shows, in words. */
    static List<String> shown(Batch batch) {
        List<String> shown = new ArrayList<>();
        batch.forEach(new Batch.Visitor() {
            @Override
            public void put(ByteBuffer key, ByteBuffer value, WriteOptions options) {
                shown.add("put " + text(key) + " " + text(value) + " " + options.overflow());
            }

            @Override
            public void delete(ByteBuffer key) {
                shown.add("delete " + text(key));
            }

            @Override
            public void require(ByteBuffer key, long expectedVersion) {
                shown.add("require " + text(key) + " " + expectedVersion);
            }
        });
        return shown;
    }

    private static String text(ByteBuffer buffer) {
        return UTF_8.decode(buffer).toString();
    }

    @Test
    void showsWhatWasAddedInItsOrder() {
        WriteOptions refuse = WriteOptions.defaults().overflow(Overflow.REFUSE);
        assertSame(batch, batch.put(KEY, VALUE).delete("gone".getBytes(UTF_8)));
        batch.require(KEY, 7).put("a".getBytes(UTF_8), new byte[0], refuse).require(VALUE, Stave.NO_VERSION);
        batch.put(ByteBuffer.wrap(KEY), ByteBuffer.wrap(VALUE)).delete(ByteBuffer.wrap(KEY));
        batch.require(ByteBuffer.wrap(KEY), Long.MAX_VALUE);
        assertEquals(
                List.of(
                        "put key value BLOCK",
                        "delete gone",
                        "require key 7",
                        "put a  REFUSE",
                        "require value 0",
                        "put key value BLOCK",
                        "delete key",
                        "require key " + Long.MAX_VALUE),
                shown(batch));
        assertEquals(5, batch.count());
        assertEquals(3, batch.conditions());
    }

    @Test
    void countsTheBytesOfItsRecords() {
        assertEquals(0, batch.bytes());
        batch.put(KEY, VALUE);
        assertEquals(RecordFormat.length(3, 5, false), batch.bytes());
        batch.delete(KEY);
        assertEquals(RecordFormat.length(3, 5, false) + RecordFormat.length(3, 0, false), batch.bytes());
        batch.require(KEY, 1);
        assertEquals(RecordFormat.length(3, 5, false) + 2 * RecordFormat.length(3, 0, false), batch.bytes());
        assertEquals("Batch[count=2, conditions=1, bytes=" + batch.bytes() + "]", batch.toString());
    }

    @Test
    void countsTheBytesOfAnExpiry() {
        WriteOptions hour = WriteOptions.defaults().timeToLive(Duration.ofHours(1));
        batch.put(KEY, VALUE, hour).put(KEY, VALUE, WriteOptions.defaults().expiry(Instant.EPOCH));
        assertEquals(2L * RecordFormat.length(3, 5, true), batch.bytes());
    }

    @Test
    void copiesWhatItIsGiven() {
        byte[] key = KEY.clone();
        byte[] value = VALUE.clone();
        batch.put(key, value).delete(key).require(key, 1);
        Arrays.fill(key, (byte) 'x');
        Arrays.fill(value, (byte) 'x');
        assertEquals(List.of("put key value BLOCK", "delete key", "require key 1"), shown(batch));
    }

    @Test
    void readsBuffersFromPositionToLimitAndLeavesThemAsTheyAre() {
        ByteBuffer key = ByteBuffer.wrap("..key..".getBytes(UTF_8)).position(2).limit(5);
        ByteBuffer value =
                ByteBuffer.allocateDirect(9).put(2, VALUE).position(2).limit(7);
        batch.put(key, value.asReadOnlyBuffer()).put(key, value).delete(key).require(key, 1);
        assertEquals(
                List.of("put key value BLOCK", "put key value BLOCK", "delete key", "require key 1"), shown(batch));
        assertEquals(2, key.position());
        assertEquals(5, key.limit());
        assertEquals(2, value.position());
        assertEquals(7, value.limit());
    }

    @Test
    void whatItShowsCannotBeChanged() {
        batch.put(KEY, VALUE);
        batch.forEach(new Batch.Visitor() {
            @Override
            public void put(ByteBuffer key, ByteBuffer value, WriteOptions options) {
                assertThrows(ReadOnlyBufferException.class, () -> value.put(0, (byte) 1));
                assertThrows(ReadOnlyBufferException.class, () -> key.put(0, (byte) 1));
            }

            @Override
            public void delete(ByteBuffer key) {
                throw new AssertionError();
            }

            @Override
            public void require(ByteBuffer key, long expectedVersion) {
                throw new AssertionError();
            }
        });
    }

    @Test
    void holdsValuesOfAnyLength() {
        int[] lengths = {0, 1, 900, 1023, 1024, 5000, 600_000, 1 << 20, 3, 600_000, 7, Stave.MAX_VALUE_LENGTH, 9};
        for (int length : lengths) {
            byte[] value = new byte[length];
            Arrays.fill(value, (byte) length);
            batch.put(("key " + length).getBytes(UTF_8), value);
        }
        int[] next = {0};
        batch.forEach(new Batch.Visitor() {
            @Override
            public void put(ByteBuffer key, ByteBuffer value, WriteOptions options) {
                int length = lengths[next[0]++];
                assertEquals("key " + length, text(key));
                byte[] expected = new byte[length];
                Arrays.fill(expected, (byte) length);
                byte[] found = new byte[value.remaining()];
                value.get(found);
                assertArrayEquals(expected, found);
            }

            @Override
            public void delete(ByteBuffer key) {
                throw new AssertionError();
            }

            @Override
            public void require(ByteBuffer key, long expectedVersion) {
                throw new AssertionError();
            }
        });
        assertEquals(lengths.length, next[0]);
    }

    @Test
    void canBeFilledAgainAfterItWasCleared() {
        for (int i = 0; i < 3; i++) {
            batch.put(KEY, new byte[100 + i * 2_000_000])
                    .delete(KEY)
                    .put(KEY, VALUE)
                    .require(KEY, 1);
            assertFalse(batch.isEmpty());
            assertSame(batch, batch.clear());
            assertTrue(batch.isEmpty());
            assertEquals(0, batch.count() + batch.conditions() + batch.bytes());
            assertEquals(List.of(), shown(batch));
            batch.put(VALUE, KEY);
            assertEquals(List.of("put value key BLOCK"), shown(batch));
            batch.clear();
        }
    }

    /** What is kept of one filling has other sizes than the next one needs. */
    @Test
    void canBeFilledAgainWithMoreOrLessOfLongerOrShorterValues() {
        Random random = new Random(3);
        for (int round = 0; round < 60; round++) {
            int most = 1 << 4 + random.nextInt(17);
            List<String> expected = new ArrayList<>();
            for (int i = random.nextInt(4_000_000 / (most + 5_000)); i >= 0; i--) {
                byte[] value = new byte[random.nextInt(most)];
                Arrays.fill(value, (byte) ('a' + random.nextInt(26)));
                batch.put(new byte[] {'k', (byte) (' ' + i % 64)}, value);
                expected.add("put k" + (char) (' ' + i % 64) + " " + new String(value, UTF_8) + " BLOCK");
            }
            assertEquals(expected, shown(batch), "round " + round);
            batch.clear();
        }
    }

    /** Refuses by the length of a key and of a value as a store does, and stays as it was. */
    @Test
    void refusesWhatAStoreRefuses() {
        batch.put(KEY, VALUE);
        byte[] longest = new byte[Stave.MAX_KEY_LENGTH + 1];
        byte[] largest = new byte[Stave.MAX_VALUE_LENGTH + 1];
        for (byte[] key : new byte[][] {{}, longest}) {
            assertThrows(IllegalArgumentException.class, () -> batch.put(key, VALUE));
            assertThrows(IllegalArgumentException.class, () -> batch.delete(key));
            assertThrows(IllegalArgumentException.class, () -> batch.require(key, 1));
        }
        assertThrows(IllegalArgumentException.class, () -> batch.put(KEY, largest));
        assertThrows(IllegalArgumentException.class, () -> batch.require(KEY, -1));
        WriteOptions weak = WriteOptions.defaults().durability(Durability.OS);
        IllegalArgumentException durability =
                assertThrows(IllegalArgumentException.class, () -> batch.put(KEY, VALUE, weak));
        assertTrue(String.valueOf(durability.getMessage()).contains("OS"), durability::getMessage);
        assertThrows(NullPointerException.class, () -> batch.put(KEY, (byte[]) null));
        assertThrows(NullPointerException.class, () -> batch.put(KEY, VALUE, (WriteOptions) null));
        assertThrows(NullPointerException.class, () -> batch.delete((byte[]) null));
        assertEquals(List.of("put key value BLOCK"), shown(batch));
    }

    @Test
    void refusesWhatWouldMakeItTooLongWithTheNumbers() {
        byte[] value = new byte[Stave.MAX_VALUE_LENGTH];
        batch.put(KEY, value).put(KEY, value).put(KEY, value);
        long left = Stave.MAX_BATCH_BYTES - batch.bytes();
        int exact = (int) left - RecordFormat.length(KEY.length, 0, false);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> batch.put(KEY, new byte[exact + 1]));
        assertEquals(
                "a batch has at most 67108864 bytes, this one has " + batch.bytes() + ", and a put of " + (left + 1)
                        + " more does not fit",
                refused.getMessage());
        assertEquals(3, batch.count());
        batch.put(KEY, new byte[exact]);
        assertEquals(Stave.MAX_BATCH_BYTES, batch.bytes());
        assertThrows(IllegalArgumentException.class, () -> batch.delete(KEY));
        assertThrows(IllegalArgumentException.class, () -> batch.require(KEY, 1));
        assertEquals(4, batch.count());
    }

    @Test
    void aResultKnowsTheVersionOfEachWrite() {
        BatchResult result = new BatchResult(true, BatchResult.NONE, 17, 3);
        assertEquals(17, result.version(0));
        assertEquals(19, result.version(2));
        assertThrows(IndexOutOfBoundsException.class, () -> result.version(3));
        assertThrows(IndexOutOfBoundsException.class, () -> result.version(-1));
        BatchResult refused = new BatchResult(false, 1, Stave.NO_VERSION, 0);
        assertThrows(IndexOutOfBoundsException.class, () -> refused.version(0));
    }
}
