package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.FileWindow;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreId;
import io.stave.segment.ScanResult.Stop;
import io.stave.segment.SegmentImage.Seen;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases of a walk that chance would seldom make. */
class SegmentScannerTest {

    private final SegmentImage image = new SegmentImage();
    private final List<Seen> seen = new ArrayList<>();

    @Test
    void anEmptySegmentIsWholeAndHasNoSequences() throws IOException {
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(Stop.LIMIT, result.stop());
        assertEquals(SegmentHeader.LENGTH, result.end());
        assertEquals(Long.MAX_VALUE, result.minSequence());
        assertEquals(0, result.maxSequence());
        assertEquals(new Digest(image.header.segmentId()).value(), result.digest());
    }

    /** HaloDB kept key lengths in a signed byte. */
    @Test
    void keysOfEveryLengthAreWhole() throws IOException {
        for (int length : new int[] {1, 127, 128, 255, 256, 32_767, 32_768, RecordFormat.MAX_KEY}) {
            image.put("k".repeat(length), "v").delete("k".repeat(length));
        }
        assertEquals(Stop.LIMIT, image.scan(image.toBytes(), seen).stop());
        assertEquals(image.records, seen);
    }

    /** Bitcask took a value that began like its tombstone marker for one. */
    @Test
    void noValueMakesARecordATombstone() throws IOException {
        image.delete("k");
        String tombstone = SegmentImage.text(image.toBytes()).substring(SegmentHeader.LENGTH);
        for (String value : List.of(tombstone, "bitcask_tombstone", "\2", "\0")) {
            image.put("k", value);
        }
        image.scan(image.toBytes(), seen);
        assertEquals(image.records, seen);
        assertEquals(
                1, seen.stream().filter(r -> r.kind() == RecordFormat.TOMBSTONE).count());
    }

    /** HaloDB's repair took a value of no bytes for the end of the file. */
    @Test
    void zeroLengthValuesAreRecordsLikeOthers() throws IOException {
        for (int i = 0; i < 21; i++) {
            image.put("k" + i, i % 3 == 0 ? "" : "v");
        }
        assertEquals(Stop.LIMIT, image.scan(image.toBytes(), seen).stop());
        assertEquals(image.records, seen);
    }

    @Test
    void zerosAreALegalTailButNotAHole() throws IOException {
        image.put("a", "1");
        int end = image.end();
        image.raw(new byte[3000]);
        assertEquals(Stop.ZEROS, image.scan(image.toBytes(), seen).stop());
        int other = image.end();
        image.raw(new byte[] {1});
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(Stop.DAMAGE, result.stop());
        assertEquals(end, result.end());
        assertTrue(result.reason().contains(String.valueOf(other)), result.reason());
    }

    @Test
    void theLogEndsAtTheLimitEvenWhereRecordsFollow() throws IOException {
        image.put("a", "1");
        int limit = image.end();
        image.put("b", "2");
        ScanResult result = image.scan(image.toBytes(), limit, false, seen);
        assertEquals(Stop.LIMIT, result.stop());
        assertEquals(limit, result.end());
        assertEquals(image.records.subList(0, 1), seen);
        ScanResult inside = image.scan(image.toBytes(), limit + 5, false, seen);
        assertEquals(Stop.DAMAGE, inside.stop());
        assertEquals(limit, inside.end());
    }

    @Test
    void aSealedSegmentThatLostItsEndIsNotTakenForWhole() throws IOException {
        image.put("a", "1");
        int boundary = image.end();
        image.put("b", "2");
        ScanResult result = image.scan(Arrays.copyOf(image.toBytes(), boundary), image.end(), false, seen);
        assertEquals(Stop.ZEROS, result.stop());
        assertEquals(boundary, result.end());
        assertEquals("the end of the file", result.reason());
        assertEquals("the end of the file", result.actual());
    }

    @Test
    void aStaleRecordEndsTheLog() throws IOException {
        image.put("a", "1").put("b", "2");
        int end = image.end();
        image.add(RecordFormat.PUT, 0, 2, 0, "b", "stale");
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(Stop.STALE, result.stop());
        assertEquals(end, result.end());
        assertEquals(2, seen.size());
        seen.clear();
        assertEquals(
                Stop.LIMIT,
                image.scan(image.toBytes(), image.end(), false, seen).stop(),
                "any order in a merged one");
        assertEquals(3, seen.size());
    }

