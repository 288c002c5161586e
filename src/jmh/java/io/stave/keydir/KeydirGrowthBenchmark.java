package io.stave.keydir;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What growing costs, to the writer who fills a keydir and to a reader beside it (I11). */
@State(Scope.Benchmark)
@Fork(1)
public class KeydirGrowthBenchmark {

    private static final int COUNT = 10_000_000;

    private MappedMemory memory;
    private CompactKeydir keydir;
    private volatile int inserted;

    @Setup(Level.Iteration)
    public void start() {
        memory = new MappedMemory();
        keydir = new CompactKeydir(memory);
        keydir.put(Fill.high(0), 0, 0, 0, 100, 0, new Location());
        inserted = 1;
    }

    @TearDown(Level.Iteration)
    public void close() {
        keydir.close();
        memory.close();
        System.gc(); // unmaps what was retired
    }

    /** Ten million inserts into an empty keydir. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 1)
    @Measurement(iterations = 3)
    public long insertTenMillion() {
        Location previous = new Location();
        for (int i = 0; i < COUNT; i++) {
            keydir.put(Fill.high(i), i, i, i, 100, 0, previous);
        }
        return keydir.count();
    }

    /** Ten million offers, a tenth of them newer records of a key that is there, and the finish. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 1)
    @Measurement(iterations = 3)
    public long loadTenMillion() {
        KeydirLoader loader = new KeydirLoader(memory);
        Location superseded = new Location();
        for (int i = 0; i < COUNT; i++) {
            int key = i % 10 == 0 ? i / 2 : i;
            loader.offer(Fill.high(key), key, i, false, i, i, 100, 0, superseded);
        }
        try (CompactKeydir loaded = loader.finish()) {
            return loaded.count();
        }
    }

    /** Finds keys that are there, while {@link #grow} fills the keydir from nothing to ten million keys. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    @Group("growth")
    @Warmup(iterations = 1, time = 5)
    @Measurement(iterations = 2, time = 5)
    public void read() {
        int i = ThreadLocalRandom.current().nextInt(inserted);
        if (!keydir.find(Fill.high(i), i, new Location())) {
            throw new AssertionError("missed key " + i);
        }
    }

    /** The writer beside {@link #read}. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.NANOSECONDS)
    @Group("growth")
    @Warmup(iterations = 1, time = 5)
    @Measurement(iterations = 2, time = 5)
    public void grow() {
        int i = inserted;
        if (i < COUNT) {
            keydir.put(Fill.high(i), i, i, i, 100, 0, new Location());
            inserted = i + 1;
        }
    }
}
