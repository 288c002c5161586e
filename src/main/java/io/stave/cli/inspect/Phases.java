package io.stave.cli.inspect;

import io.stave.RecoveryProgress;
import io.stave.cli.terminal.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How long each phase of an open takes. What is done before a phase tells of itself counts for that phase, and what is done after the last one has
 * told counts for that: so together they take as long as the open.
 */
final class Phases implements RecoveryProgress {

    private static final double NANOS_PER_MILLI = 1e6;

    private final Progress progress;
    private final LongSupplier nanoTime;

    // Guarded by this.
    private final List<Told> told = new ArrayList<>();
    private long firstTold = Long.MAX_VALUE;

    /** What a phase has told last. */
    private record Told(Phase phase, long bytes, long at) {}

    Phases(Progress progress) {
        this(progress, System::nanoTime);
    }

    Phases(Progress progress, LongSupplier nanoTime) {
        this.progress = progress;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void progress(Phase now, long doneBytes, long totalBytes) {
        progress.at(doneBytes, totalBytes);
        long at = nanoTime.getAsLong();
        firstTold = Math.min(firstTold, at);
        int last = told.size() - 1;
        if (last >= 0 && told.get(last).phase == now) {
            told.remove(last);
        }
        told.add(new Told(now, totalBytes, at));
    }

    /** The phases of an open that has just ended, and took so long. */
    synchronized List<StoreFindings.Phase> of(Duration open) {
        // It began before it told of anything, and as long ago as it took at the least: between its end and now there
        // was something else.
        long began = Math.min(nanoTime.getAsLong() - open.toNanos(), firstTold);
        long end = began + open.toNanos();
        List<StoreFindings.Phase> phases = new ArrayList<>();
        for (Told phase : told) {
            boolean last = phases.size() == told.size() - 1;
            long ended = last ? end : Math.min(end, phase.at);
            phases.add(new StoreFindings.Phase(
                    phase.phase.name().toLowerCase(Locale.ROOT), phase.bytes, (ended - began) / NANOS_PER_MILLI));
            began = ended;
        }
        return phases;
    }
}
