package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.Snapshot;
import io.stave.Stats;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How many large values there are, and how long. */
class BlobStatsTest extends BlobStore {

    private void expect(long count, long bytes, long pinned) {
        assertEquals(new Stats.Blobs(count, bytes, pinned), store.stats().blobs());
    }

    @Test
    void everyLargeValueCountsOnce() throws IOException {
        expect(0, 0, 0);
        store.put(KEY, bytes(1, THRESHOLD));
        expect(0, 0, 0);
        store.put(KEY, bytes(1, 2000));
        store.put(OTHER, new ByteArrayInputStream(bytes(2, 5000)));
        expect(2, 7000, 0);
        store.put(KEY, bytes(3, 3000));
        expect(2, 8000, 0);
        store.setExpiry(OTHER, Instant.ofEpochMilli(clock.millis() + 1000));
        expect(2, 8000, 0);
        store.merge();
        expect(2, 8000, 0);
        reopen();
        expect(2, 8000, 0);
        store.put(KEY, bytes(4, 10));
        expect(1, 5000, 0);
        store.delete(OTHER);
        expect(0, 0, 0);
    }

    @Test
    void whatASnapshotHoldsIsPinned() {
        store.put(KEY, bytes(1, 2000));
        try (Snapshot snapshot = store.snapshot()) {
            store.delete(KEY);
            expect(0, 0, 2000);
        }
        expect(0, 0, 0);
    }
}
