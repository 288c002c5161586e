package io.stave.engine.faults;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.History;
import io.stave.engine.model.Keys;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is on the disk before something fails, and what it holds.
 *
 * @param now what the clock shows
 */
record FaultImage(SimulatedDirectory files, Map<Integer, Held> contents, long now) {

    static final Options OPTIONS = Options.defaults()
            .segmentLength(4096)
            .blobThreshold(265_000)
            .blobChunkLength(128 * 1024)
            .mergePolicy(MergePolicy.manual());

    /** The bytes of a disk that is nearly full. */
    private static final long FULL_DISK = 32 << 10;

    /** When the clock begins to go. */
    private static final long BEGINNING = 1_000_000;

    /** How the store was left. */
    enum Kind {
        /** There is none. */
        EMPTY,
        /** Closed, with dead records and a tombstone. */
        CLOSED,
        /** The same without hints. */
        WITHOUT_HINTS,
        /** Not closed, and the last put is torn. */
        TORN,
        /** A merge was about to be committed. */
        IN_MERGE,
        /** Closed, with many segments. */
        LARGE,
        /** Closed, on a disk that is nearly full: some of it is held in RESERVE. */
        FULL,
        /** Closed, with values of which half will have expired soon, and what they hide. */
        EXPIRING
    }

    static FaultImage of(Kind kind) throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        if (kind == Kind.FULL) {
            directory.capacity(FULL_DISK);
        }
        TreeMap<Integer, Held> contents = new TreeMap<>();
        if (kind == Kind.EMPTY) {
            return new FaultImage(directory, contents, BEGINNING);
        }
        TestClock clock = new TestClock(BEGINNING);
        Stave store = Engine.open(directory, OPTIONS.clock(clock), true);
        int puts = kind == Kind.LARGE ? 60 : 20;
        for (int i = 0; i < puts; i++) {
            boolean expires = kind == Kind.EXPIRING && i >= puts / 2 && i % 2 == 0;
            put(store, i % 8, Keys.value(-i, 500), expires ? clock.millis() + 100 : 0, contents);
        }
        store.delete(Keys.key(0));
        contents.remove(0);
        SimulatedDirectory left = left(directory, store, kind);
        return new FaultImage(left, contents, clock.millis());
    }

    private static void put(Stave store, int key, byte[] value, long expiry, Map<Integer, Held> contents) {
        WriteOptions how = WriteOptions.defaults();
        long version = store.put(Keys.key(key), value, expiry == 0 ? how : how.expiry(Instant.ofEpochMilli(expiry)));
        contents.put(key, new Held(version, value, expiry));
    }

    private static SimulatedDirectory left(SimulatedDirectory directory, Stave store, Kind kind) throws IOException {
        if (kind == Kind.TORN) {
            store.put(Keys.key(9), Keys.value(99, 700), WriteOptions.defaults().durability(Durability.OS));
            return directory.crash(CrashState.torn(directory.operations() - 1, 600));
        }
        if (kind == Kind.IN_MERGE) {
            directory.dieAt(directory.operations() + 26);
            try {
                store.merge();
                throw new AssertionError("the merge took fewer operations");
            } catch (StaveException e) {
                return directory.crash(CrashState.everything());
            }
        }
        store.close();
        if (kind == Kind.WITHOUT_HINTS) {
            SimulatedDirectory closed = directory.afterCrash(CrashState.everything());
            for (String name : closed.list()) {
                if (name.endsWith(".hint") || name.equals(KeydirFile.NAME)) {
                    closed.delete(name);
                }
            }
            return closed.afterCrash(CrashState.everything());
        }
        return directory.afterCrash(CrashState.everything());
    }

    /** What must be there. */
    History history(TestClock clock) {
        History history = new History(clock::millis);
        contents.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().version()))
                .forEach(entry -> {
                    Held held = entry.getValue();
                    history.applied(entry.getKey(), held.value(), held.expiry(), held.version());
                });
        history.allDurable();
        return history;
    }
}
