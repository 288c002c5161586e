package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.Mapping;
import io.stave.io.NoSpaceException;
import io.stave.io.ReadableFile;
import io.stave.io.RealDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentAppenderTest {

    private static final StoreId STORE = new StoreId(1, 2);
    private static final int PAGE = 4096;

    @TempDir
    Path path;

    private final List<Mapping> retired = new ArrayList<>();
    private GateDirectory directory;
    private SegmentAppender appender;

    @BeforeEach
    void create() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        appender = appender(1 << 20);
    }

    private SegmentAppender appender(long capacity) throws IOException {
        SegmentHeader header = new SegmentHeader(STORE, 7 + directory.list().size(), 1, 0);
        SegmentAppender created = SegmentAppender.create(directory, header, capacity, retired::add);
        created.begin(1, 0, 0, capacity);
        return created;
    }

    private void append(byte[] bytes) throws IOException {
        appender.reserve(bytes.length);
        appender.write(ByteBuffer.wrap(bytes), appender.position());
        appender.advance(bytes.length, 9);
    }

    private byte[] file() throws IOException {
        try (ReadableFile file = directory.open(appender.segment().name())) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.length());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 7);
        return bytes;
    }

    @Test
    void createsAForcedHeaderAndZeros() throws IOException {
        assertEquals(1, directory.count(Act.FORCE, name -> true));
        assertEquals(SegmentHeader.LENGTH, appender.position());
        assertEquals(SegmentHeader.LENGTH, appender.forced());
        byte[] bytes = file();
        for (int i = SegmentHeader.LENGTH; i < bytes.length; i++) {
            assertEquals(0, bytes[i]);
        }
        assertEquals(Segment.State.ACTIVE, appender.segment().state());
        assertEquals(SegmentHeader.LENGTH, appender.segment().length());
    }

    @Test
    void whatIsKnownLateIsSaidWhenItBegins() throws IOException {
        SegmentHeader header = new SegmentHeader(STORE, 99, 5, 98);
        SegmentAppender ahead = SegmentAppender.create(directory, header, 4096, retired::add);
        assertEquals(5, ahead.segment().minSequence());
        assertThrows(IllegalStateException.class, () -> ahead.begin(10, 97, 1000, 100_000));
        ahead.begin(10, 98, 1000, 100_000);
        assertEquals(10, ahead.segment().minSequence());
        assertTrue(ahead.isEmpty());
        ahead.reserve(50_000);
        ahead.advance(50_000, 10);
        assertTrue(ahead.fits(49_000), "as long as is known now");
        assertFalse(ahead.fits(50_001));
        assertEquals(SegmentHeader.LENGTH + SegmentLink.LENGTH + 50_000, ahead.position());
        try (ReadableFile file = directory.open(ahead.segment().name())) {
            assertEquals(1000, SegmentLink.predecessorLength(file, header));
        }
        ahead.close();
    }

    @Test
    void whatIsAppendedIsMapped() throws IOException {
        Random random = new Random(1);
        byte[] all = new byte[0];
        for (int length : new int[] {100, 60_000, 10_000, 200_000, 1, 500_000}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            append(bytes);
            all = Arrays.copyOf(all, all.length + length);
            System.arraycopy(bytes, 0, all, all.length - length, length);
            byte[] seen = new byte[all.length];
            appender.segment().bytes().get(SegmentHeader.LENGTH, seen);
            assertArrayEquals(all, seen);
            assertEquals(SegmentHeader.LENGTH + all.length, appender.segment().length());
        }
        assertTrue(retired.size() >= 3, "mappings grow by doubling, and the shorter ones are given back");
        assertEquals(new HashSet<>(retired).size(), retired.size());
        assertFalse(retired.contains(appender.segment().mapping()));
    }

    /** A force of bytes that have their blocks already takes less. */
    @Test
    void whereLittleIsForcedAtATimeZerosAreWrittenAhead() throws IOException {
        byte[] expected = filled(2000 * 300);
        for (int i = 0; i < 300; i++) {
            append(Arrays.copyOf(expected, 2000));
            assertTrue(appender.force());
        }
        int writes = directory.count(Act.WRITE, name -> true);
        assertTrue(writes > 302 && writes < 320, () -> writes + " writes"); // the header, 300 appends, some zeros
        byte[] seen = new byte[expected.length];
        appender.segment().bytes().get(SegmentHeader.LENGTH, seen);
        assertArrayEquals(expected, seen);
    }

    /** Room for many small appends is made at once. */
    @Test
    void whereLittleIsAppendedAtATimeZerosAreWrittenAhead() throws IOException {
        byte[] expected = filled(2000 * 300);
        for (int i = 0; i < 300; i++) {
            append(Arrays.copyOf(expected, 2000));
        }
        int writes = directory.count(Act.WRITE, name -> true);
        assertTrue(
                writes > 306 && writes < 312, () -> writes + " writes"); // the header, 300 appends, zeros each 64 KiB
        byte[] seen = new byte[expected.length];
        appender.segment().bytes().get(SegmentHeader.LENGTH, seen);
        assertArrayEquals(expected, seen);
    }

    @Test
    void aShortSegmentAndLargeAppendsGetNoZeros() throws IOException {
        for (int i = 0; i < 30; i++) {
            append(filled(2000));
        }
        for (int i = 0; i < 10; i++) {
            append(filled(40_000));
        }
        assertEquals(41, directory.count(Act.WRITE, name -> true));
    }

    @Test
    void canBeMadeLonger() throws IOException {
        appender = appender(100_000);
        assertEquals(200_000, appender.longest());
        append(filled(99_000));
        assertFalse(appender.fits(2000));
        assertFalse(appender.stretch(2000, 100_000), "as long as any may get");
        assertTrue(appender.stretch(2000, 200_000));
        assertTrue(appender.fits(2000));
        append(filled(90_000));
        assertFalse(appender.stretch(20_000, 200_000));
        assertTrue(appender.stretch(200, 200_000));
        assertEquals(200_000, appender.longest());
    }

    /** The blocks that a force finds in place, because they were zeros: of the appends beyond the first MiB, each of which is forced. */
    @Test
    void forcedAppendsOfEverySizeFindZerosAheadOfThem() throws IOException {
        for (int size : new int[] {500, 4000, 21_000, 24_000, 30_000, 33_000, 50_000}) {
            long[] reached = {0};
            int[] found = {0};
            int[] appends = {0};
            GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
                if (act == Act.WRITE) {
                    boolean append = length == size && position == appender.position();
                    if (append && position > 1 << 20) {
                        appends[0]++;
                        found[0] += position + length <= reached[0] ? 1 : 0;
                    }
                    reached[0] = Math.max(reached[0], position + length);
                }
            });
            appender = appender(16 << 20);
            while (appender.position() < 3 << 20 && appends[0] < 1000) {
                append(filled(size));
                assertTrue(appender.force());
            }
            directory.remove(rule);
            int hits = found[0];
            int all = appends[0];
            assertTrue(hits > 0.7 * all, hits + " of " + all + " appends of " + size);
            appender.close();
        }
    }

    /** They are only zeros: what counts is written as if nothing had been. */
    @Test
    void zerosThatCannotBeWrittenAreDoneWithout() throws IOException {
        directory.rule((act, name, position, length) -> {
            if (act == Act.WRITE && length > 2000) {
                throw new NoSpaceException(name, "full");
            }
        });
        for (int i = 0; i < 300; i++) {
            append(filled(2000));
            assertTrue(appender.force());
        }
        assertEquals(filled(600_000).length + SegmentHeader.LENGTH, appender.position());
    }

    @Test
    void aMappingNeverReachesBeyondTheFile() throws IOException {
        for (int i = 0; i < 20; i++) {
            append(new byte[20_000]);
            try (ReadableFile file = directory.open(appender.segment().name())) {
                assertTrue(appender.segment().bytes().limit() <= file.length());
            }
        }
    }

    @Test
    void fitsUpToTheCapacityAndAnythingWhenEmpty() throws IOException {
        appender = appender(10_000);
        assertTrue(appender.fits(1 << 24));
        append(new byte[5000]);
        assertTrue(appender.fits(10_000 - SegmentHeader.LENGTH - 5000));
        assertFalse(appender.fits(10_000 - SegmentHeader.LENGTH - 5000 + 1));
        appender = appender(10_000);
        append(new byte[1 << 20]);
        assertFalse(appender.fits(1));
    }

    @Test
    void theFileIsExtendedByAnEighthOfTheCapacityAtTheMost() throws IOException {
        int capacity = 4 << 20;
        appender = appender(capacity);
        int steps = 0;
        long length = appender.segment().mapping().buffer().capacity();
        while (appender.fits(10_000)) {
            append(new byte[10_000]);
            long now = appender.segment().mapping().buffer().capacity();
            assertTrue(now - appender.position() < capacity / 8 + 10_000
                    || now - appender.position() < appender.position());
            assertTrue(now <= capacity);
            steps += now > length ? 1 : 0;
            assertTrue(now - length <= capacity / 8);
            length = now;
        }
        assertEquals(3 + 7, steps, "from 64 KiB by doubling to an eighth, then by eighths");
    }

    @Test
    void undoLeavesZeros() throws IOException {
        append(filled(5000));
        for (int torn : new int[] {1, 100, PAGE, 3 * PAGE + 17, 20_000}) {
            appender.reserve(20_000);
            appender.write(ByteBuffer.wrap(filled(torn)), appender.position());
            appender.undo(20_000);
            byte[] bytes = file();
            for (int i = 0; i < bytes.length; i++) {
                boolean kept = i < SegmentHeader.LENGTH + 5000;
                assertTrue(kept || bytes[i] == 0, "offset " + i);
            }
            assertEquals(7, bytes[SegmentHeader.LENGTH + 4999], "what was there before stays");
            assertEquals(SegmentHeader.LENGTH + 5000, appender.position());
        }
    }

    /** Power loss may keep the bytes and lose the zeros: then a write that was reported as failed would come back. */
    @Test
    void undoIsDurableIfThereWasAnythingToUndo() throws IOException {
        append(filled(5000));
        appender.reserve(1000);
        int forces = directory.count(Act.FORCE, name -> true);
        appender.undo(1000);
        assertEquals(forces, directory.count(Act.FORCE, name -> true), "nothing was written");
        appender.write(ByteBuffer.wrap(filled(10)), appender.position());
        appender.undo(1000);
        assertEquals(forces + 1, directory.count(Act.FORCE, name -> true));
    }

    /** On a full disk only pages that have their block already can be written. */
    @Test
    void undoTouchesOnlyPagesThatHoldSomething() throws IOException {
        append(filled(5000));
        appender.reserve(60_000);
        // A short write ends where the next page had no room.
        long end = 3 * PAGE;
        appender.write(ByteBuffer.wrap(filled((int) (end - appender.position()))), appender.position());
        Set<Long> pages = new HashSet<>();
        directory.rule((act, name, position, length) -> {
            if (act == Act.WRITE) {
                for (long page = position / PAGE; page <= (position + length - 1) / PAGE; page++) {
                    pages.add(page);
                    if (page * PAGE >= end) {
                        throw new NoSpaceException(name, null);
                    }
                }
            }
        });
        appender.undo(60_000);
        assertEquals(Set.of(1L, 2L), pages);
    }

    @Test
    void anExtensionThatFailsLeavesEverythingAsItWas() throws IOException {
        append(filled(1000));
        IOException full = new NoSpaceException("a segment", null);
        GateDirectory.Rule rule = directory.fail(Act.EXTEND, name -> true, full);
        assertSame(full, assertThrows(IOException.class, () -> appender.reserve(100_000)));
        directory.remove(rule);
        rule = directory.fail(Act.MAP, name -> true, full);
        assertSame(full, assertThrows(IOException.class, () -> appender.reserve(100_000)));
        directory.remove(rule);
        assertTrue(retired.isEmpty());
        append(filled(100_000));
        assertEquals(1, retired.size());
        assertEquals(7, appender.segment().bytes().get(SegmentHeader.LENGTH + 101_000 - 1));
    }

    @Test
    void aCreationThatFailsLeavesNoFileAndNoMapping() throws IOException {
        int mappings = directory.mappings();
        List<String> before = directory.list();
        for (Act act : List.of(Act.EXTEND, Act.WRITE, Act.FORCE, Act.OPEN, Act.MAP)) {
            GateDirectory.Rule rule = directory.fail(act, name -> true, new IOException("of a test"));
            assertThrows(IOException.class, () -> appender(1 << 20));
            directory.remove(rule);
            assertEquals(before, directory.list(), act.toString());
            assertEquals(mappings, directory.mappings(), act.toString());
        }
    }

    @Test
    void aForceCoversWhatWasAppendedBeforeItBegan() throws Exception {
        append(filled(1000));
        long first = appender.segment().length();
        GateDirectory.Gate gate = directory.hold(Act.FORCE, name -> true);
        Background<Boolean> force = Background.start(appender::force);
        gate.awaitArrivals(1);
        append(filled(1000));
        directory.open(gate);
        force.join();
        assertEquals(first, appender.forced(), "what came during the force may not be covered");
        appender.force();
        assertEquals(appender.segment().length(), appender.forced());
        int forces = directory.count(Act.FORCE, name -> true);
        appender.force();
        assertEquals(forces, directory.count(Act.FORCE, name -> true), "there was nothing to force");
    }

    @Test
    void theFirstFailedForceIsFinal() throws IOException {
        append(filled(1000));
        GateDirectory.Rule rule = directory.fail(Act.FORCE, name -> true, new IOException("of a test"));
        assertThrows(IOException.class, appender::force);
        directory.remove(rule);
        append(filled(1000));
        int forces = directory.count(Act.FORCE, name -> true);
        for (int i = 0; i < 3; i++) {
            assertThrows(IOException.class, appender::force);
        }
        assertEquals(forces, directory.count(Act.FORCE, name -> true));
        assertEquals(SegmentHeader.LENGTH, appender.forced());
    }
}
