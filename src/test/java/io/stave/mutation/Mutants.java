package io.stave.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code mutants.txt}: one mutant after the other, separated by lines of dashes.
 *
 * <pre>
 *   a group is published before it was forced
 *   upholds: I1, I2
 *   in: io/stave/engine/GroupCommit.java
 *   convicted by: SyncDurabilityTest
 *   replace:
 *               if (group.force()) {
 *   with:
 *               if (false) {
 *   ----
 * </pre>
 *
 * Lines that start with {@code #} outside the code are comments.
 */
final class Mutants {

    private static final String LIST = "mutants.txt";
    private static final String END = "----";

    private Mutants() {}

    static List<Mutant> all() {
        List<Mutant> mutants = new ArrayList<>();
        List<String> entry = new ArrayList<>();
        for (String line : lines()) {
            if (line.startsWith(END)) {
                mutants.add(parse(entry));
                entry.clear();
            } else if (!entry.isEmpty() || !(line.isBlank() || line.startsWith("#"))) {
                entry.add(line);
            }
        }
        if (!entry.isEmpty()) {
            throw new IllegalStateException("the last mutant does not end with " + END);
        }
        return mutants;
    }

    private static Mutant parse(List<String> entry) {
        int replace = entry.indexOf("replace:");
        int with = entry.indexOf("with:");
        if (replace < 0 || with < replace) {
            throw new IllegalStateException("no replace: and with: in " + entry);
        }
        return new Mutant(
                entry.get(0),
                field(entry, "upholds: "),
                field(entry, "in: "),
                code(entry.subList(replace + 1, with)),
                code(entry.subList(with + 1, entry.size())),
                List.of(field(entry, "convicted by: ").split(", ")));
    }

    private static String field(List<String> entry, String name) {
        return entry.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + name + "in " + entry));
    }

    private static String code(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static List<String> lines() {
        try (InputStream list = Mutants.class.getResourceAsStream(LIST)) {
            if (list == null) {
                throw new IllegalStateException("there is no " + LIST);
            }
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
