package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.segment.ScanResult.Stop;
import io.stave.segment.SegmentImage.Seen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.arbitraries.StringArbitrary;
import net.jqwik.api.constraints.IntRange;

/** Whatever happens to the bytes of a segment, a walk shows a prefix of what was written, batch by batch, and nothing else (I4, I5). */
class SegmentScannerProperties {

    /** One thing that an appender does. */
    record Step(int kind, int flags, long expiry, String key, String value) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        StringArbitrary text = Arbitraries.strings().withCharRange('\0', '\u00FF');
        Arbitrary<Step> step = Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(5, RecordFormat.PUT),
                                Tuple.of(2, RecordFormat.TOMBSTONE),
                                Tuple.of(1, RecordFormat.BLOB),
                                Tuple.of(2, RecordFormat.CERTIFICATE)),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.longs(),
                        text.ofMinLength(1).ofMaxLength(12),
                        text.ofMaxLength(40))
                .as(Step::new);
        return step.list().ofMaxSize(8);
    }

    /** What steps make of a segment: certificates only between batches, for where a force may have stood. */
    private static SegmentImage image(List<Step> steps) {
        SegmentImage image = new SegmentImage();
        boolean inBatch = false;
        for (Step step : steps) {
            if (step.kind == RecordFormat.CERTIFICATE) {
                if (!inBatch) {
                    image.certificate(image.end());
                }
                continue;
            }
            boolean tombstone = step.kind == RecordFormat.TOMBSTONE;
            int flags = tombstone ? step.flags & RecordFormat.CONTINUES : step.flags;
            long next = image.records.size() + 1L;
            image.add(step.kind, flags, next, step.expiry, step.key, tombstone ? "" : step.value);
            inBatch = (flags & RecordFormat.CONTINUES) != 0;
        }
        return image;
    }

    @Property(tries = 500)
    void whatIsWrittenIsShownInOrder(@ForAll("steps") List<Step> steps, @ForAll @IntRange(max = 100) int zeros)
            throws IOException {
        SegmentImage image = image(steps);
        boolean unfinished = !image.records.isEmpty()
                && image.records.get(image.records.size() - 1).continues();
        byte[] file = Arrays.copyOf(image.toBytes(), image.end() + zeros);
        List<Seen> seen = new ArrayList<>();
        ScanResult result = image.scan(file, seen);

        assertEquals(image.completeBelow(Long.MAX_VALUE), seen);
        assertEquals(unfinished ? Stop.UNFINISHED_BATCH : zeros == 0 ? Stop.LIMIT : Stop.ZEROS, result.stop());
        assertEquals(image.end(), result.stoppedAt());
        assertEquals(image.certified(), result.certified());
        assertEquals(seen.size(), result.records());
        assertEquals(seen.isEmpty() ? Long.MAX_VALUE : 1, result.minSequence());
        assertEquals(seen.isEmpty() ? 0 : seen.get(seen.size() - 1).sequence(), result.maxSequence());
        if (!unfinished) {
            assertEquals(image.end(), result.end());
            assertEquals(image.digest.value(), result.digest());
        }
    }

    @Property(tries = 60)
    void everyTruncationShowsAPrefixOfBatches(@ForAll("steps") List<Step> steps) throws IOException {
        SegmentImage image = image(steps);
        byte[] whole = image.toBytes();
        for (int length = SegmentHeader.LENGTH; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertPrefix(image, cut, length, true);
            // The same cut in a file that was extended ahead: zeros instead of an end, or instead of zeros.
            byte[] ahead = Arrays.copyOf(cut, whole.length + 40);
            int sound = Arrays.mismatch(ahead, 0, whole.length, whole, 0, whole.length);
            assertPrefix(image, ahead, sound < 0 ? whole.length : sound, true);
            assertPrefix(image, cut, length, false);
        }
    }

    @Property(tries = 40)
    void everySingleBitFlipShowsAPrefixOfBatches(@ForAll("steps") List<Step> steps) throws IOException {
        SegmentImage image = image(steps);
        byte[] bytes = image.toBytes();
        for (int bit = 8 * SegmentHeader.LENGTH; bit < 8 * bytes.length; bit++) {
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            ScanResult result = assertPrefix(image, bytes, bit >> 3, bit % 2 == 0);
            assertEquals(Stop.DAMAGE, result.stop(), () -> result.toString());
            assertFalse(result.clean());
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
    }

    /** A crash may keep any of the unforced sectors: here, tiny ones of 16 bytes, each old (zeros) or new. */
    @Property(tries = 300)
    void anySubsetOfSectorsShowsAPrefixOfBatches(@ForAll("steps") List<Step> steps, @ForAll Random random)
            throws IOException {
        SegmentImage image = image(steps);
        byte[] bytes = image.toBytes();
        int firstLost = bytes.length;
        for (int at = SegmentHeader.LENGTH; at < bytes.length; at += 16) {
            int end = Math.min(at + 16, bytes.length);
            if (random.nextInt(4) == 0) {
                for (int i = at; i < end; i++) {
                    firstLost = bytes[i] != 0 ? Math.min(firstLost, i) : firstLost;
                    bytes[i] = 0;
                }
            }
        }
        assertPrefix(image, bytes, firstLost, true);
    }

    /** Bytes behind the log that no appender wrote. */
    @Property(tries = 300)
    void noiseBehindTheLogIsNeverShown(@ForAll("steps") List<Step> steps, @ForAll byte[] noise) throws IOException {
        SegmentImage image = image(steps);
        int end = image.end();
        byte[] file = image.raw(noise).toBytes();
        ScanResult result = assertPrefix(image, file, end, true);
        assertTrue(result.end() <= end);
    }

    /** The bytes are whole below {@code sound}: every batch that lies there is shown, none that reaches beyond it, nothing else. */
    private static ScanResult assertPrefix(SegmentImage image, byte[] file, int sound, boolean increasing)
            throws IOException {
        List<Seen> seen = new ArrayList<>();
        ScanResult result = image.scan(file, file.length, increasing, seen);
        assertEquals(image.completeBelow(sound), seen, () -> "sound up to " + sound + ": " + result);
        assertTrue(result.end() <= sound, () -> "sound up to " + sound + ": " + result);
        assertTrue(result.end() <= result.stoppedAt());
        assertTrue(result.certified() <= result.end());
        // What was accepted is a whole segment of its own: recovery cuts there, and finds the same again (I10).
        List<Seen> again = new ArrayList<>();
        ScanResult cut = image.scan(Arrays.copyOf(file, (int) result.end()), again);
        assertEquals(seen, again);
        assertEquals(Stop.LIMIT, cut.stop());
        assertEquals(result.end(), cut.end());
        assertEquals(result.digest(), cut.digest());
        assertEquals(result.records(), cut.records());
        assertEquals(result.maxSequence(), cut.maxSequence());
        return result;
    }
}
