package io.stave.engine.snapshot;

import io.stave.Entry;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.read.BlobFiles;
import io.stave.hint.HintCursor;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A record that a cursor has come to, known from itself or from the hint: what decides whether it is shown, and what is shown then. The same
 * object stands for each in turn.
 */
final class Candidate {

    private @Nullable RecordCursor record;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int keyPosition;
    private int keyLength;

    /** Where in its segment it begins. */
    int offset;

    /** The bytes of the whole record. */
    int length;

    long sequence;
    boolean tombstone;

    /** In epoch milliseconds, or {@link RecordFormat#NO_EXPIRY}. */
    long expiry;

    void set(RecordCursor from) {
        record = from;
        buffer = from.buffer();
        keyPosition = from.keyPosition();
        keyLength = from.keyLength();
        offset = (int) from.offset();
        length = from.length();
        sequence = from.sequence();
        tombstone = from.tombstone();
        expiry = from.hasExpiry() ? from.expiry() : RecordFormat.NO_EXPIRY;
    }

    void set(HintCursor from) {
        record = null;
        buffer = from.buffer();
        keyPosition = from.keyPosition();
        keyLength = from.keyLength();
        offset = from.offset();
        length = from.recordLength();
        sequence = from.sequence();
        tombstone = from.tombstone();
        expiry = from.hasExpiry() ? from.expiry() : RecordFormat.NO_EXPIRY;
    }

    /** Whether it is a value that a moment could see, newer records of its key aside: none in an extent came later. */
    boolean visible(SnapshotMoment moment, byte[] prefix) {
        return !tombstone && (expiry == RecordFormat.NO_EXPIRY || expiry > moment.time()) && hasPrefix(prefix);
    }

    private boolean hasPrefix(byte[] prefix) {
        if (prefix.length > keyLength) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (buffer.get(keyPosition + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    boolean isLive(Liveness liveness, int segment) {
        return liveness.isLive(segment, offset, sequence, buffer, keyPosition, keyLength);
    }

    /** Where the next record may begin. */
    long end() {
        return (long) offset + length;
    }

    /** A copy of the key. */
    byte[] key() {
        byte[] key = new byte[keyLength];
        buffer.get(keyPosition, key);
        return key;
    }

    /** Key and value, copied, a large one from its blob; of a record that was read, not of one known from the hint. */
    Entry entry(BlobFiles blobs) {
        RecordCursor whole = record;
        if (whole == null) {
            throw new IllegalStateException("a hint has no values: " + Arrays.toString(key()));
        }
        byte[] value = whole.value();
        if (whole.kind() == RecordFormat.BLOB) {
            value = blobs.whole(blobs.open(value));
        }
        return new Entry(key(), value, sequence, ExpiryClock.instant(expiry));
    }
}
