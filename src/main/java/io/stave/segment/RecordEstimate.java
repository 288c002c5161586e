package io.stave.segment;

import io.stave.io.ReadableFile;
import java.io.IOException;

/** About how many records a segment has, if the rest of it is like its beginning: for those who make room for them. */
public final class RecordEstimate {

    private static final int SAMPLE = 256 * 1024;

    private RecordEstimate() {}

    /**
     * Reads the beginning of a segment; whether it verifies is for others to find out.
     *
     * @param header what the header of the segment says
     * @param length of the segment, in bytes
     * @throws IOException if the file cannot be read
     */
    public static long of(ReadableFile file, SegmentHeader header, long length) throws IOException {
        long[] records = {0};
        ScanResult sample =
                new SegmentScanner().scan(file, header, Math.min(length, SAMPLE), false, record -> records[0]++);
        long sampled = sample.end() - SegmentHeader.LENGTH;
        long all = length - SegmentHeader.LENGTH;
        // A sample without an end of a record or a batch says that they are long.
        return sampled > 0 ? all * records[0] / sampled : all / SAMPLE;
    }
}
