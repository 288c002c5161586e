package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Stave;
import io.stave.engine.model.Keys;
import io.stave.io.ReadableFile;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The MANIFEST lists each output of a merge with the smallest and the largest sequence among its records: by the smallest a tombstone is
 * judged (I6), and by the largest a snapshot knows whether all of a segment was there in its moment.
 */
class MergeSequencesTest extends MergeStores {

    /** What a merge copies comes input by input, and an input that is an output itself may hold records newer than those of the next. */
    @Test
    void recordsOutOfOrderAreListedByTheSmallestAndTheLargestSequence() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = open(directory)) {
            putBesideFiller(store, "a"); // segment 1
            long b = putBesideFiller(store, "b"); // segment 2
            long c = putBesideFiller(store, "c"); // segment 3
            putBesideFiller(store, "last"); // segment 4: none of the fillers is live now
            List<Long> both = store.merge(List.of(1L, 3L)).outputs();
            assertEquals(1, both.size());
            checkAll(directory);
            store.put(key("a"), Keys.value(9, 100));
            List<Long> outputs = store.merge(List.of(both.get(0), 2L)).outputs();
            assertEquals(1, outputs.size());
            List<Long> sequences = sequences(directory, outputs.get(0));
            assertEquals(List.of(c, b), sequences, "the newer record lies before the older one");
            assertTrue(c > b);
            checkAll(directory);
            ListedSegment listed = listed(directory, outputs.get(0));
            assertEquals(b, listed.minSequence());
            assertEquals(c, listed.maxSequence());
        }
    }

    private static long putBesideFiller(Stave store, String key) {
        long version = store.put(key(key), Keys.value(1, 100));
        store.put(key("filler"), Keys.value(2, 3800));
        return version;
    }

    @Test
    void everyOutputOfManyMergesIsListedByTheSmallestAndTheLargestSequence() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = open(directory)) {
            for (int round = 0; round < 12; round++) {
                for (int i = 0; i < 30; i++) {
                    store.put(key("key " + (i * 7 + round * 5) % 60), Keys.value(i, 40 + 17 * (i % 20)));
                    if (i % 9 == 0) {
                        store.delete(key("key " + (i * 11 + round) % 60));
                    }
                }
                List<Long> some = new ArrayList<>(ids(store));
                some.removeIf(id -> id % 3 == 0);
                store.merge(some);
                checkAll(directory);
            }
            for (int i = 0; i < 30; i++) {
                store.put(key("key " + i), Keys.value(i, 10));
            }
            store.merge();
            assertArrayEquals(Keys.value(29, 10), store.get(key("key 29")));
            checkAll(directory);
        }
    }

    private static ListedSegment listed(SimulatedDirectory directory, long id) throws IOException {
        return ManifestFile.read(directory).segments().stream()
                .filter(segment -> segment.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private static void checkAll(SimulatedDirectory directory) throws IOException {
        for (ListedSegment segment : ManifestFile.read(directory).segments()) {
            if (segment.isSealed()) {
                List<Long> sequences = sequences(directory, segment.id());
                assertEquals(sequences.stream().mapToLong(Long::longValue).min().orElseThrow(), segment.minSequence());
                assertEquals(sequences.stream().mapToLong(Long::longValue).max().orElseThrow(), segment.maxSequence());
            }
        }
    }

    /** As they lie on the disk. */
    private static List<Long> sequences(SimulatedDirectory directory, long id) throws IOException {
        Manifest manifest = ManifestFile.read(directory);
        List<Long> sequences = new ArrayList<>();
        try (ReadableFile file = directory.open(SegmentNames.segment(id))) {
            SegmentHeader header = SegmentHeader.read(file, manifest.storeId(), id);
            new SegmentScanner().scan(file, header, file.length(), false, record -> sequences.add(record.sequence()));
        }
        return sequences;
    }
}
