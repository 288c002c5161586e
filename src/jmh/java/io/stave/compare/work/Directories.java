package io.stave.compare.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories that the harness made itself. */
public final class Directories {
    private Directories() {}

    /** Deletes a directory with all in it, if it is there. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : all) {
            Files.deleteIfExists(one);
        }
    }

    /**
     * Waits until all that was written to the file system is on disk, by whomever it was: who comes next is not to share the disk with who was
     * there before. Does nothing where there is no such command.
     */
    public static void sync(Path directory) throws InterruptedException {
        try {
            new ProcessBuilder("sync", "-f", directory.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            System.err.println("no sync before works: " + e.getMessage());
        }
    }

    /** Deletes where nobody can be told any more; a process that is being killed may still write there. */
    public static void deleteQuietly(Path directory) {
        try {
            delete(directory);
        } catch (IOException e) {
            System.err.println("left behind: " + directory);
        }
    }
}
