package io.stave.engine.merge;

import io.stave.engine.base.Parallel;
import io.stave.engine.space.DiskSpace;
import io.stave.hint.HintFile;
import io.stave.io.ForceFailedException;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Copies what must survive of some sealed segments into new ones: live records, and tombstones that may still shadow something, also in
 * the place of puts that have expired. The copies
 * are forced and have hints; no manifest lists them yet, and {@link #discard} undoes everything.
 *
 * <p>The work is done by {@linkplain MergeHand hands}: one as a rule, several on threads of their own while writers wait for it.
 */
final class MergeRound {

    /** The name of the threads beside the one that merges. */
    private static final String THREAD = "stave-merge-hand";

    /** Of several hands some get more to copy than others: an output may be longer by this part. */
    private static final int UNEVEN = 3;

    private final RoundContext context;
    private final List<Segment> inputs;
    private final List<Segment> live;
    private final int threads;

    /** An output may be as long as the longest input, which a batch may have made longer than any other: to split it costs a header. */
    private final long outputLength;

    /** The inputs whose tombstones were shown to the rule. What a hint does not tell of, only the copying finds in the others. */
    private final Set<Segment> shown = ConcurrentHashMap.newKeySet();

    private TombstoneRule tombstones;
    private List<MergeHand> hands = List.of();

    /** Whether a hand has failed, so that the others need not go on. */
    private volatile boolean broken;

    /**
     * A round.
     *
     * @param live the segments of the store
     * @param segmentLength how long an output may get, in bytes
     * @param threads how many hands there may be
     */
    MergeRound(RoundContext context, List<Segment> inputs, List<Segment> live, long segmentLength, int threads) {
        this.context = context;
        this.inputs = inputs;
        this.live = live;
        this.threads = Math.min(threads, inputs.size());
        long longest = inputs.stream().mapToLong(Segment::length).reduce(segmentLength, Math::max);
        this.outputLength = this.threads == 1 ? longest : longest + longest / UNEVEN;
        this.tombstones = newRule();
        inputs.stream().filter(MergeRound::mayHoldShadows).forEach(shown::add);
    }

    private TombstoneRule newRule() {
        Set<Long> ids = inputs.stream().map(Segment::id).collect(Collectors.toSet());
        return new TombstoneRule(context.directory(), live, ids);
    }

    private static boolean mayHoldShadows(Segment input) {
        return input.tombstoneBytes() > 0 || input.holdsExpiries();
    }

    /** How the MANIFEST is to list the outputs. */
    List<ListedSegment> outputs() {
        return made().stream().map(MergeOutput.Made::listed).toList();
    }

    private List<MergeOutput.Made> made() {
        return hands.stream().flatMap(hand -> hand.outputs().stream()).toList();
    }

    long recordsCopied() {
        return sum(hand -> hand.recordsCopied);
    }

    long recordsDropped() {
        return sum(hand -> hand.recordsDropped);
    }

    long tombstonesKept() {
        return sum(hand -> hand.tombstonesKept);
    }

    long tombstonesDropped() {
        return sum(hand -> hand.tombstonesDropped);
    }

    private long sum(ToLongFunction<MergeHand> figure) {
        return hands.stream().mapToLong(figure).sum();
    }

    /**
     * Copies. If that fails the outputs are worth nothing: a tombstone may have been dropped in the belief that all inputs would go.
     *
     * @param judged is run when no record of an input is judged any more by what stands in the keydir
     * @throws RefusedException if an input must be left out
     */
    void copy(Runnable judged) throws IOException {
        int before;
        do {
            startOver();
            before = shown.size();
            // The tombstones are judged together, before anything is copied.
            hands.get(0).show(inputs.stream().filter(shown::contains).toList());
            tombstones.judge();
            byHands(MergeHand::copy);
            // Something that may shadow was found where none was known of: an input's hint does not tell of what was
            // overwritten in it.
        } while (shown.size() > before);
        judged.run();
        byHands(MergeHand::finish);
    }

    private void byHands(Parallel.Task<MergeHand> task) throws IOException {
        try {
            Parallel.forEach(THREAD, hands, threads, hand -> byHand(hand, task));
        } catch (IOException | RuntimeException | Error e) {
            // Of what the others have met nobody is told.
            for (Throwable other : e.getSuppressed()) {
                context.health().unheard(other);
            }
            throw e;
        }
    }

    private void byHand(MergeHand hand, Parallel.Task<MergeHand> task) throws IOException {
        boolean done = false;
        try {
            task.run(hand);
            done = true;
        } catch (ForceFailedException e) {
            context.health().fail(e); // whatever another hand has met first (I8)
            throw e;
        } catch (CancellationException e) {
            if (!broken) {
                throw e;
            }
            // The round ends with what the other hand has met, and with nothing else.
        } finally {
            if (!done) {
                broken = true;
            }
        }
    }

    /** Undoes what was copied, if anything, and gives each hand its inputs. */
    private void startOver() throws IOException {
        if (!hands.isEmpty()) {
            close(); // first, for it may wait for the disk
            context.space().abandonRound(this::discard);
            context.space().beginRound(inputs);
            tombstones = newRule();
        }
        hands = shares().stream()
                .map(share -> new MergeHand(context, share.inputs, outputLength, shown, tombstones, () -> broken))
                .toList();
    }

    /** The inputs of each hand, about as much to copy for each: the largest first, always to the one that has least. */
    private List<Share> shares() {
        List<Share> shares = Stream.generate(Share::new).limit(threads).toList();
        inputs.stream()
                .sorted(Comparator.comparingLong(DiskSpace::mostToCopy).reversed())
                .forEach(input -> Collections.min(shares, Comparator.comparingLong(share -> share.bytes))
                        .add(input));
        return shares;
    }

    /** What one hand gets. */
    private static final class Share {
        private final List<Segment> inputs = new ArrayList<>();
        private long bytes;

        void add(Segment input) {
            inputs.add(input);
            bytes += DiskSpace.mostToCopy(input);
        }
    }

    /**
     * Whether there is nothing more to learn about the tombstones that were kept. There is if some were not judged: those written for puts that
     * expired, were swept or were deleted since.
     */
    boolean tombstonesJudged() {
        return tombstones.complete() && tombstonesKept() <= tombstones.kept();
    }

    /** Points the keydir at the copies, which are the outputs in their order. */
    void swing(List<Segment> copies) throws IOException {
        List<MergeOutput.Made> made = made();
        Set<Integer> handles = inputs.stream().map(Segment::handle).collect(Collectors.toSet());
        Parallel.forEach(THREAD, IntStream.range(0, copies.size()).boxed().toList(), threads, i -> new Swing(
                        context.directory(),
                        context.hash(),
                        context.reads(),
                        context.publisher(),
                        handles,
                        () -> context.moved().accept(0))
                .to(copies.get(i), made.get(i)));
    }

    /** Closes outputs that are still open. */
    void close() throws IOException {
        IOException failure = null;
        for (MergeHand hand : hands) {
            try {
                hand.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Removes the outputs of a round that will not be committed: as many as can be. */
    void discard() throws IOException {
        close();
        IOException failure = null;
        for (MergeHand hand : hands) {
            for (long id : hand.created()) {
                try {
                    context.directory().delete(SegmentNames.segment(id));
                    context.directory().delete(HintFile.name(id));
                } catch (IOException e) {
                    failure = e;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
