package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeydirLoaderTest {

    private final HeapMemory memory = new HeapMemory();
    private final KeydirLoader loader = new KeydirLoader(memory);
    private final Location superseded = new Location();
    private final Location location = new Location();

    @Test
    void laterPutSupersedesAnEarlierOne() {
        assertFalse(offer(1, 5, false, 10));
        assertTrue(offer(1, 6, false, 11));
        assertEquals(10, superseded.segment);
        assertTrue(loader.finish().find(1, 0, location));
        assertEquals(11, location.segment);
    }

    @Test
    void earlierPutThatComesLaterIsItselfSuperseded() {
        offer(1, 6, false, 11);
        assertTrue(offer(1, 5, false, 10));
        assertEquals(10, superseded.segment);
        assertEquals(100, superseded.length);
        assertTrue(loader.finish().find(1, 0, location));
        assertEquals(11, location.segment);
    }

    @Test
    void deletedKeyStaysDeletedInWhateverOrderTheRecordsCome() {
        offer(1, 5, false, 10);
        assertTrue(offer(1, 6, true, 11), "the put is superseded");
        assertEquals(10, superseded.segment);
        assertTrue(offer(1, 4, false, 12), "and so is an older one that comes late");
        assertEquals(12, superseded.segment);
        assertFalse(offer(1, 3, true, 13), "an older tombstone is not reported");
        assertFalse(loader.finish().find(1, 0, location));
    }

    @Test
    void putAfterATombstoneLivesAndReportsNobody() {
        assertFalse(offer(1, 5, true, 10));
        assertFalse(offer(1, 6, false, 11));
        CompactKeydir keydir = loader.finish();
        assertTrue(keydir.find(1, 0, location));
        assertEquals(1, keydir.count());
    }

    @Test
    void ofTwoCopiesOfARecordTheOneInTheLaterSegmentWins() {
        offer(1, 5, false, 10);
        assertTrue(offer(1, 5, false, 11));
        assertEquals(10, superseded.segment);
        assertTrue(offer(1, 5, false, 9));
        assertEquals(9, superseded.segment);
        assertFalse(offer(1, 5, false, 11), "the same record again");
        assertTrue(loader.finish().find(1, 0, location));
        assertEquals(11, location.segment);
    }

    @Test
    void sequencesAndTombstonesCostNothingAfterFinish() {
        for (int i = 0; i < 300_000; i++) {
            loader.offer(Fingerprints.mix(i), i, i, i % 3 == 0, 1, i, 1, 0, superseded);
        }
        long loading = memory.bytes();
        CompactKeydir keydir = loader.finish();
        assertEquals(200_000, keydir.count());
        assertEquals(keydir.bytes(), memory.bytes());
        assertTrue(
                memory.bytes() <= loading * 24 / 32 + 256 * TableShape.PAGE,
                loading + " bytes became " + memory.bytes());
        keydir.close();
        assertEquals(0, memory.bytes());
    }

    @Test
    void tableOfTombstonesBecomesASmallOne() {
        for (int i = 0; i < 300_000; i++) {
            loader.offer(Fingerprints.mix(i), i, i, i % 100 != 0, 1, i, 1, 0, superseded);
        }
        CompactKeydir keydir = loader.finish();
        assertEquals(3_000, keydir.count());
        assertTrue(keydir.bytes() < 73 * keydir.count(), keydir.bytes() + " bytes");
    }

    /** As much as it would have taken by growing: an estimate costs nothing once the loading has ended. */
    @Test
    void whatAnEstimateWasTooHighIsGivenBack() {
        loader.expect(1_000_000);
        for (int i = 0; i < 300_000; i++) {
            loader.offer(Fingerprints.mix(i), i, i, false, 1, i, 1, 0, superseded);
        }
        assertTrue(memory.bytes() > 90 * 300_000, memory.bytes() + " bytes while loading");
        CompactKeydir keydir = loader.finish();
        assertTrue(keydir.bytes() < 36 * keydir.count(), keydir.bytes() + " bytes");
        assertEquals(keydir.bytes(), memory.bytes());
        keydir.close();
    }

    @Test
    void aGoodEstimateSparesTheGrowth() {
        loader.expect(300_000);
        memory.refuseAfter(2 * 256); // a table and its sequences for each stripe, and never another
        for (int i = 0; i < 300_000; i++) {
            loader.offer(Fingerprints.mix(i), i, i, false, 1, i, 1, 0, superseded);
        }
        memory.refuseAfter(Integer.MAX_VALUE);
        assertEquals(300_000, loader.finish().count());
    }

    @Test
    void finishedLoaderRefusesEveryCall() {
        offer(1, 5, false, 10);
        loader.finish();
        assertThrows(IllegalStateException.class, () -> offer(1, 6, false, 11));
        assertThrows(IllegalStateException.class, loader::finish);
        loader.close();
        assertThrows(IllegalArgumentException.class, () -> offer(1, -1, false, 11));
    }

    @Test
    void loadingThatIsBrokenOffGivesTheMemoryBack() {
        for (int i = 0; i < 300_000; i++) {
            loader.offer(Fingerprints.mix(i), i, i, false, 1, i, 1, 0, superseded);
        }
        assertTrue(memory.bytes() > 0);
        loader.close();
        assertEquals(0, memory.bytes());
        assertThrows(IllegalStateException.class, loader::finish);
    }

    @Test
    void finishWithoutMemoryGivesEverythingBack() {
        for (int i = 0; i < 300_000; i++) {
            loader.offer(Fingerprints.mix(i), i, i, i % 3 == 0, 1, i, 1, 0, superseded);
        }
        memory.refuseAfter(100);
        assertThrows(HeapMemory.Refused.class, loader::finish);
        assertEquals(0, memory.bytes());
    }

    private boolean offer(long high, long sequence, boolean tombstone, int segment) {
        return loader.offer(high, 0, sequence, tombstone, segment, 7, 100, 0, superseded);
    }
}
