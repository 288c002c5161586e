package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import io.stave.engine.model.Held;
import io.stave.engine.model.History;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fails file operation k, for every k until none is left to fail, in everything a store does (I8): reads go on, what was acknowledged is
 * there, what failed is not seen, the store lives on or refuses writes, closes without a leak, and opens again after a crash.
 */
class FaultSweepTest {

    private static final Options OPTIONS = Options.defaults().segmentLength(4096);

    /** What the store does while an operation fails. */
    private enum Deed {
        CREATE,
        OPEN,
        OPEN_AFTER_CRASH,
        PUT {
            @Override
            void on(Run run) {
                run.put(1, 100);
                run.put(1, 200);
                run.delete(2);
                run.put(3, 0);
            }
        },
        PUT_LARGE {
            @Override
            void on(Run run) {
                run.put(4, 263_000);
                run.put(4, 264_000);
            }
        },
        BATCH {
            @Override
            void on(Run run) {
                run.batch(300);
                run.batch(0);
                run.put(1, 200);
            }
        },
        BATCH_OF_ITS_OWN {
            @Override
            void on(Run run) {
                run.batch(60_000);
                run.batch(50);
            }
        },
        ROLL {
            @Override
            void on(Run run) {
                for (int i = 0; i < 9; i++) {
                    run.put(i, 1200);
                }
            }
        },
        MERGE {
            @Override
            void on(Run run) {
                run.merge();
                run.put(1, 30);
            }
        },
        MERGE_TWICE {
            @Override
            void on(Run run) {
                run.put(1, 30);
                run.merge();
                run.delete(1);
                run.merge();
            }
        },
        SYNC {
            @Override
            void on(Run run) {
                run.put(5, 77);
                run.sync();
            }
        };

        void on(Run run) {}

        boolean failsInOpen() {
            return this == CREATE || this == OPEN || this == OPEN_AFTER_CRASH;
        }
    }

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    static List<Arguments> sweeps() {
        List<Arguments> sweeps = new ArrayList<>();
        for (Deed deed : Deed.values()) {
            for (Fault fault : List.of(Fault.EIO, Fault.EIO_LATE, Fault.ENOSPC, Fault.SHORT_WRITE)) {
                sweeps.add(Arguments.of(deed, fault, false));
                if (fault != Fault.EIO_LATE) {
                    sweeps.add(Arguments.of(deed, fault, true));
                }
            }
        }
        return sweeps;
    }

    @ParameterizedTest(name = "{0}, {1}, ever after: {2}")
    @MethodSource("sweeps")
    void storeOutlivesTheFailureOfAnyOperation(Object deed, Fault fault, boolean everAfter) {
        Image image = Image.of((Deed) deed);
        long failures;
        int k = 1;
        do {
            try {
                failures = new Run(image, (Deed) deed, k, fault, everAfter).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(fault + " at operation " + k + (everAfter ? " and ever after" : ""), e);
            }
            k++;
        } while (failures > 0);
        assertTrue(k > 2, "nothing could fail");
    }

    /** A store with segments of each kind, and what it holds. */
    private record Image(SimulatedDirectory files, Map<Integer, Held> contents) {

        static Image of(Deed deed) {
            SimulatedDirectory directory = new SimulatedDirectory();
            Map<Integer, Held> contents = new TreeMap<>();
            if (deed == Deed.CREATE) {
                return new Image(directory, contents);
            }
            Stave store = Engine.open(directory, OPTIONS, true);
            for (int i = 0; i < 20; i++) {
                byte[] value = Keys.value(-i, 500);
                contents.put(i % 8, new Held(store.put(Keys.key(i % 8), value), value));
            }
            store.delete(Keys.key(0));
            contents.remove(0);
            if (deed == Deed.OPEN_AFTER_CRASH) {
                store.put(
                        Keys.key(9),
                        Keys.value(99, 700),
                        WriteOptions.defaults().durability(Durability.OS));
                int last = directory.operations() - 1;
                return new Image(directory.crash(CrashState.torn(last, 600)), contents);
            }
            store.close();
            return new Image(directory.afterCrash(CrashState.everything()), contents);
        }

        History history() {
            History history = new History();
            contents.entrySet().stream()
                    .sorted((a, b) ->
                            Long.compare(a.getValue().version(), b.getValue().version()))
                    .forEach(e -> history.applied(
                            e.getKey(), e.getValue().value(), e.getValue().version()));
            history.allDurable();
            return history;
        }
    }

    /** One life in which one operation fails, or all from one on. */
    private static final class Run {
        private final SimulatedDirectory directory;
        private final History history;
        private final Deed deed;
        private final int k;
        private final Fault fault;
        private final boolean everAfter;
        private @Nullable Stave store;
        private int written;

