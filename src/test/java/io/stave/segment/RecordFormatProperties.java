package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.StoreId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** One record: what goes in comes out, and what was changed does not verify. */
class RecordFormatProperties {

    @Property(tries = 500)
    void whatIsWrittenIsRead(
            @ForAll @IntRange(min = 0, max = 3) int flags,
            @ForAll boolean blob,
            @ForAll @LongRange(min = 1) long sequence,
            @ForAll long expiry,
            @ForAll @Size(min = 1, max = 300) byte[] key,
            @ForAll @Size(max = 300) byte[] value,
            @ForAll @IntRange(max = 100) int at,
            @ForAll int mask) {
        int kind = blob ? RecordFormat.BLOB : RecordFormat.PUT;
        boolean expires = (flags & RecordFormat.EXPIRY) != 0;
        int length = RecordFormat.length(key.length, value.length, expires);
        ByteBuffer b = buffer(at + length + 10).position(3).limit(at + 5);
        int limit = b.limit();
        b.limit(b.capacity());
        RecordFormat.putHeader(b, at, kind, flags, sequence, key.length, value.length);
        if (expires) {
            RecordFormat.putExpiry(b, at, expiry);
        }
        b.put(RecordFormat.keyOffset(at, flags), key);
        b.put(RecordFormat.valueOffset(at, flags, key.length), value);
        b.limit(limit);
        int stored = RecordFormat.seal(b, at, length, mask);
        assertEquals(3, b.position());
        assertEquals(limit, b.limit());
        b.limit(b.capacity());

        assertEquals(kind, RecordFormat.kind(b, at));
        assertEquals(flags, RecordFormat.flags(b, at));
        assertEquals(sequence, RecordFormat.sequence(b, at));
        assertEquals(key.length, RecordFormat.keyLength(b, at));
        assertEquals(value.length, RecordFormat.valueLength(b, at));
        assertEquals(stored, RecordFormat.storedChecksum(b, at));
        if (expires) {
            assertEquals(expiry, RecordFormat.expiry(b, at));
        }
        assertTrue(RecordFormat.verify(b, at, length, mask));
        assertFalse(RecordFormat.verify(b, at, length, mask + 1));
        assertEquals(
                RecordFormat.valueOffset(at, flags, key.length) + value.length,
                at + length,
                "the value ends the record");
        byte[] head = new byte[RecordFormat.valueOffset(0, flags, key.length)];
        b.get(at, head);
        assertEquals(
                stored ^ mask,
                RecordFormat.checksum(head, RecordFormat.CHECKED_FROM, head.length, value),
                "in two parts");
    }

    @Property(tries = 50)
    void everyFlippedBitOfARecordIsFound(
            @ForAll @Size(min = 1, max = 20) byte[] key, @ForAll @Size(max = 20) byte[] value, @ForAll int mask) {
        int length = RecordFormat.length(key.length, value.length, true);
        ByteBuffer b = buffer(length);
        RecordFormat.putHeader(b, 0, RecordFormat.PUT, RecordFormat.EXPIRY, 1, key.length, value.length);
        b.put(RecordFormat.keyOffset(0, RecordFormat.EXPIRY), key);
        b.put(RecordFormat.valueOffset(0, RecordFormat.EXPIRY, key.length), value);
        RecordFormat.seal(b, 0, length, mask);
        for (int bit = 0; bit < 8 * length; bit++) {
            flip(b, bit);
            assertFalse(RecordFormat.verify(b, 0, length, mask), "bit " + bit);
            flip(b, bit);
        }
        assertTrue(RecordFormat.verify(b, 0, length, mask));
    }

    @Property(tries = 200)
    void aCopyElsewhereDoesNotVerify(
            @ForAll @LongRange(min = 64, max = 1L << 31) long offset,
            @ForAll @LongRange(min = 1, max = 1L << 31) long distance,
            @ForAll long high,
            @ForAll long low,
            @ForAll long segment) {
        StoreId store = new StoreId(high, low);
        int mask = RecordFormat.mask(store, segment, offset);
        assertNotEquals(mask, RecordFormat.mask(store, segment, offset + distance), "another offset");
        assertNotEquals(mask, RecordFormat.mask(store, segment + 1, offset), "another segment");
        assertNotEquals(mask, RecordFormat.mask(new StoreId(high + 1, low), segment, offset), "another store");
        assertNotEquals(mask, RecordFormat.mask(new StoreId(high, low + 1), segment, offset), "another store");
        assertNotEquals(mask, RecordFormat.mask(new StoreId(low, high ^ 1), segment, offset), "halves exchanged");
    }

