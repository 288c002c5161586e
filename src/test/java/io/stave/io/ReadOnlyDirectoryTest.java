package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A directory in which nothing is changed, not even by mistake. */
class ReadOnlyDirectoryTest {

    @TempDir
    Path path;

    @BeforeEach
    void makeAFile() throws IOException {
        Files.write(path.resolve("file"), new byte[] {1, 2, 3});
    }

    @Test
    void filesAreReadAndMapped() throws IOException {
        try (StoreDirectory directory = ReadOnlyDirectory.open(path)) {
            assertEquals(List.of("file"), directory.list());
            assertTrue(directory.exists("file"));
            assertEquals(path, directory.path());
            assertTrue(directory.totalBytes() >= directory.usableBytes());
            assertArrayEquals(new byte[] {1, 2, 3}, StoreDirectoryContract.content(directory, "file"));
            assertThrows(NoSuchFileException.class, () -> directory.open("other"));
        }
    }

    @Test
    void whatWouldChangeSomethingIsRefused() throws IOException {
        try (StoreDirectory directory = ReadOnlyDirectory.open(path)) {
            for (Executable change : List.<Executable>of(
                    () -> directory.create("other"),
                    () -> directory.truncate("file", 1),
                    () -> directory.rename("file", "other"),
                    () -> directory.delete("file"),
                    directory::forceNames,
                    () -> directory.tryLock("LOCK"))) {
                assertThrows(UnsupportedOperationException.class, change);
            }
            assertEquals(List.of("file"), directory.list());
            assertEquals(3, Files.size(path.resolve("file")));
        }
    }

    @Test
    void memoryComesFromElsewhere() throws IOException {
        Files.createFile(path.resolve("memory-1-1.tmp")); // a writer's leftover is a writer's business
        Object before = Files.getLastModifiedTime(path);
        try (StoreDirectory directory = ReadOnlyDirectory.open(path)) {
            Mapping memory = directory.allocate(1 << 20);
            memory.buffer().putLong(8, 42);
            assertEquals(42, memory.buffer().getLong(8));
            memory.release();
        }
        assertEquals(before, Files.getLastModifiedTime(path));
        assertTrue(Files.exists(path.resolve("memory-1-1.tmp")));
    }

    /** Such a name may be anybody's in a directory for temporary files. */
    @Test
    void leftoversElsewhereAreLeftAlone() throws IOException {
        Path leftover = Files.createFile(path.resolve("memory-1-1.tmp"));
        try (MemoryFile memory = new MemoryFile(List.of(path))) {
            memory.allocate(4096).release();
        }
        assertTrue(Files.exists(leftover));
    }

    @Test
    void directoryMustBeThere() {
        Path none = path.resolve("none");
        assertThrows(NoSuchFileException.class, () -> ReadOnlyDirectory.open(none));
        assertFalse(Files.exists(none));
        assertThrows(NotDirectoryException.class, () -> ReadOnlyDirectory.open(path.resolve("file")));
    }

    @Test
    void closedDirectoryGivesNothing() throws IOException {
        StoreDirectory directory = ReadOnlyDirectory.open(path);
        directory.close();
        directory.close();
        assertThrows(IOException.class, () -> directory.open("file"));
        assertThrows(UncheckedIOException.class, () -> directory.allocate(4096));
    }

    @Test
    void mappedFileIsReadWhenItHasLostItsName() throws IOException {
        try (StoreDirectory directory = RealDirectory.open(path)) {
            Mapping mapping;
            try (ReadableFile file = directory.open("file")) {
                mapping = file.map(2);
            }
            directory.delete("file");
            try (ReadableFile mapped = new MappedFile("file", mapping)) {
                assertEquals("file", mapped.name());
                assertEquals(2, mapped.length());
                ByteBuffer target = ByteBuffer.allocate(10).position(4);
                assertEquals(1, mapped.read(target, 1));
                assertEquals(5, target.position());
                assertEquals(2, target.get(4));
                assertEquals(0, mapped.read(target, 2));
                assertEquals(0, mapped.read(target, 50));
                assertThrows(UnsupportedOperationException.class, () -> mapped.map(1));
            }
            mapping.release();
        }
    }
}
