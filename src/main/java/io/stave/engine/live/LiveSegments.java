package io.stave.engine.live;

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
public final class LiveSegments {

    private volatile State state;

    public LiveSegments(Collection<Segment> segments) {
        state = State.of(segments, segments, List.of());
    }

    /**
     * What there is at one moment; never changed.
     *
     * @param byHandle for lookups: every segment that a location may point into
     * @param all the same segments, by id
     * @param listed those that make up the store, by id: without the outputs of a merge that are being joined, and without the inputs that
     *     wait for their last reader
     * @param replaced those inputs
     */
    private record State(
            Int2ObjectHashMap<Segment> byHandle, List<Segment> all, List<Segment> listed, List<Segment> replaced) {
        static State of(Collection<Segment> all, Collection<Segment> listed, List<Segment> replaced) {
            // Many threads read it: the map must not hand them one cached iterator. They never iterate it, and this
            // keeps it so.
            Int2ObjectHashMap<Segment> byHandle =
                    new Int2ObjectHashMap<>(2 * all.size() + 8, Hashing.DEFAULT_LOAD_FACTOR, false);
            all.forEach(segment -> byHandle.put(segment.handle(), segment));
            return new State(byHandle, byId(all), byId(listed), replaced);
        }

        private static List<Segment> byId(Collection<Segment> segments) {
            return segments.stream()
                    .sorted(Comparator.comparingLong(Segment::id))
                    .toList();
        }
    }

    /** The segment of a location, or null if it was retired and its last reader has left. */
    @Nullable
    public Segment get(int handle) {
        return state.byHandle.get(handle);
    }

    /** Adds a segment before the first location in it is published. */
    public synchronized void add(Segment segment) {
        state = State.of(with(state.all, segment), with(state.listed, segment), state.replaced);
    }

    /** Makes the output of a merge known, so that locations may point into it; it is not listed before {@link #swap}. */
    public synchronized void join(Segment copy) {
        state = State.of(with(state.all, copy), state.listed, state.replaced);
    }

    /** The outputs of a merge take the place of its inputs, at one moment; the inputs stay until {@link #remove}, for their readers. */
    public synchronized void swap(Collection<Segment> inputs, Collection<Segment> outputs) {
        List<Segment> listed = new ArrayList<>(state.listed);
        listed.removeAll(inputs);
        listed.addAll(outputs);
        List<Segment> replaced = new ArrayList<>(state.replaced);
        replaced.addAll(inputs);
        state = State.of(state.all, listed, replaced);
    }

    /** Removes a segment that no reader can reach any more. */
    public synchronized void remove(Segment segment) {
        state = State.of(without(state.all, segment), without(state.listed, segment), without(state.replaced, segment));
    }

    private static List<Segment> with(List<Segment> segments, Segment another) {
        List<Segment> more = new ArrayList<>(segments);
        more.add(another);
        return more;
    }

    private static List<Segment> without(List<Segment> segments, Segment gone) {
        List<Segment> fewer = new ArrayList<>(segments);
        fewer.remove(gone);
        return fewer;
    }

    /** The keydir no longer points at {@code location}. */
    public void removeLive(Location location) {
        Segment segment = get(location.segment);
        if (segment != null) {
            segment.removeLive(location.length);
        }
    }

    /** The keydir no longer points at {@code location}, for what lies there has expired. */
    public void expired(Location location) {
        Segment segment = get(location.segment);
        if (segment != null) {
            segment.expired(location.length);
        }
    }

    /** The segments that make up the store, by id. */
    public List<Segment> list() {
        return state.listed;
    }

    /** All segments, by id: those too whose last readers have not left yet. */
    public List<Segment> all() {
        return state.all;
    }

    /** Those that a merge has replaced and whose last readers have not left yet. */
    public List<Segment> replaced() {
        return state.replaced;
    }
}
