package io.stave.cli.inspect;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store has of large values.
 *
 * @param files how many blobs lie in its directory; those of uploads are not among them
 * @param fileBytes how many bytes these files have
 * @param live how many live records refer to; null if no record was looked at
 * @param liveBytes the lengths of the values in them
 * @param orphans how many no record refers to: the next open for writing deletes them
 * @param orphanBytes how many bytes these files have
 * @param damaged how many live ones do not verify, or are missing; null if they were not read
 * @param uploads those that were begun and neither committed nor aborted
 */
public record BlobFindings(
        long files,
        long fileBytes,
        @Nullable Long live,
        @Nullable Long liveBytes,
        @Nullable Long orphans,
        @Nullable Long orphanBytes,
        @Nullable Long damaged,
        List<Upload> uploads) {

    /** An upload that can be resumed: how many chunks have arrived, and how many bytes. */
    public record Upload(long id, Instant begun, int chunks, long bytes) {}
}
