package io.stave.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A directory for one test, below {@code target/crash} and so on a real disk; {@code /tmp} may be none. Deleted when the test has
 * passed, and kept as evidence when it has not.
 */
final class Scratch {

    private final Path path;

    private Scratch(Path path) {
        this.path = path;
    }

    /** A new directory; {@code -Dstave.crash.dir=…} puts it on another file system. */
    static Scratch create(String name) throws IOException {
        Path parent = Files.createDirectories(
                Path.of(System.getProperty("stave.crash.dir", "target/crash")).toAbsolutePath());
        return new Scratch(Files.createTempDirectory(parent, name + '-'));
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** A new directory in it. */
    Path directory(String name) throws IOException {
        return Files.createDirectory(path.resolve(name));
    }

    /** The test has not passed, this part of it; the first words say what went wrong and where to look, for those who see no more. */
    AssertionError failed(String which, Throwable e) {
        return new AssertionError(which + ", evidence in " + path + ": " + e, e);
    }

    /** The test has passed. */
    void delete() throws IOException {
        deleteAll(path);
    }

    static void deleteAll(Path top) throws IOException {
        try (Stream<Path> tree = Files.walk(top)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
