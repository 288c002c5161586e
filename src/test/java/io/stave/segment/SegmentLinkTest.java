package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.BytesFile;
import io.stave.io.StoreId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The first record of a segment that has a predecessor. */
class SegmentLinkTest {

    private static final StoreId STORE = new StoreId(1, 2);
    private static final SegmentHeader HEADER = new SegmentHeader(STORE, 8, 1, 7);

    private static byte[] file() {
        byte[] bytes = Arrays.copyOf(HEADER.encode().array(), 200);
        SegmentLink.encode(HEADER, 4711).get(bytes, SegmentHeader.LENGTH, SegmentLink.LENGTH);
        return bytes;
    }

    private static long read(byte[] bytes, SegmentHeader header) throws IOException {
        return SegmentLink.predecessorLength(new BytesFile("a file", bytes), header);
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertEquals(4711, read(file(), HEADER));
    }

    @Test
    void withoutItThereIsNone() throws IOException {
        assertEquals(0, read(Arrays.copyOf(HEADER.encode().array(), 200), HEADER));
        for (int length = SegmentHeader.LENGTH; length < SegmentHeader.LENGTH + SegmentLink.LENGTH; length++) {
            assertEquals(0, read(Arrays.copyOf(file(), length), HEADER), length + " bytes");
        }
    }

    @Test
    void everyFlippedBitIsSeen() throws IOException {
        for (int bit = 0; bit < 8 * SegmentLink.LENGTH; bit++) {
            byte[] bytes = file();
            bytes[SegmentHeader.LENGTH + (bit >> 3)] ^= (byte) (1 << (bit & 7));
            assertEquals(0, read(bytes, HEADER), "bit " + bit);
        }
    }

    @Test
    void thatOfAnotherSegmentIsNone() throws IOException {
        assertEquals(0, read(file(), new SegmentHeader(STORE, 9, 1, 7)));
        assertEquals(0, read(file(), new SegmentHeader(new StoreId(1, 3), 8, 1, 7)));
    }

    @Test
    void scanPassesOverItAndCountsItInTheDigest() throws IOException {
        SegmentImage with = new SegmentImage(HEADER).link(4711).put("a", "1");
        List<SegmentImage.Seen> seen = new ArrayList<>();
        ScanResult result = with.scan(with.toBytes(), seen);
        assertTrue(result.clean());
        assertEquals(with.records, seen);
        assertEquals(with.digest.value(), result.digest());
        assertEquals(0, result.certified());
    }

    @Test
    void behindTheFirstRecordItIsDamage() throws IOException {
        SegmentImage image = new SegmentImage(HEADER).link(4711).put("a", "1");
        int end = image.end();
        ScanResult result = image.link(4711).put("b", "2").scan(image.toBytes(), new ArrayList<>());
        assertEquals(ScanResult.Stop.DAMAGE, result.stop());
        assertEquals(end, result.end());
    }
}
