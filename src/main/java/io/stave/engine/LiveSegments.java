package io.stave.engine;

import io.stave.keydir.Location;
import io.stave.segment.Segment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.agrona.collections.Hashing;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments that a location may point into. Readers look up in a map that never changes; each change publishes a new one, which is cheap
 * because there are few segments and they change seldom.
 */
final class LiveSegments {

    private volatile Snapshot snapshot;

    LiveSegments(Collection<Segment> segments) {
        snapshot = Snapshot.of(segments);
    }

    /** What is live at one moment: by handle for lookups, by id for walks. Neither is ever changed. */
    private record Snapshot(Int2ObjectHashMap<Segment> byHandle, List<Segment> byId) {
        static Snapshot of(Collection<Segment> segments) {
            // Many threads read it: the map must not hand them one cached iterator. They never iterate it, and this
            // keeps it so.
            Int2ObjectHashMap<Segment> byHandle =
                    new Int2ObjectHashMap<>(2 * segments.size() + 8, Hashing.DEFAULT_LOAD_FACTOR, false);
            segments.forEach(segment -> byHandle.put(segment.handle(), segment));
            List<Segment> byId = new ArrayList<>(segments);
            byId.sort(Comparator.comparingLong(Segment::id));
            return new Snapshot(byHandle, List.copyOf(byId));
        }
    }

    /** The segment of a location, or null if it was retired and its last reader has left. */
    @Nullable
    Segment get(int handle) {
        return snapshot.byHandle.get(handle);
    }

    /** Adds a segment before the first location in it is published. */
    synchronized void add(Segment segment) {
        List<Segment> next = new ArrayList<>(snapshot.byId);
        next.add(segment);
        snapshot = Snapshot.of(next);
    }

    /** Removes a segment that no reader can reach any more. */
    synchronized void remove(Segment segment) {
        List<Segment> next = new ArrayList<>(snapshot.byId);
        next.remove(segment);
        snapshot = Snapshot.of(next);
    }

    /** The keydir no longer points at {@code location}. */
    void removeLive(Location location) {
        Segment segment = get(location.segment);
        if (segment != null) {
            segment.removeLive(location.length);
        }
    }

    /** The segments that were not replaced by a merge, by id. */
    List<Segment> list() {
        return snapshot.byId.stream().filter(segment -> !segment.retired()).toList();
    }

    /** All segments, retired ones included. */
    List<Segment> all() {
        return snapshot.byId;
    }
}
