package io.stave.compare.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/** How fast the file system takes the bytes that the peers write, in the plainest way there is. */
final class WriteLimits {
    private static final int PIECE = 64 << 10;
    private static final String FILE = "limit";
    private static final long ZEROS = 256L << 20;

    private WriteLimits() {}

    /** Keys and values of a load, made as for the peers, through one channel in pieces of {@value #PIECE} bytes; rehearsed as for them. */
    static Figures sequential(Context context) throws IOException, InterruptedException {
        try (FileChannel channel = create(context.directory())) {
            write(context, channel, context.seconds());
        }
        Files.delete(context.directory().resolve(FILE));
        Directories.sync(context.directory());
        try (FileChannel channel = create(context.directory())) {
            long start = System.nanoTime();
            write(context, channel, Double.POSITIVE_INFINITY);
            return new Figures().rate(context.keyCount(), System.nanoTime() - start);
        }
    }

    /** Writes all keys, or those that there is time for. */
    private static void write(Context context, FileChannel channel, double seconds) throws IOException {
        Values values = context.values();
        Keys keys = new Keys(false);
        byte[] key = new byte[Keys.BYTES];
        byte[] value = new byte[values.length()];
        ByteBuffer piece = ByteBuffer.allocateDirect(Math.max(PIECE, key.length + value.length));
        long start = System.nanoTime();
        for (long number = 0; number < context.keyCount(); number++) {
            keys.fill(key, number);
            values.fill(value, number, 0);
            if (piece.remaining() < key.length + value.length) {
                drain(channel, piece);
                if (System.nanoTime() - start > seconds * 1e9) {
                    return;
                }
            }
            piece.put(key).put(value);
        }
        drain(channel, piece);
    }

    /** Appends so many records at a time, and fdatasync, in a file filled with zeros before; from its end on again from its start. */
    static Figures forced(Context context, int records) throws IOException {
        int record = Keys.BYTES + context.valueBytes();
        ByteBuffer piece = ByteBuffer.allocateDirect(records * record);
        Histogram histogram = new Histogram(2);
        try (FileChannel channel = create(context.directory())) {
            fillWithZeros(channel);
            force(channel, piece, context.seconds() / 2, new Histogram(2));
            long start = System.nanoTime();
            force(channel, piece, context.seconds(), histogram);
            return new Figures()
                    .rate(histogram.getTotalCount() * records, System.nanoTime() - start)
                    .latency("force", histogram);
        }
    }

    private static void force(FileChannel channel, ByteBuffer piece, double seconds, Histogram histogram)
            throws IOException {
        long deadline = System.nanoTime() + (long) (seconds * 1e9);
        long before = System.nanoTime();
        do {
            if (channel.position() + piece.capacity() > ZEROS) {
                channel.position(0);
            }
            piece.clear();
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
            channel.force(false);
            long now = System.nanoTime();
            histogram.recordValue(now - before);
            before = now;
        } while (before < deadline);
    }

    private static void fillWithZeros(FileChannel channel) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        while (channel.position() < ZEROS) {
            channel.write(zeros.clear());
        }
        channel.force(true);
        channel.position(0);
    }

    private static FileChannel create(Path directory) throws IOException {
        return FileChannel.open(
                directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
    }

    private static void drain(FileChannel channel, ByteBuffer piece) throws IOException {
        piece.flip();
        while (piece.hasRemaining()) {
            channel.write(piece);
        }
        piece.clear();
    }
}
