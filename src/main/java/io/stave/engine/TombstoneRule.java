package io.stave.engine;

import io.stave.hint.BadHintException;
import io.stave.hint.HintReader;
import io.stave.hint.KeyFilter;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.segment.Segment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a merge may drop a tombstone (I6): only if no record of its key with a smaller sequence can be seen by any future
 * recovery.
 *
 * <p>Each live segment whose smallest sequence is below the tombstone's is either an input of the merge, or its verified filter shows that
 * it does not hold the key. A segment without a usable filter keeps every tombstone that it could matter to.
 */
final class TombstoneRule {

    private final StoreDirectory directory;
    private final StoreId storeId;
    private final List<Segment> others;
    private final Map<Long, Optional<KeyFilter>> filters = new HashMap<>();

    /** The rule for a merge of {@code inputs} among the segments that are {@code live}. */
    TombstoneRule(StoreDirectory directory, StoreId storeId, List<Segment> live, Set<Long> inputs) {
        this.directory = directory;
        this.storeId = storeId;
        this.others =
                live.stream().filter(segment -> !inputs.contains(segment.id())).toList();
    }

    /** Whether the tombstone of the key with this fingerprint may still shadow something. */
    boolean mustKeep(long fingerprint, long sequence) {
        for (Segment other : others) {
            if (other.minSequence() < sequence && mayHold(other, fingerprint)) {
                return true;
            }
        }
        return false;
    }

    private boolean mayHold(Segment segment, long fingerprint) {
        if (segment.state() != Segment.State.SEALED) {
            return true;
        }
        return filters.computeIfAbsent(segment.id(), id -> load(segment))
                .map(filter -> filter.mayContain(fingerprint))
                .orElse(true);
    }

    private Optional<KeyFilter> load(Segment segment) {
        try (HintReader hint = HintReader.open(directory, storeId, segment.id(), segment.length(), segment.digest())) {
            return Optional.of(hint.filter());
        } catch (BadHintException e) {
            // A hint is advice: without it the tombstone stays.
            return Optional.empty();
        }
    }
}
