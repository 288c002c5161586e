package io.stave.engine.merge;

import io.stave.MergeReport;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the rounds of one merge add up to. */
final class MergeTally {

    private long started = System.nanoTime();

    final List<Long> inputs = new ArrayList<>();
    final List<Long> outputs = new ArrayList<>();

    /** Inputs with a record that does not verify. */
    final List<Long> damaged = new ArrayList<>();

    /** Inputs that could not be read. */
    final List<Long> unreadable = new ArrayList<>();

    /** Inputs of rounds that gained nothing, and so were not carried out. */
    final List<Long> idle = new ArrayList<>();

    private long bytesRead;
    private long bytesWritten;
    private long recordsCopied;
    private long recordsDropped;
    private long tombstonesKept;
    private long tombstonesDropped;

    /** The merge begins only now. */
    void begin() {
        started = System.nanoTime();
    }

    void add(MergeRound round, List<Segment> from) {
        for (Segment input : from) {
            inputs.add(input.id());
            bytesRead += input.length();
        }
        for (ListedSegment made : round.outputs()) {
            outputs.add(made.id());
            bytesWritten += made.length();
        }
        recordsCopied += round.recordsCopied();
        recordsDropped += round.recordsDropped();
        tombstonesKept += round.tombstonesKept();
        tombstonesDropped += round.tombstonesDropped();
    }

    /** By how much the segments of the store became shorter. */
    long bytesReclaimed() {
        return bytesRead - bytesWritten;
    }

    /** The time since the merge began. */
    long nanos() {
        return System.nanoTime() - started;
    }

    MergeReport report() {
        return new MergeReport(
                Duration.ofNanos(nanos()),
                inputs,
                outputs,
                bytesRead,
                bytesWritten,
                bytesReclaimed(),
                recordsCopied,
                recordsDropped,
                tombstonesKept,
                tombstonesDropped,
                damaged,
                unreadable);
    }
}
