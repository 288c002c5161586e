package io.stave.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreBusyException;
import io.stave.StoreClosedException;
import io.stave.WriteOptions;
import io.stave.engine.support.Background;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program that closes a store under readers, writers and merges, over and over, and looks at what they got. A process of its own, for what
 * may go wrong is a crash.
 */
final class CloseRaces {

    private static final int KEYS = 40;
    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);

    /** The newest acknowledged number of each key; each key has one writer. */
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();

    private final Path path;
    private final Random random;
    private final AtomicInteger calls = new AtomicInteger();

    private CloseRaces(Path path, long seed) {
        this.path = path;
        this.random = new Random(seed);
    }

    /** Arguments: a directory, the number of rounds, a seed. Ends with 0 if all went well. */
    public static void main(String[] args) {
        CloseRaces races = new CloseRaces(Path.of(args[0]), Long.parseLong(args[2]));
        int rounds = Integer.parseInt(args[1]);
        try {
            for (int round = 0; round < rounds; round++) {
                races.round(round);
            }
            System.out.println("DONE " + rounds + " rounds, " + races.calls + " calls");
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private interface Call {
        void run(int i) throws Exception;
    }

    private void round(int round) throws Exception {
        Options options = Options.defaults().segmentLength(32 * 1024).asyncBytes(64 * 1024);
        Stave store = Stave.open(path, options);
        check(store);
        int from = calls.get();
        List<Background<Boolean>> threads = new ArrayList<>();
        threads.add(untilClosed(i -> read(store, i)));
        threads.add(untilClosed(i -> lend(store, i)));
        threads.add(untilClosed(i -> write(store, i)));
        threads.add(untilClosed(i -> writeAsync(store, round, i)));
        threads.add(untilClosed(i -> store.merge()));
        int enough = from + random.nextInt(400);
        Background.await(() -> calls.get() >= enough || threads.stream().anyMatch(Background::done));
        Background<Boolean> second = random.nextBoolean() ? Background.start(store::close) : null;
        store.close();
        for (Background<Boolean> thread : threads) {
            thread.join();
        }
        if (second != null) {
            second.join();
        }
    }

    private Background<Boolean> untilClosed(Call call) {
        return Background.start(() -> {
            for (int i = 0; ; i++) {
                try {
                    call.run(i);
                    calls.incrementAndGet();
                } catch (StoreClosedException e) {
                    return;
                }
            }
        });
    }

    private static byte[] key(String name) {
        return name.getBytes(UTF_8);
    }

    /** A value that names its key, so that nobody's can pass for another's. */
    private static byte[] value(String key, int number) {
        byte[] name = key(key);
        return ByteBuffer.allocate(4 + name.length + number % 300)
                .putInt(number)
                .put(name)
                .array();
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void checkValue(String key, ByteBuffer value) {
        int number = value.getInt(value.position());
        expect(value.equals(ByteBuffer.wrap(value(key, number))), key + " has the value of another");
    }

    private void check(Stave store) {
        acknowledged.forEach((key, number) -> {
            byte[] value = store.get(key(key));
            expect(value != null, key + " is lost");
            checkValue(key, ByteBuffer.wrap(value));
            expect(ByteBuffer.wrap(value).getInt() == number, key + " is not the newest");
        });
    }

    private static void read(Stave store, int i) {
        String key = (i % 2 == 0 ? "w" : "a") + i % KEYS;
        byte[] value = store.get(key(key));
        if (value != null) {
            checkValue(key, ByteBuffer.wrap(value));
        }
        Entry entry = store.getEntry(key(key));
        expect(value == null || entry != null, key + " is gone");
        store.contains(key(key));
    }

    private static void lend(Stave store, int i) {
        String key = "w" + i % KEYS;
        store.<Object>read(key(key), (value, version) -> {
            checkValue(key, value);
            Thread.yield();
            checkValue(key, value);
            return null;
        });
    }

    private void write(Stave store, int i) {
        String key = "w" + i % KEYS;
        int number = acknowledged.getOrDefault(key, 0) + 1;
        if (i % 10 == 3) {
            Entry entry = store.getEntry(key(key));
            long version = store.compareAndSet(
                    key(key), entry == null ? Stave.NO_VERSION : entry.version(), value(key, number), OS);
            expect(version > 0, "there is no other writer");
        } else {
            store.put(key(key), value(key, number), i % 50 == 7 ? WriteOptions.defaults() : OS);
        }
        acknowledged.put(key, number);
    }

    private void writeAsync(Stave store, int round, int i) throws Exception {
        String key = "a" + i % KEYS;
        int number = round * 100_000 + i;
        CompletableFuture<Long> done = store.putAsync(key(key), value(key, number), OS);
        CompletableFuture<Boolean> after = done.thenApply(version -> {
            acknowledged.put(key, number);
            try {
                store.get(key(key));
                store.putAsync(key("c" + i % 5), value("c", i), OS);
            } catch (StoreClosedException | StoreBusyException e) {
                return false;
            }
            return true;
        });
        if (i % 20 == 19) {
            after.get();
        }
    }
}
