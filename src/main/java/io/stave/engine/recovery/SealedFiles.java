package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordVisitor;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** The files of sealed segments, before anything is made of them. */
public final class SealedFiles {

    private SealedFiles() {}

    /** How the bytes of a segment are read. */
    @FunctionalInterface
    public interface Opener {
        ReadableFile open(ListedSegment segment) throws IOException;
    }

    /**
     * Shows all records of a segment, and verifies each of them, and with its digest that there is no other.
     *
     * @throws CorruptionException if anything does not verify
     */
    public static ScanResult scan(ReadableFile file, ListedSegment segment, RecordVisitor visitor) throws IOException {
        SegmentHeader header = SegmentHeader.read(file, segment.storeId(), segment.id());
        ScanResult result = new SegmentScanner().scan(file, header, segment.length(), false, visitor);
        if (result.end() != segment.length()) {
            throw new CorruptionException(file.name(), result.stoppedAt(), result.expected(), result.actual());
        }
        if (result.digest() != segment.digest()) {
            throw new CorruptionException(
                    file.name(),
                    SegmentHeader.LENGTH,
                    String.format("records with digest %016x", segment.digest()),
                    String.format("records with digest %016x", result.digest()));
        }
        return result;
    }

    /** A listed segment must be there, be the one that is meant and be as long as it was when it was sealed. */
    public static void check(Opener files, ListedSegment segment) throws IOException {
        String name = SegmentNames.segment(segment.id());
        try (ReadableFile file = files.open(segment)) {
            SegmentHeader.read(file, segment.storeId(), segment.id());
            if (file.length() < segment.length()) {
                throw new CorruptionException(
                        name, file.length(), segment.length() + " bytes", file.length() + " bytes");
            }
        } catch (NoSuchFileException e) {
            throw new CorruptionException(name, 0, "a sealed segment of " + segment.length() + " bytes", "no file");
        }
    }
}
