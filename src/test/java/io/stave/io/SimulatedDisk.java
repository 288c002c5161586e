package io.stave.io;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated disk holds, twice: as running programs see it, and as a crash would leave it.
 *
 * <p>Bytes become durable by a force of their file, names by a force of the directory, and neither by the other. Operations
 * that are not durable yet stand in {@link #unsynced}, in the order in which they were done; a crash decides about each.
 * After a failed force what it covered is gone from there without having become durable, as Linux does it: programs go on
 * seeing it, no crash keeps it. Guarded by the directory.
 */
final class SimulatedDisk {

    /** A file: it has bytes and a number, and any number of names. */
    static final class Node {
        final int number;
        final List<SimulatedMapping> mappings = new ArrayList<>(1);
        FileBytes seen;
        FileBytes durable;

        /** How many have it open. */
        int handles;

        /** Set once it has no name and no crash can give it one: only those who have it open still see it. */
        boolean gone;

        Node(int number, FileBytes seen, FileBytes durable) {
            this.number = number;
            this.seen = seen;
            this.durable = durable;
        }
    }

    private final List<Operation> log = new ArrayList<>();
    private final TreeMap<Integer, Operation> unsynced = new TreeMap<>();
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final TreeMap<String, Node> names = new TreeMap<>();
    private final TreeMap<String, Node> durableNames = new TreeMap<>();
    private boolean keepsHistory;
    private int nextNode;

    /** A disk on which everything is durable. */
    SimulatedDisk(Map<String, FileBytes> files) {
        new TreeMap<>(files).forEach((name, bytes) -> {
            Node node = newNode(nextNode, bytes.copy(), bytes.copy());
            names.put(name, node);
            durableNames.put(name, node);
        });
    }

    List<Operation> log() {
        return log;
    }

    /** What a crash decides about, in order. */
    Collection<Operation> unsynced() {
        return unsynced.values();
    }

    /** Keep the bytes of all writes from now on, also of forced ones. */
    void keepHistory() {
        keepsHistory = true;
    }

    boolean keepsHistory() {
        return keepsHistory;
    }

    @Nullable
    Node find(String name) {
        return names.get(name);
    }

    /** The number the next created file gets. */
    int nextNode() {
        return nextNode;
    }

    Collection<String> names() {
        return names.keySet();
    }

    /** How many bytes take room: those that were written to files that have a name. */
    long written() {
        long sum = 0;
        for (Node node : names.values()) {
            sum += node.seen.written();
        }
        return sum;
    }

    /** Does an operation and logs it. */
    void apply(Operation operation) {
        if (operation.index() != log.size()) {
            throw new IllegalStateException("not the next operation: " + operation);
        }
        log.add(operation);
        switch (operation.kind()) {
            case CREATE, RENAME, DELETE -> {
                if (operation.kind() == Operation.Kind.CREATE) {
                    newNode(operation.file(), new FileBytes(), new FileBytes());
                }
                changeNames(operation, names, node(operation.file()));
                unsynced.put(operation.index(), operation);
            }
            case WRITE, EXTEND, TRUNCATE -> {
                Node node = nodes.get(operation.file()); // in a replay nobody has a file open that is gone
                if (node != null) {
                    changeBytes(operation, node);
                }
                if (node != null && !node.gone) {
                    unsynced.put(operation.index(), operation);
                } else {
                    forget(operation);
                }
            }
            case FORCE -> {
                if (nodes.containsKey(operation.file())) {
                    force(operation, node(operation.file()));
                }
            }
            case FORCE_NAMES -> forceNames(operation);
        }
    }

    private Node newNode(int number, FileBytes seen, FileBytes durable) {
        Node node = new Node(number, seen, durable);
        nodes.put(number, node);
        nextNode = number + 1;
        return node;
    }

    private Node node(int number) {
        Node node = nodes.get(number);
        if (node == null) {
            throw new IllegalStateException("file " + number + " is gone");
        }
        return node;
    }

    private static void changeBytes(Operation operation, Node node) {
        Survival.whole().apply(operation, node.seen);
        if (operation.kind() == Operation.Kind.WRITE) {
            for (SimulatedMapping mapping : node.mappings) {
                mapping.written(operation.position(), operation.bytes());
            }
        }
    }

    private static void changeNames(Operation operation, Map<String, Node> all, Node node) {
        switch (operation.kind()) {
            case CREATE -> all.put(operation.name(), node);
            case DELETE -> all.remove(operation.name());
            case RENAME -> {
                all.remove(operation.name(), node);
                all.put(operation.target(), node);
            }
            default -> throw new IllegalArgumentException("not about names: " + operation);
        }
    }

    private void force(Operation force, Node node) {
        unsynced.values().removeIf(operation -> {
            if (operation.file() != node.number || !operation.kind().ofBytes()) {
                return false;
            }
            if (!force.lost()) {
                Survival.whole().apply(operation, node.durable);
            }
            forget(operation);
            return true;
        });
    }

    private void forceNames(Operation force) {
        unsynced.values().removeIf(operation -> {
            if (!operation.kind().ofNames()) {
                return false;
            }
            if (!force.lost()) {
                changeNames(operation, durableNames, node(operation.file()));
            }
            return true;
        });
        dropNameless();
    }

    /** Files that no crash can bring back need no decisions any more. */
    private void dropNameless() {
        Set<Node> named = new HashSet<>(names.values());
        named.addAll(durableNames.values());
        unsynced.values().removeIf(operation -> {
            boolean gone = operation.kind().ofBytes() && !named.contains(node(operation.file()));
            if (gone) {
                forget(operation);
            }
            return gone;
        });
        nodes.values().removeIf(node -> {
            node.gone = !named.contains(node);
            return node.gone && node.handles == 0;
        });
    }

    private void forget(Operation operation) {
        if (!keepsHistory) {
            operation.forgetBytes();
        }
    }

    /** What a crash leaves. Changes nothing here. */
    Map<String, FileBytes> after(CrashState state) {
        Map<String, Node> left = new TreeMap<>(durableNames);
        Map<Node, FileBytes> changed = new HashMap<>();
        int position = 0;
        for (Operation operation : unsynced.values()) {
            Survival survival = state.of(operation, position++, unsynced.size());
            Node node = node(operation.file());
            if (operation.kind().ofBytes()) {
                survival.apply(operation, changed.computeIfAbsent(node, n -> n.durable.copy()));
            } else if (survival.keepsName()) {
                changeNames(operation, left, node);
            }
        }
        Map<String, FileBytes> files = new TreeMap<>();
        left.forEach((name, node) -> files.put(name, changed.getOrDefault(node, node.durable)));
        return files;
    }

    /** What programs see now. */
    Map<String, FileBytes> seen() {
        Map<String, FileBytes> files = new TreeMap<>();
        names.forEach((name, node) -> files.put(name, node.seen));
        return Collections.unmodifiableMap(files);
    }

    /** Puts bytes on the disk behind everybody's back, durable at once. */
    void damage(String name, byte[] content) {
        Node node = names.get(name);
        if (node == null) {
            node = newNode(nextNode, new FileBytes(), new FileBytes());
            names.put(name, node);
            durableNames.put(name, node);
        }
        int number = node.number;
        unsynced.values()
                .removeIf(operation ->
                        operation.file() == number && operation.kind().ofBytes());
        node.seen = FileBytes.of(content);
        node.durable = node.seen.copy();
        for (SimulatedMapping mapping : node.mappings) {
            mapping.written(0, content);
        }
    }
}
