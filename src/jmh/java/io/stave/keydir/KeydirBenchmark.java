package io.stave.keydir;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
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

/**
 * What one call costs. Keys are chosen at random, so a keydir that is larger than the caches shows what memory costs.
 *
 * <p>Run: {@code java -cp target/test-classes:target/classes:... org.openjdk.jmh.Main KeydirBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KeydirBenchmark {

    /** How many keys; 11.1 million fill the tables nearly to 7/8, 11.6 million are just after growth. */
    @Param({"10000", "11100000", "11600000"})
    int count;

    private MappedMemory memory;
    private CompactKeydir keydir;
    private ByteBuffer yardstick;
    private int yardstickLength;

    /** What each thread has of its own. */
    @State(Scope.Thread)
    public static class Mine {
        final Location location = new Location();
    }

    @Setup(Level.Trial)
    public void fill() {
        memory = new MappedMemory();
        keydir = new CompactKeydir(memory);
        Location previous = new Location();
        for (int i = 0; i < count; i++) {
            keydir.put(Fill.high(i), i, i, i, 100, 0, previous);
        }
        yardstickLength = (int) keydir.bytes() - Long.BYTES;
        yardstick = memory.allocate((int) keydir.bytes());
        for (int i = 0; i < yardstickLength; i += 4096) {
            yardstick.put(i, (byte) 1);
        }
        System.out.printf(
                "%n%d keys, load %.3f, %.1f B/key%n", keydir.count(), keydir.load(), (double) keydir.bytes() / count);
    }

    @TearDown(Level.Trial)
    public void close() {
        keydir.close();
        memory.close();
    }

    /** One word at a random place in as much memory as the tables have: the yardstick for the others. */
    @Benchmark
    public long oneRandomRead() {
        return yardstick.getLong(
                (int) (Fill.high(ThreadLocalRandom.current().nextInt(count)) >>> 33) % yardstickLength);
    }

    @Benchmark
    public boolean hit(Mine mine) {
        int i = ThreadLocalRandom.current().nextInt(count);
        return keydir.find(Fill.high(i), i, mine.location);
    }

    @Benchmark
    public boolean miss(Mine mine) {
        int i = ThreadLocalRandom.current().nextInt(count);
        return keydir.find(Fill.high(~i), i, mine.location);
    }

    @Benchmark
    public boolean overwrite(Mine mine) {
        int i = ThreadLocalRandom.current().nextInt(count);
        return keydir.put(Fill.high(i), i, i, i, 100, 0, mine.location);
    }

    /** Removes a key and puts it back: slots move both ways. */
    @Benchmark
    public boolean removeAndInsert(Mine mine) {
        int i = ThreadLocalRandom.current().nextInt(count);
        keydir.remove(Fill.high(i), i, mine.location);
        return keydir.put(Fill.high(i), i, i, i, 100, 0, mine.location);
    }

    @Benchmark
    @Group("readBesideWriter")
    @GroupThreads(1)
    public boolean besideRead(Mine mine) {
        return hit(mine);
    }

    @Benchmark
    @Group("readBesideWriter")
    @GroupThreads(1)
    public boolean besideWrite(Mine mine) {
        return removeAndInsert(mine);
    }

    /** One thread overwrites one key without a break, the other reads that key. */
    @Benchmark
    @Group("hotKey")
    @GroupThreads(1)
    public boolean hotRead(Mine mine) {
        return keydir.find(Fill.high(1), 1, mine.location);
    }

    @Benchmark
    @Group("hotKey")
    @GroupThreads(1)
    public boolean hotWrite(Mine mine) {
        return keydir.put(Fill.high(1), 1, 1, 1, 100, 0, mine.location);
    }
}
