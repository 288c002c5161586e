package io.stave.segment;

import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import java.io.IOException;

/** About what records segments have, if the rest of each is like its beginning: for those who make room for them. Not thread-safe. */
public final class RecordEstimate {

    private static final int SAMPLE = 256 * 1024;

    private final SegmentScanner scanner = new SegmentScanner();

    /** One that has read nothing yet. */
    public RecordEstimate() {}

    /**
     * What a segment seems to have.
     *
     * @param records how many
     * @param keyBytes the bytes of their keys
     */
    public record Estimate(long records, long keyBytes) {
        /** No records. */
        public static final Estimate NONE = new Estimate(0, 0);
    }

    /**
     * Reads the beginning of a segment, up to the end of a batch at least; whether its records verify is for others to find out.
     *
     * @param length of the segment, in bytes
     * @throws IOException if the file is not there or cannot be read
     * @throws io.stave.CorruptionException if its header does not verify
     * @throws io.stave.FormatVersionException if it is of a format that is not known here
     */
    public Estimate of(StoreDirectory directory, StoreId storeId, long id, long length) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(id))) {
            return of(file, SegmentHeader.read(file, storeId, id), length);
        }
    }

    private Estimate of(ReadableFile file, SegmentHeader header, long length) throws IOException {
        for (long sample = SAMPLE; ; sample *= 4) {
            long[] counts = {0, 0};
            ScanResult seen = scanner.scan(file, header, Math.min(length, sample), false, record -> {
                counts[0]++;
                counts[1] += record.keyLength();
            });
            long sampled = seen.end() - SegmentHeader.LENGTH;
            if (sampled > 0) {
                long all = length - SegmentHeader.LENGTH;
                return new Estimate(all * counts[0] / sampled, all * counts[1] / sampled);
            }
            if (sample >= length) {
                return Estimate.NONE;
            }
        }
    }
}
