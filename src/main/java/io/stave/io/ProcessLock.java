package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file, against other processes and within this one.
 *
 * <p>POSIX drops a process's lock when <em>any</em> of its descriptors of the file is closed, and nothing tells the holder.
 * So a table of what is held here is asked before the file is opened. The table cannot know of a second copy of this library
 * in another class loader; but the JDK does, and says so by an exception: then the descriptor just opened is kept, for closing
 * it would take the lock from the other copy.
 */
final class ProcessLock implements Closeable {

    /** All statics are guarded by the class. A key is the directory, whatever the path it was reached by, and the name. */
    private static final Set<String> HELD = new HashSet<>();

    private static final Map<String, Kept> KEPT = new HashMap<>();

    private final String key;
    private final Path file;
    private final AsynchronousFileChannel channel;

    private ProcessLock(String key, Path file, AsynchronousFileChannel channel) {
        this.key = key;
        this.file = file;
        this.channel = channel;
    }

    /** A descriptor that may not be closed, and the file it is of. */
    private record Kept(
            AsynchronousFileChannel channel, @Nullable Object fileKey) {}

    /** Takes the lock, or returns null if somebody else has it. */
    static @Nullable ProcessLock tryLock(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        synchronized (ProcessLock.class) {
            Object directoryKey = fileKey(directory);
            String key = (directoryKey == null ? directory.toRealPath() : directoryKey) + "/" + name;
            if (HELD.contains(key)) {
                return null;
            }
            try {
                return tryLock(key, file);
            } catch (IOException e) {
                throw Failures.named(file, e);
            }
        }
    }

    private static @Nullable ProcessLock tryLock(String key, Path file) throws IOException {
        AsynchronousFileChannel channel = open(key, file);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            KEPT.put(key, new Kept(channel, fileKey(file)));
            return null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (lock == null) {
            channel.close();
            return null;
        }
        HELD.add(key);
        return new ProcessLock(key, file, channel);
    }

    private static AsynchronousFileChannel open(String key, Path file) throws IOException {
        Kept kept = KEPT.get(key);
        if (kept != null && kept.fileKey() != null && kept.fileKey().equals(fileKey(file))) {
            KEPT.remove(key);
            return kept.channel();
        }
        return AsynchronousFileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** What identifies a file whatever its path; null if there is no such file, or no such thing on this system. */
    static @Nullable Object fileKey(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (ProcessLock.class) {
            if (!channel.isOpen()) {
                return;
            }
            try {
                channel.close();
            } catch (IOException e) {
                throw Failures.named(file, e);
            } finally {
                HELD.remove(key);
            }
        }
    }
}