    @Example
    void theLongestRecordHasRoomInItsFields() {
        ByteBuffer b = buffer(RecordFormat.HEADER_LENGTH);
        RecordFormat.putHeader(b, 0, RecordFormat.PUT, 0, Long.MAX_VALUE, RecordFormat.MAX_KEY, RecordFormat.MAX_VALUE);
        assertEquals(RecordFormat.MAX_KEY, RecordFormat.keyLength(b, 0));
        assertEquals(RecordFormat.MAX_VALUE, RecordFormat.valueLength(b, 0));
        assertEquals(RecordFormat.MAX_LENGTH, RecordFormat.length(RecordFormat.MAX_KEY, RecordFormat.MAX_VALUE, true));
        assertTrue(RecordFormat.MAX_LENGTH < 1 << 26, "a location has 26 bits for the length");
    }

    @Example
    void aRecordCostsAtMost24BytesBesideKeyAndValueAndEightMoreWithAnExpiry() {
        assertEquals(20, RecordFormat.length(0, 0, false));
        assertEquals(28, RecordFormat.length(0, 0, true));
        assertEquals(20, RecordFormat.CERTIFICATE_LENGTH);
    }

    @Example
    void whatCannotBeIsNotWritten() {
        refused(0, 0, 1, 1, 0);
        refused(5, 0, 1, 1, 0);
        refused(RecordFormat.PUT, 4, 1, 1, 0);
        refused(RecordFormat.PUT, 0, 0, 1, 0);
        refused(RecordFormat.PUT, 0, 1, 0, 0);
        refused(RecordFormat.PUT, 0, 1, RecordFormat.MAX_KEY + 1, 0);
        refused(RecordFormat.PUT, 0, 1, 1, RecordFormat.MAX_VALUE + 1);
        refused(RecordFormat.PUT, 0, 1, 1, -1);
        refused(RecordFormat.TOMBSTONE, 0, 1, 1, 1);
        refused(RecordFormat.TOMBSTONE, 0, 1, 0, 0);
        refused(RecordFormat.TOMBSTONE, RecordFormat.EXPIRY, 1, 1, 0);
        refused(RecordFormat.CERTIFICATE, 0, SegmentHeader.LENGTH - 1, 0, 0);
        refused(RecordFormat.CERTIFICATE, 0, SegmentHeader.LENGTH, 1, 0);
        refused(RecordFormat.CERTIFICATE, 0, SegmentHeader.LENGTH, 0, 1);
        refused(RecordFormat.CERTIFICATE, RecordFormat.CONTINUES, SegmentHeader.LENGTH, 0, 0);
    }

    @Property(tries = 200)
    void theDigestDependsOnEachRecordAndOnTheirOrder(
            @ForAll @Size(min = 2, max = 20) int[] checksums, @ForAll @IntRange(max = 18) int where, @ForAll long id) {
        int i = where % (checksums.length - 1);
        long whole = digest(id, checksums);
        assertEquals(whole, digest(id, checksums));
        assertNotEquals(whole, digest(id + 1, checksums));
        assertNotEquals(whole, digest(id, Arrays.copyOf(checksums, checksums.length - 1)), "one lost at the end");
        int[] changed = checksums.clone();
        changed[i] ^= 1 << (where & 31);
        assertNotEquals(whole, digest(id, changed), "one changed");
        int[] swapped = checksums.clone();
        swapped[i] = checksums[i + 1];
        swapped[i + 1] = checksums[i];
        assertEquals(checksums[i] == checksums[i + 1], whole == digest(id, swapped), "two exchanged");
    }

    private static long digest(long id, int[] checksums) {
        Digest digest = new Digest(id);
        for (int checksum : checksums) {
            digest.add(checksum);
        }
        Digest copy = digest.copy();
        digest.add(1);
        return copy.value();
    }

    private static void refused(int kind, int flags, long sequence, int keyLength, int valueLength) {
        assertThrows(
                IllegalArgumentException.class,
                () -> RecordFormat.putHeader(buffer(100), 0, kind, flags, sequence, keyLength, valueLength));
    }

    private static void flip(ByteBuffer b, int bit) {
        b.put(bit >> 3, (byte) (b.get(bit >> 3) ^ (1 << (bit & 7))));
    }

    private static ByteBuffer buffer(int length) {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
