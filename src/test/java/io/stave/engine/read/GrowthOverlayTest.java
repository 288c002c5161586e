package io.stave.engine.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.base.KeydirMemory;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Overlay.Answer;
import io.stave.engine.support.LogFile;
import io.stave.io.Mapping;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.KeyRange;
import io.stave.keydir.Location;
import io.stave.segment.Segment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a refresh changes, before it is in the keydir. */
class GrowthOverlayTest {

    private record Key(long high, int low) {}

    private final GrowthOverlay overlay = new GrowthOverlay();
    private static final KeyRange NO_KEY = new KeyRange();

    private final Location location = new Location();

    private static String text(Location at) {
        return at.toString();
    }

    @Test
    void saysNothingAboutOtherKeys() {
        assertEquals(Answer.UNKNOWN, overlay.find(1, 2, location));
        overlay.put(1, 2, 3, 100, 50, Location.EXPIRY);
        assertEquals(Answer.UNKNOWN, overlay.find(1, 3, location));
        assertEquals(Answer.UNKNOWN, overlay.find(2, 2, location));
        assertEquals(Answer.PRESENT, overlay.find(1, 2, location));
        assertEquals("segment 3, offset 100, length 50, flags 1", text(location));
        overlay.delete(1, 2);
        assertEquals(Answer.ABSENT, overlay.find(1, 2, location));
        assertEquals(1, overlay.count());
    }

    @Test
    void isAMapThroughAllItsGrowth() {
        Random random = new Random(7);
        Map<Key, String> expected = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Key key = new Key(random.nextInt(4_000) * 0x9E3779B97F4A7C15L, random.nextInt(2));
            if (random.nextInt(4) == 0) {
                overlay.delete(key.high, key.low);
                expected.put(key, "");
            } else {
                overlay.put(key.high, key.low, i, 2 * i, 3 * i, i % 2);
                expected.put(key, "segment " + i + ", offset " + 2 * i + ", length " + 3 * i + ", flags " + i % 2);
            }
        }
        assertEquals(expected.size(), overlay.count());
        expected.forEach((key, at) -> {
            Answer found = overlay.find(key.high, key.low, location);
            assertEquals(at, found == Answer.ABSENT ? "" : text(location));
        });
        Map<Key, String> shown = new HashMap<>();
        overlay.forEach((high, low, at) -> shown.put(new Key(high, low), at == null ? "" : text(at)));
        assertEquals(expected, shown);
    }

    /** Before it is copied, while it is, and after it was taken away, readers find the same. */
    @Test
    void copyingItIntoTheKeydirIsNoChangeForReaders() {
        SimulatedDirectory directory = new SimulatedDirectory();
        CompactKeydir keydir = new CompactKeydir(new KeydirMemory(directory, Mapping::release));
        Segment one = segment(1);
        Segment two = segment(2);
        LiveSegments segments = new LiveSegments(List.of(one, two));
        for (int i = 1; i <= 100; i++) {
            keydir.put(i, 0, 1, 100 + i, 10, 0, location);
            one.addLive(10);
        }
        for (int i = 50; i <= 150; i++) {
            if (i % 3 == 0) {
                overlay.delete(i, 0);
            } else {
                overlay.put(i, 0, 2, 1000 + i, 20, 0);
            }
        }
        Reads.View through = new Reads.View(overlay, keydir, segments);
        Reads.View without = new Reads.View(null, keydir, segments);
        String before = contents(through);
        overlay.settle(keydir, segments);
        assertEquals(before, contents(through));
        assertEquals(before, contents(without));
        assertTrue(before.contains("149: segment 2, offset 1149"));
        assertEquals(49 * 10, one.liveBytes());
        assertEquals(67 * 20, two.liveBytes());
    }

    private static Segment segment(int id) {
        Mapping none = null;
        return Segment.certified(LogFile.STORE, id, none, 10_000, 1, 1);
    }

    private String contents(Reads.View view) {
        StringBuilder contents = new StringBuilder();
        for (int i = 0; i <= 160; i++) {
            contents.append(i)
                    .append(": ")
                    .append(view.find(i, 0, NO_KEY, location) ? text(location) : "absent")
                    .append('\n');
        }
        return contents.toString();
    }
}
