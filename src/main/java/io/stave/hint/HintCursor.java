package io.stave.hint;

import java.nio.ByteBuffer;

/**
 * One entry of a hint as a {@link HintVisitor} sees it. The same object stands for each entry in turn: it, and the buffer it gives, are
 * valid only until the visitor returns.
 */
public final class HintCursor {

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int position;
    private int flags;

    HintCursor() {}

    void set(ByteBuffer newBuffer, int newPosition) {
        buffer = newBuffer;
        position = newPosition;
        flags = HintFormat.flags(newBuffer, newPosition);
    }

    /** The kind of the record, as in the segment: 1 put, 2 tombstone, 3 blob reference. */
    public int kind() {
        return HintFormat.kind(buffer, position);
    }

    /** Whether the record is a tombstone. */
    public boolean tombstone() {
        return kind() == HintFormat.TOMBSTONE;
    }

    /** The sequence of the record. */
    public long sequence() {
        return HintFormat.sequence(buffer, position);
    }

    /** Where in the segment the record starts. */
    public int offset() {
        return HintFormat.offset(buffer, position);
    }

    /** The bytes of the whole record. */
    public int recordLength() {
        return HintFormat.recordLength(buffer, position);
    }

    /** The bytes of the key. */
    public int keyLength() {
        return HintFormat.keyLength(buffer, position);
    }

    /** The record's flags that outlive its batch: 1 if it has an expiry. */
    public int flags() {
        return flags;
    }

    /** Whether the record has an expiry. */
    public boolean hasExpiry() {
        return (flags & HintFormat.EXPIRY) != 0;
    }

    /** The expiry in epoch milliseconds, or 0 if there is none. */
    public long expiry() {
        return hasExpiry() ? HintFormat.expiry(buffer, position) : 0;
    }

    /** The memory the entry lies in, little-endian, for absolute access by the visiting thread; not to be changed. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where in {@link #buffer()} the key starts. */
    public int keyPosition() {
        return HintFormat.keyPosition(position, flags);
    }

    /** Returns a copy of the key. */
    public byte[] key() {
        byte[] key = new byte[keyLength()];
        buffer.get(keyPosition(), key);
        return key;
    }
}
