package io.stave.crash;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Entry;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.crash.Call.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A thread that reads and writes keys which all clients share, and says in its journal what it calls and what it is answered. What that
 * may be {@link Linearizability} judges afterwards.
 */
final class Client implements Runnable {

    /** So few that all clients meet at each of them all the time. */
    static final int KEYS = 12;

    private static final int BATCH_KEYS = 3;
    private static final int LONGEST = 3_000;

    private final Run run;
    private final Stave store;
    private final Journal journal;
    private final SplittableRandom random;
    private final long[] known = new long[KEYS];
    private long id;

    Client(Run run, int number) throws IOException {
        this.run = run;
        this.store = run.store;
        this.journal = Journal.create(run.settings.journals(), "client-" + number);
        this.random = new SplittableRandom(run.settings.seed() ^ (number + 1L) << 48);
        this.id = ((long) run.settings.epoch() << 8 | number) << 32;
    }

    @Override
    public void run() {
        try (journal) {
            while (!run.ended()) {
                step(random.nextInt(KEYS));
            }
        } catch (StoreFailedException e) {
            run.stopped(e);
        } catch (Exception | Error e) {
            run.violation("client " + e);
        }
    }

    private void step(int key) {
        int choice = random.nextInt(10);
        if (choice < 3) {
            get(key);
        } else if (choice < 5) {
            write(Kind.PUT, key, 0);
        } else if (choice < 6) {
            write(Kind.DELETE, key, 0);
        } else if (choice < 8) {
            write(Kind.SET_IF, key, known[key]);
        } else if (choice < 9) {
            if (known[key] != Stave.NO_VERSION) {
                write(Kind.DELETE_IF, key, known[key]);
            }
        } else {
            batch(key);
        }
    }

    private void get(int key) {
        long call = ++id;
        journal.call(key, call, Kind.GET, 0);
        Entry entry = store.getEntry(Values.key(key));
        known[key] = entry == null ? Stave.NO_VERSION : entry.version();
        journal.answer(key, call, known[key], entry == null ? 0 : Values.count(key, entry.value()));
    }

    private void write(Kind kind, int key, long expected) {
        long call = ++id;
        byte[] name = Values.key(key);
        byte[] value = value(key, call);
        journal.call(key, call, kind, expected);
        long version =
                switch (kind) {
                    case PUT ->
                        random.nextBoolean()
                                ? store.put(name, value)
                                : store.putAsync(name, value).join();
                    case DELETE -> store.delete(name);
                    case SET_IF -> store.compareAndSet(name, expected, value);
                    case DELETE_IF -> store.delete(name, expected);
                    case GET -> throw new AssertionError(kind);
                };
        answered(kind, key, call, version);
    }

    private void answered(Kind kind, int key, long call, long version) {
        journal.answer(key, call, version, 0);
        if (version != Stave.NO_VERSION) {
            known[key] = kind.deletes() ? Stave.NO_VERSION : version;
            run.acknowledged();
        }
    }

    /** Writes of neighbouring keys, all or none, on the condition that the first is as this client knows it. */
    private void batch(int first) {
        record Part(Kind kind, int key, long call) {}
        List<Part> parts = new ArrayList<>();
        Batch batch = new Batch();
        for (int i = 0; i < BATCH_KEYS; i++) {
            int key = (first + i) % KEYS;
            boolean deletes = random.nextInt(3) == 0;
            Kind kind = i == 0 ? (deletes ? Kind.DELETE_IF : Kind.SET_IF) : deletes ? Kind.DELETE : Kind.PUT;
            Part part = new Part(kind, key, ++id);
            parts.add(part);
            if (i == 0) {
                batch.require(Values.key(key), known[key]);
            }
            if (deletes) {
                batch.delete(Values.key(key));
            } else {
                batch.put(Values.key(key), value(key, part.call));
            }
            journal.call(key, part.call, kind, i == 0 ? known[key] : 0);
        }
        BatchResult result = store.apply(batch);
        for (int i = 0; i < BATCH_KEYS; i++) {
            Part part = parts.get(i);
            if (result.applied()) {
                answered(part.kind, part.key, part.call, result.version(i));
            } else if (i == 0) {
                journal.answer(part.key, part.call, Stave.NO_VERSION, 0);
            } else {
                journal.refuse(part.key, part.call);
            }
        }
    }

    private byte[] value(int key, long call) {
        return Values.value(key, call, random.nextInt(Values.HEADER_LENGTH, LONGEST));
    }
}
