package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.engine.support.LogFile;
import io.stave.io.ReadableFile;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys ahead of a walk are touched once each, and bytes that are no records harm nobody. */
class LookAheadTest {

    private static final KeyHash HASH = new KeyHash(1, 2);

    private final List<Long> touched = new ArrayList<>();
    private final List<Integer> together = new ArrayList<>();
    private final LookAhead ahead = new LookAhead(HASH, (count, highs) -> {
        together.add(count);
        for (int i = 0; i < count; i++) {
            touched.add(highs.applyAsLong(i));
        }
        return 0;
    });

    private static long high(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        Fingerprint fingerprint = new Fingerprint();
        HASH.hash(bytes, 0, bytes.length, fingerprint);
        return fingerprint.high;
    }

    /** Walks as a merge does; returns how many records it saw. */
    private int walk(LogFile log) throws IOException {
        int[] seen = new int[1];
        SimulatedDirectory directory = new SimulatedDirectory();
        log.saveTo(directory);
        try (ReadableFile file = directory.open(log.name())) {
            SegmentHeader header = SegmentHeader.read(file, LogFile.STORE, log.id());
            ahead.begin();
            new SegmentScanner().scan(file, header, log.end(), false, record -> {
                ahead.at(record);
                seen[0]++;
            });
        }
        return seen[0];
    }

    @Test
    void eachKeyIsTouchedOnceAndSixteenTogether() throws IOException {
        for (int segment = 1; segment <= 2; segment++) {
            LogFile log = new LogFile(segment, 1);
            List<Long> expected = new ArrayList<>();
            for (int i = 1; i <= 50; i++) {
                log.put(i, "key " + i, "v".repeat(i));
                expected.add(high("key " + i));
            }
            assertEquals(50, walk(log));
            assertEquals(expected, touched);
            assertEquals(List.of(16, 16, 16, 2), together);
            touched.clear();
            together.clear();
        }
    }

    @Test
    void whatIsNoRecordIsNotActedUpon() throws IOException {
        Random random = new Random(5);
        for (int round = 0; round < 2_000; round++) {
            LogFile log = new LogFile(1, 1).put(1, "key", "value");
            int length = random.nextInt(3 * RecordFormat.HEADER_LENGTH);
            for (int i = 0; i < length; i++) {
                // Small numbers make headers that could be.
                log.raw(1, random.nextBoolean() ? random.nextInt(4) : random.nextInt(256));
            }
            assertEquals(1, walk(log), "it does not verify");
            assertEquals(high("key"), touched.get(0));
            touched.clear();
        }
    }
}
