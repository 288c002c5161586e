package io.stave.crash;

import io.stave.Stave;
import io.stave.crash.Call.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges a recorded history: whether for each key there is one order of all calls, in which each takes effect between its start and its end, that
 * gives the answers that were given. A call whose process ended before the answer took effect by then, or never.
 *
 * <p>In general that is a search. Here it is not, because the store says in which order writes took effect: by their versions. What is left is to
 * see that the order agrees with the clock and with what everybody saw. A write is <em>established</em> once it was answered, or once a
 * reader was shown it: from then on nothing older may be shown, by any process, after any crash.
 *
 * <p>What it cannot see: where writes lie that were never answered and never read. A key that is absent may be so by such a delete.
 */
final class Linearizability {

    /** A write whose version is known, and when it was established. */
    private static final class Write {
        final Call call;
        final long version;
        long established;

        /** When somebody began to look who found it. */
        long shown;

        Write(Call call, long version) {
            this.call = call;
            this.version = version;
            this.established = call.end();
            this.shown = call.start();
        }
    }

    /** Versions by the time from which on none below them may be seen or given. */
    private static final class Floor {
        private final long[] times;
        private final long[] versions;

        Floor(Collection<Write> writes) {
            List<Write> sorted = new ArrayList<>(writes);
            sorted.sort(Comparator.comparingLong(write -> write.established));
            times = new long[sorted.size()];
            versions = new long[sorted.size()];
            long highest = Stave.NO_VERSION;
            for (int i = 0; i < times.length; i++) {
                highest = Math.max(highest, sorted.get(i).version);
                times[i] = sorted.get(i).established;
                versions[i] = highest;
            }
        }

        /** The largest version established before {@code time}; 0 if there is none. */
        long before(long time) {
            int at = Arrays.binarySearch(times, time);
            int first = at < 0 ? -at - 1 : at;
            while (first > 0 && times[first - 1] == time) {
                first--;
            }
            return first == 0 ? Stave.NO_VERSION : versions[first - 1];
        }
    }

    private final List<String> violations = new ArrayList<>();

    private Linearizability() {}

    /** What is wrong with a history, in words; empty if nothing is. */
    static List<String> violations(Collection<Call> calls) {
        Linearizability judge = new Linearizability();
        Map<Integer, List<Call>> byKey = new TreeMap<>();
        for (Call call : calls) {
            byKey.computeIfAbsent(call.key(), key -> new ArrayList<>()).add(call);
        }
        List<Write> all = new ArrayList<>();
        byKey.values().forEach(ofKey -> all.addAll(judge.judge(ofKey)));
        judge.judgeOrder(all);
        return judge.violations;
    }

    /** Returns the writes of a key whose version is known. */
    private Collection<Write> judge(List<Call> calls) {
        TreeMap<Long, Write> writes = writes(calls);
        List<Call> lost = calls.stream()
                .filter(call -> call.kind().writes() && !call.answered())
                .toList();
        Floor floor = new Floor(writes.values());
        for (Call call : calls) {
            if (!call.answered()) {
                continue;
            }
            if (call.kind() == Kind.GET && call.version() != Stave.NO_VERSION) {
                judgeShown(call, writes, floor);
            } else if (call.kind() == Kind.GET || (call.kind() == Kind.DELETE && call.version() == Stave.NO_VERSION)) {
                judgeAbsent(call, writes, lost, floor);
            } else if (call.kind().conditional() && call.wrote()) {
                judgeMet(call, writes, lost);
            } else if (call.kind().conditional()) {
                judgeNotMet(call, writes, lost, floor);
            }
        }
        return writes.values();
    }

    private TreeMap<Long, Write> writes(List<Call> calls) {
        TreeMap<Long, Write> writes = new TreeMap<>();
        Map<Long, Call> lost = new HashMap<>();
        for (Call call : calls) {
            if (call.wrote() && writes.put(call.version(), new Write(call, call.version())) != null) {
                violate(call, "was given a version that another write has");
            } else if (call.kind().writes() && !call.answered()) {
                lost.put(call.id(), call);
            }
        }
        for (Call call : calls) {
            if (call.kind() == Kind.GET && call.answered() && call.version() != Stave.NO_VERSION) {
                Call writer = lost.get(call.value());
                if (writer != null && !writer.kind().deletes()) {
                    writes.putIfAbsent(call.version(), new Write(writer, call.version()));
                }
                Write shown = writes.get(call.version());
                if (shown != null) {
                    shown.established = Math.min(shown.established, call.end());
                    shown.shown = Math.max(shown.shown, call.start());
                }
            }
        }
        return writes;
    }

