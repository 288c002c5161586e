package io.stave.crash;

import io.stave.Entry;
import io.stave.Stave;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * What a store must hold, as told by the journals of all runs over it: for each key its last acknowledged write, and the writes that may
 * or may not have happened: the one that was under way when its thread died, and those answered when the disk was gone already.
 *
 * <p>Judging a reopened store settles the open questions: what it holds from then on must stay.
 */
final class History {

    /** The time of a crash that took nothing from the operating system: all answers count. */
    static final long NO_CUT = Long.MAX_VALUE;

    private static final int REPORTED = 20;
    private static final long UNKNOWN = -1;

    /**
     * A write; its version is 0 if it deleted what was absent, and unknown if nobody was told it.
     *
     * @param batch names the batch it is part of; empty if none
     */
    private record Write(boolean deletes, long count, int length, long version, String batch) {
        static final Write NONE = new Write(true, 0, 0, 0, "");

        Write version(long known) {
            return new Write(deletes, count, length, known, batch);
        }

        boolean inBatch() {
            return !batch.isEmpty();
        }

        /** Whether this is what the store holds. */
        boolean explains(int key, @Nullable Entry entry) {
            if (entry == null || deletes) {
                return entry == null && deletes;
            }
            long found = Values.count(key, entry.value());
            return entry.value().length == length
                    && (found == count || found == Values.UNKNOWN)
                    && (version == UNKNOWN || version == entry.version());
        }
    }

    private static final class Key {
        Write settled = Write.NONE;

        /** What may have happened after it, in this order. */
        final List<Write> open = new ArrayList<>();

        /** Announced and not answered. */
        @Nullable
        Write underWay;

        /** The newest version that a reader saw before the crash, and the newest that it saw vanish. */
        long seen;

        long gone;

        /** The last write that anybody was told of, be it that it proves nothing. */
        Write told = Write.NONE;
    }

    private final TreeMap<Integer, Key> keys = new TreeMap<>();

    /** Of each batch that is judged now: whether it was found by some key that proves it, and by some key not. */
    private final TreeMap<String, Set<Boolean>> batches = new TreeMap<>();

    private final LongHashSet versions = new LongHashSet(0);
    private final List<String> violations = new ArrayList<>();

    /** The largest version anybody was told: now, and before the present epoch. */
    private long highest;

    private long floor;

    private long acknowledged;
    private long opened;
    private long openFound;
    private long batchesOpen;
    private long batchesFound;

    /**
     * Takes in the journals of the next epoch.
     *
     * @param cut when the power was cut, on the monotonic clock. What was answered later proves nothing: the kernel lets a force that
     *     it interrupts itself succeed, which a machine without power cannot
     */
    void absorb(Path journals, long cut) throws IOException {
        floor = highest;
        for (String[] line : Journal.read(journals)) {
            Key key = keys.computeIfAbsent(Integer.valueOf(line[1]), number -> new Key());
            long count = Long.parseLong(line[2]);
            boolean counts = line.length < 4 || Long.parseLong(line[3]) < cut;
            switch (line[0]) {
                case "put" -> announce(line, key, new Write(false, count, Integer.parseInt(line[3]), UNKNOWN, ""));
                case "delete" -> announce(line, key, new Write(true, count, 0, UNKNOWN, ""));
                case "batchput" ->
                    announce(line, key, new Write(false, count, Integer.parseInt(line[3]), UNKNOWN, batch(line)));
                case "batchdelete" -> announce(line, key, new Write(true, count, 0, UNKNOWN, batch(line)));
                case "ack" -> acknowledge(line, key, counts);
                case "not" -> refuse(line, key, counts);
                case "seen" -> key.seen = counts ? Math.max(key.seen, Long.parseLong(line[4])) : key.seen;
                case "gone" -> key.gone = counts ? Math.max(key.gone, Long.parseLong(line[4])) : key.gone;
                default -> throw new IllegalArgumentException(String.join(" ", line));
            }
        }
    }

    private static String batch(String[] line) {
        return Integer.parseInt(line[1]) / Settings.KEYS_APART + ":" + line[2];
    }

    /** A key proves that a batch was applied, or that it was not. */
    private void prove(Write write, boolean applied) {
        if (write.inBatch()) {
            batches.computeIfAbsent(write.batch, name -> new HashSet<>()).add(applied);
        }
    }

    private static void announce(String[] line, Key key, Write write) {
        if (key.underWay != null) {
            throw new IllegalStateException(String.join(" ", line) + " follows " + key.underWay);
        }
        key.underWay = write;
    }

    private static Write end(String[] line, Key key) {
        Write write = key.underWay;
        if (write == null || write.count != Long.parseLong(line[2])) {
            throw new IllegalStateException(String.join(" ", line) + " ends " + write);
        }
        key.underWay = null;
        return write;
    }

    private void refuse(String[] line, Key key, boolean counts) {
        Write write = end(line, key);
        if (counts) {
            prove(write, false);
        } else {
            key.open.add(write);
        }
    }

