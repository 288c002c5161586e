package io.stave.engine.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Entry;
import io.stave.ReadOnlyStave;
import io.stave.Snapshot;
import io.stave.Snapshot.Cursor;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.engine.ReadOnlyEngine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.SimulatedProcess;
import io.stave.engine.support.TestClock;
import io.stave.io.SimulatedDirectory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A snapshot, and a reader beside the writer, while an operation fails: they show what they have shown, or say that they cannot. */
final class FaultReaders {

    /** A walk that has failed so often will not get any further. */
    private static final int MOST_FAILURES = 2;

    private final SimulatedDirectory directory;
    private final TestClock clock;

    /** Does something that may fail because an operation does, and says whether it has not. */
    private final Predicate<Runnable> attempt;

    private @Nullable Snapshot snapshot;
    private Map<Integer, Held> moment = Map.of();

    private @Nullable ReadOnlyStave reader;
    private Map<Integer, Held> shown = Map.of();

    /** What the store showed, one state after the other. */
    private final List<Map<Integer, Held>> states = new ArrayList<>();

    FaultReaders(SimulatedDirectory directory, TestClock clock, Predicate<Runnable> attempt) {
        this.directory = directory;
        this.clock = clock;
        this.attempt = attempt;
    }

    /** The store shows this now. */
    void showsMoment(Map<Integer, Held> contents) {
        states.add(contents);
    }

    void snapshot(Stave store, Map<Integer, Held> contents) {
        moment = contents;
        boolean unused = attempt.test(() -> snapshot = store.snapshot());
    }

    /** A walk shows all of the moment. Where it fails it goes on when asked again, unless what fails fails for good. */
    void walkSnapshot() {
        Snapshot walked = snapshot;
        if (walked == null) {
            return;
        }
        Map<Integer, Held> found = new TreeMap<>();
        int failures = 0;
        try (Cursor<Entry> cursor = walked.entries()) {
            for (boolean more = true; more; ) {
                try {
                    more = cursor.hasNext();
                    if (more) {
                        Entry entry = cursor.next();
                        Held before = found.put(number(entry.key()), held(entry));
                        assertEquals(null, before, "shown twice");
                    }
                } catch (StoreIOException e) {
                    assertTrue(directory.failures() > 0, () -> "failed by itself: " + e);
                    if (++failures == MOST_FAILURES) {
                        return;
                    }
                }
            }
        }
        assertEquals(moment, found);
    }

    void closeSnapshot() {
        Snapshot open = snapshot;
        if (open != null) {
            open.close();
            snapshot = null;
        }
    }

    void openReader() {
        boolean opened = attempt.test(() -> {
            ReadOnlyStave now =
                    ReadOnlyEngine.open(new SimulatedProcess(directory), FaultImage.OPTIONS.clock(clock), true);
            reader = now;
            shown = contents(now);
        });
        assertTrue(!opened || states.contains(shown), () -> "the reader shows " + shown);
    }

    /** A refresh goes forward or, if it fails, nowhere. */
    void refresh(Map<Integer, Held> contents) {
        ReadOnlyStave open = reader;
        if (open == null) {
            return;
        }
        boolean refreshed = attempt.test(open::refresh);
        Map<Integer, Held> now = contents(open);
        if (refreshed) {
            assertTrue(states.lastIndexOf(now) >= states.indexOf(shown), () -> "the reader shows " + now);
            shown = now;
        } else {
            assertEquals(shown, now);
        }
    }

    void closeReader() {
        ReadOnlyStave open = reader;
        if (open != null) {
            boolean unused = attempt.test(open::close);
            reader = null;
        }
    }

    void close() {
        closeSnapshot();
        closeReader();
    }

    private static Map<Integer, Held> contents(ReadOnlyStave reader) {
        Map<Integer, Held> contents = new TreeMap<>();
        for (int i = 0; i < Keys.COUNT; i++) {
            Entry entry = reader.getEntry(Keys.key(i));
            if (entry != null) {
                contents.put(i, held(entry));
            }
        }
        return contents;
    }

    private static Held held(Entry entry) {
        Instant expiry = entry.expiry();
        return new Held(entry.version(), entry.value(), expiry == null ? 0 : expiry.toEpochMilli());
    }

    private static int number(byte[] key) {
        int i = 0;
        while (!Arrays.equals(key, Keys.key(i))) {
            i++;
        }
        return i;
    }
}
