package io.stave.engine.snapshot;

import io.stave.segment.Segment;
import java.util.List;
import java.util.Set;

/**
 * Keeps the files of the segments that made up the store at one moment, whatever merges replace, until it is closed. Unlike a snapshot it
 * remembers nothing of what changes.
 */
public final class FileHold implements AutoCloseable {

    private final Snapshots snapshots;
    private final List<Segment> segments;
    private final Set<Segment> held;
    private final long version;

    FileHold(Snapshots snapshots, List<Segment> segments, long version) {
        this.snapshots = snapshots;
        this.segments = List.copyOf(segments);
        this.held = Set.copyOf(segments);
        this.version = version;
    }

    /** The segments with records, by id. */
    public List<Segment> segments() {
        return segments;
    }

    /** The largest sequence that was published by then. */
    public long version() {
        return version;
    }

    boolean covers(Segment segment) {
        return held.contains(segment);
    }

    /** Lets the files go. Closing twice does nothing. */
    @Override
    public void close() {
        snapshots.ended(this);
    }
}
