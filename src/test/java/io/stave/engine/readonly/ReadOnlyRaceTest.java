package io.stave.engine.readonly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.ReadOnlyEngine;
import io.stave.engine.model.Keys;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.engine.support.QuietLog;
import io.stave.io.ReadOnlyDirectory;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a writer can do to a reader at the worst moment, and what several threads see of a refresh. */
@Timeout(120)
@ExtendWith(QuietLog.class)
class ReadOnlyRaceTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);

    @TempDir
    Path path;

    private Stave writer;
    private GateDirectory files;

    @BeforeEach
    void open() throws IOException {
        writer = Stave.open(path, OPTIONS);
        files = new GateDirectory(ReadOnlyDirectory.open(path));
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private void write(int from, int to) {
        for (int i = from; i < to; i++) {
            writer.put(Keys.key(i % Keys.COUNT), Keys.value(i, 700));
        }
    }

    private void certify() {
        writer.put("certify".getBytes(), new byte[8]);
    }

    private static void assertHolds(int to, ReadOnlyStave reader) {
        for (int i = to - Keys.COUNT; i < to; i++) {
            assertArrayEquals(Keys.value(i, 700), reader.get(Keys.key(i % Keys.COUNT)), "write " + i);
        }
    }

    /** Once, before the first segment is opened. */
    private void meanwhile(Runnable body) {
        AtomicBoolean done = new AtomicBoolean();
        files.rule((act, name, position, length) -> {
            if (act == Act.OPEN && GateDirectory.segment(name) && done.compareAndSet(false, true)) {
                body.run();
            }
        });
    }

    @Test
    void mergeBetweenTheManifestAndTheSegmentsIsFollowed() {
        write(0, 50);
        certify();
        meanwhile(writer::merge);
        try (ReadOnlyStave reader = ReadOnlyEngine.open(files, OPTIONS, false)) {
            assertHolds(50, reader);
        }
        assertEquals(0, files.mappings(), "what the first attempt mapped was given back");
    }

    @Test
    void mergeInTheMiddleOfARefreshIsFollowed() {
        write(0, 50);
        certify();
        try (ReadOnlyStave reader = ReadOnlyEngine.open(files, OPTIONS, false)) {
            write(50, 90);
            certify();
            meanwhile(writer::merge);
            assertTrue(reader.refresh());
            assertHolds(90, reader);
        }
        assertEquals(0, files.mappings());
    }

    /** What is mapped needs its name no more: everything else may go while the keydir is being loaded. */
    @Test
    void mergeAfterTheSegmentsWereMappedIsNotNoticed() {
        write(0, 50);
        certify();
        AtomicBoolean done = new AtomicBoolean();
        files.rule((act, name, position, length) -> {
            if (act == Act.OPEN && name.endsWith(".hint") && done.compareAndSet(false, true)) {
                writer.merge();
                Background.await(this::whatWasMergedIsGone);
            }
        });
        try (ReadOnlyStave reader = ReadOnlyEngine.open(files, OPTIONS, false)) {
            assertTrue(done.get());
            assertHolds(50, reader);
            assertTrue(reader.recoveryReport().segmentsScanned() > 2, "the hints were gone");
        }
    }

    /** The files go when the writer's own readers have left, which its background finds out. */
    private boolean whatWasMergedIsGone() {
        try (Stream<Path> found = Files.list(path)) {
            long hints = found.filter(file -> file.toString().endsWith(".hint")).count();
            return hints <= writer.stats().segments().size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void mergesWithoutEndAreAnExceptionInTheEnd() throws IOException {
        write(0, 50);
        writer.close();
        AtomicInteger generations = new AtomicInteger();
        files.rule((act, name, position, length) -> {
            if (act == Act.OPEN && GateDirectory.segment(name)) {
                generations.incrementAndGet();
                nextGeneration();
                throw new NoSuchFileException(path.resolve(name).toString());
            }
        });
        StoreIOException e = assertThrows(StoreIOException.class, () -> ReadOnlyEngine.open(files, OPTIONS, false));
        assertTrue(e.getMessage().contains("merges replaced segments"), e.getMessage());
        assertEquals(100, generations.get());
        assertEquals(0, files.mappings());
    }

    private void nextGeneration() throws IOException {
        try (StoreDirectory directory = RealDirectory.open(path)) {
            Manifest manifest = ManifestFile.read(directory);
            ManifestFile.install(directory, manifest.withSegments(manifest.segments()));
        }
    }

    @Test
    void segmentThatIsMissingForGoodIsCorruption() throws IOException {
        write(0, 50);
        writer.close();
        String missing = "0000000000000002.seg";
        Files.delete(path.resolve(missing));
        CorruptionException e =
                assertThrows(CorruptionException.class, () -> ReadOnlyEngine.open(files, OPTIONS, false));
        assertEquals(missing, e.file());
    }

    @Test
    void shortSegmentIsCorruption() throws IOException {
        write(0, 50);
        writer.close();
        Path file = path.resolve("0000000000000002.seg");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));
        CorruptionException e = assertThrows(CorruptionException.class, () -> Stave.openReadOnly(path));
        assertEquals("0000000000000002.seg", e.file());
        assertEquals(1000, e.offset());
    }

    /** With its hint a damaged record concerns its key alone, as for a writer; without it the segment has to be scanned. */
    @Test
    void damagedSegmentIsCorruption() throws IOException {
        write(0, Keys.COUNT);
        writer.close();
        flip("0000000000000002.seg", 300);
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            int damaged = 0;
            for (int i = 0; i < Keys.COUNT; i++) {
                byte[] key = Keys.key(i);
                try {
                    assertNotNull(reader.get(key));
                } catch (CorruptionException e) {
                    assertEquals("0000000000000002.seg", e.file());
                    damaged++;
                }
            }
            assertEquals(1, damaged);
        }
        Files.delete(path.resolve("0000000000000002.hint"));
        Files.delete(path.resolve(KeydirFile.NAME));
        assertThrows(CorruptionException.class, () -> Stave.openReadOnly(path));
    }

    @Test
    void damageInTheActiveSegmentBelowACertificateIsCorruption() throws IOException {
        writer.put(Keys.key(0), Keys.value(0, 100));
        writer.put(Keys.key(1), Keys.value(1, 100));
        certify();
        flip("0000000000000001.seg", 100);
        CorruptionException e = assertThrows(CorruptionException.class, () -> Stave.openReadOnly(path));
        assertEquals("0000000000000001.seg", e.file());
        flip("0000000000000001.seg", 100);
    }

    @Test
    void readerThatMeetsDamageInARefreshShowsWhatItShowed() throws IOException {
        writer.put(Keys.key(0), Keys.value(0, 100));
        certify();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            writer.put(Keys.key(0), Keys.value(1, 100));
            certify();
            flip("0000000000000001.seg", 260);
            assertThrows(CorruptionException.class, reader::refresh);
            assertThrows(CorruptionException.class, reader::refresh);
            assertArrayEquals(Keys.value(0, 100), reader.get(Keys.key(0)));
            assertEquals(1, reader.version());
            flip("0000000000000001.seg", 260);
            assertTrue(reader.refresh());
            assertArrayEquals(Keys.value(1, 100), reader.get(Keys.key(0)));
        }
    }

    private void flip(String file, int offset) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path.resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            channel.write(one, offset);
        }
    }

    @Test
    void failureToReadLeavesTheReaderAsItWas() {
        write(0, 50);
        certify();
        try (ReadOnlyStave reader = ReadOnlyEngine.open(files, OPTIONS, false)) {
            int mapped = files.mappings();
            write(50, 90);
            certify();
            for (Act act : List.of(Act.OPEN, Act.MAP, Act.READ)) {
                GateDirectory.Rule rule = files.fail(act, name -> name.endsWith(".seg"), new IOException("no"));
                assertThrows(StoreIOException.class, reader::refresh, act.toString());
                files.remove(rule);
                assertHolds(50, reader);
                assertEquals(mapped, files.mappings());
            }
            assertTrue(reader.refresh());
            assertHolds(90, reader);
        }
        assertEquals(0, files.mappings());
    }

    /** The overlay shows all of the growth; the keydir could not take it, and is loaded afresh by the next refresh. */
    @Test
    void growthThatFindsNoMemoryIsShownAndMadeGoodLater() {
        certify();
        certify();
        try (ReadOnlyStave reader = ReadOnlyEngine.open(files, OPTIONS, false)) {
            for (int i = 0; i < 80; i++) {
                writer.put(("known" + i).getBytes(), new byte[4]); // in the segment that was, which is not read again
            }
            Batch batch = new Batch(); // below some 40,000 keys all tables are on the heap
            for (int i = 0; i < 60_000; i++) {
                batch.put(("many" + i).getBytes(), new byte[4]);
            }
            writer.apply(batch);
            certify();
            GateDirectory.Rule rule = files.fail(Act.ALLOCATE, name -> true, new IOException("no memory"));
            assertThrows(StoreIOException.class, reader::refresh);
            for (int i = 0; i < 60_000; i++) {
                assertTrue(reader.contains(("many" + i).getBytes()));
            }
            assertThrows(StoreIOException.class, reader::refresh);
            files.remove(rule);
            writer.delete("many7".getBytes());
            certify();
            assertTrue(reader.refresh());
            assertNull(reader.get("many7".getBytes()));
            assertTrue(reader.contains("many8".getBytes()));
            for (int i = 0; i < 80; i++) {
                assertTrue(reader.contains(("known" + i).getBytes()), "known" + i);
            }
            assertEquals(60_080, reader.stats().keys());
        }
        assertEquals(0, files.mappings());
    }

    @Test
    void manyDeletesOfOneRefreshAreAllShown() {
        for (int i = 0; i < 500; i++) {
            writer.put(("many" + i).getBytes(), new byte[4]);
        }
        certify();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            for (int i = 0; i < 500; i++) {
                writer.delete(("many" + i).getBytes());
            }
            certify();
            assertTrue(reader.refresh());
            for (int i = 0; i < 500; i++) {
                assertFalse(reader.contains(("many" + i).getBytes()), "many" + i);
            }
            assertEquals(1, reader.stats().keys());
        }
    }

    @Test
    void closeWaitsForARefreshAndGivesEverythingBack() throws Exception {
        write(0, 50);
        certify();
        ReadOnlyStave reader = ReadOnlyEngine.open(files, OPTIONS, false);
        write(50, 90);
        certify();
        Gate gate = files.hold(Act.OPEN, GateDirectory::segment);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Future<Boolean> refresh = pool.submit(reader::refresh);
            gate.awaitArrivals(1);
            Future<?> close = pool.submit(reader::close);
            assertHolds(50, reader);
            assertFalse(close.isDone());
            files.open(gate);
            assertTrue(refresh.get());
            close.get();
        } finally {
            pool.shutdown();
        }
        assertThrows(StoreClosedException.class, reader::refresh);
        assertEquals(0, files.mappings());
    }

    /** What is lent stays readable though a refresh gives the mapping up. */
    @Test
    void valueThatIsLentOutlivesARefresh() {
        write(0, 50);
        certify();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            byte[] seen = reader.read(Keys.key(1), (value, version) -> {
                writer.merge();
                write(50, 90);
                certify();
                assertTrue(reader.refresh());
                byte[] copy = new byte[value.remaining()];
                value.get(copy);
                return copy;
            });
            assertArrayEquals(Keys.value(49, 700), seen);
            assertHolds(90, reader);
        }
    }

    /**
     * The writer counts first one key up and then another, and merges now and then. At any moment of the store the first is as large as the
     * second, or one larger. So whoever reads the second, then the first, finds no smaller number; and the other way round none that is
     * smaller by more than one. Half of a refresh would be noticed: it spans many counts.
     */
    @Test
    void noThreadSeesHalfOfARefresh() throws Exception {
        byte[] first = "first".getBytes();
        byte[] second = "second".getBytes();
        count(first, 1);
        count(second, 1);
        certify();
        certify();
        AtomicBoolean end = new AtomicBoolean();
        ExecutorService pool = Executors.newCachedThreadPool();
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(pool.submit(() -> compare(reader, first, second, end)));
            }
            for (int round = 0; round < 60; round++) {
                for (int i = 2 + 40 * round; i < 42 + 40 * round; i++) {
                    count(first, i);
                    count(second, i);
                    writer.put(("other" + i % 100).getBytes(), new byte[i % 50]);
                }
                if (round % 7 == 0) {
                    writer.merge();
                }
                certify(); // forces all
                certify(); // and says so
                assertTrue(reader.refresh());
            }
            assertEquals(60 * 40 + 1, number(reader, second));
            end.set(true);
            for (Future<Integer> each : readers) {
                assertTrue(each.get() > 0);
            }
        } finally {
            end.set(true);
            pool.shutdown();
        }
    }

    private void count(byte[] key, int to) {
        writer.put(key, ByteBuffer.allocate(4).putInt(0, to).array(), OS);
    }

    private static int number(ReadOnlyStave reader, byte[] key) {
        return ByteBuffer.wrap(reader.get(key)).getInt();
    }

    private static int compare(ReadOnlyStave reader, byte[] first, byte[] second, AtomicBoolean end) {
        int compared = 0;
        long version = 0;
        while (!end.get()) {
            int b = number(reader, second);
            int a = number(reader, first);
            assertTrue(a >= b, "first " + a + " after second " + b);
            int later = number(reader, second);
            assertTrue(later >= a - 1, "second " + later + " after first " + a);
            long now = reader.version();
            assertTrue(now >= version);
            version = now;
            compared++;
        }
        return compared;
    }
}
