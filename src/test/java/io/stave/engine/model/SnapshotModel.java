package io.stave.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Entry;
import io.stave.SegmentStats;
import io.stave.Snapshot;
import io.stave.Stave;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A store, a map that says what it holds, and snapshots that must go on saying what the map said when they were opened. */
final class SnapshotModel {

    private static final int MOST_SNAPSHOTS = 5;

    private final Stave store;
    private final Random random;
    private final Map<ByteBuffer, Held> now = new TreeMap<>();
    private final List<Watched> snapshots = new ArrayList<>();
    private int written;

    SnapshotModel(Stave store, long seed) {
        this.store = store;
        this.random = new Random(seed);
    }

    /** A snapshot, what it must show, and a walk over it that is under way. */
    private final class Watched {
        final Snapshot snapshot = store.snapshot();
        final Map<ByteBuffer, Held> expected = new TreeMap<>(now);
        private final Map<ByteBuffer, Held> seen = new HashMap<>();
        private Snapshot.Cursor<Entry> walk = snapshot.entries();

        void walkOn(int steps) {
            for (int i = 0; i < steps; i++) {
                if (!walk.hasNext()) {
                    assertEquals(expected, new TreeMap<>(seen), "a walk in steps");
                    walk.close();
                    seen.clear();
                    walk = snapshot.entries();
                    return;
                }
                Entry entry = walk.next();
                assertNull(seen.put(ByteBuffer.wrap(entry.key()), new Held(entry.version(), entry.value())));
                if (random.nextInt(4) == 0) {
                    String place = walk.position().toString();
                    if (random.nextBoolean()) {
                        walk.close();
                    }
                    walk = snapshot.entries(new byte[0], Snapshot.Position.parse(place));
                }
            }
        }

        void compare() {
            assertEquals(expected, entries(snapshot, new byte[0]));
            List<ByteBuffer> keys = keys(snapshot, new byte[0]);
            assertEquals(List.copyOf(expected.keySet()), keys.stream().sorted().toList());
            byte[] prefix = {(byte) random.nextInt(KINDS)};
            Map<ByteBuffer, Held> filtered = new TreeMap<>(expected);
            filtered.keySet().removeIf(key -> key.get(0) != prefix[0]);
            assertEquals(filtered, entries(snapshot, prefix));
            assertEquals(
                    List.copyOf(filtered.keySet()),
                    keys(snapshot, prefix).stream().sorted().toList());
        }

        void close() {
            if (random.nextBoolean()) {
                walk.close();
            }
            snapshot.close();
        }
    }

    private static final int KINDS = 3;

    static Map<ByteBuffer, Held> entries(Snapshot snapshot, byte[] prefix) {
        Map<ByteBuffer, Held> all = new TreeMap<>();
        try (Snapshot.Cursor<Entry> entries = snapshot.entries(prefix)) {
            entries.forEachRemaining(entry -> assertNull(
                    all.put(ByteBuffer.wrap(entry.key()), new Held(entry.version(), entry.value())),
                    "a key is shown once"));
        }
        return all;
    }

    static List<ByteBuffer> keys(Snapshot snapshot, byte[] prefix) {
        List<ByteBuffer> all = new ArrayList<>();
        try (Snapshot.Cursor<byte[]> keys = snapshot.keys(prefix)) {
            keys.forEachRemaining(key -> all.add(ByteBuffer.wrap(key)));
        }
        return all;
    }

    /** Does so many things, and says which, for the report of a failure. */
    void run(int steps) {
        List<String> log = new ArrayList<>();
        try {
            for (int i = 0; i < steps; i++) {
                log.add(step());
            }
            snapshots.forEach(Watched::compare);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("after " + log, e);
        }
        snapshots.forEach(Watched::close);
    }

    private String step() {
        int dice = random.nextInt(100);
        if (dice < 45) {
            return put();
        }
        if (dice < 60) {
            return delete();
        }
        if (dice < 66) {
            return compareAndSet();
        }
        if (dice < 69) {
            store.merge();
            return "merge";
        }
        if (dice < 74) {
            return mergeSome();
        }
        if (dice < 82) {
            return openOrClose();
        }
        if (snapshots.isEmpty()) {
            return "nothing";
        }
        Watched one = snapshots.get(random.nextInt(snapshots.size()));
        if (dice < 92) {
            int steps = random.nextInt(8);
            one.walkOn(steps);
            return "walk " + steps;
        }
        one.compare();
        return "compare " + one.snapshot;
    }

    private byte[] key() {
        int i = random.nextInt(24);
        byte[] key = new byte[1 + i % 5];
        key[0] = (byte) (i % KINDS);
        key[key.length - 1] += (byte) (i / 5 * 8);
        return key;
    }

    private byte[] value() {
        int kind = random.nextInt(12);
        int length = kind == 0 ? 0 : kind == 1 ? 2000 + random.nextInt(4000) : 1 + random.nextInt(700);
        return Keys.value(++written, length);
    }

    private String put() {
        byte[] key = key();
        byte[] value = value();
        now.put(ByteBuffer.wrap(key), new Held(store.put(key, value), value));
        return "put " + key.length;
    }

    private String delete() {
        byte[] key = key();
        boolean there = now.remove(ByteBuffer.wrap(key)) != null;
        assertEquals(there, store.delete(key) != Stave.NO_VERSION);
        return "delete " + there;
    }

    private String compareAndSet() {
        byte[] key = key();
        byte[] value = value();
        Held held = now.get(ByteBuffer.wrap(key));
        long version = store.compareAndSet(key, held == null ? 0 : held.version(), value);
        assertTrue(version > 0);
        now.put(ByteBuffer.wrap(key), new Held(version, value));
        return "compare and set";
    }

    private String mergeSome() {
        List<Long> chosen = store.stats().segments().stream()
                .map(SegmentStats::id)
                .filter(id -> random.nextBoolean())
                .toList();
        store.merge(chosen);
        return "merge " + chosen;
    }

    private String openOrClose() {
        if (snapshots.size() == MOST_SNAPSHOTS || (!snapshots.isEmpty() && random.nextInt(4) == 0)) {
            Watched gone = snapshots.remove(random.nextInt(snapshots.size()));
            gone.compare();
            gone.close();
            return "close " + gone.snapshot;
        }
        Watched opened = new Watched();
        assertEquals(store.stats().lastVersion(), opened.snapshot.version());
        snapshots.add(opened);
        assertFalse(snapshots.isEmpty());
        return "open " + opened.snapshot;
    }
}