        Run(Image image, Deed deed, int k, Fault fault, boolean everAfter) {
            this.directory = image.files.afterCrash(CrashState.everything());
            this.history = image.history();
            this.deed = deed;
            this.k = k;
            this.fault = fault;
            this.everAfter = everAfter;
        }

        /** Returns how many operations failed. */
        long run() {
            if (deed.failsInOpen()) {
                failLater();
            }
            try {
                store = Engine.open(directory, OPTIONS, true);
            } catch (StaveException e) {
                assertTrue(directory.failures() > 0, () -> "opening failed by itself: " + e);
            }
            if (store != null) {
                if (!deed.failsInOpen()) {
                    failLater();
                }
                deed.on(this);
                recovers(CrashState.syncedOnly());
                recovers(CrashState.everything());
                recovers(CrashState.random(k));
                goesOnOrRefuses();
                recovers(CrashState.random(k));
                attempt(store::close);
            }
            assertEquals(List.of(), directory.leaks());
            recovers(CrashState.random(k));
            return directory.failures();
        }

        private void failLater() {
            if (everAfter) {
                directory.failFrom(k, fault);
            } else {
                directory.failAt(k, fault);
            }
        }

        private interface Action {
            void run();
        }

        /** Does something that may fail, with an exception of ours and after an operation failed. */
        private boolean attempt(Action action) {
            try {
                action.run();
                return true;
            } catch (StaveException e) {
                assertTrue(directory.failures() > 0, () -> "failed by itself: " + e);
                return false;
            }
        }

        private Stave open() {
            return java.util.Objects.requireNonNull(store);
        }

        void put(int key, int length) {
            byte[] value = Keys.value(++written, length);
            if (!attempt(() -> history.applied(key, value, open().put(Keys.key(key), value)))) {
                history.unanswered(key, value);
            }
            history.acknowledgedIsDurable();
            shows();
        }

        void delete(int key) {
            if (history.version(key) == 0) {
                return;
            }
            if (!attempt(() -> history.applied(key, null, open().delete(Keys.key(key))))) {
                history.unanswered(key, null);
            }
            history.acknowledgedIsDurable();
            shows();
        }

        /** Puts some keys, one of them twice, and deletes others. */
        void batch(int length) {
            List<History.Change> changes = new ArrayList<>();
            for (int key : new int[] {1, 2, 3, 1, 8}) {
                changes.add(new History.Change(key, Keys.value(++written, length + key)));
            }
            changes.add(new History.Change(4, null));
            changes.add(new History.Change(2, null));
            Batch batch = new Batch().require(Keys.key(1), history.version(1));
            changes.forEach(change -> {
                byte[] value = change.value();
                if (value == null) {
                    batch.delete(Keys.key(change.key()));
                } else {
                    batch.put(Keys.key(change.key()), value);
                }
            });
            if (!attempt(() -> history.applied(changes, open().apply(batch).firstVersion()))) {
                history.unanswered(changes);
            }
            history.acknowledgedIsDurable();
            shows();
        }

        void sync() {
            attempt(open()::sync);
        }

        void merge() {
            attempt(() -> open().merge());
            shows();
        }

        /** What was acknowledged can be read, and what failed cannot; a read may fail, but only by the operation that fails. */
        private void shows() {
            assertEquals(history.now(), StoreModel.contents(open()));
        }

        /** When nothing fails any more the store writes on, unless it has stopped: then it says so. */
        private void goesOnOrRefuses() {
            directory.heal();
            byte[] value = Keys.value(++written, 64);
            try {
                history.applied(6, value, open().put(Keys.key(6), value));
                history.allDurable();
            } catch (StoreFailedException e) {
                assertTrue(directory.failures() > 0, () -> "failed by itself: " + e);
                assertThrows(StoreFailedException.class, () -> open().delete(Keys.key(6)));
                assertThrows(StoreFailedException.class, () -> open().merge());
                assertThrows(StoreFailedException.class, open()::sync);
            }
            shows();
        }

        private void recovers(CrashState state) {
            SimulatedDirectory after = directory.afterCrash(state);
            History known = history.copy();
            try (Stave recovered = Engine.open(after, OPTIONS, true)) {
                known.recovered(StoreModel.contents(recovered));
                byte[] value = Keys.value(12345, 50);
                known.applied(7, value, recovered.put(Keys.key(7), value));
                recovered.merge();
                assertEquals(known.now(), StoreModel.contents(recovered));
            }
            assertEquals(List.of(), after.leaks());
        }
    }
}
