package io.stave.io;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A directory of the real file system. */
public final class RealDirectory implements StoreDirectory {

    /** Windows neither lets a directory be opened nor needs it to be forced. */
    private static final boolean NAMES_CAN_BE_FORCED = File.separatorChar == '/';

    private final Path path;
    private final MemoryFile memory;

    /** Of the directory itself, to force it; null on Windows. */
    private final @Nullable PositionalChannel names;

    private volatile boolean closed;

    private RealDirectory(Path path, @Nullable PositionalChannel names) {
        this.path = path;
        this.names = names;
        this.memory = new MemoryFile(path);
    }

    /**
     * Opens a directory that is there.
     *
     * @param path the directory
     * @return the directory; the caller closes it
     * @throws NoSuchFileException if there is nothing of that name
     * @throws NotDirectoryException if it is something else
     * @throws IOException if it cannot be opened
     */
    public static RealDirectory open(Path path) throws IOException {
        if (!Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
            throw new NotDirectoryException(path.toString());
        }
        return new RealDirectory(
                path, NAMES_CAN_BE_FORCED ? PositionalChannel.open(path, StandardOpenOption.READ) : null);
    }

    /**
     * Opens a directory, creating it and its parents where they are missing. When this returns the name of the directory is
     * durable.
     *
     * @param path the directory
     * @return the directory; the caller closes it
     * @throws FileAlreadyExistsException if the path or one of its parents is there and is no directory
     * @throws IOException if it cannot be created, forced or opened
     */
    public static RealDirectory create(Path path) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = path.toAbsolutePath(); at != null && !Files.isDirectory(at); at = at.getParent()) {
            missing.push(at);
        }
        if (missing.isEmpty()) {
            forceParent(path.toAbsolutePath());
        }
        for (Path directory : missing) {
            try {
                Files.createDirectory(directory);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(directory)) {
                    throw e;
                }
            }
            forceParent(directory);
        }
        return open(path);
    }

    /** Also for a directory that was there: whoever created it may have died before forcing its name. */
    private static void forceParent(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent == null || !NAMES_CAN_BE_FORCED) {
            return;
        }
        try (PositionalChannel names = PositionalChannel.open(parent, StandardOpenOption.READ)) {
            names.force(true);
        } catch (AccessDeniedException e) {
            // We may create entries there but not read it; those who laid it out so have made it durable.
            return;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<String> list() throws IOException {
        ensureOpen();
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                found.add(String.valueOf(entry.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw Failures.named(path, Objects.requireNonNull(e.getCause()));
        }
        Collections.sort(found);
        return found;
    }

    @Override
    public boolean exists(String name) throws IOException {
        try {
            Files.readAttributes(resolve(name), BasicFileAttributes.class);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public WritableFile create(String name) throws IOException {
        return new RealWritableFile(
                name, PositionalChannel.open(resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public WritableFile reopen(String name) throws IOException {
        return new RealWritableFile(name, PositionalChannel.open(resolve(name), StandardOpenOption.WRITE));
    }

    @Override
    public boolean link(StoreDirectory source, String name) throws IOException {
        Path target = resolve(name);
        if (!(source instanceof RealDirectory)) {
            return false;
        }
        Path existing = ((RealDirectory) source).resolve(name);
        try {
            Files.createLink(target, existing);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Another file system, one without links, too many of them, or no right to make any: a copy will do, or
            // will
            // say what is wrong.
            return false;
        }
    }

    @Override
    public ReadableFile open(String name) throws IOException {
        return RealReadableFile.open(name, resolve(name));
    }

    @Override
    public void truncate(String name, long length) throws IOException {
        Path file = resolve(name);
        try (PositionalChannel channel = PositionalChannel.open(file, StandardOpenOption.WRITE)) {
            long present = channel.length();
            if (length > present) {
                throw new IOException(file + ": is " + present + " bytes long, cannot be truncated to " + length);
            }
            channel.truncate(length);
            channel.force(false);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path source = resolve(from);
        try {
            Files.move(source, resolve(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failures.named(source, e);
        }
    }

    @Override
    public boolean delete(String name) throws IOException {
        Path file = resolve(name);
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Failures.named(file, e);
        }
    }

    @Override
    public void forceNames() throws IOException {
        ensureOpen();
        if (names != null) {
            names.force(true);
        }
    }

    @Override
    public @Nullable Closeable tryLock(String name) throws IOException {
        checkName(name);
        ensureOpen();
        return ProcessLock.tryLock(path, name);
    }

    @Override
    public long usableBytes() throws IOException {
        ensureOpen();
        long usable = path.toFile().getUsableSpace();
        if (usable == 0) {
            totalBytes(); // 0 also stands for a failure
        }
        return usable;
    }

    @Override
    public long totalBytes() throws IOException {
        ensureOpen();
        // Not through FileStore, which wants to know the mount and fails where /proc does not show it.
        long total = path.toFile().getTotalSpace();
        if (total == 0) {
            throw new IOException(path + ": the size of its file system is unknown");
        }
        return total;
    }

    @Override
    public Mapping allocate(long bytes) {
        try {
            ensureOpen();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return memory.allocate(bytes);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            if (names != null) {
                names.close();
            }
        } finally {
            memory.close();
        }
    }

    private Path resolve(String name) throws IOException {
        checkName(name);
        ensureOpen();
        return path.resolve(name);
    }

    private void ensureOpen() throws IOException {
        if (closed) {
            throw new IOException(path + ": the directory was closed");
        }
    }

    private static void checkName(String name) {
        if (name.isEmpty()
                || name.equals(".")
                || name.equals("..")
                || name.indexOf('/') >= 0
                || name.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("not a plain file name: '" + name + "'");
        }
    }
}
