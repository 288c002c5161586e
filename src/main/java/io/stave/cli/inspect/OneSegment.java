package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.SegmentStats;
import io.stave.StoreIOException;
import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/**
 * A command that looks into one segment or its hint.
 *
 * @param <F> what it finds out
 */
abstract class OneSegment<F extends Record & Found> extends Inspection<F> {

    @Parameters(index = "1", arity = "0..1", paramLabel = SegmentArgument.LABEL, description = SegmentArgument.HELP)
    private @Nullable String segment;

    OneSegment(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected final F find(Progress progress) throws IOException {
        String name = segmentName(segment);
        try (StoreView view = StoreView.open(store())) {
            if (name == null) {
                throw usage("which segment? The MANIFEST lists "
                        + view.manifest().segments().size() + "; 'stave info' shows them");
            }
            ListedSegment listed = view.segment(name);
            progress.begin("reading segment " + listed.id());
            return view.find(listed, () -> find(view, listed, progress));
        }
    }

    /** Finds out about a segment that the MANIFEST lists. */
    abstract F find(StoreView view, ListedSegment listed, Progress progress) throws IOException;

    /** What the bytes of the segment are against the whole store; null if that does not open. */
    final HintFindings.@Nullable Share share(ListedSegment listed, Progress progress) {
        try (ReadOnlyStave store = openReadOnly(progress)) {
            for (SegmentStats stats : store.stats().segments()) {
                if (stats.id() == listed.id()) {
                    return new HintFindings.Share(stats.liveBytes(), stats.deadBytes(), stats.tombstoneBytes());
                }
            }
            return null;
        } catch (CorruptionException | StoreIOException e) {
            return null; // then nobody can say
        }
    }
}
