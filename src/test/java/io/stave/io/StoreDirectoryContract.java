package io.stave.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link StoreDirectory} keeps, whatever it is made of. The contract of mappings is {@link MappingContract}. */
abstract class StoreDirectoryContract {

    protected StoreDirectory directory;

    /** An empty directory. */
    abstract StoreDirectory newDirectory() throws IOException;

    @BeforeEach
    void openDirectory() throws IOException {
        directory = newDirectory();
    }

    @AfterEach
    void closeDirectory() throws IOException {
        directory.close();
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    static void create(StoreDirectory directory, String name, byte[] content) throws IOException {
        try (WritableFile file = directory.create(name)) {
            file.write(ByteBuffer.wrap(content), 0);
        }
    }

    static byte[] content(StoreDirectory directory, String name) throws IOException {
        try (ReadableFile file = directory.open(name)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.length());
            assertEquals(all.capacity(), file.read(all, 0));
            return all.array();
        }
    }

    // ---- names

    @Test
    void createdFilesAreListedInOrder() throws IOException {
        for (String name : List.of("b", "a", "0000000000000007.seg")) {
            create(directory, name, new byte[0]);
        }
        assertEquals(List.of("0000000000000007.seg", "a", "b"), directory.list());
        assertTrue(directory.exists("a"));
        assertFalse(directory.exists("c"));
    }

    @Test
    void createRefusesANameThatIsTakenAndLeavesTheFileAlone() throws IOException {
        create(directory, "a", "old".getBytes(UTF_8));
        IOException refused = assertThrows(FileAlreadyExistsException.class, () -> directory.create("a"));
        assertNames("a", refused);
        assertEquals("old", new String(content(directory, "a"), UTF_8));
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertNames("gone", assertThrows(NoSuchFileException.class, () -> directory.open("gone")));
        assertNames("gone", assertThrows(NoSuchFileException.class, () -> directory.rename("gone", "b")));
        assertNames("gone", assertThrows(NoSuchFileException.class, () -> directory.truncate("gone", 0)));
    }

    @Test
    void onlyPlainNamesAreTaken() {
        for (String name : List.of("", ".", "..", "a/b", "/a", "a\\b")) {
            assertThrows(IllegalArgumentException.class, () -> directory.create(name), name);
            assertThrows(IllegalArgumentException.class, () -> directory.open(name), name);
            assertThrows(IllegalArgumentException.class, () -> directory.exists(name), name);
            assertThrows(IllegalArgumentException.class, () -> directory.delete(name), name);
            assertThrows(IllegalArgumentException.class, () -> directory.truncate(name, 0), name);
            assertThrows(IllegalArgumentException.class, () -> directory.rename(name, "b"), name);
            assertThrows(IllegalArgumentException.class, () -> directory.rename("b", name), name);
            assertThrows(IllegalArgumentException.class, () -> directory.tryLock(name), name);
        }
    }

    @Test
    void renameReplaces() throws IOException {
        create(directory, "new", "new".getBytes(UTF_8));
        create(directory, "old", "old".getBytes(UTF_8));
        directory.rename("new", "old");
        assertEquals(List.of("old"), directory.list());
        assertEquals("new", new String(content(directory, "old"), UTF_8));
    }

    @Test
    void deleteTellsWhetherThereWasAnything() throws IOException {
        create(directory, "a", new byte[1]);
        assertTrue(directory.delete("a"));
        assertFalse(directory.delete("a"));
        assertEquals(List.of(), directory.list());
    }

    @Test
    void openFileOutlivesItsName() throws IOException {
        create(directory, "a", "content".getBytes(UTF_8));
        try (ReadableFile file = directory.open("a")) {
            directory.delete("a");
            create(directory, "a", "other".getBytes(UTF_8));
            ByteBuffer read = ByteBuffer.allocate(7);
            assertEquals(7, file.read(read, 0));
            assertEquals("content", new String(read.array(), UTF_8));
        }
    }

    @Test
    void writerOutlivesItsName() throws IOException {
        try (WritableFile file = directory.create("a")) {
            directory.rename("a", "b");
            file.write(ByteBuffer.wrap("x".getBytes(UTF_8)), 0);
            directory.delete("b");
            directory.forceNames();
            file.write(ByteBuffer.wrap("y".getBytes(UTF_8)), 1);
            file.force();
        }
        assertEquals(List.of(), directory.list());
    }

