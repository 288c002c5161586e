package io.stave.segment;

import io.stave.CorruptionException;
import io.stave.KeyCollisionException;
import io.stave.StoreIOException;
import io.stave.io.Mapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record through a segment's mapping: copies first, then checks the copy (I9).
 *
 * <p>A checksum over mapped memory would run in an intrinsic, where a page that the disk cannot deliver kills the JVM; a copy raises an
 * error that can be caught. The lengths in the record are used only as far as the length in the keydir allows.
 *
 * <p>Reusable, not thread-safe: one reader per thread. Must be used inside a reader epoch.
 */
public final class RecordReader {

    private static final int CHUNK = 8 * 1024;

    /**
     * Records of up to so many bytes are copied as a whole, and the value out of that copy. The second copy stays in the nearest cache, and
     * saves more than it costs: one call of each kind instead of two, a value that need not be zeroed first, and no wait for the header before
     * the rest is asked for.
     */
    private static final int WHOLE = 4 * 1024;

    private byte[] head = new byte[512];
    private ByteBuffer headView = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    private byte @Nullable [] chunk;
    private final CRC32C crc = new CRC32C();
    private long sequence;
    private long expiry;
    private int headLength;

    /** The sequence of the record read last. */
    public long sequence() {
        return sequence;
    }

    /** The expiry of the record read last, in epoch milliseconds, or {@link RecordFormat#NO_EXPIRY}. */
    public long expiry() {
        return expiry;
    }

    /**
     * Returns a copy of the value of the record at {@code offset}.
     *
     * @throws CorruptionException if the record does not verify
     * @throws KeyCollisionException if the record verifies but holds another key
     * @throws StoreIOException if the file system cannot deliver the bytes
     */
    public byte[] value(Segment segment, int offset, int length, byte[] key, int keyOffset, int keyLength) {
        try {
            ByteBuffer bytes = segment.bytes();
            readHead(segment, bytes, offset, length, keyLength);
            crc.reset();
            if (length <= WHOLE) {
                crc.update(head, RecordFormat.CHECKED_FROM, length - RecordFormat.CHECKED_FROM);
                checkCrc(segment, offset);
                checkKey(segment, offset, key, keyOffset, keyLength);
                return Arrays.copyOfRange(head, headLength, length);
            }
            byte[] value = new byte[length - headLength];
            bytes.get(offset + headLength, value);
            crc.update(head, RecordFormat.CHECKED_FROM, headLength - RecordFormat.CHECKED_FROM);
            crc.update(value);
            checkCrc(segment, offset);
            checkKey(segment, offset, key, keyOffset, keyLength);
            return value;
        } catch (InternalError e) {
            throw unreadable(segment, offset, length, e);
        }
    }

    /** Verifies the record at {@code offset} without keeping its value; {@link #sequence()} and {@link #expiry()} are set. Throws as {@link #value}. */
    public void verify(Segment segment, int offset, int length, byte[] key, int keyOffset, int keyLength) {
        try {
            ByteBuffer bytes = segment.bytes();
            readHead(segment, bytes, offset, length, keyLength);
            crc.reset();
            if (length <= WHOLE) {
                crc.update(head, RecordFormat.CHECKED_FROM, length - RecordFormat.CHECKED_FROM);
            } else {
                crc.update(head, RecordFormat.CHECKED_FROM, headLength - RecordFormat.CHECKED_FROM);
                updateByChunks(bytes, offset + headLength, length - headLength);
            }
            checkCrc(segment, offset);
            checkKey(segment, offset, key, keyOffset, keyLength);
        } catch (InternalError e) {
            throw unreadable(segment, offset, length, e);
        }
    }

    /** Verifies the record at {@code offset}, whatever its key, and returns its sequence. Throws as {@link #value}. */
    public long sequence(Segment segment, int offset, int length) {
        try {
            ByteBuffer bytes = segment.bytes();
            copyHeader(segment, bytes, offset, length);
            crc.reset();
            updateByChunks(bytes, offset + RecordFormat.CHECKED_FROM, length - RecordFormat.CHECKED_FROM);
            checkCrc(segment, offset);
            return RecordFormat.sequence(headView, 0);
        } catch (InternalError e) {
            throw unreadable(segment, offset, length, e);
        }
    }

    /** Verifies the record at {@code offset}, whatever its key, and returns its value. Throws as {@link #value}. */
    public byte[] value(Segment segment, int offset, int length) {
        try {
            ByteBuffer bytes = segment.bytes();
            copyHeader(segment, bytes, offset, length);
            int keyLength = RecordFormat.keyLength(headView, 0);
            int keyAt = RecordFormat.keyOffset(offset, RecordFormat.flags(headView, 0));
            byte[] key = new byte[Math.min(keyLength, Math.max(0, offset + length - keyAt))];
            bytes.get(keyAt, key);
            return value(segment, offset, length, key, 0, key.length);
        } catch (InternalError e) {
            throw unreadable(segment, offset, length, e);
        }
    }

    /**
     * Whether the record at {@code offset} has this sequence. A header that says so is believed, for damage does not hit upon a sequence; one
     * that says otherwise is believed only if the record verifies. Throws as {@link #value}.
     */
    public boolean hasSequence(Segment segment, int offset, int length, long expected) {
        try {
            copyHeader(segment, segment.bytes(), offset, length);
        } catch (InternalError e) {
            throw unreadable(segment, offset, length, e);
        }
        return RecordFormat.sequence(headView, 0) == expected || sequence(segment, offset, length) == expected;
    }

