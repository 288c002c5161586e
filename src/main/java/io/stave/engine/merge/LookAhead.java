package io.stave.engine.merge;

import io.stave.engine.read.Reads;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.util.function.IntToLongFunction;

/**
 * Touches in the keydir the keys of the next records of a walk, so that the processor waits for many reads of memory together and not for one
 * after the other.
 *
 * <p>The records ahead are not verified yet, or not even there: what their headers claim chooses which memory is touched, and nothing else.
 * Not thread-safe.
 */
final class LookAhead {

    private final KeyHash hash;
    private final Touch touch;
    private final Fingerprint fingerprint = new Fingerprint();
    private final long[] highs = new long[Reads.TOUCHED_TOGETHER];
    private long until;
    private long touched; // so that the reads are not optimized away

    /** Touches some keys together, as {@link Reads#touch}. */
    interface Touch {
        long keys(int count, IntToLongFunction highs);
    }

    LookAhead(KeyHash hash, Touch touch) {
        this.hash = hash;
        this.touch = touch;
    }

    /** A walk over another segment begins. */
    void begin() {
        until = 0;
    }

    /** The walk has come to this record. */
    void at(RecordCursor record) {
        if (record.offset() >= until) {
            int end = touch(record.buffer(), record.position());
            until = record.offset() + (end - record.position());
        }
    }

    /** Touches the keys of the records from {@code at} on; returns where they end. */
    private int touch(ByteBuffer buffer, int at) {
        int count = 0;
        int next = at;
        while (count < highs.length && buffer.capacity() - next >= RecordFormat.HEADER_LENGTH) {
            int flags = RecordFormat.flags(buffer, next);
            int keyLength = RecordFormat.keyLength(buffer, next);
            int valueLength = RecordFormat.valueLength(buffer, next);
            long sequence = RecordFormat.sequence(buffer, next);
            int key = RecordFormat.keyOffset(next, flags);
            if (!RecordFormat.legal(RecordFormat.kind(buffer, next), flags, sequence, keyLength, valueLength)
                    || buffer.capacity() - key < keyLength) {
                break;
            }
            hash.hash(buffer, key, keyLength, fingerprint);
            highs[count++] = fingerprint.high;
            next += RecordFormat.length(keyLength, valueLength, (flags & RecordFormat.EXPIRY) != 0);
        }
        touched += touch.keys(count, i -> highs[i]);
        return next;
    }
}
