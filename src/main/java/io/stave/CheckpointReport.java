package io.stave;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What a {@linkplain Stave#checkpoint checkpoint} holds and what it took to make it; also what a {@linkplain Stave#restore restore} did.
 *
 * @param directory where it was written
 * @param version no write with a larger version is in it; every write with this or a smaller one counts
 * @param segments how many segments it has
 * @param blobs how many blobs
 * @param bytes the bytes of both, hints not counted
 * @param kept how many of these files were there already, from an earlier checkpoint in the same directory
 * @param linked how many share their file with the store, so that they take no room of their own until a merge of the store replaces them
 * @param copied how many were copied, because the two directories cannot share files, or because it was a restore
 * @param bytesCopied the bytes of those
 * @param duration time from the call to its return
 * @since 0.1
 */
public record CheckpointReport(
        Path directory,
        long version,
        int segments,
        int blobs,
        long bytes,
        int kept,
        int linked,
        int copied,
        long bytesCopied,
        Duration duration) {

    /** Checks that nothing is missing. */
    public CheckpointReport {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(duration, "duration");
    }
}
