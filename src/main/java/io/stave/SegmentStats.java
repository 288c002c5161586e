package io.stave;

import java.util.Objects;

/**
 * One segment, as it was at some moment. Its bytes are live, dead, or tombstones; a small rest is the header of the
 * file and the certificates of its forces.
 *
 * @param id the segment's number; larger is newer as a file, which says nothing of the records inside
 * @param fileName name of its file, in the store's directory
 * @param state whether it is still written to
 * @param length length in bytes up to the last record
 * @param liveBytes bytes of records that are the newest put of their key and were not found to have expired
 * @param deadBytes bytes that nothing refers to: puts that were overwritten or deleted or have expired, and the 20 bytes
 *     that certify a force; what a merge reclaims
 * @param expiredBytes those of the dead bytes that are puts which have expired: they become dead when a sweep finds them
 * @param tombstoneBytes bytes of tombstones: a merge drops those that nothing needs any more
 * @param damaged whether a record in it failed to verify, so that a merge keeps the segment
 * @param minVersion smallest version in it, or {@link Stave#NO_VERSION} if it holds no record
 * @param maxVersion largest version in it, or {@link Stave#NO_VERSION} if it holds no record
 * @since 0.1
 */
public record SegmentStats(
        long id,
        String fileName,
        State state,
        long length,
        long liveBytes,
        long deadBytes,
        long expiredBytes,
        long tombstoneBytes,
        boolean damaged,
        long minVersion,
        long maxVersion) {

    /** Rejects null. */
    public SegmentStats {
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(state, "state");
    }

    /** Whether a segment is still written to. */
    public enum State {
        /** The one that writes are appended to. */
        ACTIVE,
        /** Complete and never written again. */
        SEALED
    }
}
