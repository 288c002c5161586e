package io.stave.engine.merge;

import io.stave.hint.BadHintException;
import io.stave.hint.HintReader;
import io.stave.hint.KeyFilter;
import io.stave.io.StoreDirectory;
import io.stave.segment.Segment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which tombstones a merge may drop (I6): those of whose key no record with a smaller sequence can be seen by any future recovery.
 *
 * <p>Each live segment whose smallest sequence is below the tombstone's is either an input of the merge, or its verified filter shows that
 * it does not hold the key. A segment without a usable filter keeps every tombstone that it could matter to.
 *
 * <p>First the tombstones of the inputs are {@linkplain #consider shown}, then {@linkplain #judge judged} together, one filter after the
 * other: the heap holds one filter at a time, and 24 bytes for each of {@link #MOST} tombstones at the most. Those beyond stay; they are judged by
 * the next merge.
 */
final class TombstoneRule {

    /** So many tombstones are judged in one round. */
    static final int MOST = 1 << 20;

    private static final int FIRST_CAPACITY = 1024;

    private final StoreDirectory directory;
    private final List<Segment> others;
    private final int most;

    private long[] fingerprints = new long[FIRST_CAPACITY];
    private long[] sequences = new long[FIRST_CAPACITY];
    private int count;
    private boolean complete = true;

    /** How many were judged, and have to stay. */
    private int kept;

    /** The sequences of the tombstones that may go, in order. */
    private long[] droppable = {};

    /** The rule for a merge of {@code inputs} among the segments that are {@code live}. */
    TombstoneRule(StoreDirectory directory, List<Segment> live, Set<Long> inputs) {
        this(directory, live, inputs, MOST);
    }

    TombstoneRule(StoreDirectory directory, List<Segment> live, Set<Long> inputs, int most) {
        this.directory = directory;
        this.others =
                live.stream().filter(segment -> !inputs.contains(segment.id())).toList();
        this.most = most;
    }

    /** Shows a tombstone of the inputs: its sequence, and the fingerprint of its key. */
    void consider(long fingerprint, long sequence) {
        if (count == most) {
            complete = false;
            return;
        }
        if (count == sequences.length) {
            int capacity = Math.min(most, 2 * count);
            fingerprints = Arrays.copyOf(fingerprints, capacity);
            sequences = Arrays.copyOf(sequences, capacity);
        }
        fingerprints[count] = fingerprint;
        sequences[count] = sequence;
        count++;
    }

    /** Decides about all that were shown. */
    void judge() {
        BitSet stay = new BitSet(count);
        for (Segment other : others) {
            if (stay.cardinality() == count) {
                break;
            }
            judge(other, stay);
        }
        kept = stay.cardinality();
        droppable = new long[count - kept];
        int n = 0;
        for (int i = stay.nextClearBit(0); i < count; i = stay.nextClearBit(i + 1)) {
            droppable[n++] = sequences[i];
        }
        Arrays.sort(droppable);
        fingerprints = new long[] {};
        sequences = new long[] {};
    }

    private void judge(Segment other, BitSet stay) {
        KeyFilter filter = null;
        boolean asked = false;
        for (int i = stay.nextClearBit(0); i < count; i = stay.nextClearBit(i + 1)) {
            if (other.minSequence() < sequences[i]) {
                if (!asked) {
                    filter = filter(other);
                    asked = true;
                }
                if (filter == null || filter.mayContain(fingerprints[i])) {
                    stay.set(i);
                }
            }
        }
    }

    /** Whether the tombstone with this sequence may still shadow something, for all that is known. */
    boolean mustKeep(long sequence) {
        return Arrays.binarySearch(droppable, sequence) < 0;
    }

    /** How many of those shown were judged, and have to stay. */
    int kept() {
        return kept;
    }

    /** Whether every tombstone shown was judged. */
    boolean complete() {
        return complete;
    }

    private @Nullable KeyFilter filter(Segment segment) {
        if (segment.state() != Segment.State.SEALED) {
            return null;
        }
        try (HintReader hint =
                HintReader.open(directory, segment.storeId(), segment.id(), segment.length(), segment.digest())) {
            return hint.filter();
        } catch (BadHintException e) {
            // A hint is advice: without it the tombstone stays.
            return null;
        }
    }
}
