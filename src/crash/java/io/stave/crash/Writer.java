package io.stave.crash;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Entry;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One writing thread. Its keys are its own, so it knows what each must hold, and it says in its journal what it is about to do before
 * it does it.
 */
final class Writer implements Runnable {

    private static final int HOT_KEYS = 24;
    private static final int MAX_BURST = 12;
    private static final Duration LATER = Duration.ofDays(1000);

    /** In the place of a length. */
    private static final int DELETE = -1;

    /** What a key holds; version 0 if it is absent. */
    private record Known(long version, long count, int length) {
        static final Known ABSENT = new Known(0, 0, 0);
    }

    private final Run run;
    private final Stave store;
    private final int number;
    private final Journal journal;
    private final SplittableRandom random;
    private final Map<Integer, Known> known = new HashMap<>();
    private long count;

    Writer(Run run, int number) throws IOException {
        this.run = run;
        this.store = run.store;
        this.number = number;
        this.journal = Journal.create(run.settings.journals(), "writer-" + number);
        this.random = new SplittableRandom(run.settings.seed() ^ (number + 1L) << 48);
        this.count = (long) run.settings.epoch() << 32;
    }

    @Override
    public void run() {
        try (journal) {
            while (!run.ended()) {
                step(anyKey());
            }
        } catch (StoreFailedException e) {
            run.stopped(e); // the operation under way stays open in the journal: nobody knows whether it happened
        } catch (InternalError e) {
            run.trouble("writer", e); // what reading a mapped page of a lost disk ends in
        } catch (Exception | Error e) {
            run.violation("writer " + number + ' ' + e);
        }
    }

    private void step(int key) {
        int choice = random.nextInt(100);
        if (choice < 35) {
            put(key);
        } else if (choice < 43) {
            batch();
        } else if (choice < 50) {
            family();
        } else if (choice < 65) {
            delete(key);
        } else if (choice < 80) {
            compareAndSet(key);
        } else if (choice < 85) {
            deleteVersion(key);
        } else if (choice < 90) {
            compareWithWrongVersion(key);
        } else if (choice < 94) {
            burst();
        } else if (choice < 97) {
            setExpiry(key);
        } else {
            know(key, store.getEntry(Values.key(key)));
        }
    }

    /** Some expire, but not while anybody looks. */
    private void put(int key) {
        int length = anyLength();
        long c = ++count;
        WriteOptions how = random.nextInt(6) == 0 ? WriteOptions.defaults().timeToLive(LATER) : WriteOptions.defaults();
        journal.put(key, c, length);
        apply(key, c, length, () -> store.put(Values.key(key), Values.value(key, c, length), how));
    }

    /** Has the value that is there expire, or not any more. */
    private void setExpiry(int key) {
        Known now = know(key);
        if (now.version != 0 && now.count != Values.UNKNOWN) {
            Instant expiry = random.nextBoolean() ? Instant.now().plus(LATER) : null;
            journal.put(key, now.count, now.length);
            apply(key, now.count, now.length, () -> store.setExpiry(Values.key(key), expiry));
        }
    }

    private void delete(int key) {
        long c = ++count;
        journal.delete(key, c);
        apply(key, c, -1, () -> store.delete(Values.key(key)));
    }

    private void compareAndSet(int key) {
        Known now = know(key);
        int length = anyLength();
        long c = ++count;
        journal.put(key, c, length);
        apply(key, c, length, () -> store.compareAndSet(Values.key(key), now.version, Values.value(key, c, length)));
    }

    private void deleteVersion(int key) {
        Known now = know(key);
        if (now.version != 0) {
            long c = ++count;
            journal.delete(key, c);
            apply(key, c, -1, () -> store.delete(Values.key(key), now.version));
        }
    }

    /** Needs no journal: it must not happen, and if it does, the verifier meets a count that nobody announced. */
    private void compareWithWrongVersion(int key) {
        Known now = know(key);
        try {
            long version = store.compareAndSet(
                    Values.key(key), now.version + 1, Values.value(key, ++count, Values.HEADER_LENGTH));
            if (version != 0) {
                run.violation("key " + key + ": compareAndSet expected version " + (now.version + 1) + ", found "
                        + now.version + ", and wrote version " + version);
            }
        } catch (StoreFullException | StoreIOException e) {
            run.trouble("write", e);
        }
    }

    /** Some asynchronous puts of different keys at once. */
    private void burst() {
        Map<Integer, CompletableFuture<Long>> futures = new LinkedHashMap<>();
        Map<Integer, Known> meant = new HashMap<>();
        int size = 2 + random.nextInt(MAX_BURST - 1);
        for (int i = 0; i < size; i++) {
            int key = anyKey();
            if (!futures.containsKey(key)) {
                int length = Math.min(anyLength(), 4096);
                long c = ++count;
                journal.put(key, c, length);
                meant.put(key, new Known(0, c, length));
                futures.put(key, store.putAsync(Values.key(key), Values.value(key, c, length)));
            }
        }
        List<StoreFailedException> fatal = new ArrayList<>();
        futures.forEach((key, future) -> {
            Known wanted = meant.get(key);
            try {
                apply(key, wanted.count, wanted.length, () -> join(future));
            } catch (StoreFailedException e) {
                fatal.add(e);
            }
        });
        if (!fatal.isEmpty()) {
            throw fatal.get(0);
        }
    }

