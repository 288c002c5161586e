package io.stave.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.io.Mapping;
import io.stave.io.RealDirectory;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reserve of two segments that puts leave, and deletes may use a sixth of (I8). */
class DiskSpaceTest {

    private static final long SEGMENT = 100_000;
    private static final long RESERVE = 2 * SEGMENT;

    @TempDir
    Path path;

    private GateDirectory directory;
    private DiskSpace space;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        space = space(SEGMENT);
    }

    private DiskSpace space(long segmentLength, Segment... segments) throws IOException {
        SegmentLength lengths =
                new SegmentLength(new LiveSegments(List.of(segments)), segmentLength, directory.totalBytes());
        return new DiskSpace(directory, lengths, Reserve.open(directory));
    }

    @Test
    void admitsWhatLeavesTheReserve() throws IOException {
        directory.usable(RESERVE + 1000);
        space.admit(1000, false);
    }

    @Test
    void refusesWhatWouldTouchTheReserve() {
        directory.usable(RESERVE + 1000);
        StoreFullException full = assertThrows(StoreFullException.class, () -> space.admit(1001, false));
        assertTrue(full.getMessage().contains("1001") && full.getMessage().contains("1000"), full.getMessage());
    }

    @Test
    void deletesMayUseSomeOfTheReserve() throws IOException {
        directory.usable(RESERVE);
        space.admit(100, true);
        assertThrows(StoreFullException.class, () -> space.admit(1, false));
        space.admit(RESERVE / 6, true);
        assertThrows(StoreFullException.class, () -> space.admit(RESERVE / 6 + 1, true), "the rest is for merges");
    }

    /** An answer is good for half of what it left, so that others who write to the volume do not use up the rest. */
    @Test
    void asksAgainBeforeWhatWasLeftIsSpent() throws IOException {
        directory.usable(RESERVE + 100_000);
        space.admit(20_000, false); // 80,000 left, half of it on credit
        directory.usable(0);
        space.admit(40_000, false);
        assertThrows(StoreFullException.class, () -> space.admit(1, false));
        directory.usable(RESERVE + 10);
        space.admit(10, false);
    }

    @Test
    void aRefusalLeavesNoCredit() throws IOException {
        directory.usable(RESERVE + 100);
        assertThrows(StoreFullException.class, () -> space.admit(101, false));
        directory.usable(0);
        assertThrows(StoreFullException.class, () -> space.admit(1, false));
    }

    @Test
    void theReserveIsAtMostASixteenthOfTheVolume() throws IOException {
        Mapping mapping = directory.allocate(1);
        DiskSpace greedy = space(1L << 60, Segment.sealed(LogFile.STORE, 1, mapping, 1L << 60, 0, 1, 2, false));
        mapping.release();
        directory.usable(directory.totalBytes() / 16 + 1000);
        greedy.admit(1000, false);
        assertThrows(StoreFullException.class, () -> greedy.admit(1 << 20, false));
    }

    @Test
    void aFullStoreCanBeReadAndEmptiedAndUsedAgain() {
        Options options = Options.defaults().segmentLength(64 * 1024).mergePolicy(MergePolicy.manual());
        directory.usable(150_000); // so that there is little on credit
        try (Stave store = Engine.open(directory, options, false)) {
            for (int i = 0; i < 100; i++) {
                store.put(key(i), new byte[4000]);
            }
            directory.usable(127 * 1024);
            assertThrows(StoreFullException.class, () -> {
                for (int i = 0; i < 10; i++) {
                    store.put(key(99), new byte[4000]);
                }
            });
            assertEquals(4000, store.get(key(0)).length);
            for (int i = 0; i < 90; i++) {
                assertTrue(store.delete(key(i)) > 0);
            }
            assertTrue(store.merge().bytesReclaimed() > 80 * 4000);
            directory.usable(400_000);
            assertTrue(store.put(key(100), new byte[4000]) > 0);
            assertNull(store.get(key(0)));
            assertEquals(4000, store.get(key(95)).length);
        }
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }
}
