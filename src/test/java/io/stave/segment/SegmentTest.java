package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.GateDirectory;
import io.stave.io.Mapping;
import io.stave.io.RealDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentTest {

    private static final StoreId STORE = new StoreId(1, 2);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Segment segment;

    @BeforeEach
    void create() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        segment = Segment.active(STORE, 0xabcL, directory.allocate(4096), 100);
    }

    @Test
    void startsActiveAndEmpty() {
        assertEquals(Segment.State.ACTIVE, segment.state());
        assertEquals("0000000000000abc.seg", segment.name());
        assertEquals(0xabc, segment.handle());
        assertEquals(SegmentHeader.LENGTH, segment.length());
        assertEquals(100, segment.minSequence());
        assertEquals(99, segment.maxSequence());
        assertEquals(0, segment.deadBytes());
        assertFalse(segment.damaged());
    }

    @Test
    void accountsForEveryByte() {
        segment.appended(SegmentHeader.LENGTH + 1000, 110);
        assertEquals(1000, segment.deadBytes(), "nothing is published yet");
        segment.addLive(300);
        segment.addLive(200);
        segment.addTombstone(50);
        assertEquals(450, segment.deadBytes());
        segment.removeLive(300);
        assertEquals(200, segment.liveBytes());
        assertEquals(50, segment.tombstoneBytes());
        assertEquals(750, segment.deadBytes());
        assertEquals(110, segment.maxSequence());
    }

    @Test
    void isSealedOnce() {
        segment.seal(77);
        assertEquals(Segment.State.SEALED, segment.state());
        assertEquals(77, segment.digest());
    }

    @Test
    void isReadThroughTheNewMappingAndGivesTheOldOneBack() {
        Mapping first = segment.mapping();
        Mapping longer = directory.allocate(8192);
        assertSame(first, segment.remap(longer));
        assertSame(longer, segment.mapping());
        assertEquals(8192, segment.bytes().limit());
    }

    @Test
    void tombstonesThatWereJudgedAreDueAgainWhenTheirDebtIsPaid() {
        assertFalse(segment.tombstonesDue(), "there is none");
        segment.addTombstone(50);
        assertTrue(segment.tombstonesDue());
        segment.judgeTombstones(100);
        assertTrue(segment.tombstonesJudged());
        assertFalse(segment.tombstonesDue());
        segment.olderReclaimed(99);
        assertFalse(segment.tombstonesJudged(), "a merge by hand may look again");
        assertFalse(segment.tombstonesDue());
        segment.olderReclaimed(1);
        assertTrue(segment.tombstonesDue());
    }

    @Test
    void isMarked() {
        segment.markDamaged();
        segment.drop();
        assertTrue(segment.damaged() && segment.state() == Segment.State.DROPPED);
        assertTrue(segment.toString().contains(segment.name()));
    }
}
