package io.stave.crash;

import io.stave.Entry;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.StaveReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child that only reads: opens a store beside its writers, refreshes it again and again, and looks at its keys on several threads
 * meanwhile. Writers come, merge, are killed and recover; nothing of that may be seen but values that are whole, and none may go back.
 *
 * <p>Arguments: the store, the seed, how many writers there are, and how many keys of each to look at. {@code stop} on the standard input,
 * given when nobody writes any more, has it refresh once more and say {@link #HOLDS}; the end of the input is its end.
 */
public final class Follower {

    /** What it holds at the end, as {@link #fingerprint} puts it. */
    static final String HOLDS = "HOLDS";

    /** What it has done, for those who run it. */
    static final String FOLLOWED = "FOLLOWED";

    private static final int LOOKING = 2;
    private static final int HOT_KEYS = 24;
    private static final int LONGEST_PAUSE_MILLIS = 20;
    private static final int ORPHAN = 3;

    private final Path path;
    private final long seed;
    private final int writers;
    private final int keys;
    private final ReadOnlyStave store;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicLong looks = new AtomicLong();
    private final AtomicLong found = new AtomicLong();
    private long refreshes;
    private long moves;
    private long opens = 1;

    private Follower(String[] arguments) {
        path = Path.of(arguments[0]);
        seed = Long.parseLong(arguments[1]);
        writers = Integer.parseInt(arguments[2]);
        keys = Integer.parseInt(arguments[3]);
        store = Stave.openReadOnly(path);
    }

    /** Follows the store that the arguments name. */
    public static void main(String[] arguments) throws Exception {
        try {
            new Follower(arguments).follow();
        } catch (RuntimeException | Error e) {
            violation("follower", e);
            throw e;
        }
    }

    private void follow() throws Exception {
        Run.say(Run.OPENED, store.recoveryReport().describe());
        Thread orders = new Thread(this::takeOrders, "orders");
        orders.setDaemon(true);
        orders.start();
        List<Thread> threads = new ArrayList<>();
        threads.add(new Thread(() -> guard(this::refresh), "refresher"));
        threads.add(new Thread(() -> guard(this::openAndClose), "opener"));
        for (int i = 0; i < LOOKING; i++) {
            int number = i;
            threads.add(new Thread(() -> guard(() -> look(number)), "looker-" + i));
        }
        Run.say(Run.READY, threads.size() + " threads");
        threads.forEach(Thread::start);
        end.await();
        for (Thread thread : threads) {
            thread.join();
        }
        store.refresh();
        Run.say(HOLDS, fingerprint(store, writers, keys));
        unmapped();
        store.close();
        Run.say(
                FOLLOWED,
                refreshes + " refreshes, " + moves + " of them with something new, " + opens + " opens, " + looks.get()
                        + " looks, " + found.get() + " found a value");
        Run.say(Run.CLOSED, "");
    }

    private interface Body {
        void run() throws Exception;
    }

    private static void guard(Body body) {
        try {
            body.run();
        } catch (Throwable e) {
            violation(Thread.currentThread().getName(), e);
        }
    }

    private static void violation(String where, Throwable e) {
        Run.say(Run.VIOLATION, where + ' ' + e + " at " + Arrays.toString(e.getStackTrace()));
    }

    /** What it sees right after a refresh, on the thread that refreshed, has no later version than the refresh has reached. */
    private void refresh() throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Seen seen = new Seen();
        long version = store.version();
        while (!pause(random)) {
            boolean moved = store.refresh();
            refreshes++;
            moves += moved ? 1 : 0;
            long next = store.version();
            check(next >= version, "version " + next + " after " + version);
            version = next;
            for (int i = 0; i < 10; i++) {
                int key = anyKey(random);
                Entry entry = store.getEntry(Values.key(key));
                seen.check(key, entry);
                check(entry == null || entry.version() <= next, "key " + key + " has " + entry + ", shown is " + next);
            }
        }
    }

    /** A new reader shows no earlier moment than the one before it did. */
    private void openAndClose() throws Exception {
        SplittableRandom random = new SplittableRandom(seed + 1);
        Seen seen = new Seen();
        while (!pause(random)) {
            try (ReadOnlyStave another = Stave.openReadOnly(path)) {
                for (int i = 0; i < 100; i++) {
                    int key = anyKey(random);
                    seen.check(key, another.getEntry(Values.key(key)));
                }
            }
            opens++;
        }
    }

    private void look(int number) {
        SplittableRandom random = new SplittableRandom(seed + 2 + number);
        Seen seen = new Seen();
        while (end.getCount() > 0) {
            int key = anyKey(random);
            Entry entry = read(key, random.nextInt(4) == 0);
            seen.check(key, entry);
            looks.incrementAndGet();
            found.addAndGet(entry == null ? 0 : 1);
        }
    }

    private @Nullable Entry read(int key, boolean lent) {
        byte[] name = Values.key(key);
        if (!lent) {
            return store.getEntry(name);
        }
        return store.<@Nullable Entry>read(name, (value, version) -> {
            byte[] copy = new byte[value.remaining()];
            value.get(copy);
            return new Entry(name, copy, version);
        });
    }

    /** What one thread has seen of the keys. */
    private static final class Seen {
        private record Value(long version, int hash) {}

        private final Map<Integer, Value> values = new HashMap<>();

        void check(int key, @Nullable Entry entry) {
            if (entry == null) {
                return; // deleted, or not put yet
            }
            long unused = Values.count(key, entry.value()); // whole, and this key's
            Value now = new Value(entry.version(), Arrays.hashCode(entry.value())); // what is lent has no expiry
            Value before = values.put(key, now);
            Follower.check(
                    before == null || now.version > before.version || now.equals(before),
                    "key " + key + " had " + before + " and then " + now);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private int anyKey(SplittableRandom random) {
        int range = random.nextInt(4) > 0 ? HOT_KEYS : keys;
        return random.nextInt(writers) * Settings.KEYS_APART + random.nextInt(range);
    }

    /** Returns whether the end has come. */
    private boolean pause(SplittableRandom random) throws InterruptedException {
        return end.await(random.nextInt(LONGEST_PAUSE_MILLIS), TimeUnit.MILLISECONDS);
    }

    /** All keys with their versions and values, in one number. */
    static String fingerprint(StaveReader store, int writers, int keys) {
        long present = 0;
        long hash = 0;
        for (int writer = 0; writer < writers; writer++) {
            for (int i = 0; i < keys; i++) {
                Entry entry = store.getEntry(Values.key(writer * Settings.KEYS_APART + i));
                present += entry == null ? 0 : 1;
                hash = 31 * hash + (entry == null ? 0 : entry.hashCode());
            }
        }
        return present + " keys, " + Long.toHexString(hash);
    }

    /** What the merges have unlinked is not mapped any more, though it may take the collector to free what was lent. */
    private static void unmapped() throws Exception {
        Path maps = Path.of("/proc/self/maps");
        for (int i = 0; Files.exists(maps) && i < 50; i++) {
            try (Stream<String> lines = Files.lines(maps)) {
                if (lines.noneMatch(line -> line.endsWith(".seg (deleted)"))) {
                    return;
                }
            }
            System.gc();
            Thread.sleep(100);
        }
        check(!Files.exists(maps), "segments that were unlinked are mapped still");
    }

    private void takeOrders() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String order = in.readLine(); order != null; order = in.readLine()) {
                if (order.equals("stop")) {
                    end.countDown();
                }
            }
        } catch (IOException e) {
            // As good as the end of the input.
        }
        Runtime.getRuntime().halt(ORPHAN);
    }
}
