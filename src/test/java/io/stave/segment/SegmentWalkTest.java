package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.segment.SegmentImage.Seen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentWalkTest {

    private final SegmentImage image = new SegmentImage();
    private final SegmentWalk walk = new SegmentWalk();

    private void open(byte[] file, long from, long end) {
        walk.open(image.file(file), SegmentImage.STORE, image.header.segmentId(), from, end);
    }

    private List<Seen> rest() throws IOException {
        List<Seen> rest = new ArrayList<>();
        for (RecordCursor record = walk.next(); record != null; record = walk.next()) {
            rest.add(Seen.of(record));
        }
        return rest;
    }

    private void fill() {
        image.put("a", "1").certificate(SegmentHeader.LENGTH);
        image.putInBatch("b", "2").delete("a").put("c", "3".repeat(3000));
        image.add(RecordFormat.PUT, RecordFormat.EXPIRY, 9, 77, "d", "");
        image.certificate(image.end());
    }

    @Test
    void showsEveryRecordFromAnyOneOn() throws IOException {
        fill();
        for (int i = 0; i < image.records.size(); i++) {
            open(image.toBytes(), image.records.get(i).offset(), image.end());
            assertEquals(image.records.subList(i, image.records.size()), rest());
            assertEquals(image.end(), walk.offset());
            assertNull(walk.next());
        }
    }

    @Test
    void endsWhereItIsToldTo() throws IOException {
        fill();
        long end = image.records.get(2).offset();
        open(image.toBytes(), SegmentHeader.LENGTH, end);
        assertEquals(image.records.subList(0, 2), rest());
        assertEquals(end, walk.offset());
    }

    @Test
    void recordsLongerThanTheWindowAreShown() throws IOException {
        image.put("a", "1").put("b", "2".repeat(3 << 20)).put("c", "3");
        open(image.toBytes(), SegmentHeader.LENGTH, image.end());
        assertEquals(image.records, rest());
    }

    /** Whichever byte is wrong, what comes before is shown, and the place of the damage is named, each time. */
    @Test
    void everyDamagedByteIsFoundWhereItsRecordBegins() throws IOException {
        image.put("a", "1").certificate(SegmentHeader.LENGTH).put("b", "2").delete("c");
        byte[] whole = image.toBytes();
        for (int at = SegmentHeader.LENGTH; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            open(damaged, SegmentHeader.LENGTH, whole.length);
            List<Seen> seen = new ArrayList<>();
            CorruptionException found = assertThrows(CorruptionException.class, () -> {
                for (RecordCursor r = walk.next(); r != null; r = walk.next()) {
                    seen.add(Seen.of(r));
                }
            });
            int place = at;
            assertTrue(
                    found.offset() <= place && place < found.offset() + 30, "at " + place + ": " + found.getMessage());
            assertEquals(found.offset(), walk.offset());
            assertEquals(image.completeBelow(found.offset()), seen);
            assertEquals("0000000000000007.seg", found.file());
            CorruptionException again = assertThrows(CorruptionException.class, walk::next);
            assertEquals(found.getMessage(), again.getMessage());
        }
    }

    @Test
    void fileThatLostItsEndIsDamaged() {
        fill();
        for (int cut : new int[] {image.end() - 3, image.end() - RecordFormat.CERTIFICATE_LENGTH, 70}) {
            open(Arrays.copyOf(image.toBytes(), cut), SegmentHeader.LENGTH, image.end());
            assertThrows(CorruptionException.class, this::rest);
            byte[] zeros = Arrays.copyOf(Arrays.copyOf(image.toBytes(), cut), image.end());
            open(zeros, SegmentHeader.LENGTH, image.end());
            assertThrows(CorruptionException.class, this::rest, "zeros are no legal tail here");
        }
    }

    @Test
    void valueThatHoldsTheImageOfARecordIsNoPlaceToBegin() throws IOException {
        image.put("a", "1");
        String record = SegmentImage.text(image.toBytes()).substring(SegmentHeader.LENGTH);
        image.put("b", record);
        open(image.toBytes(), image.end() - record.length(), image.end());
        assertThrows(CorruptionException.class, walk::next);
    }
}