    @Test
    void aRecordBelowTheBaseSequenceEndsTheLog() throws IOException {
        SegmentImage later = new SegmentImage(new SegmentHeader(SegmentImage.STORE, 8, 100, 7));
        later.add(RecordFormat.PUT, 0, 99, 0, "a", "stale");
        assertEquals(Stop.STALE, later.scan(later.toBytes(), seen).stop());
        assertTrue(seen.isEmpty());
    }

    @Test
    void anUnfinishedBatchIsNotShown() throws IOException {
        image.put("a", "1");
        int end = image.end();
        image.putInBatch("b", "2").putInBatch("c", "3");
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(Stop.UNFINISHED_BATCH, result.stop());
        assertEquals(end, result.end());
        assertEquals(image.end(), result.stoppedAt());
        assertEquals(1, result.maxSequence());
        assertEquals(1, seen.size());
        image.put("d", "4");
        seen.clear();
        assertEquals(Stop.LIMIT, image.scan(image.toBytes(), seen).stop());
        assertEquals(image.records, seen);
    }

    @Test
    void aCertificateInsideABatchIsDamage() throws IOException {
        image.putInBatch("b", "2").certificate(64).put("c", "3");
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(Stop.DAMAGE, result.stop());
        assertEquals(SegmentHeader.LENGTH, result.end());
        assertEquals(0, result.certified());
        assertTrue(seen.isEmpty());
    }

    @Test
    void aCertificateForWhatLiesBehindItIsDamage() throws IOException {
        image.put("a", "1");
        int end = image.end();
        image.certificate(end + 1);
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(Stop.DAMAGE, result.stop());
        assertEquals(end, result.end());
        assertEquals(0, result.certified());
    }

    @Test
    void trailingCertificatesBelongToTheLog() throws IOException {
        image.put("a", "1").certificate(64);
        image.certificate(image.end());
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(image.end(), result.end());
        assertEquals(image.end() - RecordFormat.CERTIFICATE_LENGTH, result.certified());
        assertEquals(image.digest.value(), result.digest());
        assertEquals(1, result.records());
    }

