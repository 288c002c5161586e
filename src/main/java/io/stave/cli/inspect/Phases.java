package io.stave.cli.inspect;

import io.stave.RecoveryProgress;
import io.stave.cli.terminal.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How long each phase of an open takes. */
final class Phases implements RecoveryProgress {

    private static final double NANOS_PER_MILLI = 1e6;

    private final Progress progress;
    private final List<StoreFindings.Phase> ended = new ArrayList<>();
    private @Nullable Phase phase;
    private long bytes;
    private long last = System.nanoTime();
    private long began = last;

    Phases(Progress progress) {
        this.progress = progress;
    }

    @Override
    public synchronized void progress(Phase now, long doneBytes, long totalBytes) {
        progress.at(doneBytes, totalBytes);
        if (now != phase) {
            end();
            began = last;
            phase = now;
        }
        bytes = totalBytes;
        last = System.nanoTime();
    }

    private void end() {
        if (phase != null) {
            ended.add(new StoreFindings.Phase(
                    phase.name().toLowerCase(Locale.ROOT), bytes, (last - began) / NANOS_PER_MILLI));
        }
    }

    synchronized List<StoreFindings.Phase> list() {
        end();
        phase = null;
        return List.copyOf(ended);
    }
}
