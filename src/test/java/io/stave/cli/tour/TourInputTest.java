package io.stave.cli.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.stave.Stave;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TourInputTest {
    @TempDir
    Path directory;

    @Test
    void everyRegularFileIsTakenAlongByItsRelativePath() throws IOException {
        file("b", "1");
        file("a/c/d", "22");
        file("a/empty", "");
        file("a/.hidden", "4444");
        Files.createDirectory(directory.resolve("nothing"));
        TourInput input = TourInput.of(directory);
        assertEquals(List.of("a/.hidden", "a/c/d", "a/empty", "b"), names(input));
        assertEquals(List.of(), input.leftOut());
        assertEquals(7, input.bytes());
        assertEquals(directory.toString(), input.origin());
    }

    @Test
    void aFileBeyondTheLimitIsNamedAndLeftOut() throws IOException {
        file("a", "1");
        length("fits", Stave.MAX_VALUE_LENGTH);
        length("over", Stave.MAX_VALUE_LENGTH + 1L);
        length("far", 3L * Stave.MAX_VALUE_LENGTH);
        TourInput input = TourInput.of(directory);
        assertEquals(List.of("a", "fits"), names(input));
        assertEquals(
                List.of(
                        new TourInput.LeftOut("far", "48.0 MiB, over the limit of 16.0 MiB", true),
                        new TourInput.LeftOut("over", "1 B over the limit of 16.0 MiB", true)),
                input.leftOut());
    }

    @Test
    void linksToFilesAreFollowedAndOtherLinksAreNamedAndLeftOut() throws IOException {
        Path file = file("a/file", "text");
        Files.createSymbolicLink(directory.resolve("link"), file);
        Files.createSymbolicLink(directory.resolve("a/circle"), directory);
        Files.createSymbolicLink(directory.resolve("self"), directory.resolve("self"));
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));
        TourInput input = TourInput.of(directory);
        assertEquals(List.of("a/file", "link"), names(input));
        assertEquals(8, input.bytes(), "the length of what the link leads to");
        assertEquals(
                List.of(
                        new TourInput.LeftOut("a/circle", "a link to a directory", false),
                        new TourInput.LeftOut("dangling", "a link that leads nowhere", false),
                        new TourInput.LeftOut("self", "a link that cannot be followed", false)),
                input.leftOut());
    }

    @Test
    void theFolderMayItselfBeALink() throws IOException {
        file("a/file", "text");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("a"));
        assertEquals(List.of("file"), names(TourInput.of(link)));
    }

    @Test
    void whatMayNotBeReadIsNamedAndLeftOut() throws IOException {
        file("a", "1");
        Path secret = file("secret", "1");
        Path closed = file("closed/file", "1").getParent();
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assumeFalse(Files.isReadable(secret), "root may read everything");
            TourInput input = TourInput.of(directory);
            assertEquals(List.of("a"), names(input));
            assertEquals(
                    List.of(
                            new TourInput.LeftOut("closed", "may not be read", false),
                            new TourInput.LeftOut("secret", "may not be read", false)),
                    input.leftOut());
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void withoutAFolderItIsTheJdkThatRunsThis() throws IOException {
        TourInput input = TourInput.standard();
        assertTrue(names(input).contains("jdk/conf/security/java.security"), names(input)::toString);
        assertTrue(names(input).contains("jdk/lib/jvm.cfg"), names(input)::toString);
        assertTrue(
                input.leftOut().stream().anyMatch(file -> file.name().equals("jdk/lib/modules") && file.tooLong()),
                input.leftOut()::toString);
    }

    @Test
    void theRepositoryIsTheOneInWhoseTargetTheClassesLie() throws IOException {
        file("home/pom.xml", "");
        file("home/stave", "");
        Path home = directory.resolve("home");
        assertEquals(home, TourInput.repository(home + "/target/stave-cli.jar"));
        assertEquals(home, TourInput.repository(home + "/target/classes" + File.pathSeparator + "/elsewhere.jar"));
        assertNull(TourInput.repository(home + "/lib/stave-cli.jar"));
        assertNull(TourInput.repository(directory + "/other/target/stave-cli.jar"));
        assertNull(TourInput.repository(""));
    }

    @Test
    void historyAndBuildProductsOfTheRepositoryAreNotTakenAlong() throws IOException {
        file("home/.git/config", "");
        file("home/target/classes/x", "");
        file("home/src/x", "");
        InputScan scan = new InputScan();
        scan.add("stave/", directory.resolve("home"), TourInput.NOT_THE_REPOSITORY);
        assertEquals(List.of("stave/src/x"), names(scan.result("here")));
    }

    private static List<String> names(TourInput input) {
        return input.files().stream().map(TourFile::name).toList();
    }

    private Path file(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private void length(String name, long length) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
            file.setLength(length);
        }
    }
}
