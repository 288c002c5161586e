package io.stave.engine.enumeration;

import io.stave.engine.model.History;
import io.stave.io.Operation;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.SegmentNames;
import java.util.List;

/** What a script has done to its disk, and what is known of the store at each point: at point p the first p operations were done. */
final class Recording {

    private final Workload workload;
    private final long seed;
    private final SimulatedDirectory directory;
    private final List<Step> steps;
    private final List<Operation> log;

    /** By point. */
    private final long[] largestSegmentId;

    Recording(Workload workload, long seed, SimulatedDirectory directory, List<Step> steps) {
        this.workload = workload;
        this.seed = seed;
        this.directory = directory;
        this.steps = steps;
        this.log = directory.log();
        this.largestSegmentId = new long[log.size() + 1];
        for (Operation operation : log) {
            int at = operation.index();
            boolean created = operation.kind() == Operation.Kind.CREATE;
            long id = created ? SegmentNames.parse(operation.name()).orElse(0) : 0;
            largestSegmentId[at + 1] = Math.max(largestSegmentId[at], id);
        }
    }

    Workload workload() {
        return workload;
    }

    long seed() {
        return seed;
    }

    /** The last point: how many operations there are. */
    int end() {
        return log.size();
    }

    List<Operation> log() {
        return log;
    }

    /** A walk through the operations, from the first point on. */
    Replay replay() {
        return directory.replay();
    }

    /** What the script was doing at a point. */
    Step stepAt(int point) {
        int i = steps.size() - 1;
        while (i > 0 && steps.get(i).from() > point) {
            i--;
        }
        return steps.get(i);
    }

    /**
     * Judges what a recovery from a crash at a point has led to: the state behind a prefix of the writes, with all that was acknowledged
     * (I1, I4, I5, I6, I7), and neither a version nor a segment id that was ever used before (I3).
     */
    void check(int point, Outcome outcome) {
        Step step = stepAt(point);
        History known = step.known().copy();
        known.recovered(outcome.contents());
        if (outcome.nextVersion() <= step.largestVersion()) {
            throw new AssertionError("version " + outcome.nextVersion() + " was given out by recovery, and "
                    + step.largestVersion() + " before the crash");
        }
        if (outcome.nextSegmentId() <= largestSegmentId[point]) {
            throw new AssertionError("segment " + outcome.nextSegmentId() + " was created after recovery, and "
                    + largestSegmentId[point] + " before the crash");
        }
    }
}
