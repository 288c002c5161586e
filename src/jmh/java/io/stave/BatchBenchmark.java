package io.stave;

import java.io.IOException;
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

/** What a batch costs, made and applied without a force, by the number of its records: keys of a million, values of 100 bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
public class BatchBenchmark {

    private static final int COUNT = 1_000_000;
    private static final int VALUE_BYTES = 100;

    @Param({"1", "10", "100", "1000"})
    int records;

    private final byte[] key = new byte[FilledStore.KEY_BYTES];
    private FilledStore store;
    private byte[] value;

    @Setup(Level.Trial)
    public void fill() {
        value = FilledStore.value(VALUE_BYTES);
        store = new FilledStore(COUNT, VALUE_BYTES, Durability.OS);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
    }

    @Benchmark
    public BatchResult apply() {
        Batch batch = new Batch();
        for (int i = 0; i < records; i++) {
            batch.put(store.present(key), value);
        }
        return store.stave.apply(batch);
    }
}
