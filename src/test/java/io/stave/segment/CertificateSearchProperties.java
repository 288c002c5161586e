package io.stave.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.io.FileWindow;
import io.stave.io.StoreId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Certificates are found wherever they lie, and nothing else is taken for one (I4). */
class CertificateSearchProperties {

    private static final int LENGTH = RecordFormat.CERTIFICATE_LENGTH;

    @Property(tries = 300)
    void theFurthestCertificateIsFoundAtAnyByte(
            @ForAll @Size(max = 200) byte[] noise,
            @ForAll @Size(max = 100) byte[] more,
            @ForAll @IntRange(max = 400) int from)
            throws IOException {
        SegmentImage image = new SegmentImage().put("a", "1");
        int firstCertified = image.end();
        image.raw(noise);
        int first = image.end();
        image.certificate(firstCertified).raw(more);
        int secondCertified = first;
        int second = image.end();
        image.certificate(secondCertified).raw(noise);
        long expected = from <= second ? secondCertified : 0;
        assertEquals(expected, search(image, image.toBytes(), from));
        byte[] cut = Arrays.copyOf(image.toBytes(), second + LENGTH - 1);
        assertEquals(from <= first ? firstCertified : 0, search(image, cut, from));
    }

    @Example
    void aCertificateAcrossTwoWindowsIsFound() throws IOException {
        int window = 1024 * 1024;
        for (int start = window - LENGTH - 1; start <= window + 1; start++) {
            SegmentImage image = new SegmentImage();
            image.raw(new byte[start - image.end()]).certificate(100).raw(new byte[50]);
            assertEquals(100, search(image, image.toBytes(), 0), "at " + start);
        }
    }

    @Example
    void searchBeforeZerosGivesUpBehindAWindowOfThem() throws IOException {
        int window = FileWindow.CAPACITY;
        SegmentImage image = new SegmentImage().put("a", "1");
        int first = image.end();
        image.certificate(first).raw(new byte[window - 500]).certificate(first + 1);
        assertEquals(first + 1, beforeZeros(image, 64), "fewer zeros than a window are looked through");
        image.raw(new byte[2 * window + 100]).certificate(first + 2).raw(new byte[100]);
        assertEquals(first + 1, beforeZeros(image, 64));
        assertEquals(first + 2, search(image, image.toBytes(), 64));
        assertEquals(0, beforeZeros(image, image.end() - 3L * window / 2), "nothing but zeros from here on");
    }

    private static long beforeZeros(SegmentImage image, long from) throws IOException {
        return CertificateSearch.furthestBeforeZeros(
                image.file(image.toBytes()), image.header.storeId(), image.header.segmentId(), from);
    }

    @Property(tries = 50)
    void everyFlippedBitOfACertificateHidesIt(@ForAll @Size(max = 50) byte[] noise) throws IOException {
        SegmentImage image = new SegmentImage().raw(noise);
        int at = image.end();
        byte[] bytes = image.certificate(at).toBytes();
        for (int bit = 8 * at; bit < 8 * (at + LENGTH); bit++) {
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertEquals(0, search(image, bytes, 0));
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
        assertEquals(at, search(image, bytes, 0));
    }

    @Example
    void aCertificateForWhatLiesBehindItIsNone() throws IOException {
        SegmentImage image = new SegmentImage();
        assertEquals(0, search(image, image.certificate(image.end() + 1).toBytes(), 0));
    }

    /** A value may hold the image of whatever lies in a store, and lie where a walk has lost its way. */
    @Example
    void imagesInsideAValueAreNeitherCertificatesNorRecords() throws IOException {
        SegmentImage source =
                new SegmentImage().put("victim", "old").certificate(64).put("other", "x");
        String copy = SegmentImage.text(source.toBytes()).substring(SegmentHeader.LENGTH);
        SegmentImage image = new SegmentImage()
                .put("a", "first")
                .put("b", copy + copy.repeat(20))
                .put("c", "last");
        byte[] bytes = image.toBytes();
        long value = image.records.get(1).end() - copy.length() * 21L;
        bytes[(int) image.records.get(1).offset()] ^= 1;
        var seen = new ArrayList<SegmentImage.Seen>();
        ScanResult result = image.scan(bytes, seen);
        assertEquals(image.records.subList(0, 1), seen);
        assertEquals(0, search(image, bytes, result.end()));
        assertEquals(0, search(image, bytes, value));
        // Even where the copy is laid out at the place it came from, in another segment or in another store.
        for (SegmentHeader header : new SegmentHeader[] {
            new SegmentHeader(SegmentImage.STORE, 8, 1, 0), new SegmentHeader(new StoreId(1, 1), 7, 1, 0)
        }) {
            SegmentImage elsewhere = new SegmentImage(header);
            assertEquals(0, search(elsewhere, source.toBytes(), 0));
        }
        assertEquals(64, search(source, source.toBytes(), 0));
    }

    private static long search(SegmentImage image, byte[] bytes, long from) throws IOException {
        return CertificateSearch.furthest(
                image.file(bytes), image.header.storeId(), image.header.segmentId(), from, bytes.length);
    }
}
