package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LocationProperties {

    @Property
    void everyLocationComesBackFromItsTwoWords(
            @ForAll int segment,
            @ForAll @IntRange(max = Location.MAX_OFFSET) int offset,
            @ForAll @IntRange(max = Location.MAX_LENGTH) int length,
            @ForAll @IntRange(max = 127) int flags,
            @ForAll @IntRange(max = Location.MAX_OFFSET) int otherOffset) {
        long packed = Location.pack(offset, length, flags);
        assertLocation(segment, offset, length, flags, packed);
        assertLocation(segment, otherOffset, length, flags, Location.withOffset(packed, otherOffset));
    }

    @Example
    void whatDoesNotFitIsRefused() {
        assertLocation(
                -1,
                Location.MAX_OFFSET,
                Location.MAX_LENGTH,
                127,
                Location.pack(Location.MAX_OFFSET, Location.MAX_LENGTH, 127));
        assertThrows(IllegalArgumentException.class, () -> Location.pack(-1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Location.pack(0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> Location.pack(0, Location.MAX_LENGTH + 1, 0));
        assertThrows(IllegalArgumentException.class, () -> Location.pack(0, 0, -1));
        assertThrows(IllegalArgumentException.class, () -> Location.pack(0, 0, 128));
        assertThrows(IllegalArgumentException.class, () -> Location.withOffset(0, -1));
    }

    private static void assertLocation(int segment, int offset, int length, int flags, long packed) {
        Location location = new Location();
        location.set(segment, packed);
        assertEquals(segment, location.segment);
        assertEquals(offset, location.offset);
        assertEquals(offset, Location.offset(packed));
        assertEquals(length, location.length);
        assertEquals(flags, location.flags);
    }
}
