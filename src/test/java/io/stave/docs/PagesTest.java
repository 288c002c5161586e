package io.stave.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.Stave;
import io.stave.docs.Pages.Block;
import io.stave.docs.Pages.Page;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the pages say exists does: links, classes and their members, commands, limits. */
class PagesTest {

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");

    /** A type as the Java style names it, perhaps with members: {@code Stave.open(path)}, {@code RecoveryReport#cuts}. */
    private static final Pattern TYPE =
            Pattern.compile("@?([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)((?:[.#][A-Za-z_][A-Za-z0-9_]*)*)(?:[(<].*)?");

    private static final Pattern DECLARATION =
            Pattern.compile("\\b(?:class|interface|enum|record)\\s+([A-Z][A-Za-z0-9]*)");

    private static final Pattern FILE = Pattern.compile("[A-Za-z]+\\.(java|md|jar|xml)");

    /** Where the types that the pages name come from, if they are not ours. */
    private static final List<String> FOREIGN_PACKAGES = List.of(
            "java.lang",
            "java.io",
            "java.nio",
            "java.nio.channels",
            "java.nio.file",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.zip",
            "org.jspecify.annotations");

    /** Younger than the oldest JDK these tests run on. */
    private static final Set<String> FOREIGN = Set.of("Arena", "MemorySegment");

    private static final Set<String> PHASES =
            Set.of("clean", "compile", "test-compile", "test", "package", "verify", "install");

    @Test
    void everyLinkLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        int checked = 0;
        for (Page page : Pages.all()) {
            Matcher link = LINK.matcher(page.prose());
            while (link.find()) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*")) {
                    checked++;
                    if (!resolves(page, target)) {
                        broken.add(page + ": " + target);
                    }
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(checked > 10, "only " + checked + " links were found");
    }

