package io.stave.engine.damage;

import io.stave.CorruptionException;
import io.stave.Entry;
import io.stave.FormatVersionException;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StaveReader;
import io.stave.StoreIOException;
import io.stave.engine.model.Held;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an open store shows of its keys.
 *
 * @param held what it gives
 * @param damaged what it says of those that it cannot give
 */
record Sight(Map<Integer, Held> held, Map<Integer, StaveException> damaged) {

    /** Asks for each key. */
    static Sight of(StaveReader store, Set<Integer> keys) {
        Map<Integer, Held> held = new TreeMap<>();
        Map<Integer, StaveException> damaged = new TreeMap<>();
        for (int key : keys) {
            try {
                Entry entry = store.getEntry(Story.key(key));
                if (entry != null) {
                    held.put(key, held(entry));
                }
            } catch (CorruptionException | FormatVersionException | StoreIOException e) {
                damaged.put(key, e);
            }
        }
        return new Sight(held, damaged);
    }

    /** Walks over all, and past what is damaged. */
    static Map<Integer, Held> walk(Stave store, Set<Integer> keys) {
        Map<Integer, Held> held = new TreeMap<>();
        Map<ByteBuffer, Integer> numbers = new HashMap<>();
        keys.forEach(key -> numbers.put(ByteBuffer.wrap(Story.key(key)), key));
        try (Snapshot snapshot = store.snapshot();
                Snapshot.Cursor<Entry> entries = snapshot.entries()) {
            boolean more = true;
            while (more) {
                try {
                    more = entries.hasNext();
                    if (more) {
                        Entry entry = entries.next();
                        Integer number = numbers.get(ByteBuffer.wrap(entry.key()));
                        if (number == null) {
                            throw new AssertionError("there never was a key " + Arrays.toString(entry.key()));
                        }
                        held.put(number, held(entry));
                    }
                } catch (CorruptionException | FormatVersionException | StoreIOException e) {
                    if (entries.skipDamage() <= 0) {
                        throw new AssertionError("the walk does not get past " + e, e);
                    }
                }
            }
        }
        return held;
    }

    private static Held held(Entry entry) {
        Instant expiry = entry.expiry();
        return new Held(entry.version(), entry.value(), expiry == null ? 0 : expiry.toEpochMilli());
    }

    /** Whether all that can be seen is as in this state. */
    boolean isOf(Map<Integer, Held> state) {
        if (damaged.isEmpty()) {
            return held.equals(state);
        }
        Map<Integer, Held> readable = new TreeMap<>(state);
        readable.keySet().removeAll(damaged.keySet());
        return held.equals(readable) && state.keySet().containsAll(damaged.keySet());
    }
}
