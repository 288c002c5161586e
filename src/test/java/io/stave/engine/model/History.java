package io.stave.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a store must hold: the state that no crash may take back, and in the order of their sequences the writes that one may.
 *
 * <p>After a crash the store must show the state behind some prefix of them (I4: no holes), whole, with the versions it gave out.
 */
public final class History {

    /** One write that a crash may take back; no value for a delete, version 0 for one that was not acknowledged. */
    private record Event(int key, byte @Nullable [] value, long version) {}

    private final TreeMap<Integer, Held> durable = new TreeMap<>();
    private final List<Event> volatileEvents = new ArrayList<>();
    private long largestVersion;

    /** An independent copy. */
    public History copy() {
        History copy = new History();
        copy.durable.putAll(durable);
        copy.volatileEvents.addAll(volatileEvents);
        copy.largestVersion = largestVersion;
        return copy;
    }

    /** A write was applied and got a version, which nobody may have seen before (I3). */
    public void applied(int key, byte @Nullable [] value, long version) {
        if (version <= largestVersion) {
            throw new AssertionError("version " + version + " was given out after version " + largestVersion);
        }
        largestVersion = version;
        volatileEvents.add(new Event(key, value, version));
    }

    /** A write was given to the store and not acknowledged: it is not visible, and until the next force a crash may show it. */
    public void unanswered(int key, byte @Nullable [] value) {
        volatileEvents.add(new Event(key, value, 0));
    }

    /** Nothing acknowledged so far may be lost any more, and nothing else may come back. */
    public void allDurable() {
        durable.putAll(now());
        durable.keySet().retainAll(now().keySet());
        volatileEvents.clear();
    }

    /** The same, but what was not acknowledged since the last acknowledgement may still be there. */
    public void acknowledgedIsDurable() {
        List<Event> last = new ArrayList<>();
        volatileEvents.forEach(event -> {
            if (event.version != 0) {
                last.clear();
            } else {
                last.add(event);
            }
        });
        allDurable();
        volatileEvents.addAll(last);
    }

    /** What the running store must show. */
    public Map<Integer, Held> now() {
        TreeMap<Integer, Held> state = new TreeMap<>(durable);
        volatileEvents.stream().filter(event -> event.version != 0).forEach(event -> apply(event, state, Map.of()));
        return state;
    }

    /** The version of a key, 0 if it is absent. */
    public long version(int key) {
        Held held = now().get(key);
        return held == null ? 0 : held.version();
    }

    /** The store shows {@code found} after a crash: it must be the state behind a prefix. From here on that is what is durable. */
    public void recovered(Map<Integer, Held> found) {
        TreeMap<Integer, Held> state = new TreeMap<>(durable);
        TreeMap<Integer, Held> withUnanswered = new TreeMap<>(durable);
        boolean known = state.equals(found);
        for (Event event : volatileEvents) {
            if (event.version == 0) {
                apply(event, withUnanswered, found);
                TreeMap<Integer, Held> alone = new TreeMap<>(state);
                apply(event, alone, found);
                known |= alone.equals(found);
            } else {
                apply(event, state, found);
                withUnanswered.clear();
                withUnanswered.putAll(state);
            }
            known |= withUnanswered.equals(found);
        }
        if (!known) {
            throw new AssertionError("recovered a state that never was:\nfound    " + found + "\ndurable  " + durable
                    + "\nthen     " + describe(volatileEvents));
        }
        durable.clear();
        durable.putAll(found);
        volatileEvents.clear();
        found.values().forEach(held -> largestVersion = Math.max(largestVersion, held.version()));
    }

    /** Applies a write; the version of one that was never answered is whatever was found, if it is a new one. */
    private void apply(Event event, Map<Integer, Held> state, Map<Integer, Held> found) {
        byte[] value = event.value;
        if (value == null) {
            state.remove(event.key);
            return;
        }
        long version = event.version;
        Held there = found.get(event.key);
        if (version == 0 && there != null && there.version() > largestVersion && Arrays.equals(value, there.value())) {
            version = there.version();
        }
        state.put(event.key, new Held(version, value));
    }

    private static String describe(List<Event> events) {
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            byte[] value = event.value;
            text.append("\n  key ")
                    .append(event.key)
                    .append(" version ")
                    .append(event.version)
                    .append(' ');
            text.append(value == null ? "deleted" : Keys.show(value));
        }
        return text.toString();
    }
}
