package io.stave.engine.write;

import io.stave.engine.live.Overlay;
import io.stave.keydir.Location;

/**
 * What a group with a batch in it changes.
 *
 * <p>Its locations are in the active segment, which a merge does not touch before it was rolled away from, so after the overlay is gone. A
 * reader that still holds the overlay entered its epoch while it was set, and what it finds in it is kept as what it finds in the keydir.
 */
final class GroupOverlay implements Overlay {

    private final GroupKeys keys;
    private final int segment;
    private final long shift;

    /**
     * An overlay of all records of a group.
     *
     * @param keys the group's, which may not change any more
     * @param segment the handle of the segment it was appended to
     * @param shift what to add to a position in the group's buffer to get the offset in the segment
     */
    GroupOverlay(GroupKeys keys, int segment, long shift) {
        this.keys = keys;
        this.segment = segment;
        this.shift = shift;
    }

    @Override
    public Answer find(long high, int low, Location into) {
        int i = keys.find(high, low);
        if (i == GroupKeys.NONE) {
            return Answer.UNKNOWN;
        }
        if (keys.isTombstone(i)) {
            return Answer.ABSENT;
        }
        into.segment = segment;
        into.offset = (int) (keys.at(i) + shift);
        into.length = keys.length(i);
        into.flags = keys.flags(i);
        return Answer.PRESENT;
    }
}
