package io.stave.compare.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of the comparison, with all that was measured and where.
 *
 * @param facts the machine, versions and arguments, by name
 * @param peers what each peer says of itself, by its name
 * @param measurements in the order they were made
 */
public record Run(Map<String, String> facts, Map<String, PeerFacts> peers, List<Measurement> measurements) {
    /**
     * What a peer says of itself.
     *
     * @param title for people
     * @param version the release
     * @param forced what a put promises where puts are forced, or "none"
     * @param unforced what it promises where they are not
     * @param verifiesOnGet whether gets verify a checksum
     * @param zeroCopyGet the form of get that copies nothing
     * @param jvmFlags what the JVM was given for it
     * @param settings each with its reason
     */
    public record PeerFacts(
            String title,
            String version,
            String forced,
            String unforced,
            boolean verifiesOnGet,
            String zeroCopyGet,
            List<String> jvmFlags,
            List<String> settings) {
        private Map<String, Object> toTree() {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("title", title);
            tree.put("version", version);
            tree.put("forced", forced);
            tree.put("unforced", unforced);
            tree.put("verifiesOnGet", verifiesOnGet);
            tree.put("zeroCopyGet", zeroCopyGet);
            tree.put("jvmFlags", jvmFlags);
            tree.put("settings", settings);
            return tree;
        }

        private static PeerFacts fromTree(Map<?, ?> tree) {
            return new PeerFacts(
                    (String) tree.get("title"),
                    (String) tree.get("version"),
                    (String) tree.get("forced"),
                    (String) tree.get("unforced"),
                    (Boolean) tree.get("verifiesOnGet"),
                    (String) tree.get("zeroCopyGet"),
                    strings(tree.get("jvmFlags")),
                    strings(tree.get("settings")));
        }

        private static List<String> strings(Object list) {
            return ((List<?>) list).stream().map(String::valueOf).toList();
        }
    }

    /** A run that has not measured anything yet. */
    public static final Run NOTHING = new Run(Map.of(), Map.of(), List.of());

    /** {@return how many rounds there were} */
    public int rounds() {
        return 1 + measurements.stream().mapToInt(Measurement::round).max().orElse(-1);
    }

    /** {@return the facts, and those of a run that goes on: what differs is said of the rounds that are to come} */
    public Map<String, String> factsWith(Map<String, String> later) {
        Map<String, String> all = new LinkedHashMap<>(facts);
        for (Map.Entry<String, String> fact : later.entrySet()) {
            String known = all.putIfAbsent(fact.getKey(), fact.getValue());
            if (known != null && !known.equals(fact.getValue())) {
                all.put(fact.getKey() + ", from round " + (rounds() + 1) + " on", fact.getValue());
            }
        }
        return all;
    }

    /** {@return what these peers say of themselves, and those of the run that are not among them} */
    public Map<String, PeerFacts> peersWith(Map<String, PeerFacts> later) {
        Map<String, PeerFacts> all = new LinkedHashMap<>(peers);
        all.putAll(later);
        return all;
    }

    /** Writes the file anew, whole or not at all. */
    public void write(Path file) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(beside, toJson());
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** {@return the run as text} */
    public String toJson() throws IOException {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("facts", facts);
        Map<String, Object> peerTree = new LinkedHashMap<>();
        peers.forEach((name, peer) -> peerTree.put(name, peer.toTree()));
        tree.put("peers", peerTree);
        tree.put("measurements", measurements.stream().map(Measurement::toTree).toList());
        return Json.write(tree, true);
    }

    /** {@return the run in a file} */
    public static Run read(Path file) throws IOException {
        return fromJson(Files.readString(file));
    }

    /** {@return the run in a text} */
    public static Run fromJson(String json) throws IOException {
        Map<?, ?> tree = (Map<?, ?>) Json.read(json);
        Map<String, String> facts = new LinkedHashMap<>();
        ((Map<?, ?>) tree.get("facts")).forEach((name, value) -> facts.put((String) name, (String) value));
        Map<String, PeerFacts> peers = new LinkedHashMap<>();
        ((Map<?, ?>) tree.get("peers"))
                .forEach((name, value) -> peers.put((String) name, PeerFacts.fromTree((Map<?, ?>) value)));
        List<Measurement> measurements = new ArrayList<>();
        ((List<?>) tree.get("measurements")).forEach(one -> measurements.add(Measurement.fromTree(one)));
        return new Run(facts, peers, measurements);
    }
}
