package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.cli.command.Failed;
import io.stave.cli.terminal.ExitCode;
import io.stave.hint.HintFile;
import io.stave.io.ReadOnlyDirectory;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The files of a store as its MANIFEST lists them, read beside whoever writes them: no lock, no write. When a listed file is gone, a merge has
 * replaced it, and a newer MANIFEST says by what.
 */
public final class StoreView implements AutoCloseable {

    private final StoreDirectory directory;
    private Manifest manifest;

    private StoreView(StoreDirectory directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /** Is shown segment after segment. */
    @FunctionalInterface
    public interface Look {
        /** Called with each segment, open; a {@link NoSuchFileException} means that the segment has gone meanwhile. */
        void at(ListedSegment segment, ReadableFile file) throws IOException;
    }

    /**
     * A look at one segment.
     *
     * @param <F> what it finds out
     */
    @FunctionalInterface
    interface One<F> {
        F find() throws IOException;
    }

    /** Is told of segments that are listed and not there. */
    @FunctionalInterface
    public interface Missing {
        void missing(ListedSegment segment);
    }

    /**
     * Reads the MANIFEST.
     *
     * @throws CorruptionException if it does not verify
     */
    public static StoreView open(Path store) throws IOException {
        StoreDirectory directory = ReadOnlyDirectory.open(store);
        try {
            return new StoreView(directory, ManifestFile.read(directory));
        } catch (NoSuchFileException e) {
            directory.close();
            throw new CorruptionException(
                    ManifestFile.NAME,
                    0,
                    "a manifest, for the directory holds segments",
                    "no file",
                    "Restore MANIFEST from a copy.");
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** The directory, for reading. */
    public StoreDirectory directory() {
        return directory;
    }

    /** The MANIFEST as it was read last. */
    public Manifest manifest() {
        return manifest;
    }

    /** Looks at each segment once: those that are listed, and those that replace them while one looks. */
    public void forEach(Look look, Missing missing) throws IOException {
        Set<Long> seen = new HashSet<>();
        boolean replaced = true;
        while (replaced) {
            replaced = false;
            for (ListedSegment segment : manifest.segments()) {
                if (seen.add(segment.id())) {
                    replaced |= !look(segment, look, missing);
                }
            }
            if (replaced) {
                manifest = ManifestFile.read(directory);
            }
        }
    }

    /** Returns whether the segment was there, or is missing although it ought to be. */
    private boolean look(ListedSegment segment, Look look, Missing missing) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            look.at(segment, file);
            return true;
        } catch (NoSuchFileException e) {
            if (!listedStill(segment.id())) {
                return false;
            }
            missing.missing(segment);
            return true;
        }
    }

    /**
     * Looks at one segment that is listed. Its files are unlinked one after the other, so that what is missing of it may be gone like the rest.
     *
     * @throws Failed if something is wrong, and a merge has replaced the segment meanwhile
     */
    <F extends Found> F find(ListedSegment segment, One<F> look) throws IOException {
        try {
            F found = look.find();
            if (!found.anomalies().isEmpty()) {
                requireListed(segment);
            }
            return found;
        } catch (NoSuchFileException e) {
            requireListed(segment);
            throw e;
        }
    }

    private void requireListed(ListedSegment segment) throws IOException {
        if (!listedStill(segment.id())) {
            throw new Failed(
                    ExitCode.FAILED,
                    "a merge has just replaced " + SegmentNames.segment(segment.id()) + ": see 'stave info'");
        }
    }

    /**
     * Opens a segment that is listed, for one who looks at no other.
     *
     * @throws CorruptionException if it is not there although it ought to be
     * @throws Failed if a merge has replaced it meanwhile
     */
    ReadableFile open(ListedSegment segment) throws IOException {
        String name = SegmentNames.segment(segment.id());
        try {
            return directory.open(name);
        } catch (NoSuchFileException e) {
            requireListed(segment);
            throw new CorruptionException(
                    name,
                    0,
                    "a segment that the MANIFEST lists",
                    "no file",
                    "Put it back from a copy, or see what 'stave repair --dry-run' says.");
        }
    }

    /** Whether the MANIFEST of now lists a segment; if not, what was read of it says nothing about the store. */
    public boolean listedStill(long segmentId) throws IOException {
        if (ManifestFile.isCurrent(directory, manifest)) {
            return true;
        }
        return ManifestFile.read(directory).segment(segmentId).isPresent();
    }

    /**
     * Finds the segment that is meant: by its number, or by the name of its file or its hint.
     *
     * @throws Failed if there is none
     */
    public ListedSegment segment(String name) {
        long id = id(name);
        return manifest.segment(id)
                .orElseThrow(() -> new Failed(
                        ExitCode.FAILED,
                        "the MANIFEST lists no segment " + name + "; it lists "
                                + (manifest.segments().isEmpty() ? "none" : range()) + ": see 'stave info'"));
    }

    private String range() {
        long first = manifest.segments().get(0).id();
        long last = manifest.segments().get(manifest.segments().size() - 1).id();
        return first == last ? "segment " + first : manifest.segments().size() + " from " + first + " to " + last;
    }

    private static long id(String name) {
        try {
            String stem = name.replaceFirst("\\.(seg|hint)$", "");
            return stem.matches("[0-9a-f]{16}") ? Long.parseLong(stem, 16) : Long.parseLong(name);
        } catch (NumberFormatException e) {
            throw new Failed(
                    ExitCode.USAGE,
                    "a segment is named by its number, like 7, or by its file, like " + SegmentNames.segment(7) + " or "
                            + HintFile.name(7) + ", and not " + name);
        }
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }
}
