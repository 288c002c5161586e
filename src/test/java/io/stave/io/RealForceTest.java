package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each force that the seam promises reaches the operating system, on the right file and behind what it is for; one that fails is not tried
 * again, has a type of its own and names the file (I1, I8).
 */
class RealForceTest {

    private final WatchedFileSystem files = new WatchedFileSystem();

    @TempDir
    Path temporary;

    private Path real;
    private Path path;

    @BeforeEach
    void makeDirectory() throws IOException {
        real = Files.createDirectory(temporary.resolve("store"));
        path = files.watched(real);
    }

    private static void assumeNamesCanBeForced() {
        assumeTrue(File.separatorChar == '/', "names cannot be forced here");
    }

    @Test
    void forceOfAFileReachesTheFileAfterWhatWasWritten() throws IOException {
        try (StoreDirectory directory = RealDirectory.open(path);
                WritableFile file = directory.create("a")) {
            file.write(ByteBuffer.allocate(10), 0);
            file.force();
            assertEquals(List.of("write a", "fdatasync a"), files.events());
            file.extend(100);
            file.force();
            assertEquals(List.of("write a", "fdatasync a"), files.events());
        }
    }

    @Test
    void fileThatIsCutOffIsForcedAfterTheCut() throws IOException {
        Files.write(real.resolve("a"), new byte[100]);
        try (StoreDirectory directory = RealDirectory.open(path)) {
            directory.truncate("a", 10);
        }
        assertEquals(List.of("truncate a", "fdatasync a"), files.events());
        assertEquals(10, Files.size(real.resolve("a")));
    }

    @Test
    void forceOfTheNamesReachesTheDirectory() throws IOException {
        assumeNamesCanBeForced();
        try (StoreDirectory directory = RealDirectory.open(path)) {
            directory.forceNames();
        }
        assertEquals(List.of("fsync store"), files.events());
    }

    @Test
    void nameOfEachNewDirectoryIsForcedBeforeTheNextIsMade() throws IOException {
        assumeNamesCanBeForced();
        RealDirectory.create(path.resolve("a").resolve("b")).close();
        assertEquals(List.of("create a", "fsync store", "create b", "fsync a"), files.events());
    }

    /** Whoever made it may have died before forcing its name. */
    @Test
    void nameOfADirectoryThatWasThereIsForced() throws IOException {
        assumeNamesCanBeForced();
        RealDirectory.create(path).close();
        assertEquals(List.of("fsync " + temporary.getFileName()), files.events());
    }

    @Test
    void parentThatMayNotBeReadIsNotForced() throws IOException {
        files.denyAccess(temporary);
        RealDirectory.create(path).close();
        assertEquals(List.of(), files.events());
    }

    @Test
    void failedForceOfAFileIsFinalAndNamesIt() throws IOException {
        try (StoreDirectory directory = RealDirectory.open(path);
                WritableFile file = directory.create("a")) {
            assertFails(real.resolve("a"), file::force);
            assertEquals(List.of("fdatasync a"), files.events());
        }
    }

    @Test
    void failedForceOfACutIsFinalAndNamesTheFile() throws IOException {
        Files.write(real.resolve("a"), new byte[100]);
        try (StoreDirectory directory = RealDirectory.open(path)) {
            assertFails(real.resolve("a"), () -> directory.truncate("a", 10));
        }
        assertEquals(List.of("truncate a", "fdatasync a"), files.events());
    }

    @Test
    void failedForceOfTheNamesIsFinalAndNamesTheDirectory() throws IOException {
        assumeNamesCanBeForced();
        try (StoreDirectory directory = RealDirectory.open(path)) {
            assertFails(real, directory::forceNames);
        }
        assertEquals(List.of("fsync store"), files.events());
    }

    @Test
    void directoryWhoseNameCannotBeForcedIsNotOpened() {
        assumeNamesCanBeForced();
        assertFails(real, () -> RealDirectory.create(path.resolve("a").resolve("b")));
        assertEquals(List.of("create a", "fsync store"), files.events());
        assertFails(temporary, () -> RealDirectory.create(path));
        assertEquals(List.of("fsync " + temporary.getFileName()), files.events());
    }

    private void assertFails(Path forced, Executable deed) {
        files.failForce(forced);
        ForceFailedException failed = assertThrows(ForceFailedException.class, deed);
        assertTrue(failed.getMessage().startsWith(forced + ": force failed: Input/output error"), failed::getMessage);
        assertTrue(failed.getCause() instanceof IOException, failed::toString);
    }
}
