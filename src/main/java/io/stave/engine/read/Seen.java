package io.stave.engine.read;

import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;

/**
 * The record of a key as it was read, for a condition that is decided later.
 *
 * @param segment where it lies
 * @param offset where it lies there
 * @param version its sequence
 * @param expiry when it expires, perhaps in the past, or {@link RecordFormat#NO_EXPIRY}
 */
public record Seen(int segment, int offset, long version, long expiry) {
    public boolean liesAt(Location at) {
        return segment == at.segment && offset == at.offset;
    }
}
