package io.stave;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to read one key of a million, chosen at random, its value in the page cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GetBenchmark {

    @Param("1000000")
    int count;

    @Param({"100", "1024", "16384"})
    int valueBytes;

    private FilledStore store;

    /** What each thread has of its own. */
    @State(Scope.Thread)
    public static class Mine {
        final byte[] key = new byte[FilledStore.KEY_BYTES];
    }

    @Setup(Level.Trial)
    public void fill() {
        store = new FilledStore(count, valueBytes, Durability.OS);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
    }

    @Benchmark
    public byte @Nullable [] hit(Mine mine) {
        return store.stave.get(store.present(mine.key));
    }

    @Benchmark
    @Threads(2)
    public byte @Nullable [] hitByTwo(Mine mine) {
        return hit(mine);
    }

    @Benchmark
    public byte @Nullable [] miss(Mine mine) {
        return store.stave.get(store.absent(mine.key));
    }

    @Benchmark
    @Threads(2)
    public byte @Nullable [] missByTwo(Mine mine) {
        return miss(mine);
    }

    /** The value is lent, not copied. */
    @Benchmark
    public @Nullable Integer lent(Mine mine) {
        return store.stave.read(store.present(mine.key), (value, version) -> (int) value.get(0));
    }

    @Benchmark
    public boolean contains(Mine mine) {
        return store.stave.contains(store.present(mine.key));
    }
}