    private void acknowledge(String[] line, Key key, boolean counts) {
        Write write = end(line, key);
        long version = Long.parseLong(line[4]);
        if (version == Stave.NO_VERSION) {
            if (!write.deletes || !key.told.deletes) {
                violate("key " + line[1] + ": " + write + " was answered with no version, over " + key.told);
            }
            return;
        }
        if (version <= key.told.version) {
            violate("key " + line[1] + ": version " + version + " follows version " + key.told.version);
        }
        issued(version, "key " + line[1] + ", " + write);
        key.told = write.version(version);
        if (counts) {
            acknowledged++;
            key.settled = key.told;
            prove(write, true);
        } else {
            key.open.add(key.told);
        }
    }

    /** Notes that a version was given: never before, and above all those of earlier epochs (I3). */
    void issued(long version, String to) {
        if (version <= floor) {
            violate("version " + version + " was given to " + to + " after a reopen, but " + floor
                    + " was known before");
        }
        if (!versions.add(version)) {
            violate("version " + version + " was given to " + to + " and to another write before");
        }
        highest = Math.max(highest, version);
    }

    /**
     * Compares the store with what it must hold.
     *
     * @throws AssertionError if anything acknowledged or seen is not there, or something is there that nobody wrote
     */
    void judge(Stave store, String when) {
        long present = 0;
        for (Map.Entry<Integer, Key> each : keys.entrySet()) {
            int number = each.getKey();
            Key key = each.getValue();
            try {
                settle(number, key, store.getEntry(Values.key(number)));
            } catch (RuntimeException e) {
                violate("key " + number + ": " + e);
            }
            present += key.settled.deletes ? 0 : 1;
        }
        batches.forEach((name, proofs) -> {
            if (proofs.size() > 1) {
                violate("batch " + name + " is there with some of its writes and not with others");
            }
        });
        batches.clear();
        if (violations.isEmpty() && store.stats().keys() != present) {
            violate("the store holds " + store.stats().keys() + " keys, of which " + present + " were written");
        }
        report(when);
    }

    private void settle(int number, Key key, @Nullable Entry entry) {
        if (key.underWay != null) {
            key.open.add(key.underWay);
        }
        Write found = explain(number, key, entry);
        long version = entry == null ? Stave.NO_VERSION : entry.version();
        if (found == null) {
            violate("key " + number + ": acknowledged " + key.settled + ", then perhaps " + key.open + ", found "
                    + describe(number, entry));
            return;
        }
        boolean older = entry != null ? version < key.seen : found.version != UNKNOWN && found.version < key.seen;
        if (older) {
            violate("key " + number + ": a reader saw version " + key.seen + " (acknowledged " + key.settled
                    + ", then perhaps " + key.open + "), and the crash took it back; found " + describe(number, entry));
        }
        if (entry != null && version <= key.gone) {
            violate("key " + number + ": a reader saw version " + key.gone + " deleted, and the crash brought back "
                    + describe(number, entry));
        }
        proveBatches(number, key, entry);
        if (!key.open.isEmpty()) {
            opened++;
            openFound += found == key.settled ? 0 : 1;
        }
        if (found.version == UNKNOWN) {
            found = found.version(version);
            if (entry != null) {
                issued(version, "key " + number + ", " + found);
            }
        }
        key.settled = found;
        key.told = found;
        key.open.clear();
        key.underWay = null;
        key.seen = 0;
        key.gone = 0;
    }

    /** The newest write that may have led to what the store holds. */
    private @Nullable Write explain(int number, Key key, @Nullable Entry entry) {
        for (int i = key.open.size() - 1; i >= 0; i--) {
            if (explains(number, key, key.open.get(i), entry)) {
                return key.open.get(i);
            }
        }
        return key.settled.explains(number, entry) ? key.settled : null;
    }

    private boolean explains(int number, Key key, Write open, @Nullable Entry entry) {
        boolean late = open.version != UNKNOWN || entry == null || entry.version() > Math.max(key.told.version, floor);
        return late && open.explains(number, entry);
    }

    /** A key proves something about a batch if what it holds can only have been before it, or only since. */
    private void proveBatches(int number, Key key, @Nullable Entry entry) {
        for (int i = 0; i < key.open.size(); i++) {
            if (key.open.get(i).inBatch()) {
                boolean before = key.settled.explains(number, entry)
                        || key.open.subList(0, i).stream().anyMatch(write -> explains(number, key, write, entry));
                boolean since = key.open.subList(i, key.open.size()).stream()
                        .anyMatch(write -> explains(number, key, write, entry));
                if (before != since) {
                    prove(key.open.get(i), since);
                    batchesOpen++;
                    batchesFound += since ? 1 : 0;
                }
            }
        }
    }

    private static String describe(int number, @Nullable Entry entry) {
        return entry == null
                ? "nothing"
                : "version " + entry.version() + ", count " + Values.count(number, entry.value()) + ", "
                        + entry.value().length + " bytes";
    }

    private void violate(String text) {
        violations.add(text);
    }

    private void report(String when) {
        if (!violations.isEmpty()) {
            throw new AssertionError(when + ": " + violations.size() + " violations:\n  "
                    + String.join("\n  ", violations.subList(0, Math.min(REPORTED, violations.size()))));
        }
    }

    /** Acknowledged operations so far. */
    long acknowledged() {
        return acknowledged;
    }

    @Override
    public String toString() {
        return acknowledged + " acknowledged writes of " + keys.size() + " keys, " + opened
                + " keys with writes under way at the crash (" + openFound + " of them found; of " + batchesOpen
                + " in batches " + batchesFound + ")";
    }
}
