package io.stave.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A line or two of the code that uphold something, and what is to stand there instead.
 *
 * @param name what the mutant does wrong, in words
 * @param upholds the invariants that the lines uphold, as in DURABILITY.md
 * @param source the file below {@code src/main/java}
 * @param original the lines, which occur once in the file
 * @param replacement what stands there instead; may be empty
 * @param tests simple names of the test classes of which at least one must convict it
 */
record Mutant(String name, String upholds, String source, String original, String replacement, List<String> tests) {

    private static final Path SOURCES = Path.of("src", "main", "java");

    Mutant {
        tests = List.copyOf(tests);
    }

    /** The class whose source it changes. */
    String className() {
        return source.substring(0, source.length() - ".java".length()).replace('/', '.');
    }

    /** How often the original occurs: it must be once. */
    int occurrences() throws IOException {
        String text = text();
        int count = 0;
        for (int at = text.indexOf(original); at >= 0; at = text.indexOf(original, at + 1)) {
            count++;
        }
        return count;
    }

    /** The source with the change made. */
    String mutated() throws IOException {
        return text().replace(original, replacement);
    }

    private String text() throws IOException {
        return Files.readString(SOURCES.resolve(source));
    }

    @Override
    public String toString() {
        return name;
    }
}
