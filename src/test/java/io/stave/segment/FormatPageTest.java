package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.io.PageExample;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/FORMAT.md} shows the segment that this code writes. */
class FormatPageTest {

    private static final Path PAGE = Path.of("docs/FORMAT.md");
    private static final StoreId STORE = new StoreId(0x1716151413121110L, 0x1F1E1D1C1B1A1918L);
    private static final long SEGMENT = 7;

    /** 2030-01-01T00:00:00Z. */
    private static final long EXPIRY = 1_893_456_000_000L;

    private static SegmentImage example() {
        SegmentImage image = new SegmentImage(new SegmentHeader(STORE, SEGMENT, 41, 6));
        image.link(8192).put("apple", "red");
        int forced = image.end();
        return image.certificate(forced)
                .add(RecordFormat.PUT, RecordFormat.CONTINUES | RecordFormat.EXPIRY, 42, EXPIRY, "pear", "green")
                .delete("apple");
    }

    @Test
    void theExampleIsWhatIsWritten() throws IOException {
        PageExample.assertShown(PAGE, "segment", example().toBytes());
    }

    @Test
    void theExampleIsWhatIsRead() throws IOException {
        SegmentImage image = example();
        List<SegmentImage.Seen> seen = new ArrayList<>();
        ScanResult result = image.scan(image.toBytes(), seen);
        assertEquals(ScanResult.Stop.LIMIT, result.stop());
        assertEquals(image.records, seen);
        PageExample.assertSays(PAGE, String.format("`%016x`", result.digest()));
    }

    @Test
    void theChecksumsAreTheOnesInTheTable() throws IOException {
        byte[] bytes = example().toBytes();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = SegmentHeader.LENGTH; at < bytes.length; ) {
            int flags = RecordFormat.flags(file, at);
            int length = RecordFormat.length(
                    RecordFormat.keyLength(file, at),
                    RecordFormat.valueLength(file, at),
                    (flags & RecordFormat.EXPIRY) != 0);
            PageExample.assertSays(
                    PAGE,
                    String.format(
                            "| %d | %d | `%08x` | `%08x` | `%08x` |",
                            at,
                            length,
                            RecordFormat.checksum(file, at, length),
                            RecordFormat.mask(STORE, SEGMENT, at),
                            RecordFormat.storedChecksum(file, at)));
            at += length;
        }
    }

    @Test
    void theLimitsAreTheOnesInThePage() throws IOException {
        PageExample.assertSays(PAGE, String.format("key 1..%,d bytes", RecordFormat.MAX_KEY));
        PageExample.assertSays(PAGE, String.format("value 0..%,d bytes", RecordFormat.MAX_VALUE));
    }
}
