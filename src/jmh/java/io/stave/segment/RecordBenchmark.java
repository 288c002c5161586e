package io.stave.segment;

import io.stave.io.Mapping;
import io.stave.io.RealDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to make one record, checksum and mask included, and to verify and copy its value out of a mapping; all of it in the caches. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecordBenchmark {

    private static final int KEY_BYTES = 16;
    private static final int AT = 64;

    @Param({"100", "1024", "16384"})
    int valueBytes;

    private final StoreId store = StoreId.random();
    private final byte[] key = new byte[KEY_BYTES];
    private final RecordReader reader = new RecordReader();
    private byte[] value;
    private int length;
    private ByteBuffer buffer;
    private RealDirectory directory;
    private Path path;
    private Segment segment;

    @Setup(Level.Trial)
    public void write() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        value = new byte[valueBytes];
        random.nextBytes(value);
        random.nextBytes(key);
        length = RecordFormat.length(KEY_BYTES, valueBytes, false);
        buffer = ByteBuffer.allocateDirect(AT + length).order(ByteOrder.LITTLE_ENDIAN);
        encode();
        path = Files.createTempDirectory("stave-benchmark-");
        directory = RealDirectory.open(path);
        Mapping mapping = directory.allocate(AT + length);
        mapping.buffer().put(0, buffer, 0, AT + length);
        segment = Segment.certified(store, 1, mapping, AT + length, 1, 1);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        segment.mapping().release();
        directory.close();
        Files.delete(path);
    }

    @Benchmark
    public int encode() {
        RecordFormat.putHeader(buffer, AT, RecordFormat.PUT, 0, 1, KEY_BYTES, valueBytes);
        buffer.put(RecordFormat.keyOffset(AT, 0), key);
        buffer.put(RecordFormat.valueOffset(AT, 0, KEY_BYTES), value);
        return RecordFormat.seal(buffer, AT, length, RecordFormat.mask(store, 1, AT));
    }

    @Benchmark
    public byte[] decode() {
        return reader.value(segment, AT, length, key, 0, KEY_BYTES);
    }

    @Benchmark
    public RecordReader verify() {
        reader.verify(segment, AT, length, key, 0, KEY_BYTES);
        return reader;
    }
}
