package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.BytesFile;
import io.stave.io.FileHeader;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The header of a segment, and the names of segments. */
class SegmentHeaderTest {

    private static final StoreId STORE = new StoreId(1, 2);
    private static final SegmentHeader HEADER = new SegmentHeader(STORE, 0xABCL, 100, 0xABBL);

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertEquals(HEADER, read(HEADER.encode().array(), STORE, 0xABC));
        assertEquals(SegmentHeader.LENGTH, HEADER.encode().remaining());
    }

    @Test
    void everyFlippedBitIsCorruption() {
        for (int bit = 0; bit < 8 * SegmentHeader.LENGTH; bit++) {
            byte[] bytes = HEADER.encode().array();
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            CorruptionException e =
                    assertThrows(CorruptionException.class, () -> read(bytes, STORE, 0xABC), "bit " + bit);
            assertEquals(SegmentNames.segment(0xABC), e.file());
        }
    }

    @Test
    void everyTruncationIsCorruption() {
        for (int length = 0; length < SegmentHeader.LENGTH; length++) {
            byte[] bytes = Arrays.copyOf(HEADER.encode().array(), length);
            assertThrows(CorruptionException.class, () -> read(bytes, STORE, 0xABC), length + " bytes");
        }
    }

    @Test
    void aFileOfAnotherStoreOrSegmentIsRefused() {
        byte[] bytes = HEADER.encode().array();
        CorruptionException other =
                assertThrows(CorruptionException.class, () -> read(bytes, new StoreId(1, 3), 0xABC));
        assertTrue(other.getMessage().contains("another store"), other.getMessage());
        CorruptionException renamed = assertThrows(CorruptionException.class, () -> read(bytes, STORE, 0xABD));
        assertTrue(renamed.getMessage().contains("renamed"), renamed.getMessage());
    }

    @Test
    void aNewerVersionIsRefusedByName() {
        ByteBuffer header = FileHeader.begin(SegmentHeader.MAGIC, SegmentHeader.VERSION + 1, STORE, 0xABC);
        FileHeader.seal(header);
        FormatVersionException e = assertThrows(FormatVersionException.class, () -> read(header.array(), STORE, 0xABC));
        assertEquals(SegmentHeader.VERSION + 1, e.found());
        assertEquals(SegmentHeader.VERSION, e.supported());
        assertEquals(SegmentNames.segment(0xABC), e.file());
    }

    @Test
    void namesSortAsIdsDoAndOnlyThoseGivenAreTakenBack() {
        assertEquals("0000000000000abc.seg", SegmentNames.segment(0xABC));
        assertEquals(OptionalLong.of(0xABC), SegmentNames.parse("0000000000000abc.seg"));
        assertEquals(OptionalLong.of(-1), SegmentNames.parse(SegmentNames.segment(-1)));
        for (String name : new String[] {
            "",
            ".seg",
            "abc.seg",
            "0000000000000ABC.seg",
            "0000000000000abc.hint",
            "00000000000000abc.seg",
            "+000000000000abc.seg",
            "0000000000000abg.seg",
            "0000000000000abc.seg.tmp"
        }) {
            assertEquals(OptionalLong.empty(), SegmentNames.parse(name), name);
        }
    }

    private static SegmentHeader read(byte[] bytes, StoreId store, long id) throws IOException {
        return SegmentHeader.read(new BytesFile(SegmentNames.segment(0xABC), bytes), store, id);
    }
}
