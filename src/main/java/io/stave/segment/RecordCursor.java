package io.stave.segment;

import java.nio.ByteBuffer;

/**
 * One verified record as a {@link RecordVisitor} sees it, in a window over the file. The same object stands for each record in turn: it, and
 * the buffer it gives, are valid only until the visitor returns.
 */
public final class RecordCursor {

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int position;
    private long offset;
    private int length;
    private int kind;
    private int flags;
    private int keyLength;

    RecordCursor() {}

    void set(ByteBuffer newBuffer, int newPosition, long newOffset, int newLength) {
        buffer = newBuffer;
        position = newPosition;
        offset = newOffset;
        length = newLength;
        kind = RecordFormat.kind(newBuffer, newPosition);
        flags = RecordFormat.flags(newBuffer, newPosition);
        keyLength = RecordFormat.keyLength(newBuffer, newPosition);
    }

    /** The offset of the record in its file. */
    public long offset() {
        return offset;
    }

    /** The bytes of the whole record. */
    public int length() {
        return length;
    }

    /** {@link RecordFormat#PUT}, {@link RecordFormat#TOMBSTONE} or {@link RecordFormat#BLOB}. */
    public int kind() {
        return kind;
    }

    /** Whether the record is a tombstone. */
    public boolean tombstone() {
        return kind == RecordFormat.TOMBSTONE;
    }

    /** The flags as stored, {@link RecordFormat#CONTINUES} included. */
    public int flags() {
        return flags;
    }

    /** The sequence. */
    public long sequence() {
        return RecordFormat.sequence(buffer, position);
    }

    /** Whether the record has an expiry. */
    public boolean hasExpiry() {
        return (flags & RecordFormat.EXPIRY) != 0;
    }

    /** The expiry in epoch milliseconds, or 0 if there is none. */
    public long expiry() {
        return hasExpiry() ? RecordFormat.expiry(buffer, position) : 0;
    }

    /** The bytes of the key. */
    public int keyLength() {
        return keyLength;
    }

    /** The bytes of the value. */
    public int valueLength() {
        return RecordFormat.valueLength(buffer, position);
    }

    /** The memory the record lies in, little-endian, for absolute access by the visiting thread; not to be changed. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where in {@link #buffer()} the record starts. */
    public int position() {
        return position;
    }

    /** Where in {@link #buffer()} the key starts. */
    public int keyPosition() {
        return RecordFormat.keyOffset(position, flags);
    }

    /** Where in {@link #buffer()} the value starts. */
    public int valuePosition() {
        return RecordFormat.valueOffset(position, flags, keyLength);
    }

    /** Returns a copy of the key. */
    public byte[] key() {
        byte[] key = new byte[keyLength];
        buffer.get(keyPosition(), key);
        return key;
    }

    /** Returns a copy of the value. */
    public byte[] value() {
        byte[] value = new byte[valueLength()];
        buffer.get(valuePosition(), value);
        return value;
    }
}
