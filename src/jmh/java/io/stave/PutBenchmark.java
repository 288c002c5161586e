package io.stave;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to overwrite one key of a million, chosen at random, for each durability; merges run beside it as they have to. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
public class PutBenchmark {

    @Param("1000000")
    int count;

    @Param({"100", "1024"})
    int valueBytes;

    @Param({"OS", "INTERVAL", "SYNC"})
    String durability;

    private FilledStore store;
    private byte[] value;

    /** What each thread has of its own. */
    @State(Scope.Thread)
    public static class Mine {
        final byte[] key = new byte[FilledStore.KEY_BYTES];
    }

    @Setup(Level.Trial)
    public void fill() {
        value = FilledStore.value(valueBytes);
        store = new FilledStore(
                count,
                valueBytes,
                switch (durability) {
                    case "OS" -> Durability.OS;
                    case "INTERVAL" -> Durability.interval(Duration.ofMillis(10));
                    default -> Durability.SYNC;
                });
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
    }

    @Benchmark
    public long put(Mine mine) {
        return store.stave.put(store.present(mine.key), value);
    }

    @Benchmark
    @Threads(16)
    public long putBySixteen(Mine mine) {
        return put(mine);
    }

    /** Not waited for: the store makes whoever is too fast for it wait. */
    @Benchmark
    public CompletableFuture<Long> putAsync(Mine mine) {
        return store.stave.putAsync(store.present(mine.key), value);
    }

    /** Adds nothing to the keys in the end. */
    @Benchmark
    public long deleteAndPut(Mine mine) {
        store.stave.delete(store.present(mine.key));
        return store.stave.put(mine.key, value);
    }
}
