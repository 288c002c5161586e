package io.stave.manifest;

import io.stave.io.StoreId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a MANIFEST says; immutable. Each manifest derived from another has the next generation.
 *
 * @param storeId the store's identity
 * @param secret what keys the store's fingerprints
 * @param generation counts the manifests of a store, from 1
 * @param sequenceCeiling no sequence above it was ever issued: the next life starts above it (I3)
 * @param segmentIdCeiling no segment id above it was ever used: a segment with a larger one shows that this is an older manifest
 * @param keydir the checksum of the file in which the last clean close left the keydir of exactly these segments; {@link #NO_KEYDIR} if there
 *     is none, as in every manifest that is derived from another
 * @param origins the stores from which this one has segments, or has had some: a checkpoint brought them. A file of any other store does not belong
 *     here
 * @param segments the live segments, by ascending id; a segment file that is not among them does not exist for recovery
 */
public record Manifest(
        StoreId storeId,
        StoreSecret secret,
        long generation,
        long sequenceCeiling,
        long segmentIdCeiling,
        int keydir,
        List<StoreId> origins,
        List<ListedSegment> segments) {

    /** The name of the file that holds the keydir. */
    public static final String KEYDIR_FILE = "KEYDIR";

    /** There is no file that holds the keydir. */
    public static final int NO_KEYDIR = 0;

    /**
     * Sorts the segments and checks that they agree with the ceilings.
     *
     * @throws IllegalArgumentException if a segment is listed twice, an id or sequence lies above its ceiling, or one comes from an
     *     unknown store
     */
    public Manifest {
        if (generation < 1 || sequenceCeiling < 0 || segmentIdCeiling < 0) {
            throw new IllegalArgumentException("generation " + generation + ", sequence ceiling " + sequenceCeiling
                    + " and segment id ceiling " + segmentIdCeiling + " cannot be");
        }
        List<ListedSegment> sorted = new ArrayList<>(segments);
        sorted.sort(Comparator.comparingLong(ListedSegment::id));
        long previous = 0;
        for (ListedSegment segment : sorted) {
            String name = "segment " + Long.toHexString(segment.id());
            if (segment.id() == previous) {
                throw new IllegalArgumentException(name + " is listed twice");
            }
            if (segment.id() > segmentIdCeiling) {
                throw new IllegalArgumentException(
                        name + " is above the ceiling " + Long.toHexString(segmentIdCeiling));
            }
            if (segment.maxSequence() > sequenceCeiling) {
                throw new IllegalArgumentException(
                        name + " holds sequence " + segment.maxSequence() + " above the ceiling " + sequenceCeiling);
            }
            if (!segment.storeId().equals(storeId) && !(segment.isSealed() && origins.contains(segment.storeId()))) {
                throw new IllegalArgumentException(
                        name + " is " + segment.state() + " and belongs to store " + segment.storeId());
            }
            if (keydir != NO_KEYDIR && !segment.isSealed()) {
                throw new IllegalArgumentException(name + " is not sealed, and the keydir was written down");
            }
            previous = segment.id();
        }
        origins = List.copyOf(origins);
        segments = List.copyOf(sorted);
    }

    /** Returns the first manifest of a new store: no segments, nothing reserved. */
    public static Manifest first(StoreId storeId, StoreSecret secret) {
        return new Manifest(storeId, secret, 1, 0, 0, NO_KEYDIR, List.of(), List.of());
    }

    /** Returns the next manifest, with a higher ceiling of sequences. */
    public Manifest withSequenceCeiling(long ceiling) {
        return new Manifest(storeId, secret, generation + 1, ceiling, segmentIdCeiling, NO_KEYDIR, origins, segments);
    }

    /** Returns the next manifest, with a higher ceiling of segment ids. */
    public Manifest withSegmentIdCeiling(long ceiling) {
        return new Manifest(storeId, secret, generation + 1, sequenceCeiling, ceiling, NO_KEYDIR, origins, segments);
    }

    /** Returns the next manifest, with exactly these segments. */
    public Manifest withSegments(List<ListedSegment> newSegments) {
        return new Manifest(
                storeId, secret, generation + 1, sequenceCeiling, segmentIdCeiling, NO_KEYDIR, origins, newSegments);
    }

    /** Returns the next manifest, with one more segment, or with another state of one that is listed. */
    public Manifest with(ListedSegment segment) {
        List<ListedSegment> changed = new ArrayList<>(segments);
        changed.removeIf(listed -> listed.id() == segment.id());
        changed.add(segment);
        return withSegments(changed);
    }

    /** Returns the same list, not the next manifest yet, in which those of these segments that are active are forced so far. */
    public Manifest withForced(Map<Long, Long> lengths) {
        List<ListedSegment> changed = segments.stream()
                .map(segment -> segment.isSealed() || !lengths.containsKey(segment.id())
                        ? segment
                        : segment.withForced(lengths.get(segment.id())))
                .toList();
        return new Manifest(
                storeId, secret, generation, sequenceCeiling, segmentIdCeiling, NO_KEYDIR, origins, changed);
    }

    /** Returns the same list, not the next manifest yet, with the checksum of the file that holds its keydir. */
    public Manifest withKeydir(int checksum) {
        return new Manifest(
                storeId, secret, generation, sequenceCeiling, segmentIdCeiling, checksum, origins, segments);
    }

    /** Whether a file with this identity may belong to the store. */
    public boolean knows(StoreId id) {
        return id.equals(storeId) || origins.contains(id);
    }

    /** Returns the segment with that id, if it is listed. */
    public Optional<ListedSegment> segment(long id) {
        return segments.stream().filter(segment -> segment.id() == id).findFirst();
    }
}
