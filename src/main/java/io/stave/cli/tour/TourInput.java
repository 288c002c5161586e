package io.stave.cli.tour;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What goes into the store, and what cannot.
 *
 * @param origin where it comes from, in words
 * @param files by name
 * @param leftOut those too long for a value first, then by name
 */
record TourInput(String origin, List<TourFile> files, List<LeftOut> leftOut) {

    /**
     * A file that cannot be taken along.
     *
     * @param name its path below the folder
     * @param reason in a few words
     * @param tooLong whether it is longer than a value can be
     */
    record LeftOut(String name, String reason, boolean tooLong) {}

    /** Build products and history of the repository say nothing about it, and change while a build runs. */
    static final Set<String> NOT_THE_REPOSITORY = Set.of(".git", "target");

    TourInput {
        files = files.stream().sorted(Comparator.comparing(TourFile::name)).toList();
        leftOut = leftOut.stream()
                .sorted(Comparator.comparing(LeftOut::tooLong).reversed().thenComparing(LeftOut::name))
                .toList();
    }

    /** Every file of a folder, however deep. */
    static TourInput of(Path directory) throws IOException {
        InputScan scan = new InputScan();
        scan.add("", directory, Set.of());
        return scan.result(directory.toString());
    }

    /** What is there on every machine: the JDK that runs this, and the repository if this was built in one. */
    static TourInput standard() throws IOException {
        InputScan scan = new InputScan();
        Path java = Path.of(System.getProperty("java.home"));
        List<String> origins = new ArrayList<>();
        for (String part : List.of("lib", "conf")) {
            if (Files.isDirectory(java.resolve(part))) {
                scan.add("jdk/" + part + "/", java.resolve(part), Set.of());
            }
        }
        origins.add("the JDK's lib and conf");
        Path repository = repository(System.getProperty("java.class.path"));
        if (repository != null) {
            scan.add("stave/", repository, NOT_THE_REPOSITORY);
            origins.add("this repository");
        }
        return scan.result(String.join(", ", origins));
    }

    /** The repository in whose {@code target} the first thing on the class path lies, or null if it lies elsewhere. */
    static @Nullable Path repository(String classPath) {
        String first = classPath.split(File.pathSeparator, 2)[0];
        Path target = Path.of(first).toAbsolutePath().normalize().getParent();
        if (target == null || !target.endsWith("target")) {
            return null;
        }
        Path home = target.getParent();
        return home != null
                        && Files.isRegularFile(home.resolve("pom.xml"))
                        && Files.isRegularFile(home.resolve("stave"))
                ? home
                : null;
    }

    /** Bytes of all files that are taken along. */
    long bytes() {
        return files.stream().mapToLong(TourFile::length).sum();
    }
}
