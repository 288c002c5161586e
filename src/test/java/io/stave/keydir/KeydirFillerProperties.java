package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.keydir.Fingerprints.Family;
import io.stave.keydir.Fingerprints.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The loader gives the same keydir, and reports the same losers, in whatever order and by however many threads the records come (I3). */
class KeydirFillerProperties {

    private record Offered(int key, long sequence, boolean tombstone, int segment, int offset, int length, int flags) {

        String place() {
            return segment + "/" + offset + "/" + length + "/" + flags;
        }

        /** The order recovery goes by, said as plainly as possible. */
        boolean beats(Offered other) {
            if (sequence != other.sequence) {
                return sequence > other.sequence;
            }
            return Integer.toUnsignedLong(segment) > Integer.toUnsignedLong(other.segment);
        }
    }

    @Provide
    Arbitrary<Family> families() {
        return Fingerprints.families();
    }

    @Provide
    Arbitrary<Integer> universes() {
        return Fingerprints.evenlyUpTo(800);
    }

    @Property(tries = 300)
    void anyOrderAndAnyNumberOfThreadsGiveWhatTheSequencesSay(
            @ForAll("families") Family family,
            @ForAll("universes") int universe,
            @ForAll @IntRange(min = 1, max = 4) int threads,
            @ForAll @IntRange(max = 60) int tombstonePercent,
            @ForAll long seed)
            throws InterruptedException, ExecutionException {
        List<Offered> records = records(universe, tombstonePercent, seed);
        Map<Integer, Offered> winners = new HashMap<>();
        for (Offered record : records) {
            winners.merge(record.key, record, (a, b) -> a.beats(b) ? a : b);
        }
        List<String> expectedLosers = new ArrayList<>();
        for (Offered record : records) {
            if (!record.tombstone && winners.get(record.key) != record) {
                expectedLosers.add(record.place());
            }
        }

        HeapMemory memory = new HeapMemory();
        KeydirFiller<?> loader = ChosenKeydir.filler(memory);
        loader.expect(seed % 3 == 0 ? 0 : (seed >>> 32) % 400_000);
        List<String> losers = load(loader, family, universe, shuffledSegments(records, seed), threads);
        Keydir keydir = loader.finish();

        Collections.sort(expectedLosers);
        Collections.sort(losers);
        assertEquals(expectedLosers, losers, "superseded");
        assertWinners(family, universe, winners, keydir);
        keydir.close();
        assertEquals(0, memory.bytes());
    }

    /** A history of puts and tombstones over a few segments, some of its records copied to later segments as by a merge. */
    private static List<Offered> records(int universe, int tombstonePercent, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Offered> records = new ArrayList<>();
        int length = 1 + random.nextInt(3 * universe);
        for (int i = 0; i < length; i++) {
            boolean tombstone = random.nextInt(100) < tombstonePercent;
            long sequence = i % 2 == 0 ? i : (1L << 62) + i;
            Offered record = new Offered(
                    random.nextInt(universe),
                    sequence,
                    tombstone,
                    i % 7 - 3,
                    i,
                    random.nextInt(1 << 26),
                    random.nextInt(128));
            records.add(record);
            if (random.nextInt(10) == 0) {
                records.add(new Offered(record.key, sequence, tombstone, 100 + i % 3, i, record.length, record.flags));
            }
        }
        return records;
    }

    private static List<List<Offered>> shuffledSegments(List<Offered> records, long seed) {
        Map<Integer, List<Offered>> segments = new HashMap<>();
        for (Offered record : records) {
            segments.computeIfAbsent(record.segment, s -> new ArrayList<>()).add(record);
        }
        List<List<Offered>> shuffled = new ArrayList<>(segments.values());
        Random random = new Random(seed);
        Collections.shuffle(shuffled, random);
        for (List<Offered> segment : shuffled) {
            Collections.shuffle(segment, random);
        }
        return shuffled;
    }

    private static List<String> load(
            KeydirFiller<?> loader, Family family, int universe, List<List<Offered>> segments, int threads)
            throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<String>>> parts = new ArrayList<>();
            for (List<Offered> segment : segments) {
                parts.add(pool.submit(() -> offerAll(loader, family, universe, segment)));
            }
            List<String> losers = new ArrayList<>();
            for (Future<List<String>> part : parts) {
                losers.addAll(part.get());
            }
            return losers;
        } finally {
            pool.shutdownNow();
        }
    }

    /** The segments of even id one by one, each record of an odd key twice at once; the others as they come. */
    private static List<String> offerAll(KeydirFiller<?> loader, Family family, int universe, List<Offered> records) {
        List<String> losers = new ArrayList<>();
        RecordFeed feed = loader.feed(loser -> losers.add(place(loser)));
        RecordFeed again = loader.feed(loser -> {}); // a record offered again at once says nothing new
        for (Offered r : records) {
            Key key = family.key(r.key, universe);
            offer(feed, key, r);
            if (r.segment % 2 == 0) {
                feed.flush();
                if (r.key % 2 != 0) {
                    offer(again, key, r);
                    again.flush();
                }
            }
        }
        feed.flush();
        return losers;
    }

    private static void offer(RecordFeed feed, Key key, Offered r) {
        feed.offer(key.high(), key.low(), key, r.sequence, r.tombstone, r.segment, r.offset, r.length, r.flags);
    }

    private static String place(Location location) {
        return location.segment + "/" + location.offset + "/" + location.length + "/" + location.flags;
    }

    private static void assertWinners(Family family, int universe, Map<Integer, Offered> winners, Keydir keydir) {
        Location location = new Location();
        int live = 0;
        for (int i = 0; i < universe; i++) {
            Key key = family.key(i, universe);
            Offered winner = winners.get(i);
            boolean expected = winner != null && !winner.tombstone;
            assertEquals(expected, keydir.find(key.high(), key.low(), key, location), "key " + i);
            if (expected) {
                live++;
                assertEquals(winner.place(), place(location));
            }
        }
        assertEquals(live, keydir.count());
        for (int i = 0; i < universe; i++) { // what came out is a keydir like any other
            Key key = family.key(i, universe);
            boolean there = keydir.find(key.high(), key.low(), key, location);
            assertEquals(there, keydir.put(key.high(), key.low(), key, 1, i, 1, 0, location));
        }
        assertEquals(universe, keydir.count());
    }
}
