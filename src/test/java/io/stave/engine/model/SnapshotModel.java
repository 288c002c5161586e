package io.stave.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Entry;
import io.stave.SegmentStats;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.support.TestClock;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A store, a map that says what it holds, and snapshots that must go on saying what the map said when they were opened: beside writes of
 * every kind, batches, values that expire by a clock that goes forth and back, sweeps and merges.
 */
final class SnapshotModel {

    private static final int MOST_SNAPSHOTS = 5;

    private final Stave store;
    private final TestClock clock;
    private final boolean backwards;
    private final Random random;

    /** What the store holds, expired values too: they are there again when the clock goes back, if nothing has swept them. */
    private final Map<ByteBuffer, Value> values = new TreeMap<>();

    private final List<Watched> snapshots = new ArrayList<>();
    private int written;

    SnapshotModel(Stave store, TestClock clock, boolean backwards, long seed) {
        this.store = store;
        this.clock = clock;
        this.backwards = backwards;
        this.random = new Random(seed);
    }

    /** What was put, and when it expires: {@link #NEVER}, or a time. */
    private record Value(Held held, long expiry) {}

    private static final long NEVER = Long.MAX_VALUE;

    /** What can be seen. */
    private Map<ByteBuffer, Held> now() {
        Map<ByteBuffer, Held> visible = new TreeMap<>();
        values.forEach((key, value) -> {
            if (value.expiry > clock.millis()) {
                visible.put(key, value.held);
            }
        });
        return visible;
    }

    /** A snapshot, what it must show, and a walk over it that is under way. */
    private final class Watched {
        final Snapshot snapshot = store.snapshot();
        final Map<ByteBuffer, Held> expected = now();
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
        if (dice < 30) {
            return put();
        }
        if (dice < 40) {
            return delete();
        }
        if (dice < 46) {
            return compareAndSet();
        }
        if (dice < 54) {
            return batch();
        }
        if (dice < 58) {
            return setExpiry();
        }
        if (dice < 64) {
            return moveClock();
        }
        if (dice < 74) {
            return sweepOrMerge();
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

    /** Mostly soon; sometimes past already; often never. */
    private long expiry() {
        return random.nextInt(3) > 0 ? NEVER : clock.millis() + random.nextInt(60) - 5;
    }

    private static WriteOptions expiring(long expiry) {
        WriteOptions defaults = WriteOptions.defaults();
        return expiry == NEVER ? defaults : defaults.expiry(Instant.ofEpochMilli(expiry));
    }

    private String put() {
        byte[] key = key();
        byte[] value = value();
        long expiry = expiry();
        long version = store.put(key, value, expiring(expiry));
        values.put(ByteBuffer.wrap(key), new Value(new Held(version, value), expiry));
        return "put " + HexFormat.of().formatHex(key);
    }

    private String delete() {
        byte[] key = key();
        boolean there = now().containsKey(ByteBuffer.wrap(key));
        assertEquals(there, store.delete(key) != Stave.NO_VERSION);
        if (there) {
            values.remove(ByteBuffer.wrap(key));
        }
        return "delete " + HexFormat.of().formatHex(key) + there;
    }

    private String compareAndSet() {
        byte[] key = key();
        byte[] value = value();
        Held held = now().get(ByteBuffer.wrap(key));
        long version = store.compareAndSet(key, held == null ? 0 : held.version(), value);
        assertTrue(version > 0);
        values.put(ByteBuffer.wrap(key), new Value(new Held(version, value), NEVER));
        return "compare and set " + HexFormat.of().formatHex(key);
    }

    private String batch() {
        Batch batch = new Batch();
        List<ByteBuffer> keys = new ArrayList<>();
        List<Value> written = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            byte[] key = key();
            keys.add(ByteBuffer.wrap(key));
            if (random.nextInt(3) == 0) {
                batch.delete(key);
                written.add(new Value(new Held(0, new byte[0]), 0));
            } else {
                byte[] value = value();
                long expiry = expiry();
                batch.put(key, value, expiring(expiry));
                written.add(new Value(new Held(1, value), expiry));
            }
        }
        BatchResult result = store.apply(batch);
        assertTrue(result.applied());
        for (int i = 0; i < keys.size(); i++) {
            Value value = written.get(i);
            if (value.held.version() == 0) {
                values.remove(keys.get(i));
            } else {
                Held held = new Held(result.version(i), value.held.value());
                values.put(keys.get(i), new Value(held, value.expiry));
            }
        }
        return "batch of " + keys.size();
    }

    private String setExpiry() {
        byte[] key = key();
        Held held = now().get(ByteBuffer.wrap(key));
        long expiry = expiry();
        long version = store.setExpiry(key, expiry == NEVER ? null : Instant.ofEpochMilli(expiry));
        assertEquals(held != null, version != Stave.NO_VERSION);
        if (held != null) {
            values.put(ByteBuffer.wrap(key), new Value(new Held(version, held.value()), expiry));
        }
        return "set expiry " + HexFormat.of().formatHex(key) + expiry;
    }

    private String moveClock() {
        int by = random.nextInt(80) - 30;
        if (by < 0 && backwards) {
            forgetSwept();
        }
        clock.set(Math.max(1, clock.millis() + (backwards ? by : Math.abs(by))));
        return "clock " + clock.millis();
    }

    private String sweepOrMerge() {
        if (random.nextInt(3) == 0) {
            return "plan " + store.planMerge().segmentIds();
        }
        if (random.nextBoolean()) {
            return "merge " + store.merge().inputs();
        }
        List<Long> chosen = store.stats().segments().stream()
                .map(SegmentStats::id)
                .filter(id -> random.nextBoolean())
                .toList();
        return "merge of " + chosen + ": " + store.merge(chosen).inputs();
    }

    /** What has expired may be gone before the clock goes back; a look from long before tells. */
    private void forgetSwept() {
        long present = clock.millis();
        clock.set(1);
        values.entrySet().removeIf(entry -> {
            boolean gone = !store.contains(entry.getKey().array());
            assertTrue(!gone || entry.getValue().expiry <= present, "what has not expired stays");
            return gone && entry.getValue().expiry > 1;
        });
        clock.set(present);
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
        assertEquals(clock.millis(), opened.snapshot.time().toEpochMilli());
        snapshots.add(opened);
        assertFalse(snapshots.isEmpty());
        return "open " + opened.snapshot;
    }
}
