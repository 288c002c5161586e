package io.stave.engine.enumeration;

import io.stave.io.Operation;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds the last record in what was appended to a segment at once. */
final class LastRecord {

    private LastRecord() {}

    /** Where in the write its last record begins; its length if it is no append of records: what begins a file is not listed yet. */
    static int begins(Operation write) {
        if (SegmentNames.parse(write.name()).isEmpty() || write.position() == 0) {
            return write.length();
        }
        ByteBuffer bytes = ByteBuffer.wrap(write.written()).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        for (int length = length(bytes, at); length > 0; length = length(bytes, at)) {
            if (at + length >= bytes.capacity()) {
                return at;
            }
            at += length;
        }
        return bytes.capacity();
    }

    private static int length(ByteBuffer bytes, int at) {
        if (at + RecordFormat.HEADER_LENGTH > bytes.capacity()) {
            return 0;
        }
        int kind = RecordFormat.kind(bytes, at);
        int flags = RecordFormat.flags(bytes, at);
        int key = RecordFormat.keyLength(bytes, at);
        int value = RecordFormat.valueLength(bytes, at);
        boolean legal = RecordFormat.legal(kind, flags, RecordFormat.sequence(bytes, at), key, value);
        return legal ? RecordFormat.length(key, value, (flags & RecordFormat.EXPIRY) != 0) : 0;
    }
}
