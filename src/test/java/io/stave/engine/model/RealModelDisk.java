package io.stave.engine.model;

import io.stave.Options;
import io.stave.Stave;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A real directory, with all the threads a store has. A crash is the death of the process: the files as they are at that moment. */
public final class RealModelDisk implements ModelDisk {

    private final Options options;
    private final Path base;
    private Path path;
    private int copies;

    RealModelDisk(Options options) throws IOException {
        this.options = options;
        this.base = Files.createTempDirectory("stave-model");
        this.path = base.resolve("0");
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public Stave open() {
        return Stave.open(path, options);
    }

    @Override
    public boolean keepsWhatWasAppended() {
        return true;
    }

    @Override
    public boolean crashAfter(int operations) {
        return false;
    }

    @Override
    public boolean failNextWrite(int bytes) {
        return false;
    }

    @Override
    public void failNoWrite() {
        // None does.
    }

    @Override
    public void crash(Stave store, long seed) throws IOException {
        Path copy = base.resolve(String.valueOf(++copies));
        Files.createDirectory(copy);
        // The MANIFEST first: what it lists is there until a later one is installed, and segments only grow.
        Files.copy(path.resolve("MANIFEST"), copy.resolve("MANIFEST"));
        for (Path file : files(path)) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".seg") || name.endsWith(".hint")) {
                copyIfThere(file, copy.resolve(name));
            }
        }
        store.close();
        delete(path);
        path = copy;
    }

    @Override
    public void kill(Stave store) throws IOException {
        crash(store, 0);
    }

    @Override
    public boolean inBackground() {
        return true;
    }

    @Override
    public void holdSealing(boolean hold) {
        // It comes when it comes.
    }

    @Override
    public void closed(long seed) {
        // The process has not died, and the machine cannot be made to.
    }

    @Override
    public void compareRecoveries() {
        // Done where it is cheap, in the simulation.
    }

    @Override
    public void close() throws IOException {
        for (Path directory : files(base)) {
            delete(directory);
        }
        Files.delete(base);
    }

    /** What a merge has replaced may be deleted at any moment. */
    private static void copyIfThere(Path from, Path to) throws IOException {
        try {
            Files.copy(from, to);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(to);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
