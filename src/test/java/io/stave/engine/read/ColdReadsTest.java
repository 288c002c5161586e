package io.stave.engine.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.LogFile;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.RealDirectory;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done for records that are not in memory, and how often it is asked whether they are. */
class ColdReadsTest {

    private static final int LENGTH = 1 << 20;

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(disk);
    private final Pages pages = new Pages();
    private final Segment segment = Segment.sealed(LogFile.STORE, 1, pages, LENGTH, 0, 1, 1, false);
    private final ColdReads cold = new ColdReads();
    private final List<Long> reads = new ArrayList<>();

    /** A mapping that says of its pages what it is told to. */
    private static final class Pages implements Mapping {
        boolean resident = true;
        int asked;

        @Override
        public boolean resident(int offset, int length) {
            asked++;
            return resident;
        }

        @Override
        public ByteBuffer buffer() {
            throw new AssertionError("nobody is to read here");
        }

        @Override
        public int length() {
            return LENGTH;
        }

        @Override
        public ByteBuffer lend(int offset, int length) {
            throw new AssertionError("nobody is to read here");
        }

        @Override
        public void giveBack() {}

        @Override
        public void release() {}
    }

    private ColdReadsTest() {
        disk.damage(segment.name(), new byte[LENGTH]);
        directory.rule((act, name, position, length) -> {
            if (act == Act.READ) {
                reads.add(position);
                reads.add((long) length);
            }
        });
    }

    private void read(int times) {
        for (int i = 0; i < times; i++) {
            cold.before(directory, segment, 1000, 500);
        }
    }

    @Test
    void asksSeldomWhereAllIsThere() {
        read(ColdReads.FIRST);
        assertEquals(ColdReads.FIRST, pages.asked, "at first it does not know");
        read(10 * (ColdReads.SAMPLED + 1));
        assertEquals(ColdReads.FIRST + 10, pages.asked);
        assertEquals(0, directory.count(Act.OPEN, name -> true));
    }

    @Test
    void whatIsNotThereIsReadAndNothingBesideIt() {
        pages.resident = false;
        read(1);
        assertEquals(List.of(1000L, 500L), reads);
        assertEquals(List.of(), disk.leaks());
    }

    /** Expects that the next so many reads are looked at, and then no more than one in many. */
    private void assertWaryFor(int times) {
        pages.resident = true;
        pages.asked = 0;
        read(times);
        assertEquals(times, pages.asked);
        read(ColdReads.SAMPLED);
        assertTrue(pages.asked <= times + 1, () -> (pages.asked - times) + " more");
    }

    private void readUntilOneIsFoundCold() {
        pages.resident = false;
        int found = reads.size();
        for (int i = 0; i <= ColdReads.SAMPLED && reads.size() == found; i++) {
            read(1);
        }
        assertEquals(found + 2, reads.size(), "found by the one that is looked at");
    }

    @Test
    void coldOneFoundByChanceStandsForThoseNobodyLookedAt() {
        read(ColdReads.FIRST);
        readUntilOneIsFoundCold();
        assertWaryFor(ColdReads.MOST);
        assertEquals(256 * ColdReads.WORTH, ColdReads.MOST);
    }

    @Test
    void coldOneFoundByLookingAtEachIsWorthSoManyLooks() {
        pages.resident = false;
        read(3);
        assertWaryFor(ColdReads.FIRST + 3 * ColdReads.WORTH);
    }

    @Test
    void nothingBeyondTheMostIsOwed() {
        pages.resident = false;
        read(1000);
        assertWaryFor(ColdReads.MOST);
    }

    /** Calm between them, a thread would meet hundreds before it found one. */
    @Test
    void whereFewAreColdAllOfThemAreFound() {
        for (int i = 0; i < 1000; i++) {
            pages.resident = true;
            read(ColdReads.WORTH - 1);
            pages.resident = false;
            if (i == 0) {
                readUntilOneIsFoundCold();
            } else {
                read(1);
            }
            assertEquals(2 * (i + 1), reads.size());
        }
    }

