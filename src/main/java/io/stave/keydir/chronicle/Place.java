package io.stave.keydir.chronicle;

import io.stave.keydir.RecordOrder;

/** What a map holds for a key: a location, and the order of its record, which counts only while the keydir is filled. Not thread-safe. */
final class Place {

    /** The bytes of one in a map. */
    static final int LENGTH = Integer.BYTES + Long.BYTES + Long.BYTES;

    int segment;
    long packed;
    long order;

    void set(int newSegment, long newPacked, long newOrder) {
        segment = newSegment;
        packed = newPacked;
        order = newOrder;
    }

    boolean isTombstone() {
        return RecordOrder.isTombstone(order);
    }
}
