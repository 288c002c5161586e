package io.stave.engine.backup;

import io.stave.blob.BlobReference;
import io.stave.manifest.ListedSegment;
import java.util.Collection;
import java.util.List;

/**
 * The files that make up a store at one moment.
 *
 * @param segments those with records, sealed
 * @param blobs those that live records refer to, each once
 */
record CheckpointContent(List<ListedSegment> segments, List<BlobReference> blobs) {

    static CheckpointContent of(List<ListedSegment> segments, Collection<BlobReference> blobs) {
        return new CheckpointContent(
                List.copyOf(segments), blobs.stream().distinct().toList());
    }

    /** Their bytes, hints not counted. */
    long bytes() {
        return segments.stream().mapToLong(ListedSegment::length).sum()
                + blobs.stream().mapToLong(BlobReference::fileLength).sum();
    }
}