    @Test
    void longRecordIsReadInPieces() {
        pages.resident = false;
        cold.before(directory, segment, 100, 150_000);
        assertEquals(List.of(100L, 65_536L, 65_636L, 65_536L, 131_172L, 18_928L), reads);
    }

    @Test
    void fileThatEndsTooEarlyEndsTheReading() {
        pages.resident = false;
        cold.before(directory, segment, LENGTH - 10, 20);
        assertEquals(4, reads.size(), "what there was, and the end");
    }

    @Test
    void failureIsLeftToTheReadThatFollows() {
        pages.resident = false;
        directory.fail(Act.READ, name -> true, new IOException("Input/output error"));
        read(1);
        assertEquals(1, pages.asked);
        directory.fail(Act.OPEN, name -> true, new IOException("Too many open files"));
        read(1);
        assertEquals(2, pages.asked, "it goes on asking");
    }

    @Test
    void whoHasNoMemoryToReadIntoAsksNoMore() {
        pages.resident = false;
        directory.rule((act, name, position, length) -> {
            if (act == Act.READ) {
                throw new OutOfMemoryError("Cannot reserve 4096 bytes of direct buffer memory");
            }
        });
        read(2 * ColdReads.SAMPLED);
        assertEquals(1, pages.asked);
        assertEquals(1, directory.count(Act.OPEN, name -> true));
        assertEquals(List.of(), disk.leaks());
    }

    @Test
    void everyReadOfOneKeyDoesSo() {
        GateDirectory cold = new GateDirectory(new SimulatedDirectory());
        cold.resident(false);
        byte[] key = {1};
        Instant later = Instant.now().plusSeconds(1000);
        try (Stave store = Engine.open(cold, Options.defaults(), true)) {
            long version = store.put(key, new byte[100], WriteOptions.defaults().expiry(later));
            List<Runnable> all = List.of(
                    () -> assertNotNull(store.get(key)),
                    () -> assertNotNull(store.getEntry(key)),
                    () -> assertNotNull(store.read(key, (value, itsVersion) -> value.remaining())),
                    () -> assertTrue(store.contains(key)),
                    () -> store.delete(key, version));
            // What a thread has met before, in other tests, decides when it looks first.
            int opened = cold.count(Act.OPEN, GateDirectory::segment);
            for (int i = 0; i <= ColdReads.SAMPLED && cold.count(Act.OPEN, GateDirectory::segment) == opened; i++) {
                assertNotNull(store.get(key));
            }
            for (int i = 0; i < all.size(); i++) {
                int before = cold.count(Act.OPEN, GateDirectory::segment);
                all.get(i).run();
                assertEquals(before + 1, cold.count(Act.OPEN, GateDirectory::segment), "read " + i);
            }
        }
    }

    /** On a file system that gives pages back when asked to. */
    @Test
    void onlyThePagesOfTheRecordComeIn(@TempDir Path path) throws Exception {
        byte[] bytes = new byte[32 << 20];
        new Random(1).nextBytes(bytes);
        Files.write(path.resolve(segment.name()), bytes);
        assumeTrue(evict(path.resolve(segment.name())), "there is no dd that takes a file out of memory");
        try (StoreDirectory real = RealDirectory.open(path);
                ReadableFile file = real.open(segment.name())) {
            Mapping mapping = file.map(bytes.length);
            try {
                int at = 16 << 20;
                assumeFalse(
                        mapping.resident(at, 1000),
                        "this file system or platform does not tell, or keeps all in memory");
                Segment there = Segment.sealed(LogFile.STORE, 1, mapping, bytes.length, 0, 1, 1, false);
                cold.before(real, there, at, 1000);
                assertTrue(mapping.resident(at, 1000));
                assertFalse(mapping.resident(at - (64 << 10), 1000), "nothing in front of it");
                assertFalse(mapping.resident(at + (64 << 10), 1000), "nothing behind it");
            } finally {
                mapping.release();
            }
        }
    }

    private static boolean evict(Path file) throws InterruptedException {
        try {
            Process dd = new ProcessBuilder(
                            "dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none")
                    .inheritIO()
                    .start();
            return dd.waitFor(60, TimeUnit.SECONDS) && dd.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
