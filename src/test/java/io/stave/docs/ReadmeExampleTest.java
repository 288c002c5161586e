package io.stave.docs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Entry;
import io.stave.Stave;
import io.stave.docs.Pages.Block;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the README is ten lines, compiles as it stands, and does what it says. */
class ReadmeExampleTest {

    @TempDir
    private Path directory;

    @Test
    void compilesAndRuns() throws Exception {
        Path store = directory.resolve("store");
        String printed = run(compile(example()), store.toString());

        assertEquals("Hello, moon", printed.strip());
        try (Stave reopened = Stave.open(store)) {
            Entry entry = reopened.getEntry("planet".getBytes(StandardCharsets.UTF_8));
            assertNotNull(entry);
            assertArrayEquals("moon".getBytes(StandardCharsets.UTF_8), entry.value());
            assertEquals(2, entry.version(), "the put was version 1, the compare-and-set version 2");
        }
    }

    private static String example() {
        List<Block> blocks = Pages.page("README.md").blocks().stream()
                .filter(block -> block.language().equals("java"))
                .toList();
        assertEquals(1, blocks.size(), "the README has one Java example");
        List<String> lines = blocks.get(0).lines();
        assertTrue(lines.size() <= 10, "ten lines, not " + lines.size());
        return String.join("\n", lines) + "\n";
    }

    private Path compile(String source) throws Exception {
        Path file = Files.writeString(directory.resolve("Hello.java"), source);
        Path classes = Files.createDirectory(directory.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(diagnostics, null, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "--release",
                    "17",
                    "-proc:none",
                    "-Xlint:all,-path",
                    "-d",
                    classes.toString(),
                    "-classpath",
                    System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(null, files, diagnostics, options, null, files.getJavaFileObjects(file))
                    .call();
            List<Diagnostic<? extends JavaFileObject>> ofTheExample = diagnostics.getDiagnostics().stream()
                    .filter(diagnostic -> diagnostic.getSource() != null)
                    .toList();
            assertTrue(compiled, () -> diagnostics.getDiagnostics().toString());
            assertEquals(List.of(), ofTheExample);
        }
        return classes;
    }

    private static String run(Path classes, String argument) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(
                        new URL[] {classes.toUri().toURL()}, ReadmeExampleTest.class.getClassLoader());
                PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Method main = loader.loadClass("Hello").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            System.setOut(capture);
            main.invoke(null, (Object) new String[] {argument});
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