    @Test
    void aRecordThatVerifiesAndIsOfNoKnownKindIsDamage() throws IOException {
        for (int[] header : new int[][] {{0, 0}, {5, 0}, {RecordFormat.PUT, 4}, {RecordFormat.TOMBSTONE, 1}}) {
            SegmentImage strange = new SegmentImage().put("a", "");
            int length = strange.end() - SegmentHeader.LENGTH;
            ByteBuffer bytes = ByteBuffer.wrap(strange.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.put(SegmentHeader.LENGTH + 18, (byte) header[0]).put(SegmentHeader.LENGTH + 19, (byte) header[1]);
            RecordFormat.seal(
                    bytes,
                    SegmentHeader.LENGTH,
                    length,
                    RecordFormat.mask(SegmentImage.STORE, strange.header.segmentId(), SegmentHeader.LENGTH));
            ScanResult result = strange.scan(bytes.array(), seen);
            assertEquals(Stop.DAMAGE, result.stop());
            assertEquals(SegmentHeader.LENGTH, result.end());
            assertTrue(seen.isEmpty());
        }
    }

    @Test
    void theChecksumsAreReportedWhereOneFailed() throws IOException {
        image.put("a", "1");
        byte[] bytes = image.toBytes();
        bytes[bytes.length - 1] ^= 1;
        ScanResult result = image.scan(bytes, seen);
        assertNotEquals(result.storedChecksum(), result.computedChecksum());
        assertTrue(result.expected().contains(String.format("%08x", result.storedChecksum())), result.expected());
        assertTrue(result.actual().contains(String.format("%08x", result.computedChecksum())), result.actual());
    }

    @Test
    void wildLengthsCostNoMemory() throws IOException {
        image.put("a", "1");
        byte[] bytes = Arrays.copyOf(image.toBytes(), 64 * 1024);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        RecordFormat.putHeader(
                header, image.end(), RecordFormat.PUT, 0, 2, RecordFormat.MAX_KEY, RecordFormat.MAX_VALUE);
        long before = directMemory();
        ScanResult result = image.scan(bytes, seen);
        assertTrue(directMemory() - before < 1024 * 1024, "memory for a length that cannot be");
        assertEquals(Stop.DAMAGE, result.stop());
        header.putInt(image.end() + 4, -1);
        assertEquals(Stop.DAMAGE, image.scan(bytes, seen).stop());
        assertEquals(image.end(), image.scan(bytes, seen).end());
    }

    @Test
    void recordsAndBatchesLongerThanTheWindowAreShown() throws IOException {
        String megabyte = "x".repeat(1024 * 1024);
        image.put("first", megabyte.repeat(16));
        image.putInBatch("a", megabyte)
                .putInBatch("b", megabyte)
                .putInBatch("c", "small")
                .put("d", megabyte.repeat(2));
        for (int i = 0; i < 3000; i++) {
            image.putInBatch("k" + i, megabyte.substring(0, 1000));
        }
        image.put("last", "");
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(Stop.LIMIT, result.stop());
        assertEquals(image.digest.value(), result.digest());
        assertEquals(image.records, seen);
        byte[] torn = image.toBytes();
        torn[torn.length - 1] ^= 1;
        seen.clear();
        assertEquals(image.records.get(4).end(), image.scan(torn, seen).end());
        assertEquals(image.records.subList(0, 5), seen);
    }

    /** A file that counts the bytes it delivers, and delivers each that was read before with a bit flipped. */
    private static final class ReadBefore implements ReadableFile {
        private final byte[] bytes;
        private final BitSet before = new BitSet();
        private long delivered;

        ReadBefore(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public String name() {
            return "bytes";
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            int n = Math.min(target.remaining(), bytes.length - (int) position);
            for (int i = (int) position; i < position + n; i++) {
                target.put((byte) (before.get(i) ? bytes[i] ^ 1 : bytes[i]));
                before.set(i);
            }
            delivered += n;
            return n;
        }

        @Override
        public Mapping map(long length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void batchesThatFitInTheWindowAreReadOnce() throws IOException {
        for (int i = 0; i < 20_000; i++) {
            // Of up to 600,000 bytes.
            String value = "v".repeat(1 + i % 500);
            if (i % 1777 == 0) {
                image.put("k" + i, value);
            } else {
                image.putInBatch("k" + i, value);
            }
        }
        image.put("last", "");
        ReadBefore file = new ReadBefore(image.toBytes());
        SegmentScanner scanner = new SegmentScanner();
        ScanResult result = scanner.scan(file, image.header, file.length(), true, r -> seen.add(Seen.of(r)));
        assertEquals(Stop.LIMIT, result.stop(), result::reason);
        assertEquals(image.records, seen);
        assertEquals(image.digest.value(), result.digest());
        assertTrue(file.length() > 4 * FileWindow.CAPACITY);
        assertTrue(file.delivered <= file.length(), file.delivered + " of " + file.length());
    }

    /** It is read twice, and what was verified the first time says nothing about the second. */
    @Test
    void batchThatDoesNotFitIsVerifiedAgainBeforeItIsShown() throws IOException {
        for (int i = 0; i < 2000; i++) {
            image.putInBatch("k" + i, "v".repeat(1000));
        }
        image.put("last", "");
        ReadBefore file = new ReadBefore(image.toBytes());
        IOException e = assertThrows(IOException.class, () -> new SegmentScanner()
                .scan(file, image.header, file.length(), true, r -> seen.add(Seen.of(r))));
        assertTrue(e.getMessage().contains("changed while"), e::toString);
        assertEquals(List.of(), seen);
    }

    @Test
    void aFileThatBecomesShorterWhileItIsReadIsDamage() throws IOException {
        image.put("a", "1").put("b", "x".repeat(100));
        byte[] bytes = image.toBytes();
        for (int length = SegmentHeader.LENGTH; length < bytes.length; length++) {
            seen.clear();
            ScanResult result = new SegmentScanner()
                    .scan(
                            image.file(Arrays.copyOf(bytes, length)).claiming(bytes.length),
                            image.header,
                            bytes.length,
                            true,
                            r -> seen.add(Seen.of(r)));
            assertEquals(Stop.DAMAGE, result.stop());
            assertEquals(image.completeBelow(length), seen);
        }
    }

    @Test
    void aScannerServesOneSegmentAfterAnother() throws IOException {
        SegmentScanner scanner = new SegmentScanner();
        SegmentImage other = new SegmentImage(new SegmentHeader(SegmentImage.STORE, 9, 1, 0)).put("b", "2");
        byte[] torn = image.put("a", "1").put("c", "3").toBytes();
        torn[torn.length - 1] ^= 1;
        ScanResult first = scanner.scan(image.file(torn), image.header, torn.length, true, r -> {});
        assertEquals(Stop.DAMAGE, first.stop());
        ScanResult second =
                scanner.scan(other.file(other.toBytes()), other.header, other.end(), true, r -> seen.add(Seen.of(r)));
        assertEquals(other.scan(other.toBytes(), new ArrayList<>()), second);
        assertEquals(other.records, seen);
    }

    @Test
    void recordsOfAnotherStoreOrSegmentAreNotRecordsHere() throws IOException {
        byte[] bytes = image.put("a", "1").toBytes();
        for (SegmentHeader header : List.of(
                new SegmentHeader(SegmentImage.STORE, 8, 1, 0), new SegmentHeader(new StoreId(1, 1), 7, 1, 0))) {
            SegmentImage elsewhere = new SegmentImage(header);
            assertEquals(Stop.DAMAGE, elsewhere.scan(bytes, seen).stop());
            assertTrue(seen.isEmpty());
        }
    }

    @Test
    void whatAVisitorThrowsIsPassedOn() {
        image.put("a", "1");
        IOException thrown = new IOException("enough");
        assertSame(thrown, assertThrows(IOException.class, () -> new SegmentScanner()
                .scan(image.file(image.toBytes()), image.header, image.end(), true, r -> {
                    throw thrown;
                })));
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** From each record on, a walk that is resumed shows the rest and ends where the whole walk does. */
    @Test
    void resumedWalkShowsTheRest() throws IOException {
        image.put("a", "1")
                .put("b", "2")
                .certificate(100)
                .putInBatch("c", "3")
                .delete("a")
                .put("d", "4");
        byte[] bytes = image.toBytes();
        ScanResult whole = image.scan(bytes, new ArrayList<>());
        for (int from = 0; from < image.records.size(); from++) {
            if (from > 0 && image.records.get(from - 1).continues()) {
                continue; // no walk ends inside a batch
            }
            Seen last = from == 0 ? null : image.records.get(from - 1);
            List<Seen> rest = new ArrayList<>();
            ScanResult result = new SegmentScanner()
                    .resume(
                            image.file(bytes),
                            image.header,
                            last == null ? SegmentHeader.LENGTH : last.end(),
                            last == null ? 0 : last.sequence(),
                            bytes.length,
                            record -> rest.add(Seen.of(record)));
            assertEquals(image.records.subList(from, image.records.size()), rest);
            assertEquals(whole.end(), result.end());
            assertEquals(whole.maxSequence(), result.maxSequence());
            assertEquals(from <= 2 ? 100 : 0, result.certified());
        }
    }

    @Test
    void resumedWalkRefusesWhatIsOlderThanWhatItKnows() throws IOException {
        image.put("a", "1").put("b", "2");
        byte[] bytes = image.toBytes();
        long from = image.records.get(0).end();
        ScanResult result = new SegmentScanner()
                .resume(image.file(bytes), image.header, from, 2, bytes.length, record -> seen.add(Seen.of(record)));
        assertEquals(Stop.STALE, result.stop());
        assertEquals(from, result.end());
        assertEquals(List.of(), seen);
    }

    /** What lies behind zeros in a segment that is being appended to is no concern of those who follow it. */
    @Test
    void followingWalkEndsAtTheFirstZeros() throws IOException {
        image.put("a", "1").certificate(SegmentHeader.LENGTH).put("b", "2");
        int end = image.end();
        byte[] bytes = image.raw(new byte[30]).raw(new byte[] {1}).toBytes();
        assertEquals(Stop.DAMAGE, image.scan(bytes, seen).stop());
        ScanResult result = new SegmentScanner().follow(image.file(bytes), image.header, SegmentHeader.LENGTH, 0);
        assertEquals(Stop.ZEROS, result.stop());
        assertEquals(end, result.end());
        assertEquals(2, result.maxSequence());
        assertEquals(SegmentHeader.LENGTH, result.certified());
        ScanResult again = new SegmentScanner().follow(image.file(bytes), image.header, end, 2);
        assertEquals(end, again.end());
        assertEquals(0, again.maxSequence());
    }

    @Test
    void followingWalkStopsAtWhatIsHalfWritten() throws IOException {
        image.put("a", "1");
        int end = image.end();
        image.put("b", "22222222");
        byte[] bytes = Arrays.copyOf(Arrays.copyOf(image.toBytes(), image.end() - 4), image.end() + 100);
        ScanResult result = new SegmentScanner().follow(image.file(bytes), image.header, SegmentHeader.LENGTH, 0);
        assertEquals(Stop.DAMAGE, result.stop());
        assertEquals(end, result.end());
    }
}
