package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.LogFile;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How many records there are, told from the first of them. */
class RecordEstimateTest {

    private final SimulatedDirectory directory = new SimulatedDirectory();

    private long estimate(LogFile log) throws IOException {
        log.saveTo(directory);
        return new RecordEstimate().of(directory, LogFile.STORE, 1, log.end()).records();
    }

    @Test
    void shortSegmentIsCounted() throws IOException {
        assertEquals(0, estimate(new LogFile(1, 1)));
        assertEquals(2, estimate(new LogFile(1, 1).put(1, "a", "1").tombstone(2, "b")));
    }

    @Test
    void longSegmentIsTakenToBeLikeItsBeginning() throws IOException {
        LogFile log = new LogFile(1, 1);
        for (int i = 1; i <= 10_000; i++) {
            log.put(i, "key", "v".repeat(i % 200));
        }
        long estimate = estimate(log);
        assertTrue(estimate > 9_500 && estimate < 10_500, "10,000 are " + estimate);
    }

    @Test
    void theBytesOfTheKeysAreEstimatedToo() throws IOException {
        LogFile log = new LogFile(1, 1).put(1, "a", "1").put(2, "three", "3").tombstone(3, "to");
        log.saveTo(directory);
        assertEquals(
                new RecordEstimate.Estimate(3, 8), new RecordEstimate().of(directory, LogFile.STORE, 1, log.end()));
    }

    /** Neither a record nor a batch ends within the first sample. */
    @Test
    void theSampleReachesTheEndOfABatch() throws IOException {
        assertEquals(
                2, estimate(new LogFile(1, 1).put(1, "a", "v".repeat(400_000)).put(2, "b", "v".repeat(400_000))));
        LogFile log = new LogFile(1, 1);
        for (int i = 1; i < 40_000; i++) {
            log.putOfBatch(i, "key", "value");
        }
        log.put(40_000, "key", "value").put(40_001, "key", "value");
        assertEquals(40_001, estimate(log));
    }

    @Test
    void whatDoesNotVerifyIsNotCounted() throws IOException {
        LogFile log = new LogFile(1, 1).put(1, "a", "1");
        assertEquals(0, estimate(log.damage(log.end() - 1)));
    }
}
