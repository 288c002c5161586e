package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.StoreClosedException;
import io.stave.StoreLockedException;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    @Test
    void versionIsToldOnceOnStandardOutput() {
        assertEquals(0, tour("--version"));
        assertTrue(out().startsWith("stave "), out());
        assertEquals(2, out().lines().count());
        assertEquals("", err());
    }

    @Test
    void helpNamesTheCommandsWithExamplesAndExitCodes() {
        assertEquals(0, tour("--help"));
        assertTrue(out().contains("tour") && out().contains("Examples:") && out().contains("4 locked"), out());
        assertEquals("", err());
    }

    /** A command is looked for by the name that it gives itself. */
    @Test
    void commandsAreListedByTheirNames() {
        Main.COMMANDS.forEach((name, type) ->
                assertEquals(name, type.getAnnotation(Command.class).name()));
    }

    @Test
    void helpOfTheTourHasExamplesAndFitsIntoEightyColumns() {
        assertEquals(0, tour("tour", "--help"));
        assertTrue(out().contains("stave tour ~/photos"), out());
        assertTrue(out().lines().allMatch(line -> line.length() <= 80), out());
    }

    @Test
    void mistakesOnTheCommandLineExitWith2AndAHint() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertMistake("no command given", "stave --help");
        assertMistake("--bogus", "stave --help", "--bogus");
        assertMistake("there is no command 'bogus'", "stave --help", "bogus");
        assertMistake("there is no command 'inf'; did you mean info", "stave --help", "inf", "my-store");
        assertMistake("there is no command 'shwo'; did you mean show", "stave hint --help", "hint", "shwo", "my-store");
        assertMistake(
                "there is no " + directory.resolve("x") + "; --create makes it",
                "stave put --help",
                "put",
                "" + directory.resolve("x"),
                "a",
                "b");
        assertMistake("--bogus", "stave tour --help", "tour", "--bogus");
        assertMistake("'b'", "stave tour --help", "tour", "a", "b");
        assertMistake(
                "there is no " + directory.resolve("x"), "stave tour --help", "tour", "" + directory.resolve("x"));
        assertMistake(file + " is not a directory", "stave tour --help", "tour", "" + file);
        assertMistake(empty + " holds no file that can go into a store", "stave tour --help", "tour", "" + empty);
        assertMistake("there is no " + directory.resolve("x"), "stave tour --help", "tour", "--temp", directory + "/x");
    }

    private void assertMistake(String complaint, String help, String... arguments) {
        out.reset();
        err.reset();
        assertEquals(2, tour(arguments), complaint);
        assertEquals("", out());
        assertTrue(err().contains(complaint), err());
        assertTrue(err().contains("Try '" + help + "'."), err());
    }

    @Test
    void theReasonOfAFailureBecomesTheExitCode() {
        assertEquals(3, failing(new CorruptionException("0000.seg", 64, "1", "2")));
        assertTrue(err().contains("stave: 0000.seg is corrupt at offset 64: expected 1, found 2"), err());
        assertEquals(4, failing(new StoreLockedException(directory, 42L, "host", null)));
        assertTrue(err().contains("held by process 42 on host host"), err());
        assertEquals(1, failing(new StoreClosedException()));
        assertEquals(1, failing(new IOException("broken")));
    }

    @Test
    void aFailureForTheUserHasNoStackTraceAndABugOfOursHas() {
        failing(new CorruptionException("0000.seg", 64, "1", "2"));
        assertTrue(err().lines().noneMatch(line -> line.contains("at io.stave")), err());
        assertEquals(1, failing(new IllegalStateException("oops")));
        assertTrue(err().contains("this is a bug") && err().contains("at io.stave.cli.MainTest"), err());
    }

    @Test
    void complaintsCannotControlTheTerminal() {
        failing(new IOException("\u001b[2J"));
        assertTrue(err().contains("\\u{1b}[2J"), err());
        failing(new IllegalStateException("\u001b[3J", new IOException("\u009b4J")));
        assertTrue(err().contains("\\u{1b}[3J") && err().contains("\\u{9b}4J"), err());
        assertTrue(err().chars().noneMatch(c -> Character.isISOControl(c) && c != '\n'), err());
    }

    private int tour(String... arguments) {
        Terminal terminal = terminal();
        return Main.run(terminal, List.of(), arguments);
    }

    private int failing(Exception failure) {
        return Main.run(terminal(), List.of(new Failing(failure)), "fail");
    }

    @Command(name = "fail")
    private record Failing(Exception failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw failure;
        }
    }

    private Terminal terminal() {
        return new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Style.PLAIN,
                Style.PLAIN,
                false);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