    /** Puts and deletes of different keys, all or none, on the condition that two of them are as this writer knows them. */
    private void batch() {
        Map<Integer, Integer> lengths = new LinkedHashMap<>();
        int size = 1 + random.nextInt(MAX_BURST);
        for (int i = 0; i < size; i++) {
            lengths.put(anyKey(), random.nextInt(4) == 0 ? DELETE : Math.min(anyLength(), 4096));
        }
        Batch batch = new Batch();
        lengths.keySet().stream().limit(2).forEach(key -> batch.require(Values.key(key), know(key).version));
        apply(batch, lengths);
    }

    /** The keys that are always written together; now and then in a batch that is a group of its own. */
    private void family() {
        Map<Integer, Integer> lengths = new LinkedHashMap<>();
        int length = random.nextInt(40) == 0 ? 40_000 : random.nextInt(Values.HEADER_LENGTH, 500);
        for (int i = 0; i < Settings.FAMILY_KEYS; i++) {
            lengths.put(number * Settings.KEYS_APART + Settings.FAMILY + i, length);
        }
        apply(new Batch(), lengths);
    }

    /** Adds the writes to the batch, and applies it; a wrong condition must keep it from being applied. */
    private void apply(Batch batch, Map<Integer, Integer> lengths) {
        long c = ++count;
        boolean wrong = random.nextInt(10) == 0;
        lengths.forEach((key, length) -> {
            if (wrong && batch.count() == 0) {
                batch.require(Values.key(key), know(key).version + 1);
            }
            if (length == DELETE) {
                batch.delete(Values.key(key));
            } else {
                batch.put(Values.key(key), Values.value(key, c, length));
            }
        });
        if (wrong) {
            // Needs no journal: what it would write carries a count that nobody has announced.
            applyWrong(batch);
            return;
        }
        lengths.forEach((key, length) -> {
            if (length == DELETE) {
                journal.batchDelete(key, c);
            } else {
                journal.batchPut(key, c, length);
            }
        });
        BatchResult result;
        try {
            result = random.nextBoolean() ? store.apply(batch) : join(store.applyAsync(batch));
        } catch (StoreFullException | StoreIOException e) {
            lengths.keySet().forEach(key -> journal.not(key, c));
            run.trouble("batch", e);
            run.pause(1_000);
            return;
        }
        if (!result.applied() || result.count() != lengths.size()) {
            run.violation("writer " + number + ": the batch with count " + c + " ended in " + result
                    + ", though nobody else writes its keys");
            lengths.keySet().forEach(key -> journal.not(key, c));
            return;
        }
        int i = 0;
        for (Map.Entry<Integer, Integer> write : lengths.entrySet()) {
            long version = result.version(i++);
            int length = write.getValue();
            journal.ack(write.getKey(), c, version);
            run.acknowledged();
            known.put(write.getKey(), length == DELETE ? Known.ABSENT : new Known(version, c, length));
        }
    }

    private void applyWrong(Batch batch) {
        try {
            BatchResult result = store.apply(batch);
            if (result.applied()) {
                run.violation("writer " + number + ": a batch with a wrong condition was applied: " + result);
            }
        } catch (StoreFullException | StoreIOException e) {
            run.trouble("batch", e);
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Carries out a write that the journal announces already; {@code length} is -1 for a delete. */
    private void apply(int key, long c, int length, LongSupplier write) {
        long version;
        try {
            version = write.getAsLong();
        } catch (StoreFullException | StoreIOException e) {
            journal.not(key, c);
            run.trouble("write", e);
            run.pause(1_000);
            return;
        }
        if (version == 0 && length >= 0) {
            run.violation(
                    "key " + key + ": the write with count " + c + " was refused, though nobody else writes the key");
            journal.not(key, c);
            return;
        }
        journal.ack(key, c, version);
        run.acknowledged();
        known.put(key, length < 0 ? Known.ABSENT : new Known(version, c, length));
    }

    private Known know(int key) {
        Known now = known.get(key);
        return now != null ? now : know(key, store.getEntry(Values.key(key)));
    }

    /** Compares what was read with what must be there; the first look at a key believes what it sees. */
    private Known know(int key, @Nullable Entry entry) {
        Known found = entry == null
                ? Known.ABSENT
                : new Known(entry.version(), Values.count(key, entry.value()), entry.value().length);
        Known expected = known.putIfAbsent(key, found);
        if (expected == null) {
            return found;
        }
        boolean same = expected.version == found.version
                && (expected.version == 0
                        || expected.length == found.length
                                && (found.count == expected.count || found.count == Values.UNKNOWN));
        if (!same) {
            run.violation("key " + key + ": its writer expected " + expected + " and read " + found);
        }
        return expected;
    }

    private int anyKey() {
        int range = random.nextInt(2) == 0 ? HOT_KEYS : run.settings.keys();
        return number * Settings.KEYS_APART + random.nextInt(range);
    }

    /** Mostly short; now and then empty, longer than a segment, or too long to be copied into a group. */
    private int anyLength() {
        int choice = random.nextInt(10_000);
        if (choice < 500) {
            return 0;
        } else if (choice < 7_500) {
            return random.nextInt(Values.HEADER_LENGTH, 300);
        } else if (choice < 9_600) {
            return random.nextInt(300, 2_000);
        } else if (choice < 9_975) {
            return random.nextInt(2_000, 20_000);
        } else if (choice < 9_995) {
            return random.nextInt(66_000, 120_000);
        }
        return random.nextInt(262_000, 300_000);
    }
}
