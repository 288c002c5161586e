package io.stave.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a store must hold: the state that no crash may take back, and in the order of their sequences the writes that one may.
 *
 * <p>After a crash the store must show the state behind some prefix of them (I4: no holes), whole, with the versions it gave out, but for what
 * has expired. A batch is in the prefix with all its writes or with none (I5).
 */
public final class History {

    /** One write of a batch; no value for a delete, expiry 0 for a value that never expires. */
    public record Change(int key, byte @Nullable [] value, long expiry) {

        /** A delete, or a put that never expires. */
        public Change(int key, byte @Nullable [] value) {
            this(key, value, 0);
        }
    }

    /** What is known of a key after a write. */
    private record Written(int key, Cell cell) {}

    /** What a crash may take back as a whole: a write, or a batch; version 0 if it was not acknowledged. */
    private record Event(List<Written> writes, long firstVersion) {
        boolean answered() {
            return firstVersion != 0;
        }

        /** The same writes, with another cell for some. */
        Event with(UnaryOperator<Written> change) {
            return new Event(writes.stream().map(change).toList(), firstVersion);
        }
    }

    private final LongSupplier clock;
    private final TreeMap<Integer, Cell> durable = new TreeMap<>();
    private final List<Event> volatileEvents = new ArrayList<>();
    private long largestVersion;

    /** Of a store in which nothing expires. */
    public History() {
        this(() -> Long.MIN_VALUE);
    }

    /** Of a store whose clock shows so many epoch milliseconds. */
    public History(LongSupplier clock) {
        this.clock = clock;
    }

    /** An independent copy. */
    public History copy() {
        return copy(clock);
    }

    /** An independent copy with a clock of its own. */
    public History copy(LongSupplier itsClock) {
        History copy = new History(itsClock);
        copy.durable.putAll(durable);
        copy.volatileEvents.addAll(volatileEvents);
        copy.largestVersion = largestVersion;
        return copy;
    }

    /** A write was applied and got a version, which nobody may have seen before (I3). */
    public void applied(int key, byte @Nullable [] value, long version) {
        applied(key, value, 0, version);
    }

    /** A write was applied whose value expires, or never if that is 0. */
    public void applied(int key, byte @Nullable [] value, long expiry, long version) {
        if (version <= largestVersion) {
            throw new AssertionError("version " + version + " was given out after version " + largestVersion);
        }
        largestVersion = version;
        volatileEvents.add(new Event(List.of(written(key, value, expiry, version)), version));
    }

    /** A batch was applied: its versions follow each other. */
    public void applied(List<Change> batch, long firstVersion) {
        if (firstVersion <= largestVersion) {
            throw new AssertionError("version " + firstVersion + " was given out after version " + largestVersion);
        }
        largestVersion = firstVersion + batch.size() - 1;
        volatileEvents.add(new Event(written(batch, firstVersion), firstVersion));
    }

    /** A write was given to the store and not acknowledged: it is not visible, and until the next force a crash may show it. */
    public void unanswered(int key, byte @Nullable [] value) {
        unanswered(key, value, 0);
    }

    /** The same for a value that expires. */
    void unanswered(int key, byte @Nullable [] value, long expiry) {
        volatileEvents.add(new Event(List.of(written(key, value, expiry, 0)), 0));
    }

    /** The same for a batch. */
    public void unanswered(List<Change> batch) {
        volatileEvents.add(new Event(written(batch, 0), 0));
    }

    private List<Written> written(List<Change> batch, long firstVersion) {
        List<Written> writes = new ArrayList<>();
        for (Change change : batch) {
            long version = firstVersion == 0 ? 0 : firstVersion + writes.size();
            writes.add(written(change.key, change.value, change.expiry, version));
        }
        return writes;
    }

    private Written written(int key, byte @Nullable [] value, long expiry, long version) {
        Cell cell = value == null ? Cell.EMPTY : Cell.of(new Held(version, value, expiry), clock.getAsLong());
        return new Written(key, cell);
    }

    /** Nothing acknowledged so far may be lost any more, and nothing else may come back. */
    public void allDurable() {
        TreeMap<Integer, Cell> state = state();
        durable.clear();
        durable.putAll(state);
        volatileEvents.clear();
    }

    /** Whether there is nothing that a crash may take back. */
    public boolean allIsDurable() {
        return volatileEvents.isEmpty();
    }

    /** The same, but what was not acknowledged since the last acknowledgement may still be there. */
    public void acknowledgedIsDurable() {
        List<Event> last = new ArrayList<>();
        volatileEvents.forEach(event -> {
            if (event.answered()) {
                last.clear();
            } else {
                last.add(event);
            }
        });
        allDurable();
        volatileEvents.addAll(last);
    }

    private TreeMap<Integer, Cell> state() {
        TreeMap<Integer, Cell> state = new TreeMap<>(durable);
        volatileEvents.stream().filter(Event::answered).forEach(event -> apply(event, state, Map.of()));
        return state;
    }

    /** What the running store must show. */
    public Map<Integer, Held> now() {
        TreeMap<Integer, Held> visible = new TreeMap<>();
        state().forEach((key, cell) -> {
            Held held = cell.visible(clock.getAsLong());
            if (held != null) {
                visible.put(key, held);
            }
        });
        return visible;
    }

