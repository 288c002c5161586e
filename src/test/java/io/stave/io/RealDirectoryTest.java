package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the real directory does. */
class RealDirectoryTest {
    private static final Path ALWAYS_FULL = Path.of("/dev/full");

    @TempDir
    Path path;

    @Test
    void createMakesWhatIsMissingAndTakesWhatIsThere() throws IOException {
        Path deep = path.resolve("a/b/c");
        for (int i = 0; i < 2; i++) {
            try (StoreDirectory directory = RealDirectory.create(deep)) {
                assertEquals(deep, directory.path());
                assertTrue(Files.isDirectory(deep));
            }
        }
    }

    @Test
    void whatIsNoDirectoryIsRefused() throws IOException {
        Path file = Files.createFile(path.resolve("file"));
        assertThrows(NotDirectoryException.class, () -> RealDirectory.open(file));
        assertThrows(NoSuchFileException.class, () -> RealDirectory.open(path.resolve("missing")));
        assertThrows(FileAlreadyExistsException.class, () -> RealDirectory.create(file));
        assertThrows(IOException.class, () -> RealDirectory.create(file.resolve("below")));
    }

    @Test
    void directoriesAreListedToo() throws IOException {
        Files.createDirectory(path.resolve("quarantine"));
        try (StoreDirectory directory = RealDirectory.open(path)) {
            assertEquals(List.of("quarantine"), directory.list());
            assertTrue(directory.exists("quarantine"));
        }
    }

    @Test
    void fullDiskHasATypeAndNamesTheFile() throws IOException {
        assumeTrue(Files.exists(ALWAYS_FULL), "there is no " + ALWAYS_FULL);
        try (PositionalChannel channel = PositionalChannel.open(ALWAYS_FULL, StandardOpenOption.WRITE)) {
            NoSpaceException full =
                    assertThrows(NoSpaceException.class, () -> channel.write(ByteBuffer.allocate(10), 0));
            assertEquals("/dev/full: No space left on device", full.getMessage());
        }
    }

    @Test
    void failedForceHasATypeOfItsOwn() throws IOException {
        // A terminal or a null device cannot be forced: EINVAL stands for any failure.
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "there is no " + device);
        try (PositionalChannel channel = PositionalChannel.open(device, StandardOpenOption.WRITE)) {
            ForceFailedException failed = assertThrows(ForceFailedException.class, () -> channel.force(false));
            StoreDirectoryContract.assertNames("/dev/null", failed);
        }
    }

    /** The JDK copies heap bytes into direct memory that it keeps for each thread, and direct memory is capped. */
    @Test
    void largeHeapBuffersTakeLittleDirectMemory() throws Exception {
        byte[] large = new byte[16 << 20];
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();
        long before = direct.getMemoryUsed();
        long[] during = new long[1];
        Thread thread = new Thread(() -> {
            try (StoreDirectory directory = RealDirectory.open(path)) {
                StoreDirectoryContract.create(directory, "a", large);
                StoreDirectoryContract.content(directory, "a");
                during[0] = direct.getMemoryUsed(); // the thread lives: so does what the JDK keeps for it
            } catch (IOException e) {
                during[0] = Long.MAX_VALUE;
            }
        });
        thread.start();
        thread.join();
        assertTrue(during[0] - before < 1 << 20, during[0] - before + " bytes more than before");
    }

    @Test
    void memoryHasNoNameAndLeftoversGo() throws IOException {
        Path leftover = Files.createFile(path.resolve("memory-1-1.tmp"));
        Path other = Files.createFile(path.resolve("MANIFEST.tmp"));
        try (StoreDirectory directory = RealDirectory.open(path)) {
            Mapping memory = directory.allocate(1 << 20);
            assertEquals(List.of(other.getFileName().toString()), directory.list());
            assertTrue(MemoryFile.isName(leftover.getFileName().toString()));
            memory.release();
        }
    }

    /** Else a disk that fails later takes the keydir with it: a page that is still the file's cannot be read then. */
    @Test
    void memoryIsOursInEveryPageFromTheBeginning() throws IOException {
        Path smaps = Path.of("/proc/self/smaps");
        assumeTrue(Files.exists(smaps), "there is no " + smaps);
        try (StoreDirectory directory = RealDirectory.open(path)) {
            Mapping memory = directory.allocate(3 << 20);
            List<String> lines = Files.readAllLines(smaps);
            int start = 0;
            while (!lines.get(start).contains(path + "/memory-")) {
                start++;
            }
            String ours = lines.subList(start, lines.size()).stream()
                    .filter(line -> line.startsWith("Anonymous:"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("3072 kB", ours.replaceAll("Anonymous: *", ""));
            memory.release();
        }
    }

    @Test
    void directoryThatTakesNoFilesStillGivesMemory() throws IOException {
        Path gone = path.resolve("gone");
        try (StoreDirectory directory = RealDirectory.create(gone)) {
            Files.delete(gone);
            Mapping memory = directory.allocate(1 << 20);
            memory.buffer().putInt(0, 1);
            memory.release();
        }
    }

    @Test
    void memoryFromADiskInMemoryIsFilledFirst() throws IOException {
        Path shm = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shm), "there is no " + shm);
        assumeTrue(Files.getFileStore(shm).type().equals("tmpfs"), shm + " is no tmpfs");
        long before = Files.getFileStore(shm).getUnallocatedSpace();
        try (MemoryFile memory = new MemoryFile(List.of(shm))) {
            Mapping mapping = memory.allocate(8 << 20);
            long taken = before - Files.getFileStore(shm).getUnallocatedSpace();
            assertTrue(taken >= 7 << 20, "only " + taken + " bytes were taken ahead");
            assertEquals(0, mapping.buffer().getLong((8 << 20) - 8));
            mapping.release();
        }
    }

    @Test
    void threadsWriteAndReadOneFileTogether() throws Exception {
        int threads = 6;
        int blocks = 200;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (StoreDirectory directory = RealDirectory.open(path);
                WritableFile writer = directory.create("a");
                ReadableFile reader = directory.open("a")) {
            List<Future<Void>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int own = t;
                all.add(pool.submit(() -> {
                    for (int i = 0; i < blocks; i++) {
                        byte[] block = new byte[1000];
                        java.util.Arrays.fill(block, (byte) (own + i));
                        long at = (long) (i * threads + own) * block.length;
                        writer.write(ByteBuffer.wrap(block), at);
                        byte[] read = new byte[block.length];
                        reader.read(ByteBuffer.wrap(read), at);
                        assertArrayEquals(block, read);
                    }
                    return null;
                }));
            }
            for (Future<Void> one : all) {
                one.get();
            }
            assertEquals((long) threads * blocks * 1000, reader.length());
        } finally {
            pool.shutdownNow();
        }
    }
}
