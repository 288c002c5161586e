package io.stave.compare.result;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one process measured, or why it did not.
 *
 * @param round 0 for the first
 * @param work which work
 * @param peer which peer
 * @param way in which way records were written, as far as that matters
 * @param keys how many keys
 * @param valueBytes how long each value
 * @param status how it ended
 * @param reason why there are no figures; empty if there are
 * @param seconds how long the process took, all told
 * @param figures by name; empty unless the status is {@link Status#OK}
 */
public record Measurement(
        int round,
        String work,
        String peer,
        String way,
        long keys,
        int valueBytes,
        Status status,
        String reason,
        double seconds,
        Map<String, Double> figures) {

    /** How it ended. */
    public enum Status {
        /** With figures. */
        OK,
        /** Was not tried, for a reason. */
        SKIPPED,
        /** The process failed, or what it read was wrong. */
        FAILED,
        /** The process was ended because it took too long. */
        TIMEOUT
    }

    /** Sorts the figures. */
    public Measurement {
        figures = new TreeMap<>(figures);
    }

    /** What is compared with what: all but the peer, the way and the round. */
    public record Cell(String work, long keys, int valueBytes) {}

    /** {@return what this is a measurement of, whoever was measured} */
    public Cell cell() {
        return new Cell(work, keys, valueBytes);
    }

    /** {@return for JSON} */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("round", round);
        tree.put("work", work);
        tree.put("peer", peer);
        tree.put("way", way);
        tree.put("keys", keys);
        tree.put("valueBytes", valueBytes);
        tree.put("status", status.name());
        tree.put("reason", reason);
        tree.put("seconds", seconds);
        tree.put("figures", figures);
        return tree;
    }

    /** {@return from JSON} */
    public static Measurement fromTree(Object tree) {
        Map<?, ?> map = (Map<?, ?>) tree;
        Map<String, Double> figures = new TreeMap<>();
        ((Map<?, ?>) map.get("figures")).forEach((name, value) -> figures.put((String) name, (Double) value));
        return new Measurement(
                ((Double) map.get("round")).intValue(),
                (String) map.get("work"),
                (String) map.get("peer"),
                (String) map.get("way"),
                ((Double) map.get("keys")).longValue(),
                ((Double) map.get("valueBytes")).intValue(),
                Status.valueOf((String) map.get("status")),
                (String) map.get("reason"),
                (Double) map.get("seconds"),
                figures);
    }
}