    /**
     * Verifies the record and lends its value straight from the mapping, which is not freed before the loan is closed. Throws as
     * {@link #value}.
     */
    public Loan lend(Segment segment, int offset, int length, byte[] key, int keyOffset, int keyLength) {
        verify(segment, offset, length, key, keyOffset, keyLength);
        Mapping lender = segment.mapping();
        return new Loan(lender.lend(offset + headLength, length - headLength), sequence, lender);
    }

    /**
     * A value that is read where it lies.
     *
     * @param value read-only, big-endian; must not be used after the loan was closed
     * @param sequence the record's
     * @param lender what keeps the bytes
     */
    public record Loan(ByteBuffer value, long sequence, Mapping lender) implements AutoCloseable {
        /** Gives the value back; called once. */
        @Override
        public void close() {
            lender.giveBack();
        }
    }

    /** Copies header, expiry and key, or all of a short record; fails unless the record claims exactly the lengths that the keydir and the caller know. */
    private void readHead(Segment segment, ByteBuffer bytes, int offset, int length, int keyLength) {
        checkInside(segment, bytes, offset, length);
        int wanted = length <= WHOLE
                ? length
                : Math.min(length, RecordFormat.HEADER_LENGTH + RecordFormat.EXPIRY_LENGTH + keyLength);
        if (wanted > head.length) {
            head = new byte[Math.max(wanted, 2 * head.length)];
            headView = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        }
        bytes.get(offset, head, 0, wanted);
        int flags = RecordFormat.flags(headView, 0);
        int claimedKey = RecordFormat.keyLength(headView, 0);
        headLength = RecordFormat.keyOffset(0, flags) + claimedKey;
        sequence = RecordFormat.sequence(headView, 0);
        long claimed = (long) headLength + RecordFormat.valueLength(headView, 0);
        boolean expires = (flags & RecordFormat.EXPIRY) != 0;
        expiry = expires ? RecordFormat.expiry(headView, 0) : RecordFormat.NO_EXPIRY;
        if (claimedKey != keyLength || claimed != length || headLength > length) {
            throw mismatch(segment, bytes, offset, length, keyLength, claimedKey, claimed);
        }
    }

    private void copyHeader(Segment segment, ByteBuffer bytes, int offset, int length) {
        checkInside(segment, bytes, offset, length);
        bytes.get(offset, head, 0, RecordFormat.HEADER_LENGTH);
    }

    private static void checkInside(Segment segment, ByteBuffer bytes, int offset, int length) {
        if (offset < SegmentHeader.LENGTH
                || length < RecordFormat.HEADER_LENGTH
                || (long) offset + length > bytes.limit()) {
            throw new CorruptionException(
                    segment.name(),
                    offset,
                    "a record of " + length + " bytes inside the " + bytes.limit() + " mapped ones",
                    "a location that leaves them",
                    "Close the store and reopen it: recovery rebuilds the keydir.");
        }
    }

    private void checkCrc(Segment segment, int offset) {
        int expected = RecordFormat.storedChecksum(headView, 0);
        int actual = (int) crc.getValue() ^ RecordFormat.mask(segment.storeId(), segment.id(), offset);
        if (expected != actual) {
            throw damaged(segment, offset, "checksum " + hex(expected), "checksum " + hex(actual));
        }
    }

    private void checkKey(Segment segment, int offset, byte[] key, int keyOffset, int keyLength) {
        int from = headLength - keyLength;
        if (!Arrays.equals(head, from, headLength, key, keyOffset, keyOffset + keyLength)) {
            throw new KeyCollisionException(segment.name(), offset);
        }
    }

    /** The lengths differ: either the record is damaged, or it is whole and belongs to another key with the same fingerprint. */
    private RuntimeException mismatch(
            Segment segment, ByteBuffer bytes, int offset, int length, int keyLength, int claimedKey, long claimed) {
        crc.reset();
        updateByChunks(bytes, offset + RecordFormat.CHECKED_FROM, length - RecordFormat.CHECKED_FROM);
        int actual = (int) crc.getValue() ^ RecordFormat.mask(segment.storeId(), segment.id(), offset);
        if (claimed == length && actual == RecordFormat.storedChecksum(headView, 0)) {
            return new KeyCollisionException(segment.name(), offset);
        }
        return damaged(
                segment,
                offset,
                "a record of " + length + " bytes with a key of " + keyLength,
                "one that claims " + claimed + " bytes with a key of " + claimedKey);
    }

    private void updateByChunks(ByteBuffer bytes, int from, int length) {
        byte[] copy = chunk;
        if (copy == null) {
            copy = new byte[CHUNK];
            chunk = copy;
        }
        for (int done = 0; done < length; ) {
            int n = Math.min(copy.length, length - done);
            bytes.get(from + done, copy, 0, n);
            crc.update(copy, 0, n);
            done += n;
        }
    }

    private static CorruptionException damaged(Segment segment, long offset, String expected, String actual) {
        return new CorruptionException(
                segment.name(),
                offset,
                expected,
                actual,
                "Only this key is affected. Restore the value from elsewhere and put it again.");
    }

    private static StoreIOException unreadable(Segment segment, long offset, int length, InternalError e) {
        return new StoreIOException(
                segment.name() + ": the " + length + " bytes at offset " + offset
                        + " cannot be read; the disk failed or somebody truncated the file",
                new IOException(e));
    }

    private static String hex(int checksum) {
        return String.format("%08x", checksum);
    }
}