    private void judgeShown(Call read, TreeMap<Long, Write> writes, Floor floor) {
        Write shown = writes.get(read.version());
        if (shown == null || shown.call.kind().deletes() || shown.call.id() != read.value()) {
            violate(read, "was shown what nobody wrote, but " + (shown == null ? "nothing" : shown.call));
        } else if (shown.call.start() > read.end()) {
            violate(read, "was shown what was written later, by " + shown.call);
        } else if (floor.before(read.start()) > read.version()) {
            violate(read, "was shown what was not there any more: " + writes.get(floor.before(read.start())).call);
        }
    }

    /** The key was absent at some moment of the call. */
    private void judgeAbsent(Call call, TreeMap<Long, Write> writes, List<Call> lost, Floor floor) {
        long latest = floor.before(call.start());
        if (latest == Stave.NO_VERSION || writes.get(latest).call.kind().deletes()) {
            return;
        }
        boolean deleted = writes.tailMap(latest, false).values().stream()
                .anyMatch(write -> write.call.kind().deletes() && write.call.start() < call.end());
        if (!deleted && !mayFollow(writes.get(latest), lost, call, true)) {
            violate(call, "found nothing where there was " + writes.get(latest).call);
        }
    }

    /** Whether a write without an answer, which is a delete or is not, may have come between another write and a call. */
    private static boolean mayFollow(@Nullable Write write, List<Call> lost, Call call, boolean deletes) {
        return lost.stream()
                .anyMatch(other -> other.kind().deletes() == deletes
                        && other.start() < call.end()
                        && (write == null || other.end() > write.shown));
    }

    /** The write that came just before was the expected one. */
    private void judgeMet(Call call, TreeMap<Long, Write> writes, List<Call> lost) {
        Map.Entry<Long, Write> entry = writes.lowerEntry(call.version());
        Write before = entry == null ? null : entry.getValue();
        boolean absent = before == null || before.call.kind().deletes();
        boolean met;
        if (call.expected() == Stave.NO_VERSION) {
            met = absent || mayFollow(before, lost, call, true);
        } else if (writes.containsKey(call.expected())) {
            met = !absent && before.version == call.expected();
        } else {
            // It was given to a put that nobody answered and nobody read.
            met = call.expected() > (before == null ? 0 : before.version)
                    && call.expected() < call.version()
                    && mayFollow(before, lost, call, false);
        }
        if (!met) {
            violate(call, "was carried out, and yet before it there was " + (before == null ? "nothing" : before.call));
        }
    }

    /** There was a moment at which the key had not the expected version. */
    private void judgeNotMet(Call call, TreeMap<Long, Write> writes, List<Call> lost, Floor floor) {
        Write latest = writes.get(floor.before(call.start()));
        boolean absent = latest == null || latest.call.kind().deletes();
        boolean asExpected = call.expected() == Stave.NO_VERSION
                ? absent
                : latest != null && !absent && latest.version == call.expected();
        boolean changed = writes.tailMap(floor.before(call.start()), false).values().stream()
                        .anyMatch(write -> write.call.start() < call.end())
                || mayFollow(latest, lost, call, true)
                || mayFollow(latest, lost, call, false);
        if (asExpected && !changed) {
            violate(call, "was refused, though all the time there was what it expected");
        }
    }

    /** Whatever begins after a write was established gets a larger version, of whatever key both are (I3). */
    private void judgeOrder(List<Write> all) {
        Floor floor = new Floor(all);
        for (Write write : all) {
            if (floor.before(write.call.start()) >= write.version) {
                violate(
                        write.call,
                        "was given version " + write.version + ", when version " + floor.before(write.call.start())
                                + " was there already");
            }
        }
    }

    private void violate(Call call, String what) {
        violations.add(call + " " + what);
    }
}
