package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.engine.model.Held;
import io.stave.engine.model.History;
import io.stave.engine.model.History.Change;
import io.stave.engine.support.TestClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a life has been told and has told: at each step what was acknowledged, what was under way, and the largest version given out. */
final class Notes {

    private final TestClock clock;
    private final History history;
    private final List<Step> steps = new ArrayList<>();
    private long largestVersion;

    // The step that has begun.
    private int from;
    private String what = "";
    private History known;
    private long now;

    Notes(TestClock clock) {
        this.clock = clock;
        this.history = new History(clock::millis);
        this.known = history;
    }

    /** A step begins with this operation of the disk, and is to change this; nobody is answered yet. */
    void begin(int operation, String does, List<Change> changes) {
        from = operation;
        what = does;
        now = clock.millis();
        long shown = now;
        known = history.copy(() -> shown);
        if (!changes.isEmpty()) {
            known.unanswered(changes);
        }
    }

    /** What was begun has ended, and what it acknowledged was noted. */
    void end() {
        steps.add(new Step(from, what, known, now, largestVersion));
    }

    /** Writes were acknowledged, as one. */
    void applied(List<Change> changes, long firstVersion) {
        history.applied(changes, firstVersion);
        largestVersion = firstVersion + changes.size() - 1;
    }

    /** Writes failed: they are not visible, and until the next force a crash may show them. */
    void failed(List<Change> changes) {
        history.unanswered(changes);
    }

    /** No crash may take anything back any more. */
    void allDurable() {
        history.allDurable();
    }

    /** A store was opened and shows this. */
    void recovered(Map<Integer, Held> found) {
        history.recovered(found);
        found.values().forEach(held -> largestVersion = Math.max(largestVersion, held.version()));
    }

    /** The clock went on. */
    void clockWentOn() {
        history.clockWentOn();
    }

    /** Whether no crash may take anything back. */
    boolean allIsDurable() {
        return history.allIsDurable();
    }

    /** The running store must show just this. */
    void mustShow(Map<Integer, Held> found) {
        assertEquals(history.now(), found);
    }

    /** The version of a key, 0 if it is absent. */
    long version(int key) {
        return history.version(key);
    }

    /** What was done so far was only there to lead up to what comes. */
    void forgetSteps() {
        steps.clear();
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }
}
