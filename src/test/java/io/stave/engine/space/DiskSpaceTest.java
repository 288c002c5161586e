package io.stave.engine.space;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.engine.Engine;
import io.stave.engine.base.Notices;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.LogFile;
import io.stave.engine.support.QuietLog;
import io.stave.io.Mapping;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ManifestFile;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What puts leave, what of that deletes may use, and what merges (I8). */
@ExtendWith(QuietLog.class)
class DiskSpaceTest {

    private static final long SEGMENT = 100_000;
    private static final long MARGIN = 64 << 10;
    private static final long DELETES = 128 << 10;
    private static final long VOLUME = 1L << 30;

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(disk);
    private final AtomicInteger refusals = new AtomicInteger();
    private DiskSpace space;

    @BeforeEach
    void volume() {
        disk.capacity(VOLUME);
        space = space(SEGMENT);
    }

    private DiskSpace space(long segmentLength, Segment... segments) {
        try {
            LiveSegments live = new LiveSegments(List.of(segments));
            return new DiskSpace(
                    directory,
                    live,
                    new SegmentLength(live, segmentLength, 1L << 40),
                    Reserve.open(directory),
                    refusals::incrementAndGet,
                    Notices.unheard());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What is kept for a merge: copies, a quarter for their hint, a MANIFEST, and blocks that are not full. */
    private static long merge(long copies, int segments) {
        return copies * 5 / 4 + ManifestFile.length(segments + 1) + 8 * 4096;
    }

    private static final long MERGE = merge(SEGMENT, 0);

    /** What puts leave. */
    private static final long KEPT = MERGE + DELETES + MARGIN;

    private Segment sealed(long length, long live) throws IOException {
        Mapping mapping = directory.allocate(1);
        Segment segment = Segment.sealed(LogFile.STORE, 1, mapping, length, 0, 1, 2, false);
        segment.addLive(live);
        return segment;
    }

    @Test
    void admitsWhatLeavesTheReserve() throws IOException {
        directory.usable(KEPT + 1000);
        space.admit(1000, 0, false);
        assertEquals(0, refusals.get());
    }

    @Test
    void refusesWhatWouldTouchTheReserve() {
        directory.usable(KEPT + 1000);
        StoreFullException full = assertThrows(StoreFullException.class, () -> space.admit(1001, 0, false));
        assertTrue(full.getMessage().contains("1001") && full.getMessage().contains("1000"), full.getMessage());
        assertEquals(1, refusals.get(), "a merge may help");
    }

    @Test
    void aRecordIsAdmittedTogetherWithItsPartOfTheHint() throws IOException {
        directory.usable(KEPT + 1000);
        assertThrows(StoreFullException.class, () -> space.admit(980, 21, false));
        space.admit(980, 20, false);
    }

    @Test
    void hintsThatAreStillToBeWrittenAreKeptRoomFor() throws IOException {
        Segment active = Segment.certified(LogFile.STORE, 1, directory.allocate(1), 5000, 1, 9);
        active.addHintBytes(700);
        space = space(SEGMENT, active);
        directory.usable(merge(SEGMENT, 1) + DELETES + MARGIN + 1000);
        assertThrows(StoreFullException.class, () -> space.admit(301, 0, false));
        space.admit(300, 0, false);
    }

    @Test
    void deletesMayUseWhatIsKeptForThem() throws IOException {
        directory.usable(KEPT);
        assertThrows(StoreFullException.class, () -> space.admit(1, 0, false));
        space.admit(DELETES + MARGIN - 100, 100, true);
        directory.usable(MERGE + 100);
        space.admit(50, 50, true);
        assertThrows(StoreFullException.class, () -> space.admit(51, 50, true), "the rest is for merges");
    }

    /** A merge that runs has taken its part of the reserve already. */
    @Test
    void whatAMergeIsWritingIsNotKeptAgain() throws IOException {
        space.beginRound(List.of(sealed(80_000, 60_000)));
        space.makeRoomForCopies(60_000);
        space.copied(60_000);
        directory.usable(KEPT - 60_000 + 1000);
        space.admit(1000, 0, false);
        space.endRound();
        assertThrows(StoreFullException.class, () -> space.admit(1, 0, false));
    }

    /** Else both would have the same room: what was counted as written, and is free until it is. */
    @Test
    void whatAMergeIsAboutToWriteIsLeftAlone() throws IOException {
        space.beginRound(List.of(sealed(80_000, 60_000)));
        space.makeRoomForCopies(60_000);
        directory.usable(MERGE + 100);
        assertThrows(StoreFullException.class, () -> space.admit(101, 0, true));
        space.admit(100, 0, true);
        space.notCopied(60_000);
        assertThrows(StoreFullException.class, () -> space.admit(101, 0, true));
        space.makeRoomForCopies(60_000);
        space.copied(60_000);
        directory.usable(MERGE - 60_000 + 100);
        assertThrows(StoreFullException.class, () -> space.admit(101, 0, true));
        space.admit(100, 0, true);
    }

    /** Else it would be there twice for a moment: as what comes back, and as free. */
    @Test
    void whatARoundGivesBackIsKeptAtOnce() throws IOException {
        Segment input = sealed(50_000, 40_000);
        space.beginRound(List.of(input));
        space.makeRoomForCopies(40_000);
        space.copied(40_000);
        directory.usable(MERGE - 40_000);
        space.giveBack(input, () -> directory.usable(MERGE + 10_000));
        assertThrows(StoreFullException.class, () -> space.admit(10_001, 0, true));
        space.admit(10_000, 0, true);
        space.beginRound(List.of(sealed(50_000, 40_000)));
        space.makeRoomForCopies(40_000);
        space.copied(40_000);
        directory.usable(MERGE - 40_000);
        space.abandonRound(() -> directory.usable(MERGE));
        assertThrows(StoreFullException.class, () -> space.admit(1, 0, true));
    }

    /** It is not refused for the moment in which a file is neither there nor gone. */
    @Test
    void deleteWaitsForAFileThatIsGivenBack() throws Exception {
        Segment input = sealed(50_000, 40_000);
        space.beginRound(List.of(input));
        space.makeRoomForCopies(40_000);
        space.copied(40_000);
        directory.usable(MERGE - 40_000);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread deleter = new Thread(() -> {
            try {
                space.admit(10_000, 0, true);
            } catch (Throwable e) {
                outcome.set(e);
            }
        });
        space.giveBack(input, () -> {
            deleter.start();
            while (deleter.getState() != Thread.State.BLOCKED && deleter.isAlive()) {
                Thread.onSpinWait();
            }
            directory.usable(MERGE + 10_000);
        });
        deleter.join();
        assertNull(outcome.get());
    }

    @Test
    void theRoomOfAHintThatIsBeingWrittenIsLeftAlone() throws IOException {
        directory.usable(MERGE + 1000);
        assertTrue(space.makeRoomForHint(600));
        assertThrows(StoreFullException.class, () -> space.admit(401, 0, true));
        space.admit(400, 0, true);
        space.hintEnded();
        space.admit(401, 0, true);
    }

    /** With hints, where the inputs had none. Deletes would use it up, and at the end no merge could begin. */
    @Test
    void whatAMergeWritesAndDoesNotGiveBackIsKept() throws IOException {
        space.beginRound(List.of(sealed(50_000, 50_000)));
        space.makeRoomForCopies(90_000);
        space.copied(90_000);
        directory.usable(MERGE - 50_000 + 100);
        space.admit(100, 0, true);
        assertThrows(StoreFullException.class, () -> space.admit(101, 0, true));
    }

    /** An answer is good for half of what it left, so that others who write to the volume do not use up the rest. */
    @Test
    void asksAgainBeforeWhatWasLeftIsSpent() throws IOException {
        directory.usable(KEPT + 100_000);
        space.admit(20_000, 0, false); // 80,000 left, half of it on credit
        directory.usable(0);
        space.admit(40_000, 0, false);
        assertThrows(StoreFullException.class, () -> space.admit(1, 0, false));
        directory.usable(KEPT + 10);
        space.admit(10, 0, false);
    }

    @Test
    void aRefusalLeavesNoCredit() {
        directory.usable(KEPT + 100);
        assertThrows(StoreFullException.class, () -> space.admit(101, 0, false));
        directory.usable(0);
        assertThrows(StoreFullException.class, () -> space.admit(1, 0, false));
    }

    @Test
    void theReserveIsAtMostAnEighthOfTheVolume() throws IOException {
        space = space(1L << 60, sealed(1L << 60, 0));
        directory.usable(VOLUME / 8 + MARGIN + 1000);
        space.admit(1000, 0, false);
        assertThrows(StoreFullException.class, () -> space.admit(1 << 20, 0, false));
    }

    @Test
    void theLongestSegmentCanBeMerged() throws IOException {
        space = space(SEGMENT, sealed(300_000, 250_000));
        directory.usable(merge(250_000, 1) + DELETES + MARGIN);
        space.admit(1, 0, true);
        assertThrows(StoreFullException.class, () -> space.admit(1, 0, false));
        directory.usable(merge(250_000, 1));
        assertTrue(space.roomForCopies() >= 250_000);
        assertTrue(space.roomForCopies() < 300_000);
    }

    @Test
    void theShortageIsKnownBeforeAnythingIsRefused() throws IOException {
        directory.usable(KEPT + 2 * SEGMENT);
        assertEquals(Shortage.NONE, space.shortage());
        directory.usable(KEPT + 2 * SEGMENT - 1);
        assertEquals(Shortage.OF_PUTS, space.shortage());
        directory.usable(MERGE + DELETES / 2);
        assertEquals(Shortage.OF_PUTS, space.shortage());
        directory.usable(MERGE + DELETES / 2 - 1);
        assertEquals(Shortage.OF_DELETES, space.shortage());
    }

    @Test
    void hintsAndStatsLeaveWhatIsKeptForMerges() throws IOException {
        directory.usable(MERGE + 500);
        assertTrue(space.makeRoomForHint(500));
        assertFalse(space.makeRoomForHint(501));
        directory.usable(MERGE + DELETES + 500);
        assertTrue(space.roomForAdvice(500));
        assertFalse(space.roomForAdvice(501));
    }

    /** Its inputs may have had no hint. Then the disk would be fuller after the merge than before. */
    @Test
    void aMergeWritesNoHintThatWouldKeepTheNextOneFromItsRoom() throws IOException {
        List<Segment> inputs = List.of(sealed(50_000, 10_000));
        space.beginRound(inputs);
        space.makeRoomForCopies(10_000);
        space.copied(10_000);
        directory.usable(MERGE - 10_000);
        assertTrue(space.makeRoomForHintOfCopies(40_000));
        space.beginRound(inputs);
        space.makeRoomForCopies(45_000);
        space.copied(45_000);
        directory.usable(MERGE - 45_000);
        assertFalse(space.makeRoomForHintOfCopies(40_000));
        try (var hint = directory.create("0000000000000001.hint")) {
            hint.write(ByteBuffer.allocate(40_000), 0);
        }
        space.beginRound(inputs);
        space.makeRoomForCopies(45_000);
        space.copied(45_000);
        assertTrue(space.makeRoomForHintOfCopies(40_000), "it takes the place of that one");
        directory.usable(40_000);
        assertFalse(space.makeRoomForHintOfCopies(40_000), "the MANIFEST needs some");
    }

    @Test
    void whileRoomIsTightAFileHoldsWhatIsKept() throws IOException {
        disk.capacity(4 << 20);
        long all = disk.usableBytes();
        space.refill();
        assertTrue(space.tight());
        long held = all - disk.usableBytes();
        assertTrue(held > MERGE && held <= 4 << 17, () -> held + " bytes");
        directory.usable(100);
        space.makeRoomForCopies(50_000);
        assertEquals(all - held + 50_000 + 2 * 16_384 - 100, disk.usableBytes(), 4096);
        directory.usable(-1);
        space.endRound();
        space.refill();
        assertEquals(all - held, disk.usableBytes());
        assertTrue(space.makeRoomForManifest());
        assertTrue(disk.usableBytes() > all - held);
        disk.capacity(VOLUME);
        space.refill();
        assertFalse(disk.exists(Reserve.NAME));
        assertFalse(space.tight());
        space.close();
        assertFalse(space.makeRoomForManifest());
        assertEquals(List.of(), disk.leaks());
    }

    @Test
    void aFullStoreCanBeReadAndEmptiedAndUsedAgain() throws IOException {
        Options options = Options.defaults().segmentLength(64 * 1024).mergePolicy(MergePolicy.manual());
        disk.capacity(2 << 20);
        try (Stave store = Engine.open(directory, options, false)) {
            for (int i = 0; i < 100; i++) {
                store.put(key(i), new byte[4000]);
            }
            assertThrows(StoreFullException.class, () -> {
                for (int i = 0; i < 1000; i++) {
                    store.put(key(99), new byte[4000]);
                }
            });
            assertEquals(4000, store.get(key(0)).length);
            for (int i = 0; i < 90; i++) {
                assertTrue(store.delete(key(i)) > 0);
            }
            assertTrue(store.merge().bytesReclaimed() > 80 * 4000);
            assertTrue(store.put(key(100), new byte[4000]) > 0);
            assertNull(store.get(key(0)));
            assertEquals(4000, store.get(key(95)).length);
        }
        assertEquals(List.of(), disk.leaks());
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }
}
