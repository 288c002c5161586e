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

/** What the next key or entry of a snapshot costs, of a million; when all were shown, another walk begins. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScanBenchmark {

    private static final int COUNT = 1_000_000;

    @Param({"100", "1024"})
    int valueBytes;

    private FilledStore store;
    private Snapshot snapshot;
    private Snapshot.Cursor<byte[]> keys;
    private Snapshot.Cursor<Entry> entries;

    @Setup(Level.Trial)
    public void fill() {
        store = new FilledStore(COUNT, valueBytes, Durability.OS);
        snapshot = store.stave.snapshot();
        keys = snapshot.keys();
        entries = snapshot.entries();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        keys.close();
        entries.close();
        snapshot.close();
        store.close();
    }

    @Benchmark
    public byte[] nextKey() {
        if (!keys.hasNext()) {
            keys.close();
            keys = snapshot.keys();
        }
        return keys.next();
    }

    @Benchmark
    public Entry nextEntry() {
        if (!entries.hasNext()) {
            entries.close();
            entries = snapshot.entries();
        }
        return entries.next();
    }
}
