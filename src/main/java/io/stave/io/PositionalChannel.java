package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A file read, written and forced by position, which no interrupt can close (I13).
 *
 * <p>A {@code FileChannel} closes itself when the thread using it is interrupted, for everybody. An {@code
 * AsynchronousFileChannel} does not, and with an executor that runs each task in the caller's thread nothing about it is
 * asynchronous: pread, pwrite and fdatasync, as fast as on a {@code FileChannel}. Results are taken from the future and not
 * by a completion handler, for the JDK clears the interrupt flag after calling a handler.
 */
final class PositionalChannel implements Closeable {

    /**
     * The most bytes of a heap buffer passed to one call. The JDK copies heap bytes into a direct buffer that it keeps for
     * each thread, and direct buffers are capped; 64 KiB a call is as fast as 1 MiB.
     */
    private static final int HEAP_STEP = 64 * 1024;

    private static final CallerRuns CALLER_RUNS = new CallerRuns();

    private final Path path;
    private final AsynchronousFileChannel channel;

    private PositionalChannel(Path path, AsynchronousFileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static PositionalChannel open(Path path, OpenOption... options) throws IOException {
        try {
            return new PositionalChannel(path, AsynchronousFileChannel.open(path, Set.of(options), CALLER_RUNS));
        } catch (IOException e) {
            throw Failures.named(path, e);
        }
    }

    /** Writes all that remains in the buffer, however many calls that takes. */
    void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            int end = step(source);
            int written;
            try {
                written = await(channel.write(source, at));
            } finally {
                source.limit(end);
            }
            if (written <= 0) {
                throw new IOException(path + ": wrote nothing at offset " + at);
            }
            at += written;
        }
    }

    /** Reads until the buffer is full or the file ends. */
    int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int end = step(target);
            int read;
            try {
                read = await(channel.read(target, position + total));
            } finally {
                target.limit(end);
            }
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    /** Takes the limit down to what one call may move; returns the limit to restore. */
    private static int step(ByteBuffer buffer) {
        int end = buffer.limit();
        if (!buffer.isDirect() && buffer.remaining() > HEAP_STEP) {
            buffer.limit(buffer.position() + HEAP_STEP);
        }
        return end;
    }

    private int await(Future<Integer> done) throws IOException {
        try {
            return done.get(); // done already, so this neither waits nor looks at the interrupt flag
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw Failures.named(path, failure);
            }
            throw new IOException(path + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("a finished future waited", e);
        }
    }

    long length() throws IOException {
        try {
            return channel.size();
        } catch (IOException e) {
            throw Failures.named(path, e);
        }
    }

    void truncate(long length) throws IOException {
        try {
            channel.truncate(length);
        } catch (IOException e) {
            throw Failures.named(path, e);
        }
    }

    /** fdatasync; fsync if metadata is asked for, as a directory needs. */
    void force(boolean metadata) throws IOException {
        try {
            channel.force(metadata);
        } catch (IOException e) {
            throw new ForceFailedException(path.toString(), e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } catch (IOException e) {
            throw Failures.named(path, e);
        }
    }

    /** Runs every task at once, in the thread that submits it; there is nothing to shut down. */
    private static final class CallerRuns extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            // Owns no thread.
        }

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
