package io.stave.crash;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * The child of a fault test: fills a store, arms the rule it was started with, does one thing that meets the fault, and then checks what
 * the store says about it. It ends with {@code PASSED}, or with an error.
 *
 * <p>Arguments: the store, the action, the simple name of the exception that the action must end in, and {@code stops} or {@code lives}:
 * whether the store refuses all writes from then on (I8).
 */
public final class Faults {

    static final String PASSED = "PASSED";

    /** The keys of the store, and the one that the action writes. */
    static final int KEYS = 100;

    static final int TARGET = 50;

    private static final String ARMED = "stave.crash.armed";
    private static final int VALUE_LENGTH = 500;

    /** Longer than a segment, so that it needs one of its own. */
    private static final int ROLLING_LENGTH = 70_000;

    private static final int MAX_TRIES = 2_000;

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);

    /** What meets the fault. */
    enum Action {
        PUT,
        ROLL,
        DELETE,
        COMPARE_AND_SET,
        ASYNC,
        SYNC,
        SEAL,
        MERGE
    }

    private final Stave store;

    private Faults(Stave store) {
        this.store = store;
    }

    /** Runs one scenario. */
    public static void main(String[] arguments) {
        Settings settings = Settings.of(Path.of(arguments[0]), Path.of("."), 0);
        boolean stops = arguments[3].equals("stops");
        try {
            Stave store = Stave.open(settings.store(), settings.options().mergePolicy(MergePolicy.manual()));
            new Faults(store).run(Action.valueOf(arguments[1]), arguments[2], stops);
            close(store, stops);
        } catch (RuntimeException | Error e) {
            e.printStackTrace(System.out);
            System.exit(1);
        }
        System.out.println(PASSED);
        System.exit(0);
    }

    /** A store that has stopped may say so once more, but is closed nevertheless. */
    private static void close(Stave store, boolean stopped) {
        try {
            store.close();
        } catch (StoreFailedException e) {
            check(stopped, "close " + e);
            store.close();
        }
    }

    private void run(Action action, String expected, boolean stops) {
        for (int count = 1; count <= 2; count++) {
            for (int key = 0; key < KEYS; key++) {
                store.put(Values.key(key), Values.value(key, count, VALUE_LENGTH));
            }
        }
        if (action == Action.ROLL) {
            useUpTheNextSegment();
        }
        System.setProperty(ARMED, "true");
        StaveException failure = failureOf(action);
        System.setProperty(ARMED, "false");
        System.out.println("MET " + failure);
        check(failure.getClass().getSimpleName().equals(expected), "expected " + expected + ", got " + failure);
        checkReads(action == Action.SYNC);
        if (stops) {
            checkRefusals((StoreFailedException) failure);
            checkReads(action == Action.SYNC);
        } else {
            checkThatItLives();
        }
    }

    /** Fills a segment at one go, so that the one behind it was not created ahead, and waits for those before to be sealed. */
    private void useUpTheNextSegment() {
        check(store.put(Values.key(KEYS), Values.value(KEYS, 1, ROLLING_LENGTH)) > 0, "not written");
        while (store.stats().segments().stream()
                        .filter(segment -> segment.state() == SegmentStats.State.ACTIVE)
                        .count()
                > 1) {
            Thread.onSpinWait();
        }
    }

    private StaveException failureOf(Action action) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            try {
                act(action);
            } catch (StaveException e) {
                return e;
            } catch (CompletionException e) {
                return (StaveException) e.getCause();
            }
            // What fails in the background is told to the next write.
            check(action == Action.SEAL, action + " did not fail");
        }
        throw new AssertionError(action + " never failed");
    }

    private void act(Action action) {
        byte[] key = Values.key(TARGET);
        byte[] value = Values.value(TARGET, 3, VALUE_LENGTH);
        long version = version(TARGET);
        switch (action) {
            case PUT -> store.put(key, value);
            case ROLL -> store.put(key, Values.value(TARGET, 3, ROLLING_LENGTH));
            case DELETE -> store.delete(key);
            case COMPARE_AND_SET -> store.compareAndSet(key, version, value);
            case ASYNC -> store.putAsync(key, value).join();
            case SYNC -> {
                store.put(key, value, OS);
                store.sync();
            }
            case SEAL -> store.put(Values.key(KEYS), Values.value(KEYS, 3, VALUE_LENGTH));
            case MERGE -> store.merge();
            default -> throw new AssertionError(action);
        }
    }

    private long version(int key) {
        Entry entry = store.getEntry(Values.key(key));
        check(entry != null, "key " + key + " is gone");
        return entry.version();
    }

    /** Reads go on, and show no write that was not acknowledged (I2); one in mode OS is visible at once. */
    private void checkReads(boolean written) {
        for (int key = 0; key < KEYS; key++) {
            byte[] value = store.get(Values.key(key));
            check(value != null, "key " + key + " is gone");
            long count = Values.count(key, value);
            check(count == (written && key == TARGET ? 3 : 2), "key " + key + " shows write " + count);
        }
    }

    /** The first failure is final, and every later one names it: the force is never tried again. */
    private void checkRefusals(StoreFailedException first) {
        byte[] key = Values.key(1);
        byte[] value = Values.value(1, 4, VALUE_LENGTH);
        long version = version(1);
        List<Runnable> writes = List.of(
                () -> store.put(key, value),
                () -> store.put(key, value, OS),
                () -> store.delete(key),
                () -> store.delete(key, version),
                () -> store.compareAndSet(key, version, value),
                () -> store.putAsync(key, value).join(),
                store::sync,
                store::merge);
        for (Runnable write : writes) {
            try {
                write.run();
                throw new AssertionError("written after a failed force: " + writes.indexOf(write));
            } catch (StoreFailedException e) {
                check(e.getCause() == first.getCause(), "another cause: " + e.getCause());
            } catch (CompletionException e) {
                check(e.getCause() instanceof StoreFailedException, "not typed: " + e.getCause());
            }
        }
        check(String.valueOf(first.getCause().getMessage()).contains(": "), "names no file: " + first.getCause());
    }

    /** The fault has left nothing behind. */
    private void checkThatItLives() {
        for (int key = 0; key < KEYS; key++) {
            check(store.put(Values.key(key), Values.value(key, 3, VALUE_LENGTH)) > 0, "not written");
        }
        store.merge();
        for (int key = 0; key < KEYS; key++) {
            check(Values.count(key, store.get(Values.key(key))) == 3, "key " + key + " was not overwritten");
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
