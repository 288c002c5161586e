package io.stave.hint;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.FileHeader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What the header of a hint says, for those who look into it: verified, and bound to nothing. Whether it belongs to a segment is for
 * {@link HintReader#open} to say.
 *
 * @param version the version of the format
 * @param storeId the store it was made for
 * @param segmentId the segment it was made for
 * @param segmentLength the length of that segment when it was sealed, in bytes
 * @param segmentDigest its digest
 * @param entries how many entries follow
 * @param filterBytes the length of the filter in bytes
 */
public record HintHeader(
        int version,
        StoreId storeId,
        long segmentId,
        long segmentLength,
        long segmentDigest,
        long entries,
        long filterBytes) {

    /**
     * Reads the header of the hint of that name.
     *
     * @throws BadHintException if there is none or it does not verify
     */
    public static HintHeader read(StoreDirectory directory, String name) throws BadHintException {
        try (ReadableFile file = directory.open(name)) {
            ByteBuffer header = FileHeader.read(file, HintFormat.MAGIC, HintFormat.VERSION);
            return new HintHeader(
                    FileHeader.version(header),
                    FileHeader.storeId(header),
                    FileHeader.id(header),
                    HintFormat.segmentLength(header),
                    HintFormat.segmentDigest(header),
                    HintFormat.entryCount(header),
                    HintFormat.filterBytes(header));
        } catch (CorruptionException | FormatVersionException e) {
            throw new BadHintException(name, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new BadHintException(name, "it cannot be read: " + e, e);
        }
    }
}
