package io.stave.engine.merge;

import io.stave.segment.Segment;
import java.io.IOException;

/** An input that cannot be merged: a record in it does not verify, or it could not be read. */
final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Segment input;
    private final boolean damaged;

    RefusedException(Segment input, boolean damaged) {
        super(input.name() + " is left out of the merge");
        this.input = input;
        this.damaged = damaged;
    }

    /** Which one. */
    Segment input() {
        return input;
    }

    /** Whether it is damage, which stays, and not an error that may pass. */
    boolean damaged() {
        return damaged;
    }
}
