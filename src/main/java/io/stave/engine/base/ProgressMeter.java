package io.stave.engine.base;

import io.stave.RecoveryProgress;
import io.stave.RecoveryProgress.Phase;

/** Counts the bytes of a phase of recovery, from several threads, and tells the listener from one at a time. */
public final class ProgressMeter {

    private final RecoveryProgress listener;

    // Guarded by this.
    private Phase phase = Phase.INSPECT;
    private long done;
    private long total;

    public ProgressMeter(RecoveryProgress listener) {
        this.listener = listener;
    }

    /** Begins a phase that goes through {@code bytes}. */
    public synchronized void begin(Phase next, long bytes) {
        phase = next;
        done = 0;
        total = bytes;
        listener.progress(phase, done, total);
    }

    /** The phase is done with {@code bytes} more. */
    public synchronized void advance(long bytes) {
        done = Math.min(total, done + bytes);
        listener.progress(phase, done, total);
    }

    /** Ends the phase. */
    public synchronized void end() {
        if (done < total || total == 0) {
            done = total;
            listener.progress(phase, done, total);
        }
    }
}
