package io.stave.engine.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.Options;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Background;
import io.stave.engine.support.QuietLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots walked over while writers and merges run, compared afterwards with what the writers say they did up to its version. */
@ExtendWith(QuietLog.class)
class SnapshotConcurrencyTest {

    private static final int WRITERS = 3;
    private static final int KEYS_OF_A_WRITER = 60;
    private static final int WRITES = 2_000;
    private static final int WALKS = 10;

    @TempDir
    Path path;

    private final AtomicLong acknowledged = new AtomicLong();
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();

    /** What a walk showed. */
    private record Seen(long version, TreeMap<String, Held> entries, TreeSet<String> keys) {}

    /** A write that was applied; the value is null for a delete. */
    private record Done(long version, byte @Nullable [] value) {}

    /** Writes keys that nobody else writes, in every way there is, and remembers what it did. */
    private final class Writer {
        final Map<String, List<Done>> history = new HashMap<>();
        private final int number;
        private final Random random;
        private int written;

        Writer(int number) {
            this.number = number;
            this.random = new Random(number);
        }

        void run(Stave store) {
            for (int i = 0; i < WRITES || seen.size() < WALKS; i++) {
                String name = "w" + number + " " + random.nextInt(KEYS_OF_A_WRITER);
                byte[] key = name.getBytes(UTF_8);
                byte[] value = Keys.value(WRITERS * ++written + number, 8 + random.nextInt(300));
                List<Done> past = history.computeIfAbsent(name, k -> new ArrayList<>());
                switch (random.nextInt(5)) {
                    case 0 -> done(past, store.delete(key), null);
                    case 1 -> done(past, store.compareAndSet(key, last(past), value), value);
                    case 2 -> {
                        CompletableFuture<Long> first = store.putAsync(key, value);
                        byte[] other = Keys.value(WRITERS * ++written + number, 40);
                        CompletableFuture<Long> second = store.putAsync(key, other);
                        done(past, first.join(), value);
                        done(past, second.join(), other);
                    }
                    default -> done(past, store.put(key, value), value);
                }
            }
        }

        private long last(List<Done> past) {
            Done last = past.isEmpty() ? null : past.get(past.size() - 1);
            return last == null || last.value == null ? 0 : last.version;
        }

        private void done(List<Done> past, long version, byte @Nullable [] value) {
            if (version != Stave.NO_VERSION) {
                past.add(new Done(version, value));
                acknowledged.accumulateAndGet(version, Math::max);
            }
        }

        void addUpTo(long version, Map<String, Held> entries) {
            history.forEach((name, past) -> {
                Done newest = null;
                for (Done done : past) {
                    newest = done.version <= version ? done : newest;
                }
                if (newest != null && newest.value != null) {
                    entries.put(name, new Held(newest.version, newest.value));
                }
            });
        }
    }

    private void watch(Stave store, int seed) {
        Random random = new Random(seed);
        long before = acknowledged.get();
        try (Snapshot snapshot = store.snapshot()) {
            assertTrue(snapshot.version() >= before, "sees what was acknowledged before");
            for (int walk = 0; walk < 2; walk++) {
                TreeMap<String, Held> entries = new TreeMap<>();
                Snapshot.Cursor<Entry> cursor = snapshot.entries();
                while (cursor.hasNext()) {
                    Entry entry = cursor.next();
                    Held held = new Held(entry.version(), entry.value());
                    assertEquals(null, entries.put(new String(entry.key(), UTF_8), held), "shown once");
                    if (random.nextInt(20) == 0) {
                        Snapshot.Position here = cursor.position();
                        cursor.close();
                        cursor = snapshot.entries(new byte[0], here);
                        Thread.yield();
                    }
                }
                TreeSet<String> keys = new TreeSet<>();
                try (Snapshot.Cursor<byte[]> all = snapshot.keys()) {
                    all.forEachRemaining(key -> assertTrue(keys.add(new String(key, UTF_8)), "listed once"));
                }
                seen.add(new Seen(snapshot.version(), entries, keys));
            }
        }
    }

    @Test
    void snapshotsShowTheirMomentWhileWritersAndMergesRun() throws Exception {
        Options options = Options.defaults().segmentLength(16 * 1024).durability(Durability.OS);
        List<Writer> writers =
                Stream.iterate(0, i -> i + 1).limit(WRITERS).map(Writer::new).toList();
        try (Stave store = Stave.open(path, options)) {
            List<Background<Boolean>> writing = writers.stream()
                    .map(writer -> Background.start(() -> writer.run(store)))
                    .toList();
            Background<Boolean> merging = Background.start(() -> {
                while (!writing.stream().allMatch(Background::done)) {
                    store.merge();
                }
            });
            List<Background<Boolean>> watching = Stream.of(1, 2)
                    .map(seed -> Background.start(() -> {
                        while (!writing.stream().allMatch(Background::done)) {
                            watch(store, seed);
                        }
                    }))
                    .toList();
            for (Background<Boolean> each : writing) {
                each.join();
            }
            merging.join();
            for (Background<Boolean> each : watching) {
                each.join();
            }
            watch(store, 3);
            store.merge();
        }
        for (Seen one : seen) {
            TreeMap<String, Held> expected = new TreeMap<>();
            writers.forEach(writer -> writer.addUpTo(one.version, expected));
            assertEquals(expected, one.entries, "version " + one.version);
            assertEquals(expected.keySet(), one.keys, "version " + one.version);
        }
        try (Stave store = Stave.open(path, options);
                Stream<Path> files = Files.list(path)) {
            assertEquals(
                    store.stats().segments().size(),
                    files.filter(file -> file.toString().endsWith(".seg")).count(),
                    "no file was left behind");
            assertTrue(store.recoveryReport().clean());
        }
    }
}
