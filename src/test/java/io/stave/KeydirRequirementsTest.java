package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** What {@link Keydir#CHRONICLE} needs is said exactly; and where it has all of it, it reports to nobody. Child JVMs, each with flags of its own. */
class KeydirRequirementsTest {

    private static final String JAVAC = "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED";
    private static final String LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    private static final String REFLECT = "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED";
    private static final List<String> FLAGS = List.of(JAVAC, LANG, REFLECT);

    /** Lines about classes without which nobody gets into a network, and about the reporter's. */
    private static final Pattern NETWORK = Pattern.compile("\\] (java\\.net\\.(Server|Datagram|Multicast)?Socket"
            + "|java\\.net\\.http\\.[\\w.$]*|sun\\.net\\.www\\.protocol\\.https?\\.[\\w.$]*"
            + "|sun\\.nio\\.ch\\.(Net|NioSocketImpl)"
            + "|net\\.openhft\\.chronicle\\.analytics\\.[\\w.$]*) ");

    private static final String WHOLE_CLASS_PATH = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .map(element -> Path.of(element).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {JAVAC, LANG, REFLECT})
    void flagThatIsMissingIsNamedAndNoOther(String missing) throws Exception {
        List<String> others =
                FLAGS.stream().filter(flag -> !flag.equals(missing)).toList();
        List<String> said = run(others, WHOLE_CLASS_PATH);
        assertEquals(
                List.of(
                        "Keydir.CHRONICLE cannot be used here.",
                        "- Missing JVM flags: start with",
                        "  java " + missing,
                        "Keydir.COMPACT, the default, opens the same store and needs none of this.",
                        "flags: [" + missing + "]",
                        "directory: false"),
                said);
    }

    @Test
    void allFlagsCanBePastedFromTheMessage() throws Exception {
        List<String> said = run(List.of(), WHOLE_CLASS_PATH);
        String line = said.stream()
                .filter(text -> text.startsWith("  java "))
                .findFirst()
                .orElseThrow();
        List<String> pasted = List.of(line.strip().substring("java ".length()).split(" "));
        assertEquals(FLAGS.size(), pasted.size());
        assertTrue(run(pasted, WHOLE_CLASS_PATH).contains("restored: true"));
    }

    @Test
    void runtimeWithoutACompilerIsNamed() throws Exception {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.remove(JAVAC); // Java warns about a flag for a module that is not there
        flags.add("--limit-modules=java.base,java.logging,jdk.unsupported,java.management,java.naming");
        List<String> said = run(flags, WHOLE_CLASS_PATH);
        assertTrue(
                said.contains("- The module jdk.compiler is missing in the Java at " + System.getProperty("java.home")
                        + ": run with a JDK instead of a JRE; if it is a JDK, add --add-modules jdk.compiler."),
                said::toString);
        assertTrue(said.contains("flags: []"), said::toString);
    }

    @Test
    void libraryThatIsNotThereIsNamed() throws Exception {
        List<String> said = run(FLAGS, ownClassPath());
        assertEquals(
                "- Chronicle Map is not on the class path: add net.openhft:chronicle-map:2026.1, without its dependency"
                        + " net.openhft:chronicle-analytics.",
                said.get(1));
        assertTrue(said.contains("flags: []"), said::toString);
    }

    /** The reporter comes with the library unless somebody leaves it out. */
    @Test
    void libraryThatWouldReportIsRefused() throws Exception {
        Path reporter = directory.resolve("reporter/net/openhft/chronicle/analytics/Analytics.class");
        Files.createDirectories(reporter.getParent());
        Files.write(reporter, emptyClass("net/openhft/chronicle/analytics/Analytics"));
        String classPath = WHOLE_CLASS_PATH + File.pathSeparator + directory.resolve("reporter");
        List<String> said = run(FLAGS, classPath);
        assertTrue(said.get(1).startsWith("- net.openhft:chronicle-analytics is on the class path"), said::toString);
        List<String> silenced = new ArrayList<>(FLAGS);
        silenced.add("-Dchronicle.analytics.disable=true");
        assertTrue(run(silenced, classPath).contains("restored: true"));
    }

    private static byte[] emptyClass(String name) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** No file of its own anywhere it could write, not one class of the network loaded, no socket; and the reporter is not there. */
    @Test
    void nothingIsReportedAndNothingLeftBehind() throws Exception {
        assertThrows(
                ClassNotFoundException.class,
                () -> Class.forName(
                        "net.openhft.chronicle.analytics.Analytics",
                        false,
                        getClass().getClassLoader()));
        Path home = Files.createDirectory(directory.resolve("home"));
        Path work = Files.createDirectory(directory.resolve("work"));
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        Path classes = directory.resolve("classes");
        List<String> flags = new ArrayList<>(FLAGS);
        flags.add("-Duser.home=" + home);
        flags.add("-Djava.io.tmpdir=" + temporary);
        flags.add("-Xlog:class+load:file=" + classes);
        List<String> said = run(flags, WHOLE_CLASS_PATH, work);
        assertEquals(List.of("restored: false", "keys: 3000", "restored: true", "keys: 3000"), said.subList(0, 4));
        assertTrue(said.contains("sockets: []"), said::toString);
        // JNA, which the library brings, makes itself a place; nothing is put there.
        assertEquals(List.of(".cache", ".cache/JNA", ".cache/JNA/temp"), files(home));
        assertEquals(List.of(), files(work));
        assertEquals(List.of(), files(temporary));
        List<String> store = files(directory.resolve("store"));
        assertTrue(
                store.stream()
                        .allMatch(name -> name.matches("LOCK|STATS|MANIFEST|KEYDIR|RESERVE|[0-9a-f]{16}\\.(seg|hint)")),
                store::toString);
        List<String> loaded = Files.readAllLines(classes);
        assertTrue(loaded.stream().anyMatch(line -> line.contains("net.openhft.chronicle.map.ChronicleMapBuilder ")));
        assertTrue(NETWORK.matcher("[0.1s][info][class,load] java.net.Socket source: jrt:/java.base")
                .find());
        List<String> network =
                loaded.stream().filter(line -> NETWORK.matcher(line).find()).toList();
        assertEquals(List.of(), network);
    }

    /** The default asks for nothing of this: without the library, without flags. */
    @Test
    void compactKeydirOpensWithoutTheLibrary() {
        assertFalse(ownClassPath().contains("chronicle"));
        assertEquals(Keydir.COMPACT, Options.defaults().keydir());
    }

    private static List<String> files(Path path) throws Exception {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(file -> !file.equals(path))
                    .map(file -> path.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static String ownClassPath() {
        return ClassPaths.of(Stave.class, KeydirLife.class, CloseHelper.class);
    }

    private List<String> run(List<String> flags, String classPath) throws Exception {
        return run(flags, classPath, directory);
    }

    private List<String> run(List<String> flags, String classPath, Path work) throws Exception {
        Path out = directory.resolve("out");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of(
                "-cp",
                classPath,
                KeydirLife.class.getName(),
                directory.resolve("store").toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(work.toFile()).redirectOutput(out.toFile());
        builder.redirectError(directory.resolve("err").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process child = builder.start();
        try {
            assertTrue(child.waitFor(120, TimeUnit.SECONDS), "it hangs");
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertEquals(0, child.exitValue(), () -> read(directory.resolve("err")));
        return Files.readAllLines(out);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
