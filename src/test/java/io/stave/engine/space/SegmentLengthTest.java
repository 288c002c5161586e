package io.stave.engine.space;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.engine.live.LiveSegments;
import io.stave.engine.support.LogFile;
import io.stave.io.Mapping;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** New segments are as long as the options say, but short beside the store and the volume. */
class SegmentLengthTest {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private static SegmentLength lengths(long option, long volume, long store) {
        Mapping nothing = new SimulatedDirectory().allocate(1);
        Segment segment = Segment.sealed(LogFile.STORE, 1, nothing, store, 0, 1, 9, false);
        return new SegmentLength(new LiveSegments(List.of(segment)), option, volume);
    }

    private static long length(long option, long volume, long store) {
        return lengths(option, volume, store).now();
    }

    @Test
    void fourLargeGroupsGoIntoOneButNoMoreThanASixteenthOfTheStore() {
        long volume = 1000 * 1024 * MIB;
        assertEquals(34 * MIB, lengths(256 * MIB, volume, 1024 * MIB).ofGroups(8 * MIB));
        assertEquals(64 * MIB, lengths(256 * MIB, volume, 1024 * MIB).ofGroups(64 * MIB));
        assertEquals(2 * MIB, lengths(256 * MIB, volume, 32 * MIB).ofGroups(8 * MIB));
        assertEquals(4352, lengths(256 * MIB, volume, 1024 * MIB).ofGroups(KIB));
        assertEquals(16 * MIB, lengths(16 * MIB, volume, 1024 * MIB).ofGroups(64 * MIB));
    }

    @Test
    void segmentsGrowWithTheStoreFromOneMebibyteToTheOption() {
        long volume = 1000 * 1024 * MIB;
        assertEquals(MIB, length(256 * MIB, volume, 64));
        assertEquals(MIB, length(256 * MIB, volume, 16 * MIB));
        assertEquals(MIB, length(256 * MIB, volume, 32 * MIB));
        assertEquals(2 * MIB, length(256 * MIB, volume, 64 * MIB));
        assertEquals(256 * MIB, length(256 * MIB, volume, 8192 * MIB));
        assertEquals(256 * MIB, length(256 * MIB, volume, 40_960 * MIB));
    }

    @Test
    void whatTheOptionsSayIsTheMost() {
        assertEquals(4 * KIB, length(4 * KIB, 1000 * 1024 * MIB, 4096 * MIB));
        assertEquals(4 * KIB, length(4 * KIB, 1000 * 1024 * MIB, 64));
    }

    @Test
    void onASmallVolumeTheyAreShort() {
        assertEquals(128 * KIB, length(256 * MIB, 4 * MIB, 64));
        assertEquals(64 * KIB, length(256 * MIB, MIB, 64));
        assertEquals(768 * KIB, length(256 * MIB, 24 * MIB, 20 * MIB));
    }
}
