package io.stave.compare.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * How fast memory gives back what the peers store. A table with a slot of {@value #SLOT} bytes a key, in random order, says where the
 * record lies; the record is copied from a mapped file and its CRC32C computed. Of the second kind of read, two that depend on each
 * other, only the first bytes of slot and record are looked at.
 */
final class ReadLimits {
    private static final int SLOT = 32;
    private static final int RECORD_HEADER = 20;
    private static final long REGION = 1L << 30;
    private static final int SOME = 64;

    private final long count;
    private final int record;
    private final Mapped table;
    private final Mapped records;
    private final int valueBytes;

    private ReadLimits(Context context) throws IOException {
        count = context.keyCount();
        valueBytes = context.valueBytes();
        record = RECORD_HEADER + Keys.BYTES + valueBytes;
        Path directory = context.directory();
        table = new Mapped(directory.resolve("table"), count, SLOT, FileChannel.MapMode.PRIVATE);
        records = new Mapped(directory.resolve("records"), count, record, FileChannel.MapMode.READ_ONLY);
        for (long i = 0; i < count; i++) {
            table.region(i).putLong(table.offset(i), Long.remainderUnsigned(Keys.mix(i), count));
        }
    }

    /** Both kinds of read, one after the other, by some threads. */
    static Figures reads(Context context, int threads) throws Exception {
        ReadLimits limits = new ReadLimits(context);
        double seconds = context.seconds();
        Crew.Done copies = Crew.run(threads, seconds / 2, seconds, thread -> limits.copies(context.seed() + thread));
        Crew.Done looks = Crew.run(threads, seconds / 2, seconds, thread -> limits.looks(context.seed() + thread));
        Figures figures = new Figures();
        figures.rate(looks.operations(), looks.nanos());
        double twoReads = figures.all().get(Figures.RATE);
        figures.rate(copies.operations(), copies.nanos()).set("twoReadsPerSecond", twoReads);
        ProcessFigures.memory(figures);
        return figures;
    }

    private Crew.Hand copies(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        CRC32C crc = new CRC32C();
        return () -> {
            long sum = 0;
            for (int i = 0; i < SOME; i++) {
                long at = table.slot(random.nextLong(count));
                byte[] value = new byte[valueBytes];
                records.region(at).get(records.offset(at) + RECORD_HEADER + Keys.BYTES, value);
                crc.reset();
                crc.update(value, 0, valueBytes);
                sum += crc.getValue();
            }
            consume(sum);
            return SOME;
        };
    }

    private Crew.Hand looks(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return () -> {
            long sum = 0;
            for (int i = 0; i < SOME; i++) {
                sum += records.slot(table.slot(random.nextLong(count)));
            }
            consume(sum);
            return SOME;
        };
    }

    /** So that no compiler finds the reads to be of no use. */
    private static void consume(long sum) {
        if (sum == Long.MIN_VALUE + 1) {
            Signals.say("");
        }
    }

    /** Slots of one length, mapped in regions that none of them crosses. */
    private static final class Mapped {
        private final MappedByteBuffer[] regions;
        private final int length;
        private final int slots;

        Mapped(Path file, long count, int length, FileChannel.MapMode mode) throws IOException {
            this.length = length;
            slots = (int) (REGION / length);
            long bytes = (long) slots * length;
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long size = count * length;
                if (mode == FileChannel.MapMode.READ_ONLY) {
                    fill(channel, size);
                } else {
                    // Private memory: the file stays a hole.
                    channel.write(ByteBuffer.allocate(1), size - 1);
                }
                regions = new MappedByteBuffer[(int) ((size + bytes - 1) / bytes)];
                for (int i = 0; i < regions.length; i++) {
                    regions[i] = channel.map(mode, i * bytes, Math.min(bytes, size - i * bytes));
                    regions[i].order(ByteOrder.nativeOrder());
                }
            }
        }

        private static void fill(FileChannel channel, long size) throws IOException {
            byte[] random = new byte[1 << 20];
            new SplittableRandom(size).nextBytes(random);
            ByteBuffer piece = ByteBuffer.allocateDirect(random.length).put(random);
            while (channel.position() < size) {
                channel.write(piece.clear().limit((int) Math.min(piece.capacity(), size - channel.position())));
            }
        }

        MappedByteBuffer region(long at) {
            return regions[(int) (at / slots)];
        }

        int offset(long at) {
            return (int) (at % slots) * length;
        }

        long slot(long at) {
            return region(at).getLong(offset(at));
        }
    }
}
