package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.ManifestFile;
import io.stave.segment.RecordCursor;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Collection;

/**
 * A blob that a record refers to and that is not there.
 *
 * @param file its name
 * @param key of the record
 * @param version of the record
 * @param length of the value
 */
record MissingBlob(String file, byte[] key, long version, long length) {

    /** What is to be said if it is missing indeed. */
    CorruptionException damage() {
        return new CorruptionException(file, 0, "a blob of " + length + " bytes", "no file");
    }

    /**
     * Takes out those whose key has a newer record: a writer deletes a blob when that is forced, which a reader is told of by a certificate, and
     * that comes with a later write.
     */
    static void forgetSuperseded(Collection<MissingBlob> blobs, StoreDirectory directory) throws IOException {
        for (ListedSegment segment : ManifestFile.read(directory).segments()) {
            if (!segment.isSealed() && !blobs.isEmpty()) {
                forgetSuperseded(blobs, segment, directory);
            }
        }
    }

    private static void forgetSuperseded(Collection<MissingBlob> blobs, ListedSegment segment, StoreDirectory directory)
            throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            SegmentHeader header = SegmentHeader.read(file, segment.storeId(), segment.id());
            var unused = new SegmentScanner()
                    .scan(file, header, file.length(), true, record -> blobs.removeIf(blob -> blob.isOlder(record)));
        } catch (NoSuchFileException | CorruptionException e) {
            return; // it was sealed and merged meanwhile; or is damaged, which is said elsewhere
        }
    }

    private boolean isOlder(RecordCursor record) {
        return record.sequence() > version && Arrays.equals(key, record.key());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MissingBlob that && file.equals(that.file);
    }

    @Override
    public int hashCode() {
        return file.hashCode();
    }

    @Override
    public String toString() {
        return file;
    }
}
