package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * What must be known of a table beside its bytes to use them again.
 *
 * @param slots how many slots there are, 0 for a stripe without keys
 * @param homes how many of them are homes
 * @param keys how many are in use
 * @since 0.1
 */
public record TableImage(int slots, int homes, int keys) implements PartImage {

    @Override
    public void encode(ByteBuffer target) {
        target.putInt(slots).putInt(homes).putInt(keys);
    }

    @Override
    public long bytes() {
        return (long) slots * TableShape.SLOT;
    }

    /**
     * Tells whether a keydir can have such a table.
     *
     * @return false if it never makes one
     */
    public boolean possible() {
        if (slots == 0) {
            return homes == 0 && keys == 0;
        }
        return slots > 0
                && slots <= TableShape.MAX_SLOTS
                && slots == TableShape.slotsFor(slots)
                && homes > 0
                && homes <= slots
                && keys >= 0
                && keys <= TableShape.limit(slots);
    }
}
