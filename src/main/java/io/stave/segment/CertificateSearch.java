package io.stave.segment;

import io.stave.io.ChecksumMask;
import io.stave.io.FileWindow;
import io.stave.io.ReadableFile;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Looks for certificates behind a place that no walk can pass, where nothing says at which offset a record starts: at each byte.
 *
 * <p>One that is found proves that what lies below the offset it certifies was forced, so that damage there is corruption and no tear (I4).
 * The checksum is seeded with the place ({@link ChecksumMask}): no value holding the image of a certificate is taken for one.
 */
public final class CertificateSearch {

    private static final int LENGTH = RecordFormat.CERTIFICATE_LENGTH;

    private CertificateSearch() {}

    /**
     * Returns the largest offset certified by any certificate that lies wholly in [{@code from}, {@code to}), or 0 if there is none.
     *
     * @param from where to begin, at any byte
     * @param to where to end; a file that is shorter ends where it ends
     * @throws IOException if the file cannot be read
     */
    public static long furthest(ReadableFile file, StoreId storeId, long segmentId, long from, long to)
            throws IOException {
        return furthest(file, storeId, segmentId, from, to, false);
    }

    /**
     * Searches likewise, but gives up where only zeros have been for as far as one reads at a time, {@value FileWindow#CAPACITY} bytes: so it
     * does not have to read what a writer has put ahead of itself.
     *
     * @throws IOException if the file cannot be read
     */
    public static long furthestBeforeZeros(ReadableFile file, StoreId storeId, long segmentId, long from)
            throws IOException {
        return furthest(file, storeId, segmentId, from, file.length(), true);
    }

    private static long furthest(
            ReadableFile file, StoreId storeId, long segmentId, long from, long to, boolean zerosEnd)
            throws IOException {
        long seed = RecordFormat.maskSeed(storeId, segmentId);
        long limit = Math.min(to, file.length());
        FileWindow window = new FileWindow();
        window.open(file, limit);
        long furthest = 0;
        long at = Math.max(from, SegmentHeader.LENGTH);
        while (window.load(at, LENGTH) && !(zerosEnd && zeros(window, at))) {
            long last = Math.min(window.end(), limit) - LENGTH;
            for (; at <= last; at++) {
                furthest = Math.max(furthest, certified(window.buffer(), window.position(at), at, seed));
            }
        }
        return furthest;
    }

    /** Whether a window that starts at {@code at} holds nothing else. */
    private static boolean zeros(FileWindow window, long at) {
        ByteBuffer buffer = window.buffer();
        int end = window.position(window.end());
        for (int i = window.position(at); i < end; i++) {
            if (buffer.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the offset certified by what lies at {@code position}, or 0 if that is no certificate. */
    private static long certified(ByteBuffer buffer, int position, long at, long seed) {
        if (RecordFormat.kind(buffer, position) != RecordFormat.CERTIFICATE) {
            return 0;
        }
        long certified = RecordFormat.sequence(buffer, position);
        boolean possible = certified <= at
                && RecordFormat.legal(
                        RecordFormat.CERTIFICATE,
                        RecordFormat.flags(buffer, position),
                        certified,
                        RecordFormat.keyLength(buffer, position),
                        RecordFormat.valueLength(buffer, position));
        return possible && RecordFormat.verify(buffer, position, LENGTH, ChecksumMask.at(seed, at)) ? certified : 0;
    }
}
