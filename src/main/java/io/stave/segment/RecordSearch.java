package io.stave.segment;

import io.stave.io.ReadableFile;
import io.stave.io.StoreId;
import java.io.IOException;

/**
 * Looks for the next record behind damage, where nothing says at which offset one starts: at each byte. The checksum is seeded with the place
 * ({@link io.stave.io.ChecksumMask}), so that no image of a record in a value is taken for one. For a repair only: no recovery trusts what lies
 * behind a gap.
 */
public final class RecordSearch {

    private RecordSearch() {}

    /**
     * Returns where the first record or certificate begins that verifies, or {@code to} if there is none.
     *
     * @param from where to begin, at any byte
     * @param to where to end; a file that is shorter ends where it ends
     * @param greatest no record has a larger sequence: what claims one is not looked at further
     * @throws IOException if the file cannot be read
     */
    public static long next(ReadableFile file, StoreId storeId, long segmentId, long from, long to, long greatest)
            throws IOException {
        long limit = Math.min(to, file.length());
        RecordWindow window = new RecordWindow();
        window.open(file, RecordFormat.maskSeed(storeId, segmentId), limit);
        for (long at = from; at + RecordFormat.HEADER_LENGTH <= limit; at++) {
            if (window.loadRaw(at, RecordFormat.HEADER_LENGTH)
                    && RecordFormat.sequence(window.buffer(), window.position(at)) <= greatest
                    && window.load(at) > 0) {
                return at;
            }
        }
        return to;
    }
}
