package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.support.Background;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions and conditions under contention, with tiny segments and merges running. */
class VersionsTest {

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final int THREADS = 4;

    @TempDir
    Path path;

    private final AtomicBoolean stop = new AtomicBoolean();
    private Stave store;
    private Background<Boolean> merger;

    @BeforeEach
    void open() {
        store = Stave.open(
                path, Options.defaults().mergePolicy(MergePolicy.manual()).segmentLength(16 * 1024));
        merger = Background.start(() -> {
            while (!stop.get()) {
                store.merge();
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        stop.set(true);
        merger.join();
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static long number(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void together(Work work) throws Exception {
        List<Background<Boolean>> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            threads.add(Background.start(() -> work.run(thread)));
        }
        for (Background<Boolean> thread : threads) {
            thread.join();
        }
    }

    /** Increments by compare-and-set, some forced and some not; none is lost, none counted twice. */
    @Test
    void countersAreExact() throws Exception {
        int counters = 3;
        int increments = 400;
        together(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < increments; ) {
                byte[] key = key(random.nextInt(counters));
                Entry entry = store.getEntry(key);
                long version = entry == null ? Stave.NO_VERSION : entry.version();
                long count = entry == null ? 0 : number(entry.value());
                long applied = store.compareAndSet(
                        key, version, number(count + 1), i % 10 == 0 ? WriteOptions.defaults() : OS);
                assertTrue(applied == 0 || applied > version);
                i += applied > 0 ? 1 : 0;
            }
        });
        long sum = 0;
        for (int i = 0; i < counters; i++) {
            sum += number(store.get(key(i)));
        }
        assertEquals(THREADS * increments, sum);
    }

    /** Exactly one wins, each time the key becomes absent. */
    @Test
    void oneOfManyPutsIfAbsentWins() throws Exception {
        Set<Long> versions = java.util.Collections.synchronizedSet(new HashSet<>());
        int[] wins = new int[THREADS];
        together(thread -> {
            for (int i = 0; i < 300; i++) {
                long version = store.putIfAbsent(key(0), number(thread), OS);
                if (version > 0) {
                    wins[thread]++;
                    assertTrue(versions.add(version), "no version is given twice");
                    assertEquals(thread, number(store.get(key(0))), "it is ours until we delete it");
                    assertTrue(store.delete(key(0), version, OS) > version);
                }
            }
        });
        int sum = 0;
        for (int won : wins) {
            sum += won;
        }
        assertEquals(versions.size(), sum);
        assertTrue(sum > 0);
        assertEquals(0, store.stats().keys());
    }

    /** A reader never sees a key go back, and sees at least what was acknowledged before. */
    @Test
    void versionsOfAKeyOnlyGrow() throws Exception {
        int keys = 4;
        AtomicBoolean written = new AtomicBoolean();
        long[] acknowledged = new long[keys];
        List<Background<Boolean>> readers = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            readers.add(Background.start(() -> {
                long[] seen = new long[keys];
                while (!written.get()) {
                    for (int k = 0; k < keys; k++) {
                        long before;
                        synchronized (acknowledged) {
                            before = acknowledged[k];
                        }
                        Entry entry = store.getEntry(key(k));
                        long version = entry == null ? 0 : entry.version();
                        assertTrue(version >= seen[k], "version " + version + " after " + seen[k]);
                        assertTrue(
                                version >= before, "version " + version + " although " + before + " was acknowledged");
                        seen[k] = version;
                    }
                }
            }));
        }
        together(thread -> {
            for (int i = 0; i < 300; i++) {
                long version = store.put(key(thread), number(i), i % 7 == 0 ? WriteOptions.defaults() : OS);
                synchronized (acknowledged) {
                    assertTrue(version > acknowledged[thread]);
                    acknowledged[thread] = version;
                }
            }
        });
        written.set(true);
        for (Background<Boolean> reader : readers) {
            reader.join();
        }
    }

    /** Later writes have larger versions, whoever makes them. */
    @Test
    void aWriteThatBeginsAfterAnotherReturnedHasALargerVersion() throws Exception {
        long[] newest = new long[1];
        together(thread -> {
            for (int i = 0; i < 200; i++) {
                long before;
                synchronized (newest) {
                    before = newest[0];
                }
                long version = i % 3 == 0
                        ? store.putAsync(key(i), number(i), OS).get()
                        : store.put(key(i), number(i), i % 20 == 1 ? WriteOptions.defaults() : OS);
                assertTrue(version > before);
                synchronized (newest) {
                    newest[0] = Math.max(newest[0], version);
                }
            }
        });
        assertEquals(newest[0], store.stats().lastVersion());
    }
}