    /** The records that the running store need not show, and may hold: for each key the longest. */
    Map<Integer, Held> hidden() {
        TreeMap<Integer, Held> hidden = new TreeMap<>();
        state().forEach((key, cell) -> {
            if (cell.visible(clock.getAsLong()) == null) {
                cell.after(null, clock.getAsLong())
                        .ghosts()
                        .forEach(ghost ->
                                hidden.merge(key, ghost, (a, b) -> a.value().length < b.value().length ? b : a));
            }
        });
        return hidden;
    }

    /** What a key holds, or null if it is absent. */
    @Nullable
    Held held(int key) {
        return now().get(key);
    }

    /** The version of a key, 0 if it is absent. */
    public long version(int key) {
        Held held = held(key);
        return held == null ? 0 : held.version();
    }

    /** The clock went on, so that more may have expired. */
    public void clockWentOn() {
        durable.replaceAll((key, cell) -> cell.at(clock.getAsLong()));
        volatileEvents.replaceAll(
                event -> event.with(written -> new Written(written.key, written.cell.at(clock.getAsLong()))));
    }

    /** The clock was set back, and the store shows {@code found}: of what had expired some may be there again. */
    void clockWasSetBack(Map<Integer, Held> found) {
        Map<Integer, Cell> state = state();
        if (!agrees(state, found)) {
            throw new AssertionError("the clock was set back:\nfound    " + found + "\nexpected " + state);
        }
        after(state, found).forEach(this::know);
    }

    /** What the running store has shown tells of the newest write that it has acknowledged; of the ones before a crash may tell more. */
    private void know(int key, Cell cell) {
        for (int i = volatileEvents.size() - 1; i >= 0; i--) {
            Event event = volatileEvents.get(i);
            if (event.answered() && event.writes.stream().anyMatch(written -> written.key == key)) {
                // A batch may write a key several times; only the last one counts.
                volatileEvents.set(i, event.with(written -> written.key == key ? new Written(key, cell) : written));
                return;
            }
        }
        durable.put(key, cell);
    }

    /** The store shows {@code found} after a crash: it must be the state behind a prefix. From here on that is what is durable. */
    public void recovered(Map<Integer, Held> found) {
        TreeMap<Integer, Cell> state = new TreeMap<>(durable);
        TreeMap<Integer, Cell> withUnanswered = new TreeMap<>(durable);
        TreeMap<Integer, Cell> known = new TreeMap<>();
        boolean agreed = agree(state, found, known);
        for (Event event : volatileEvents) {
            if (!event.answered()) {
                apply(event, withUnanswered, found);
                TreeMap<Integer, Cell> alone = new TreeMap<>(state);
                apply(event, alone, found);
                agreed |= agree(alone, found, known);
            } else {
                apply(event, state, found);
                withUnanswered.clear();
                withUnanswered.putAll(state);
            }
            agreed |= agree(withUnanswered, found, known);
        }
        if (!agreed) {
            throw new AssertionError("recovered a state that never was:\nfound    " + found + "\ndurable  " + durable
                    + "\nthen     " + describe(volatileEvents));
        }
        durable.clear();
        durable.putAll(known);
        volatileEvents.clear();
        found.values().forEach(held -> largestVersion = Math.max(largestVersion, held.version()));
    }

    /** If the state agrees with what was found, adds to {@code known} what that tells. */
    private boolean agree(Map<Integer, Cell> state, Map<Integer, Held> found, Map<Integer, Cell> known) {
        boolean agrees = agrees(state, found);
        if (agrees) {
            after(state, found).forEach((key, cell) -> known.merge(key, cell, Cell::or));
        }
        return agrees;
    }

    private boolean agrees(Map<Integer, Cell> state, Map<Integer, Held> found) {
        return keys(state, found).stream()
                .allMatch(key -> state.getOrDefault(key, Cell.EMPTY).allows(found.get(key), clock.getAsLong()));
    }

    private Map<Integer, Cell> after(Map<Integer, Cell> state, Map<Integer, Held> found) {
        TreeMap<Integer, Cell> after = new TreeMap<>();
        for (int key : keys(state, found)) {
            after.put(key, state.getOrDefault(key, Cell.EMPTY).after(found.get(key), clock.getAsLong()));
        }
        return after;
    }

    private static TreeSet<Integer> keys(Map<Integer, Cell> state, Map<Integer, Held> found) {
        TreeSet<Integer> keys = new TreeSet<>(state.keySet());
        keys.addAll(found.keySet());
        return keys;
    }

    /** Applies an event; the version of a write that was never answered is whatever was found, if it is a new one. */
    private void apply(Event event, Map<Integer, Cell> state, Map<Integer, Held> found) {
        for (Written written : event.writes) {
            Cell cell = written.cell;
            Held held = cell.held();
            Held there = found.get(written.key);
            if (held != null
                    && held.version() == 0
                    && there != null
                    && there.version() > largestVersion
                    && Arrays.equals(held.value(), there.value())) {
                cell = new Cell(new Held(there.version(), held.value(), held.expiry()), cell.lapsed(), cell.ghosts());
            }
            state.put(written.key, cell);
        }
    }

    private static String describe(List<Event> events) {
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            text.append("\n  from version ").append(event.firstVersion).append(':');
            for (Written written : event.writes) {
                text.append(" key ").append(written.key).append(' ').append(written.cell);
            }
        }
        return text.toString();
    }
}
