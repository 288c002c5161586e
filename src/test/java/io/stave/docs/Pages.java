package io.stave.docs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The repository as these tests see it: its Markdown pages and its Java sources. */
final class Pages {

    /** Built, or not ours. */
    private static final Set<String> SKIPPED = Set.of("target", ".git", ".idea");

    private static final Pattern FENCE = Pattern.compile("^```(.*)$");
    private static final Pattern INLINE_CODE = Pattern.compile("`([^`]+)`");

    private Pages() {}

    /** A fenced block: the word behind the fence, and its lines. */
    record Block(String language, List<String> lines) {}

    /** A page: its prose, without fenced blocks, and the blocks. */
    record Page(Path path, String prose, List<Block> blocks) {

        /** What stands between backticks in the prose. */
        List<String> inlineCode() {
            List<String> found = new ArrayList<>();
            Matcher code = INLINE_CODE.matcher(prose);
            while (code.find()) {
                found.add(code.group(1).replaceAll("\\s+", " ").strip());
            }
            return found;
        }

        @Override
        public String toString() {
            return root().relativize(path).toString();
        }
    }

    /** The directory that holds the pom: Maven runs tests there. */
    static Path root() {
        Path root = Path.of("").toAbsolutePath();
        assertTrue(Files.exists(root.resolve("pom.xml")), "the tests run in the repository: " + root);
        return root;
    }

    static Page page(String name) {
        return read(root().resolve(name));
    }

    /** Every page of the repository. */
    static List<Page> all() {
        return files(root(), ".md").stream().map(Pages::read).toList();
    }

    /** Every Java source below {@code src}, whatever the source folder. */
    static List<Path> sources() {
        return files(root().resolve("src"), ".java");
    }

    /** Does not enter what is skipped: files come and go there while other tests run. */
    private static List<Path> files(Path top, String suffix) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(top, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    boolean skipped = SKIPPED.contains(directory.getFileName().toString());
                    return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(suffix)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.stream().sorted().toList();
    }

    private static Page read(Path path) {
        StringBuilder prose = new StringBuilder();
        List<Block> blocks = new ArrayList<>();
        Block open = null;
        for (String line : text(path).split("\n", -1)) {
            Matcher fence = FENCE.matcher(line);
            if (fence.matches() && open == null) {
                open = new Block(fence.group(1).strip(), new ArrayList<>());
                blocks.add(open);
            } else if (fence.matches()) {
                open = null;
            } else if (open != null) {
                open.lines().add(line);
            } else {
                prose.append(line).append('\n');
            }
        }
        assertTrue(open == null, path + ": a fenced block is not closed");
        return new Page(path, prose.toString(), List.copyOf(blocks));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
