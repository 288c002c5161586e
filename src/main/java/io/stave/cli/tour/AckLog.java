package io.stave.cli.tour;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the store owes us: for each file the last write that was acknowledged. Lives in the parent, outside of the store
 * and of the process that is killed. Of one thread.
 */
final class AckLog {

    private final @Nullable Ack[] last;
    private final BitSet skipped = new BitSet();
    private final BitSet inFlight = new BitSet();
    private int puts;
    private int overwrites;
    private int deletes;

    AckLog(int files) {
        last = new Ack[files];
    }

    /** Notes that a writer may be about to change a file: until it reports, nobody knows. */
    void mayBegin(int file) {
        inFlight.set(file);
    }

    /** Notes what was acknowledged. */
    void record(Ack ack) {
        switch (ack.kind()) {
            case READY -> {
                return;
            }
            case PUT -> puts++;
            case OVERWRITE -> overwrites++;
            case DELETE -> deletes++;
            case SKIP -> skipped.set(ack.file());
        }
        inFlight.clear(ack.file());
        if (ack.kind() != Ack.Kind.SKIP) {
            last[ack.file()] = ack;
        }
    }

    /** The last acknowledged write of a file, or null if there was none. */
    @Nullable
    Ack last(int file) {
        return last[file];
    }

    /** Whether a file vanished from the disk under our hands, so that nothing can be said about it. */
    boolean skipped(int file) {
        return skipped.get(file);
    }

    /** Whether a change of a file may or may not have happened. */
    boolean inFlight(int file) {
        return inFlight.get(file);
    }

    /** Whether the change of a file was acknowledged, or has become impossible. */
    boolean changed(int file) {
        Ack ack = last[file];
        return skipped(file) || (ack != null && ack.kind() != Ack.Kind.PUT);
    }

    int puts() {
        return puts;
    }

    int overwrites() {
        return overwrites;
    }

    int deletes() {
        return deletes;
    }

    int skips() {
        return skipped.cardinality();
    }

    int inFlight() {
        return inFlight.cardinality();
    }

    /** Acknowledged writes of all kinds. */
    int writes() {
        return puts + overwrites + deletes;
    }
}