    private static boolean resolves(Page from, String target) {
        int hash = target.indexOf('#');
        String file = URLDecoder.decode(hash < 0 ? target : target.substring(0, hash), StandardCharsets.UTF_8);
        Path path =
                file.isEmpty() ? from.path() : from.path().resolveSibling(file).normalize();
        if (!path.startsWith(Pages.root()) || !Files.exists(path)) {
            return false;
        }
        return hash < 0 || anchors(path).contains(target.substring(hash + 1));
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    private static Set<String> anchors(Path page) {
        Set<String> anchors = new TreeSet<>();
        Matcher heading = HEADING.matcher(Pages.text(page));
        while (heading.find()) {
            anchors.add(heading.group(1)
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'));
        }
        return anchors;
    }

    @Test
    void everyTypeNamedInAPageExists() {
        Map<String, String> sourcesByType = sourcesByType();
        List<String> unknown = new ArrayList<>();
        int ours = 0;
        for (Page page : Pages.all()) {
            for (String code : page.inlineCode()) {
                Matcher type = TYPE.matcher(code);
                if (!type.matches() || FILE.matcher(code).matches()) {
                    continue;
                }
                String source = sourcesByType.get(type.group(1));
                if (source == null) {
                    if (!isForeign(type.group(1))) {
                        unknown.add(page + ": " + code);
                    }
                    continue;
                }
                ours++;
                for (String member : type.group(2).split("[.#]")) {
                    if (!source.matches("(?s).*\\b" + member + "\\b.*")) {
                        unknown.add(page + ": " + code + ", which has no " + member);
                    }
                }
            }
        }
        assertEquals(List.of(), unknown);
        assertTrue(ours > 50, "only " + ours + " of our types were found");
    }

    /** The source of each type declared below {@code src}, nested ones included. */
    private static Map<String, String> sourcesByType() {
        Map<String, String> sources = new HashMap<>();
        for (Path file : Pages.sources()) {
            String source = Pages.text(file);
            Matcher declaration = DECLARATION.matcher(source);
            while (declaration.find()) {
                sources.merge(declaration.group(1), source, String::concat);
            }
        }
        return sources;
    }

    private static boolean isForeign(String name) {
        return FOREIGN.contains(name) || FOREIGN_PACKAGES.stream().anyMatch(in -> isClass(in + "." + name));
    }

    private static boolean isClass(String name) {
        try {
            Class.forName(name, false, PagesTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Test
    void everyCommandNamedInAPageExists() {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        for (Page page : Pages.all()) {
            for (String command : commands(page)) {
                checked++;
                String trouble = trouble(command);
                if (!trouble.isEmpty()) {
                    wrong.add(page + ": " + command + ": " + trouble);
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(checked > 5, "only " + checked + " commands were found");
    }

    private static List<String> commands(Page page) {
        List<String> commands = new ArrayList<>(page.inlineCode());
        for (Block block : page.blocks()) {
            if (Set.of("", "sh", "bash", "console").contains(block.language())) {
                block.lines().forEach(line -> commands.add(line.strip().replaceFirst("^\\$ ", "")));
            }
        }
        commands.removeIf(command -> !command.matches("(\\./|\\.ci/|mvn ).*"));
        return commands;
    }

    private static String trouble(String command) {
        String[] words = command.split("\\s+");
        if (!words[0].equals("mvn")) {
            if (!Files.isExecutable(Pages.root().resolve(words[0]))) {
                return "no such program";
            }
            return words.length > 1 && words[0].equals("./stave") ? troubleWithSubcommand(words[1]) : "";
        }
        for (int i = 1; i < words.length; i++) {
            String trouble = words[i].startsWith("-") ? troubleWithOption(words[i]) : troubleWithGoal(words[i]);
            if (!trouble.isEmpty()) {
                return trouble;
            }
        }
        return "";
    }

    private static String troubleWithSubcommand(String word) {
        boolean known = word.startsWith("-")
                || Pages.sources().stream()
                        .filter(file -> file.toString().contains("cli"))
                        .anyMatch(file -> Pages.text(file).matches("(?s).*name\\s*=\\s*\"" + word + "\".*"));
        return known ? "" : "no subcommand " + word;
    }

    private static String troubleWithOption(String option) {
        Matcher test = Pattern.compile("-D(?:it\\.)?test=([A-Za-z]+)").matcher(option);
        boolean known = !test.matches()
                || test.group(1).equals("none")
                || Pages.sources().stream()
                        .anyMatch(file -> file.getFileName().toString().equals(test.group(1) + ".java"));
        return known ? "" : "no test " + option;
    }

    private static String troubleWithGoal(String goal) {
        if (PHASES.contains(goal)) {
            return "";
        }
        String prefix = goal.split(":")[0];
        String pom = Pages.text(Pages.root().resolve("pom.xml"));
        boolean known = goal.contains(":")
                && (pom.contains("<artifactId>maven-" + prefix + "-plugin</artifactId>")
                        || pom.contains("<artifactId>" + prefix + "-maven-plugin</artifactId>"));
        return known ? "" : "no goal " + goal;
    }

    @Test
    void theLimitsInTheReadmeAreThoseOfTheCode() {
        String readme = Pages.page("README.md").prose();
        Options options = Options.defaults();
        for (String limit : List.of(
                String.format(Locale.ROOT, "1 to %,d bytes", Stave.MAX_KEY_LENGTH),
                String.format(Locale.ROOT, "0 to %,d bytes", Stave.MAX_VALUE_LENGTH),
                String.format(
                        Locale.ROOT,
                        "%,d bytes (%d MiB) of records",
                        Stave.MAX_BATCH_BYTES,
                        Stave.MAX_BATCH_BYTES >> 20),
                "default " + (options.segmentLength() >> 20) + " MiB",
                "default " + (options.asyncBytes() >> 20) + " MiB",
                "`Durability." + options.durability() + "`, the default")) {
            assertTrue(readme.contains(limit), "the README does not say: " + limit);
        }
    }
}
