package io.stave.keydir;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the fingerprint of a key costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class KeyHashBenchmark {

    /** Length of the key in bytes. */
    @Param({"8", "16", "100"})
    int length;

    private final KeyHash hash = new KeyHash(1, 2);
    private final Fingerprint fingerprint = new Fingerprint();
    private byte[] array;
    private ByteBuffer direct;

    @Setup
    public void create() {
        array = new byte[length];
        direct = ByteBuffer.allocateDirect(length);
    }

    @Benchmark
    public long array() {
        array[0]++;
        hash.hash(array, 0, length, fingerprint);
        return fingerprint.high;
    }

    @Benchmark
    public long direct() {
        hash.hash(direct, 0, length, fingerprint);
        return fingerprint.high;
    }
}
