package io.stave.io;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The real file system, with somebody who notes what changes files and names and what is forced, and who can have a force fail.
 *
 * <p>Does as much as {@link RealDirectory} needs. For one thread.
 */
final class WatchedFileSystem extends FileSystemProvider {

    private final WatchedPath.Names files = new WatchedPath.Names(this);
    private final List<String> events = new ArrayList<>();
    private final Set<Path> failing = new HashSet<>();
    private final Set<Path> closed = new HashSet<>();

    /** The same place, watched. */
    Path watched(Path real) {
        return new WatchedPath(files, real);
    }

    /** What has happened since this was asked for the last time. */
    List<String> events() {
        List<String> all = List.copyOf(events);
        events.clear();
        return all;
    }

    /** The next force of this file or directory fails, once: as on Linux, the one after it would succeed. */
    void failForce(Path real) {
        failing.add(real);
    }

    /** Nobody may open this file or directory. */
    void denyAccess(Path real) {
        closed.add(real);
    }

    void note(String event, Path real) {
        events.add(event + " " + real.getFileName());
    }

    /** To be asked before the force: whether it fails. */
    boolean failsForce(Path real) {
        return failing.remove(real);
    }

    private static Path real(Path path) {
        return WatchedPath.real(path);
    }

    private static FileSystemProvider provider(Path real) {
        return real.getFileSystem().provider();
    }

    private Path opened(Path path) throws AccessDeniedException {
        Path real = real(path);
        if (closed.contains(real)) {
            throw new AccessDeniedException(real.toString());
        }
        return real;
    }

    // ---- what is watched

    @Override
    public AsynchronousFileChannel newAsynchronousFileChannel(
            Path path, Set<? extends OpenOption> options, ExecutorService executor, FileAttribute<?>... attributes)
            throws IOException {
        Path real = opened(path);
        return new WatchedChannel(
                this, real, provider(real).newAsynchronousFileChannel(real, options, executor, attributes));
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        Path real = real(directory);
        provider(real).createDirectory(real, attributes);
        note("create", real);
    }

    // ---- what is passed on

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return provider(real(path)).newFileChannel(real(path), options, attributes);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return provider(real(path)).newByteChannel(real(path), options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        return provider(real(directory)).newDirectoryStream(real(directory), filter);
    }

    @Override
    public void delete(Path path) throws IOException {
        provider(real(path)).delete(real(path));
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        provider(real(source)).move(real(source), real(target), options);
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        provider(real(source)).copy(real(source), real(target), options);
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return provider(real(path)).isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return provider(real(path)).isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return provider(real(path)).getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        provider(real(path)).checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return provider(real(path)).getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return provider(real(path)).readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return provider(real(path)).readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        provider(real(path)).setAttribute(real(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "watched";
    }

    @Override
    public FileSystem newFileSystem(java.net.URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(java.net.URI uri) {
        return files;
    }

    @Override
    public Path getPath(java.net.URI uri) {
        throw new UnsupportedOperationException();
    }
}