    @Test
    void namesAreForced() throws IOException {
        create(directory, "a", new byte[1]);
        directory.forceNames();
        assertEquals(List.of("a"), directory.list());
    }

    // ---- bytes

    @Test
    void whatWasWrittenIsReadFromAnyKindOfBuffer() throws IOException {
        byte[] bytes = random(300_001); // more than one step of a heap buffer
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        List<ByteBuffer> sources =
                List.of(ByteBuffer.wrap(bytes), direct, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
        for (int i = 0; i < sources.size(); i++) {
            ByteBuffer source = sources.get(i);
            try (WritableFile file = directory.create("f" + i)) {
                assertEquals("f" + i, file.name());
                file.write(source, 0);
                assertEquals(bytes.length, source.position());
                assertEquals(bytes.length, source.limit());
            }
            assertArrayEquals(bytes, content(directory, "f" + i));
        }
        try (ReadableFile file = directory.open("f0")) {
            ByteBuffer target = ByteBuffer.allocateDirect(bytes.length);
            assertEquals(bytes.length, file.read(target, 0));
            assertEquals(ByteBuffer.wrap(bytes), target.flip());
        }
    }

    @Test
    void onlyWhatRemainsIsWritten() throws IOException {
        ByteBuffer source = ByteBuffer.wrap("0123456789".getBytes(UTF_8), 3, 4);
        try (WritableFile file = directory.create("a")) {
            file.write(source, 2);
            assertEquals(7, source.limit());
            assertFalse(source.hasRemaining());
            file.write(source, 100); // nothing remains: nothing is written
        }
        assertEquals("\0\0" + "3456", new String(content(directory, "a"), UTF_8));
    }

    @Test
    void laterWriteOverwrites() throws IOException {
        try (WritableFile file = directory.create("a")) {
            file.write(ByteBuffer.wrap("aaaaaa".getBytes(UTF_8)), 0);
            file.write(ByteBuffer.wrap("bb".getBytes(UTF_8)), 2);
        }
        assertEquals("aabbaa", new String(content(directory, "a"), UTF_8));
    }

    @Test
    void readStopsAtTheEnd() throws IOException {
        create(directory, "a", "0123456789".getBytes(UTF_8));
        try (ReadableFile file = directory.open("a")) {
            assertEquals("a", file.name());
            assertEquals(10, file.length());
            ByteBuffer target = ByteBuffer.allocate(8).position(1);
            assertEquals(3, file.read(target, 7));
            assertEquals(4, target.position());
            assertEquals(8, target.limit());
            assertEquals(0, file.read(target, 10));
            assertEquals(0, file.read(target, 1_000_000));
            assertEquals(0, file.read(ByteBuffer.allocate(0), 0));
            assertEquals(2, file.read(ByteBuffer.allocate(2), 0));
        }
    }

    @Test
    void gapsReadAsZeros() throws IOException {
        try (WritableFile file = directory.create("a")) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 5000);
        }
        byte[] expected = new byte[5001];
        expected[5000] = 1;
        assertArrayEquals(expected, content(directory, "a"));
    }

    @Test
    void extendingAddsZerosAndNeverShrinks() throws IOException {
        try (WritableFile file = directory.create("a")) {
            file.write(ByteBuffer.wrap(new byte[] {7, 8}), 0);
            file.extend(1);
            assertArrayEquals(new byte[] {7, 8}, content(directory, "a"));
            file.extend(2);
            assertArrayEquals(new byte[] {7, 8}, content(directory, "a"));
            file.extend(4);
            assertArrayEquals(new byte[] {7, 8, 0, 0}, content(directory, "a"));
            file.extend(100_000);
            file.write(ByteBuffer.wrap(new byte[] {9}), 2);
            assertEquals(100_000, content(directory, "a").length);
            assertEquals(9, content(directory, "a")[2]);
        }
    }

    @Test
    void truncatedBytesAreGone() throws IOException {
        create(directory, "a", "0123456789".getBytes(UTF_8));
        directory.truncate("a", 4);
        assertEquals("0123", new String(content(directory, "a"), UTF_8));
        directory.truncate("a", 4);
        IOException refused = assertThrows(IOException.class, () -> directory.truncate("a", 5));
        assertNames("a", refused);
        assertTrue(refused.getMessage().contains("4") && refused.getMessage().contains("5"), refused.getMessage());
        directory.truncate("a", 0);
        assertEquals(0, content(directory, "a").length);
    }

    @Test
    void truncatedFileGrowsWithZeros() throws IOException {
        try (WritableFile file = directory.create("a")) {
            file.write(ByteBuffer.wrap("0123456789".getBytes(UTF_8)), 0);
            directory.truncate("a", 2);
            file.extend(4);
            assertEquals("01\0\0", new String(content(directory, "a"), UTF_8));
            file.write(ByteBuffer.wrap("X".getBytes(UTF_8)), 6);
            assertEquals("01\0\0\0\0X", new String(content(directory, "a"), UTF_8));
        }
    }

    // ---- the end of it

    @Test
    void closedFilesRefuseAndAreNamed() throws IOException {
        WritableFile writer = directory.create("closed-file");
        ReadableFile reader = directory.open("closed-file");
        for (int i = 0; i < 2; i++) {
            writer.close();
            reader.close();
        }
        ByteBuffer one = ByteBuffer.allocate(1);
        assertNames("closed-file", assertThrows(IOException.class, () -> writer.write(one.duplicate(), 0)));
        assertNames("closed-file", assertThrows(IOException.class, () -> writer.extend(1)));
        assertNames("closed-file", assertThrows(ForceFailedException.class, writer::force));
        assertNames("closed-file", assertThrows(IOException.class, () -> reader.read(one.duplicate(), 0)));
        assertNames("closed-file", assertThrows(IOException.class, reader::length));
        assertNames("closed-file", assertThrows(IOException.class, () -> reader.map(0)));
    }

    @Test
    void closedDirectoryRefusesAndItsFilesLiveOn() throws IOException {
        try (WritableFile writer = directory.create("a");
                ReadableFile reader = directory.open("a")) {
            directory.close();
            directory.close();
            assertThrows(IOException.class, directory::list);
            assertThrows(IOException.class, () -> directory.exists("a"));
            assertThrows(IOException.class, () -> directory.create("b"));
            assertThrows(IOException.class, () -> directory.open("a"));
            assertThrows(IOException.class, () -> directory.truncate("a", 0));
            assertThrows(IOException.class, () -> directory.rename("a", "b"));
            assertThrows(IOException.class, () -> directory.delete("a"));
            assertThrows(IOException.class, directory::forceNames);
            assertThrows(IOException.class, () -> directory.tryLock("LOCK"));
            assertThrows(IOException.class, directory::usableBytes);
            assertThrows(IOException.class, directory::totalBytes);
            assertThrows(UncheckedIOException.class, () -> directory.allocate(1));
            writer.write(ByteBuffer.wrap(new byte[] {1}), 0);
            writer.force();
            assertEquals(1, reader.read(ByteBuffer.allocate(1), 0));
        }
    }

    @Test
    void roomIsKnown() throws IOException {
        assertTrue(directory.usableBytes() > 0);
        assertTrue(directory.totalBytes() >= directory.usableBytes());
        assertNotNull(directory.path());
    }

    // ---- locks

    @Test
    void lockExcludesEverybodyUntilItIsClosed() throws IOException {
        Closeable first = directory.tryLock("LOCK");
        assertNotNull(first);
        assertNull(directory.tryLock("LOCK"));
        assertNull(directory.tryLock("LOCK"));
        Closeable other = directory.tryLock("LOCK2");
        assertNotNull(other);
        first.close();
        Closeable second = directory.tryLock("LOCK");
        assertNotNull(second);
        first.close(); // twice: must not take the lock from the second holder
        assertNull(directory.tryLock("LOCK"));
        second.close();
        other.close();
        assertEquals(List.of("LOCK", "LOCK2"), directory.list());
    }

    static void assertNames(String name, IOException failure) {
        assertTrue(String.valueOf(failure.getMessage()).contains(name), "does not name " + name + ": " + failure);
    }
}
