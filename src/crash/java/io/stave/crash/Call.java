package io.stave.crash;

import io.stave.Stave;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of a client, for one key: what was asked, what was answered, and when both was. A batch is as many calls as it has writes, all with the
 * times of the batch.
 *
 * @param id of the call; the value that a put or compare-and-set writes is known by it
 * @param expected the version that is the condition, 0 for absence; for the kinds that have one
 * @param start when it was made, on the monotonic clock
 * @param end when it was answered; if it never was, when its process had ended for certain
 * @param answered whether it was answered
 * @param version of a write, the version it was given, 0 if it was refused or deleted nothing; of a read, that of the value, 0 if absent
 * @param value of a read, the id of the call that wrote what was read
 */
record Call(
        Kind kind, int key, long id, long expected, long start, long end, boolean answered, long version, long value) {

    enum Kind {
        GET,
        PUT,
        DELETE,
        /** Puts if the key has the expected version. */
        SET_IF,
        /** Deletes if the key has the expected version. */
        DELETE_IF;

        boolean writes() {
            return this != GET;
        }

        boolean deletes() {
            return this == DELETE || this == DELETE_IF;
        }

        boolean conditional() {
            return this == SET_IF || this == DELETE_IF;
        }
    }

    /** Whether it is known to have written. */
    boolean wrote() {
        return kind.writes() && answered && version != Stave.NO_VERSION;
    }

    /** All calls in the journals of one process, which had ended by {@code over}. */
    static List<Call> read(List<String[]> lines, long over) {
        Map<Long, Call> calls = new HashMap<>();
        for (String[] line : lines) {
            switch (line[0]) {
                case "call" -> {
                    long id = Long.parseLong(line[2]);
                    calls.put(
                            id,
                            new Call(
                                    Kind.valueOf(line[3]),
                                    Integer.parseInt(line[1]),
                                    id,
                                    Long.parseLong(line[4]),
                                    Long.parseLong(line[5]),
                                    over,
                                    false,
                                    Stave.NO_VERSION,
                                    0));
                }
                case "answer" ->
                    calls.computeIfPresent(
                            Long.parseLong(line[2]),
                            (id, call) -> call.answer(
                                    Long.parseLong(line[3]), Long.parseLong(line[4]), Long.parseLong(line[5])));
                case "refused" -> calls.remove(Long.parseLong(line[2]));
                default -> {
                    // Of another thread, which keeps another kind of journal.
                }
            }
        }
        return new ArrayList<>(calls.values());
    }

    Call answer(long at, long toldVersion, long readValue) {
        return new Call(kind, key, id, expected, start, at, true, toldVersion, readValue);
    }
}
