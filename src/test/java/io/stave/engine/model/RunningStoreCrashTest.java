package io.stave.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a crash leaves of a store while all of its threads work: one writer, merges in the background and by hand, segments that are created ahead,
 * long enough for zeros and for large groups, on a disk whose forces take their time. With {@code Durability.OS} it is what the writer had written up to some
 * moment, batches whole, and at least what was forced.
 *
 * <p>How the threads meet is different each time, so a failure names its seed but may not come again; with {@code -Dstave.running.runs=1000} it is sought for longer.
 */
class RunningStoreCrashTest {

    private static final int RUNS = Integer.getInteger("stave.running.runs", 4);
    private static final long SEED = Long.getLong("stave.running.seed", System.nanoTime());
    private static final int CRASHES = 12;
    private static final int MOST_CHANGES = 6000;
    private static final int KEYS = 60;
    private static final int ABSENT = -1;

    static LongStream seeds() {
        return LongStream.range(SEED, SEED + RUNS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCrashLeavesWhatWasThereAtSomeMoment(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        SimulatedDirectory disk = new SimulatedDirectory();
        GateDirectory slow = new GateDirectory(disk);
        int reluctance = random.nextInt(4);
        slow.rule((act, name, position, length) -> delay(act, reluctance));
        long[] lengths = {8 << 20, 4 << 20, 3 << 19};
        Options options = Options.defaults()
                .segmentLength(lengths[random.nextInt(lengths.length)])
                .durability(Durability.OS)
                .mergePolicy(MergePolicy.automatic().deadRatio(0.1));
        Writes writes = new Writes();
        AtomicBoolean over = new AtomicBoolean();
        try (Stave store = Engine.open(slow, options, false)) {
            long writersSeed = random.nextLong();
            Background<Boolean> writer =
                    Background.start(() -> write(store, writes, new SplittableRandom(writersSeed), over));
            boolean byHand = random.nextBoolean();
            Background<Boolean> merger = Background.start(() -> merge(store, byHand, over));
            try {
                for (int i = 0; i < CRASHES && !writer.done(); i++) {
                    LockSupport.parkNanos(random.nextInt(40_000_000)); // not until something: at any moment
                    int forced = writes.forced();
                    CrashState state = i % 3 == 0 ? CrashState.syncedOnly() : CrashState.random(random.nextLong());
                    verify(disk.afterCrash(state), writes, forced);
                }
            } finally {
                over.set(true);
            }
            writer.join();
            merger.join();
        }
        assertEquals(List.of(), disk.leaks());
        verify(disk.afterCrash(CrashState.syncedOnly()), writes, writes.count());
    }

    /** Forces and deletes take a while, and the roll's forces so long that a segment is often full before. */
    private static void delay(Act act, int reluctance) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        boolean force = act == Act.FORCE || act == Act.FORCE_NAMES;
        if (act == Act.FORCE && Thread.currentThread().getName().equals("stave-roll")) {
            LockSupport.parkNanos(random.nextInt(1, 60_000_000));
        } else if ((force || act == Act.DELETE) && random.nextInt(10) < 2 * reluctance) {
            LockSupport.parkNanos(random.nextInt(1, 3_000_000));
        }
    }

    private static void merge(Stave store, boolean byHand, AtomicBoolean over) {
        while (byHand && !over.get()) {
            store.merge();
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(1, 5_000_000));
        }
    }

    private static void write(Stave store, Writes writes, SplittableRandom random, AtomicBoolean over) {
        while (!over.get() && writes.count() < MOST_CHANGES) {
            int key = random.nextInt(KEYS);
            int kind = random.nextInt(20);
            if (kind < 4) {
                writes.begin(List.of(key), true);
                store.delete(key(key));
            } else if (kind < 6) {
                boolean large = random.nextInt(8) == 0; // then it is a group of its own
                int least = large ? 20_000 : 0;
                Set<Integer> keys = new LinkedHashSet<>();
                for (int i = large ? 24 : random.nextInt(2, 8); i > 0; i--) {
                    keys.add(random.nextInt(KEYS));
                }
                int number = writes.begin(keys, false);
                Batch batch = new Batch();
                for (int each : keys) {
                    batch.put(key(each), value(number++, random.nextInt(least, least + 8000)));
                }
                store.apply(batch);
            } else {
                int number = writes.begin(List.of(key), false);
                int length = random.nextInt(3) == 0 ? random.nextInt(60_000) : random.nextInt(300);
                boolean force = kind == 6 && random.nextInt(4) == 0;
                Durability durability = force ? Durability.SYNC : Durability.OS;
                store.put(
                        key(key), value(number, length), WriteOptions.defaults().durability(durability));
                if (force) {
                    writes.forcedAll();
                }
            }
        }
    }

    private static byte[] key(int key) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(key).array();
    }

    /** Says which change put it. */
    private static byte[] value(int number, int length) {
        byte[] value = new byte[Math.max(Integer.BYTES, length)];
        Arrays.fill(value, (byte) number);
        ByteBuffer.wrap(value).putInt(number);
        return value;
    }

    /** Recovers, and looks for a moment at which the store held what it holds now. */
    private static void verify(SimulatedDirectory left, Writes writes, int least) {
        int[] found = new int[KEYS];
        try (Stave store = Engine.open(left, Options.defaults().mergePolicy(MergePolicy.manual()), true)) {
            for (int key = 0; key < KEYS; key++) {
                byte[] value = store.get(key(key));
                found[key] = value == null ? ABSENT : ByteBuffer.wrap(value).getInt();
            }
        }
        assertTrue(
                writes.everHeld(found, least),
                () -> "no moment from change " + least + " of " + writes.count() + " had " + Arrays.toString(found));
    }

    /** What the one writer has begun to write, in its order, and how much of it was forced for certain. */
    private static final class Writes {

        /** A delete or a put of a key; the last of its batch, perhaps the only one. */
        private record Change(int key, boolean delete, boolean last) {}

        private final List<Change> changes = new ArrayList<>();
        private int forced;

        /** Returns the number of the first. */
        synchronized int begin(Iterable<Integer> keys, boolean delete) {
            int first = changes.size();
            for (int key : keys) {
                changes.add(new Change(key, delete, false));
            }
            Change last = changes.remove(changes.size() - 1);
            changes.add(new Change(last.key, last.delete, true));
            return first;
        }

        synchronized void forcedAll() {
            forced = changes.size();
        }

        synchronized int forced() {
            return forced;
        }

        synchronized int count() {
            return changes.size();
        }

        /** Whether after so many changes or more, with no batch half done, each key had the value of the change that is given for it. */
        synchronized boolean everHeld(int[] given, int least) {
            int[] held = new int[KEYS];
            Arrays.fill(held, ABSENT);
            boolean ever = least == 0 && Arrays.equals(held, given);
            for (int i = 0; i < changes.size() && !ever; i++) {
                Change change = changes.get(i);
                held[change.key] = change.delete ? ABSENT : i;
                ever = change.last && i + 1 >= least && Arrays.equals(held, given);
            }
            return ever;
        }
    }
}
