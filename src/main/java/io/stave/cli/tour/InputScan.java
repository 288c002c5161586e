package io.stave.cli.tour;

import io.stave.Stave;
import io.stave.cli.terminal.Units;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks folders and sorts what it finds into files to take along and things to leave out. Links to files are followed;
 * links to directories are not, for they lead in circles or out of the folder.
 */
final class InputScan {

    private final List<TourFile> files = new ArrayList<>();
    private final List<TourInput.LeftOut> leftOut = new ArrayList<>();

    /**
     * Adds all files below a directory.
     *
     * @param prefix what their names start with
     * @param directory may itself be a link
     * @param skipped names of directories that are passed over without a word
     */
    void add(String prefix, Path directory, Set<String> skipped) throws IOException {
        Path root = directory.toRealPath();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                boolean skip = !path.equals(root) && skipped.contains(String.valueOf(path.getFileName()));
                return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                classify(prefix, root, path, attributes);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException failure) {
                leftOut.add(new TourInput.LeftOut(name(prefix, root, path), reason(failure), false));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) {
                if (failure != null) {
                    leftOut.add(new TourInput.LeftOut(name(prefix, root, path), reason(failure), false));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    TourInput result(String origin) {
        return new TourInput(origin, files, leftOut);
    }

    private void classify(String prefix, Path root, Path path, BasicFileAttributes own) {
        TourFile file = new TourFile(name(prefix, root, path), path, own.size());
        String obstacle;
        try {
            // A link tells nothing about what it leads to.
            BasicFileAttributes attributes =
                    own.isSymbolicLink() ? Files.readAttributes(path, BasicFileAttributes.class) : own;
            file = new TourFile(file.name(), path, attributes.size());
            obstacle = obstacle(file, attributes);
        } catch (NoSuchFileException e) {
            obstacle = own.isSymbolicLink() ? "a link that leads nowhere" : "gone already";
        } catch (IOException e) {
            obstacle = own.isSymbolicLink() ? "a link that cannot be followed" : reason(e);
        }
        if (obstacle == null) {
            files.add(file);
        } else {
            boolean tooLong = file.length() > Stave.MAX_VALUE_LENGTH;
            leftOut.add(new TourInput.LeftOut(file.name(), obstacle, tooLong));
        }
    }

    private static @Nullable String obstacle(TourFile file, BasicFileAttributes attributes) {
        if (attributes.isDirectory()) {
            return "a link to a directory";
        }
        if (!attributes.isRegularFile()) {
            return "not a regular file";
        }
        if (attributes.size() > Stave.MAX_VALUE_LENGTH) {
            return overTheLimit(attributes.size());
        }
        if (file.key().length > Stave.MAX_KEY_LENGTH) {
            return "its name is too long for a key";
        }
        if (!namedInThisLocale(file.path())) {
            return "its name is not of this locale";
        }
        return Files.isReadable(file.path()) ? null : "may not be read";
    }

    private static String overTheLimit(long length) {
        String limit = Units.bytes(Stave.MAX_VALUE_LENGTH);
        return Units.bytes(length).equals(limit)
                ? Units.bytes(length - Stave.MAX_VALUE_LENGTH) + " over the limit of " + limit
                : Units.bytes(length) + ", over the limit of " + limit;
    }

    /** In a locale that lacks characters of a name, others stand for them, and do not lead back to the file. */
    private static boolean namedInThisLocale(Path path) {
        try {
            return Path.of(path.toString()).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static String name(String prefix, Path root, Path path) {
        String relative =
                root.relativize(path).toString().replace(root.getFileSystem().getSeparator(), "/");
        return prefix + (relative.isEmpty() ? "." : relative);
    }

    private static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "may not be read";
        }
        String reason = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }
}
