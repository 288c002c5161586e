package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stave.keydir.Fingerprints.Family;
import io.stave.keydir.Fingerprints.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers and writers at once, on one stripe where it hurts most. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ConcurrentKeydirTest {

    private static final int READERS = 2;
    private static final int STABLE = 40;
    private static final int KEYS = 4_000;
    private static final Key COUNTER = new Key(9L << 40, 1);
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(ChosenKeydir.isCompact() ? 1_200 : 4_000);

    private final EpochMemory memory = new EpochMemory(READERS);
    private final Keydir keydir = ChosenKeydir.empty(memory);
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final AtomicBoolean stop = new AtomicBoolean();

    @AfterEach
    void endThreads() throws InterruptedException {
        stop.set(true);
        pool.shutdownNow();
        assertTrue(pool.awaitTermination(30, TimeUnit.SECONDS));
    }

    /**
     * Every hundredth key is always there and keeps being overwritten, with numbers that only grow. The others come and go in waves that make
     * the table grow and shrink. Readers check that they never miss, never see a mixture of two locations, and never go back in time.
     */
    @ParameterizedTest
    @ValueSource(strings = {"even", "one stripe", "same high", "first home", "last home", "one run"})
    void presentKeyIsNeverMissedNeverTornAndNeverGoesBack(String name) throws Exception {
        Family family = Fingerprints.family(name, 0x5eed_0000_0000_0043L);
        int keys = "even".equals(name) || "one stripe".equals(name) ? KEYS : KEYS / 8;
        int every = keys / STABLE;
        for (int i = 0; i < keys; i += every) {
            put(family.key(i, keys), 1, new Location());
        }
        List<Future<Long>> threads = new ArrayList<>();
        for (int r = 0; r < READERS; r++) {
            int reader = r;
            threads.add(pool.submit(() -> read(family, keys, every, reader)));
        }
        threads.add(pool.submit(() -> overwrite(family, keys, every)));
        threads.add(pool.submit(() -> comeAndGo(family, keys, every)));
        long end = System.nanoTime() + NANOS;
        while (System.nanoTime() < end && threads.stream().noneMatch(Future::isDone)) {
            Thread.sleep(10);
        }
        stop.set(true);
        for (Future<Long> thread : threads) {
            assertTrue(thread.get() > 100, "a thread got nowhere");
        }
        if (keys == KEYS && "one stripe".equals(name)) {
            assertTrue(memory.spoiled() > 4, "tables were retired while readers read: " + memory.spoiled());
        }
    }

    private long read(Family family, int keys, int every, int reader) {
        SplittableRandom random = new SplittableRandom(reader);
        Location location = new Location();
        int[] newest = new int[keys];
        long reads = 0;
        while (!stop.get()) {
            boolean stable = random.nextInt(4) != 0;
            int i = stable ? random.nextInt(STABLE) * every : random.nextInt(keys);
            Key key = family.key(i, keys);
            memory.enter(reader);
            boolean found = keydir.find(key.high(), key.low(), key, location);
            memory.exit(reader);
            if (i % every == 0) {
                assertTrue(found, () -> "missed key " + i);
            }
            if (found) {
                int version = location.segment;
                assertEquals(offsetOf(version, key), location.offset, () -> "torn: " + location);
                assertEquals(version >>> 3 & Location.MAX_LENGTH, location.length, () -> "torn: " + location);
                assertEquals(version & 127, location.flags, () -> "torn: " + location);
                assertTrue(version >= newest[i], () -> "went back from " + newest[i] + " to " + location);
                newest[i] = version;
            }
            reads++;
        }
        return reads;
    }

    private long overwrite(Family family, int keys, int every) {
        Location previous = new Location();
        long version = 1;
        while (!stop.get()) {
            version++;
            for (int i = 0; i < keys; i += every) {
                assertTrue(put(family.key(i, keys), (int) version, previous), "was there");
                assertEquals(version - 1, previous.segment);
            }
        }
        return version;
    }

    private long comeAndGo(Family family, int keys, int every) {
        Location previous = new Location();
        int version = 1;
        for (; !stop.get(); version++) {
            boolean all = version % 4 == 0;
            for (int i = 0; i < keys && !stop.get(); i++) {
                int key = all ? i : (int) ((i * 7919L + version) % keys);
                if (key % every != 0 && (all || key % 3 != version % 3)) {
                    put(family.key(key, keys), version, previous);
                }
            }
            for (int i = 0; i < keys && !stop.get(); i++) {
                int key = all ? keys - 1 - i : i;
                if (key % every != 0) {
                    remove(family.key(key, keys), previous);
                }
            }
        }
        return version * 1_000L;
    }

    private boolean put(Key key, int segment, int offset, int length, int flags, Location previous) {
        return keydir.put(key.high(), key.low(), key, segment, offset, length, flags, previous);
    }

    private boolean remove(Key key, Location previous) {
        return keydir.remove(key.high(), key.low(), key, previous);
    }

    private boolean put(Key key, int version, Location previous) {
        return keydir.put(
                key.high(),
                key.low(),
                key,
                version,
                offsetOf(version, key),
                version >>> 3 & Location.MAX_LENGTH,
                version & 127,
                previous);
    }

    private static int offsetOf(int version, Key key) {
        return (int) Fingerprints.mix(version + key.high() + key.low()) & Integer.MAX_VALUE;
    }

    /** A put is an exchange: each location is handed out as the previous one exactly once, or stands at the end. */
    @Test
    void everyLocationPutIsReplacedOrRemovedExactlyOnce() throws Exception {
        int threads = 4;
        int puts = 200_000;
        List<Future<BitSet>> seen = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            seen.add(pool.submit(() -> exchange(thread * puts, puts)));
        }
        BitSet all = new BitSet();
        int total = 0;
        for (Future<BitSet> one : seen) {
            total += one.get().cardinality();
            all.or(one.get());
        }
        Location location = new Location();
        long count = keydir.count();
        int left = 0;
        for (int key = 0; key < 10; key++) {
            if (remove(new Key(7L << 40, key), location)) {
                all.set(location.segment);
                left++;
            }
        }
        assertEquals(left, count);
        assertEquals(0, keydir.count());
        assertEquals(threads * puts, total + left);
        assertEquals(threads * puts, all.cardinality());
    }

    private BitSet exchange(int first, int puts) {
        BitSet previous = new BitSet();
        Location location = new Location();
        SplittableRandom random = new SplittableRandom(first);
        for (int i = first; i < first + puts; i++) {
            if (put(new Key(7L << 40, random.nextInt(10)), i, 0, 1, 0, location)) {
                previous.set(location.segment);
            }
            if (remove(new Key(7L << 40, random.nextInt(10)), location)) {
                previous.set(location.segment);
            }
        }
        return previous;
    }

    /** Counting with a compare-and-set loop loses no count, while now and then a neighbour makes the slots move. */
    @Test
    void replaceIsACompareAndSet() throws Exception {
        int threads = 2;
        int additions = 300_000;
        put(COUNTER, 0, 0, 5, 1, new Location());
        Future<Long> neighbour = pool.submit(() -> {
            long rounds = 0;
            for (Location previous = new Location(); !stop.get(); rounds++) {
                for (int i = 0; i < 100; i++) {
                    put(new Key((9L << 40) - 1 + i % 2 * 2, i), 0, 0, 1, 0, previous);
                }
                for (int i = 0; i < 100; i++) {
                    remove(new Key((9L << 40) - 1 + i % 2 * 2, i), previous);
                }
                LockSupport.parkNanos(100_000);
            }
            return rounds;
        });
        List<Callable<Void>> adders = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            adders.add(() -> add(additions));
        }
        for (Future<Void> adder : pool.invokeAll(adders)) {
            adder.get();
        }
        stop.set(true);
        assertTrue(neighbour.get() > 0);
        Location location = new Location();
        assertTrue(keydir.find(COUNTER.high(), COUNTER.low(), COUNTER, location));
        assertEquals(threads * additions, location.segment + location.offset);
        assertEquals(5, location.length);
        assertEquals(1, keydir.count());
    }

    private Void add(int additions) {
        Location location = new Location();
        for (int i = 0; i < additions; i++) {
            boolean done = false;
            while (!done) {
                assertTrue(keydir.find(COUNTER.high(), COUNTER.low(), COUNTER, location));
                // Segment and offset take turns in growing, so that a mixture of two states counts wrongly.
                int segment = location.segment;
                int offset = location.offset;
                int more = (segment + offset) % 2;
                done = keydir.replace(
                        COUNTER.high(), COUNTER.low(), COUNTER, segment, offset, segment + more, offset + 1 - more);
            }
        }
        return null;
    }

    /**
     * The case a sequence lock is weakest at: a writer that does nothing but write, and a reader that takes ten times as long as a write, here
     * because its key stands at the end of a run of a thousand slots. Without the writers' courtesy it would get through by chance only.
     */
    @Test
    void hotWriterDoesNotStarveASlowReader() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "both run at once");
        int run = 1_000;
        Family family = Fingerprints.family("one run", 5);
        for (int i = 0; i < run; i++) {
            put(family.key(i, run), 1, new Location());
        }
        Key first = family.key(0, run);
        Key last = family.key(run - 1, run);
        long undisturbed = nanosOfPuts(first);
        AtomicInteger written = new AtomicInteger();
        Future<Long> writer = pool.submit(() -> {
            Location previous = new Location();
            while (!stop.get()) {
                put(first, written.incrementAndGet(), previous);
            }
            return (long) written.get();
        });
        assertTimeoutPreemptively(Duration.ofSeconds(40), () -> {
            Location location = new Location();
            for (int i = 0; i < 20_000; i++) {
                int then = written.get();
                while (written.get() < then + 20) { // begin while the writer has its processor
                    Thread.onSpinWait();
                }
                assertTrue(keydir.find(last.high(), last.low(), last, location));
                assertEquals(offsetOf(1, last), location.offset);
            }
        });
        stop.set(true);
        assertTrue(writer.get() > 1_000, "the writer wrote meanwhile");
        long afterwards = nanosOfPuts(first);
        assertTrue(
                afterwards < 10 * undisturbed + TimeUnit.MILLISECONDS.toNanos(100),
                "writers are no longer held up: " + undisturbed + " ns, then " + afterwards);
    }

    private long nanosOfPuts(Key key) {
        long best = Long.MAX_VALUE;
        Location previous = new Location();
        for (int round = 0; round < 5; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 100_000; i++) {
                put(key, i, previous);
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }
}
