package io.stave.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A real channel whose writes, cuts and forces a {@link WatchedFileSystem} notes. */
final class WatchedChannel extends AsynchronousFileChannel {

    private final WatchedFileSystem files;
    private final Path path;
    private final AsynchronousFileChannel channel;

    WatchedChannel(WatchedFileSystem files, Path path, AsynchronousFileChannel channel) {
        this.files = files;
        this.path = path;
        this.channel = channel;
    }

    /** A force without metadata is an fdatasync, one with it an fsync: the note tells which. */
    @Override
    public void force(boolean metadata) throws IOException {
        files.note(metadata ? "fsync" : "fdatasync", path);
        if (files.failsForce(path)) {
            throw new IOException("Input/output error");
        }
        channel.force(metadata);
    }

    @Override
    public AsynchronousFileChannel truncate(long length) throws IOException {
        channel.truncate(length);
        files.note("truncate", path);
        return this;
    }

    @Override
    public Future<Integer> write(ByteBuffer source, long position) {
        files.note("write", path);
        return channel.write(source, position);
    }

    @Override
    public <A> void write(
            ByteBuffer source, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
        files.note("write", path);
        channel.write(source, position, attachment, handler);
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public Future<Integer> read(ByteBuffer target, long position) {
        return channel.read(target, position);
    }

    @Override
    public <A> void read(
            ByteBuffer target, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
        channel.read(target, position, attachment, handler);
    }

    @Override
    public Future<FileLock> lock(long position, long length, boolean shared) {
        return channel.lock(position, length, shared);
    }

    @Override
    public <A> void lock(
            long position, long length, boolean shared, A attachment, CompletionHandler<FileLock, ? super A> handler) {
        channel.lock(position, length, shared, attachment, handler);
    }

    @Override
    public @Nullable FileLock tryLock(long position, long length, boolean shared) throws IOException {
        return channel.tryLock(position, length, shared);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
