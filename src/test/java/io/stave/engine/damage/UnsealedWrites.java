package io.stave.engine.damage;

import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where in the unsealed segments of a store its writes lie, and what vouches for them; found without the scanner of the store.
 *
 * @param extents of the writes, oldest first
 * @param proofs what says that something was forced
 * @param sealed the state that the sealed segments alone make up
 */
record UnsealedWrites(List<Extent> extents, List<Proof> proofs, int sealed) {

    /** The bytes of the write that led to a state. */
    record Extent(String file, int from, int to, int state) {}

    /** Says that {@code state} was forced, as long as the bytes from {@code at} to {@code end} of the file are as they were. */
    record Proof(String file, int at, int end, int state) {}

    static UnsealedWrites of(
            Map<String, byte[]> files, Manifest manifest, TreeMap<Long, Integer> stateOf, int lastState) {
        List<Extent> extents = new ArrayList<>();
        List<Proof> proofs = new ArrayList<>();
        for (ListedSegment segment : manifest.segments()) {
            if (!segment.isSealed()) {
                String file = SegmentNames.segment(segment.id());
                byte[] bytes = Objects.requireNonNull(files.get(file));
                walk(file, bytes, stateOf, extents, proofs);
                if (segment.length() > 0) {
                    int whole = Objects.requireNonNull(files.get("MANIFEST")).length;
                    proofs.add(new Proof("MANIFEST", 0, whole, forced(file, segment.length(), extents)));
                }
            }
        }
        int sealed = extents.isEmpty() ? lastState : extents.get(0).state - 1;
        return new UnsealedWrites(List.copyOf(extents), List.copyOf(proofs), sealed);
    }

    private static void walk(
            String file, byte[] bytes, TreeMap<Long, Integer> stateOf, List<Extent> extents, List<Proof> proofs) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = SegmentHeader.LENGTH;
        while (at + RecordFormat.HEADER_LENGTH <= bytes.length && RecordFormat.kind(buffer, at) != 0) {
            long sequence = RecordFormat.sequence(buffer, at);
            boolean expires = (RecordFormat.flags(buffer, at) & RecordFormat.EXPIRY) != 0;
            int end = at
                    + RecordFormat.length(
                            RecordFormat.keyLength(buffer, at), RecordFormat.valueLength(buffer, at), expires);
            if (RecordFormat.kind(buffer, at) == RecordFormat.CERTIFICATE) {
                proofs.add(new Proof(file, at, end, forced(file, sequence, extents)));
            } else if (RecordFormat.kind(buffer, at) != RecordFormat.LINK) {
                int state = stateOf.ceilingEntry(sequence).getValue();
                int last = extents.size() - 1;
                if (last >= 0 && extents.get(last).state == state) {
                    extents.set(last, new Extent(file, extents.get(last).from, end, state));
                } else {
                    extents.add(new Extent(file, at, end, state));
                }
            }
            at = end;
        }
    }

    /** The last state all of which lies below an offset of a file, or in the segments before it. */
    private static int forced(String file, long upTo, List<Extent> extents) {
        int state = 0;
        for (Extent extent : extents) {
            if (!extent.file.equals(file) || extent.to <= upTo) {
                state = extent.state;
            }
        }
        return state;
    }

    /** The state that something in the damaged files still vouches for: nothing older may be shown. */
    int vouchedFor(Image image, Map<String, byte[]> damaged) {
        int state = sealed;
        for (Proof proof : proofs) {
            byte[] now = damaged.get(proof.file);
            byte[] before = image.file(proof.file);
            if (now != null
                    && now.length >= proof.end
                    && (now == before || Arrays.equals(now, proof.at, proof.end, before, proof.at, proof.end))) {
                state = Math.max(state, proof.state);
            }
        }
        return state;
    }

    /** Whether the damaged files look as if the log had ended before this state was reached: nothing but zeros where its write was. */
    boolean endsBefore(int state, Map<String, byte[]> damaged) {
        for (Extent extent : extents) {
            if (extent.state == state) {
                byte[] now = damaged.get(extent.file);
                if (now == null) {
                    return true;
                }
                for (int i = extent.from; i < Math.min(extent.to, now.length); i++) {
                    if (now[i] != 0) {
                        return false;
                    }
                }
                return true;
            }
        }
        return false;
    }
}
