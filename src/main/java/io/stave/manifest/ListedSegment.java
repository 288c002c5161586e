package io.stave.manifest;

import io.stave.io.StoreId;

/**
 * One segment as the MANIFEST lists it.
 *
 * @param storeId the identity that its files carry: the store's own, or that of the store from which a checkpoint took it over
 * @param id the id, which also names the file
 * @param state whether the figures after it are final
 * @param damaged whether a merge found a record in it that does not verify (I7)
 * @param length the bytes in use of a sealed segment, header included; of an active one the bytes that were forced by then, or 0 if that
 *     is not on record: as good as a certificate for this offset (I4)
 * @param digest the digest of a sealed segment; 0 for an active one
 * @param minSequence no record in the segment has a smaller sequence
 * @param maxSequence no record in a sealed segment has a larger sequence; 0 for an active one
 */
public record ListedSegment(
        StoreId storeId,
        long id,
        State state,
        boolean damaged,
        long length,
        long digest,
        long minSequence,
        long maxSequence) {

    /** Where a segment is in its life. */
    public enum State {
        /** Appended to, or waiting for its seal: recovery finds out how far it reaches. */
        ACTIVE,
        /** Forced, with its length and digest on record: any difference is corruption. */
        SEALED
    }

    /**
     * Checks what holds for any segment.
     *
     * @throws IllegalArgumentException if the id is not positive, or a sealed segment has no length
     */
    public ListedSegment {
        if (id <= 0) {
            throw new IllegalArgumentException("segment id " + id + " is not positive");
        }
        if (length < 0 || (state == State.SEALED && length == 0)) {
            throw new IllegalArgumentException(
                    "segment " + Long.toHexString(id) + " is " + state + " with a length of " + length + " bytes");
        }
    }

    /** Returns an active segment. */
    public static ListedSegment active(StoreId storeId, long id, long baseSequence) {
        return new ListedSegment(storeId, id, State.ACTIVE, false, 0, 0, baseSequence, 0);
    }

    /** Returns a sealed segment without known damage. */
    public static ListedSegment sealed(
            StoreId storeId, long id, long length, long digest, long minSequence, long maxSequence) {
        return new ListedSegment(storeId, id, State.SEALED, false, length, digest, minSequence, maxSequence);
    }

    /** Whether the segment is sealed. */
    public boolean isSealed() {
        return state == State.SEALED;
    }

    /** Returns the same active segment, of which the first {@code bytes} are forced. */
    public ListedSegment withForced(long bytes) {
        return new ListedSegment(storeId, id, state, damaged, bytes, digest, minSequence, maxSequence);
    }

    /** Returns the same segment, marked damaged. */
    public ListedSegment withDamage() {
        return new ListedSegment(storeId, id, state, true, length, digest, minSequence, maxSequence);
    }
}
