package io.stave.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file of the real file system, open for reading. */
final class RealReadableFile implements ReadableFile {
    private final String name;
    private final Path path;
    private final @Nullable Object fileKey;
    private final PositionalChannel channel;

    private RealReadableFile(String name, Path path, @Nullable Object fileKey, PositionalChannel channel) {
        this.name = name;
        this.path = path;
        this.fileKey = fileKey;
        this.channel = channel;
    }

    static RealReadableFile open(String name, Path path) throws IOException {
        PositionalChannel channel = PositionalChannel.open(path, StandardOpenOption.READ);
        try {
            return new RealReadableFile(name, path, ProcessLock.fileKey(path), channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() throws IOException {
        return channel.length();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    /**
     * Maps through a channel of its own, for an interrupt closes a channel that is mapping: then it is done again with
     * another, and the flag is restored at the end (I13).
     */
    @Override
    public Mapping map(long length) throws IOException {
        if (length < 0 || length > StoreDirectory.MAX_MAPPING) {
            throw new IllegalArgumentException(
                    path + ": can map 0 to " + StoreDirectory.MAX_MAPPING + " bytes, not " + length);
        }
        long present = channel.length();
        if (length > present) {
            throw new EOFException(path + ": is " + present + " bytes long, cannot map " + length);
        }
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return mapOnce(length);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Mapping mapOnce(long length) throws IOException {
        try (FileChannel fresh = FileChannel.open(path, StandardOpenOption.READ)) {
            if (!Objects.equals(fileKey, ProcessLock.fileKey(path))) {
                throw new NoSuchFileException(
                        path.toString(), null, "another file has got this name since it was opened");
            }
            return Mapper.BEST.map(fresh, MapMode.READ_ONLY, length);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw Failures.named(path, e);
        }
    }

    /**
     * By a channel of its own, which an interrupt may close. It is opened by the name; where that is gone, or another file has it, the bytes are
     * copied.
     */
    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        try (FileChannel fresh = FileChannel.open(path, StandardOpenOption.READ)) {
            if (fileKey != null && fileKey.equals(ProcessLock.fileKey(path))) {
                return transfer(fresh, position, count, target);
            }
        } catch (NoSuchFileException e) {
            // It has lost its name and lives on for those who have it open.
        }
        return ReadableFile.super.transferTo(position, count, target);
    }

    private static long transfer(FileChannel source, long position, long count, WritableByteChannel target)
            throws IOException {
        long done = 0;
        while (done < count) {
            long now = source.transferTo(position + done, count - done, target);
            if (now == 0) {
                break;
            }
            done += now;
        }
        return done;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
